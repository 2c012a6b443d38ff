# SPDX-License-Identifier: Apache-2.0
"""cc_library, cc_test and cc_binary with the warnings of this project."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

DBA_COPTS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
    "-Wimplicit-fallthrough",
    "-Wformat=2",
    "-Werror",
]

def dba_cc_library(name, copts = [], **kwargs):
    """A library: usually one header and one source of the same stem as the name."""
    cc_library(name = name, copts = DBA_COPTS + copts, **kwargs)

def dba_cc_binary(name, copts = [], **kwargs):
    """A program, named as it is installed."""
    cc_binary(name = name, copts = DBA_COPTS + copts, **kwargs)

def dba_cc_test(name, deps = [], copts = [], size = None, tags = [], **kwargs):
    """A GoogleTest program; gtest, gmock and gtest's main come with it.

    The tag "integration" marks a test that starts real servers: it runs outside the sandbox, and only
    `bazel test --config=integration` hands it HOME, PATH and DBA_CACHE.
    """
    integration = "integration" in tags
    cc_test(
        name = name,
        copts = DBA_COPTS + copts,
        size = size or ("medium" if integration else "small"),
        tags = tags + (["no-sandbox"] if integration else []),
        deps = deps + ["@system//:gmock", "@system//:gtest", "@system//:gtest_main"],
        **kwargs
    )
