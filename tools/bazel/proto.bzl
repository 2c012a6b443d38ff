# SPDX-License-Identifier: Apache-2.0
"""C++ from .proto files with Debian's protoc and gRPC plugin."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def dba_proto_library(name, srcs, deps = [], grpc = False, alwayslink = False, visibility = None):
    """Generates C++ for proto files; imports and includes are relative to the workspace root.

    Makes `name` (messages, and the service when grpc is set) and, when grpc is set, `<name>_mock`: a testonly
    library with the gMock classes of the stubs. An x.proto in folder a/b is included as "a/b/x.pb.h",
    "a/b/x.grpc.pb.h" and "a/b/x_mock.grpc.pb.h".

    Args:
      name: the library, by convention `<stem>_cc_proto`.
      srcs: the .proto files of this package.
      deps: other dba_proto_library targets whose files are imported.
      grpc: whether to generate the service stubs too.
      alwayslink: keeps the descriptors in a program that names none of the messages (for server reflection).
      visibility: of the libraries.
    """
    stems = [s[:-len(".proto")] for s in srcs]
    sources = [s + ".pb.cc" for s in stems]
    headers = [s + ".pb.h" for s in stems]
    mocks = []
    command = "$(location @system//:protoc) -I. --cpp_out=$(GENDIR)"
    tools = ["@system//:protoc"]
    if grpc:
        sources += [s + ".grpc.pb.cc" for s in stems]
        headers += [s + ".grpc.pb.h" for s in stems]
        mocks = [s + "_mock.grpc.pb.h" for s in stems]
        command += " --plugin=protoc-gen-grpc=$(location @system//:grpc_cpp_plugin)"
        command += " --grpc_out=generate_mock_code=true:$(GENDIR)"
        tools.append("@system//:grpc_cpp_plugin")
    native.filegroup(
        name = name + "_sources",
        srcs = srcs + [d + "_sources" for d in deps],
        visibility = visibility,
    )
    native.genrule(
        name = name + "_generate",
        srcs = srcs + [d + "_sources" for d in deps],
        outs = sources + headers + mocks,
        cmd = command + " " + " ".join(["$(location %s)" % s for s in srcs]),
        exec_tools = tools,
    )
    cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        copts = ["-w"],
        alwayslink = alwayslink,
        visibility = visibility,
        deps = deps + (["@system//:grpc++"] if grpc else []) + ["@system//:protobuf"],
    )
    if grpc:
        cc_library(
            name = name + "_mock",
            testonly = True,
            hdrs = mocks,
            visibility = visibility,
            deps = [":" + name, "@system//:gmock"],
        )
