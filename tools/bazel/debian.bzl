# SPDX-License-Identifier: Apache-2.0
"""Bazel's own rule repositories, taken from Debian's bazel-rules-* packages instead of the network."""

_RULES = "/usr/share/bazel/rules"

def _rules_cc_impl(ctx):
    # Debian's Bazel 4.2.3 lacks the use_cpp_toolchain symbol that two files of its rules_cc 0.0.4 load.
    if not ctx.path(_RULES + "/cc").exists:
        fail("rules_cc is missing. Install it: apt-get install bazel-rules-cc")
    ctx.execute(["cp", "-r", _RULES + "/cc/.", "."])
    for name in ["compiler_flag", "cc_flags_supplier"]:
        path = "cc/private/rules_impl/%s.bzl" % name
        text = ctx.read(path).replace(', "use_cpp_toolchain")', ")")
        text = text.replace("use_cpp_toolchain()", '["@bazel_tools//tools/cpp:toolchain_type"]')
        ctx.file(path, text, executable = False)

_rules_cc_repository = repository_rule(implementation = _rules_cc_impl, local = True)

_COVERAGE_BUILD = """
package(default_visibility = ["//visibility:public"])

sh_binary(name = "lcov_merger", srcs = ["merge.py"])

sh_binary(name = "coverage_report_generator", srcs = ["merge.py"])
"""

def _coverage_tools_impl(ctx):
    ctx.symlink(ctx.attr.merge, "merge.py")
    ctx.file("BUILD.bazel", _COVERAGE_BUILD, executable = False)

# Every test depends on this repository, also when no coverage is measured; by default it is a download.
_coverage_tools_repository = repository_rule(
    implementation = _coverage_tools_impl,
    attrs = {"merge": attr.label(allow_single_file = True)},
    local = True,
)

def debian_bazel_repositories():
    """Declares rules_cc, rules_java, rules_proto, bazel_skylib and remote_coverage_tools."""
    _coverage_tools_repository(
        name = "remote_coverage_tools",
        merge = "@//tools/bazel/coverage:merge.py",
    )
    _rules_cc_repository(name = "rules_cc")
    native.local_repository(name = "rules_java", path = _RULES + "/java")
    native.local_repository(name = "rules_proto", path = _RULES + "/proto")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
