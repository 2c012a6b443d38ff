# SPDX-License-Identifier: Apache-2.0
"""@system: one cc_library for each Debian library we use, with the flags that pkg-config gives.

The version of the Debian package is part of every compile and static link command, so that an upgraded library
rebuilds what uses it: Bazel does not track files under /usr.
"""

# name: (Debian package, pkg-config modules, further link flags, deps)
_LIBRARIES = {
    "grpc++": ("libgrpc++-dev", ["grpc++"], [], [":protobuf"]),
    "grpc++_reflection": ("libgrpc++-dev", [], ["-lgrpc++_reflection"], [":grpc++"]),
    "protobuf": ("libprotobuf-dev", ["protobuf"], ["-lpthread"], []),
    "libpq": ("libpq-dev", ["libpq"], [], []),
    "mysqlclient": ("libmariadb-dev", ["mysqlclient"], [], []),
    "httplib": ("libcpp-httplib-dev", ["cpp-httplib"], ["-lpthread"], [":openssl"]),
    "prometheus_core": ("prometheus-cpp-dev", ["prometheus-cpp-core"], [], []),
    "json": ("nlohmann-json3-dev", [], [], []),
    "openssl": ("libssl-dev", ["openssl"], [], []),
    "spdlog": ("libspdlog-dev", ["spdlog"], [], []),
    "yaml_cpp": ("libyaml-cpp-dev", ["yaml-cpp"], [], []),
    "gtest": ("libgtest-dev", ["gtest"], [], []),
    "gmock": ("libgmock-dev", ["gmock"], [], [":gtest"]),
    "gtest_main": ("libgtest-dev", ["gtest_main"], [], [":gtest"]),
}

# Libraries that --define=link=static links whole, with the modules pkg-config must be asked about as well:
# grpc.pc names re2 as a bare -lre2, which would pull a second, shared Abseil into the process.
_STATIC = {"protobuf": [], "grpc++": ["re2"], "grpc++_reflection": []}

_ARCHIVES = ["absl_", "grpc", "gpr", "upb", "address_sorting", "protobuf", "re2"]

def _pkg_config(ctx, arguments):
    result = ctx.execute(["pkg-config"] + arguments)
    if result.return_code != 0:
        return None
    words = result.stdout.strip().split(" ")
    return [w for w in words if w and not w.startswith("-L/usr/lib") and w != "-DNOMINMAX"]

def _keep_last(flags):
    # A library must follow its users on the link line, so the last of several equal -l flags counts.
    kept = []
    for flag in reversed(flags):
        if not flag.startswith("-l") or flag not in kept:
            kept.append(flag)
    return [f for f in reversed(kept)]

def _archive(flag):
    for prefix in _ARCHIVES:
        if flag.startswith("-l" + prefix):
            return "-l:lib%s.a" % flag[2:]
    return flag

def _version_word(package, version):
    return "DEB_" + "".join([c if c.isalnum() else "_" for c in (package + "=" + version).elems()])

def _link_options(ctx, name, modules, shared, extra, word):
    if name not in _STATIC and not name.startswith("absl_"):
        return repr(shared)
    whole = _pkg_config(ctx, ["--static", "--libs"] + modules + _STATIC.get(name, [])) if modules else []
    whole = [_archive(f) for f in _keep_last(whole + extra)]
    static = ["-L/none/" + word, "-Wl,--start-group"] + whole + ["-Wl,--end-group"]
    return 'select({"@//tools/bazel:static_grpc": %r, "//conditions:default": %r})' % (static, shared)

def _library(ctx, name, package, version, modules, extra, deps):
    flags = _pkg_config(ctx, ["--cflags", "--libs"] + modules) if modules else []
    if not version or flags == None:
        fail("@system//:%s needs a package. Run tools/setup, or: apt-get install %s" % (name, package))
    word = _version_word(package, version)
    defines = [f[2:] for f in flags if f.startswith("-D")] + [word + "=1"]
    includes = []
    for flag in flags:
        folder = flag[2:].rstrip("/")
        if flag.startswith("-I") and folder != "/usr/include":
            ctx.symlink(folder, "include/" + name)
            includes = ["include/" + name]
    shared = _keep_last([f for f in flags if f[:2] not in ["-D", "-I"]] + extra)
    headers = 'glob(["include/%s/**/*.h"])' % name if includes else "[]"
    return "cc_library(name = %r, hdrs = %s, defines = %r, includes = %r, linkopts = %s, deps = %r)\n" % (
        name,
        headers,
        defines,
        includes,
        _link_options(ctx, name, modules, shared, extra, word),
        deps,
    )

def _installed(ctx):
    result = ctx.execute(["dpkg-query", "-W", "-f", "${binary:Package} ${Version}\n"])
    versions = {}
    for line in result.stdout.split("\n"):
        if line:
            package, _, version = line.partition(" ")
            versions[package.partition(":")[0]] = version
    return versions

def _absl_modules(ctx):
    result = ctx.execute(["pkg-config", "--list-package-names"])
    return sorted([m for m in result.stdout.split("\n") if m.startswith("absl_")])

def _system_impl(ctx):
    ctx.path(ctx.attr.dpkg_status)  # Watched: an apt run makes Bazel evaluate this rule again.
    versions = _installed(ctx)
    build = 'load("@rules_cc//cc:defs.bzl", "cc_library")\n\npackage(default_visibility = ["//visibility:public"])\n\n'
    for name, (package, modules, extra, deps) in _LIBRARIES.items():
        build += _library(ctx, name, package, versions.get(package, ""), modules, extra, deps)
    for module in _absl_modules(ctx):
        build += _library(ctx, module, "libabsl-dev", versions.get("libabsl-dev", ""), [module], [], [])
    for tool, package in {"protoc": "protobuf-compiler", "grpc_cpp_plugin": "protobuf-compiler-grpc"}.items():
        path = ctx.which(tool)
        if not path:
            fail("%s is missing. Run tools/setup, or: apt-get install %s" % (tool, package))
        ctx.symlink(path, tool)
    build += '\nexports_files(["protoc", "grpc_cpp_plugin"])\n'
    ctx.file("BUILD.bazel", build, executable = False)

system_repository = repository_rule(
    implementation = _system_impl,
    attrs = {"dpkg_status": attr.label(allow_single_file = True)},
    local = True,
)
