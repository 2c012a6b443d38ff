#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns `bazel aquery --output=jsonproto 'mnemonic("CppCompile", ...)'` on stdin into compile_commands.json on stdout.

The only argument is `bazel info execution_root`. Sources are named as in this folder, the workspace; what Bazel
generated is named where it lies, since Bazel's links to it belong to whichever build came last.
"""

import json
import os
import sys


def place(argument, execution_root):
    if argument.startswith("external/"):
        return os.path.join(execution_root, "..", "..", argument)
    if argument.startswith("bazel-out/"):
        return os.path.join(execution_root, argument)
    return argument


def main():
    execution_root = sys.argv[1]
    commands = {}
    for action in json.load(sys.stdin).get("actions", []):
        # -fno-canonical-system-headers is known to GCC only.
        arguments = [a for a in action["arguments"] if a != "-fno-canonical-system-headers"]
        source = arguments[arguments.index("-c") + 1]
        arguments = [place(a, execution_root) for a in arguments]
        commands[source] = {"directory": os.getcwd(), "file": source, "arguments": arguments}
    json.dump([commands[source] for source in sorted(commands)], sys.stdout, indent=1)


if __name__ == "__main__":
    main()
