#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Turns `bazel aquery --output=jsonproto 'mnemonic("CppCompile", ...)'` on stdin into compile_commands.json on stdout.

The only argument is `bazel info execution_root`.
"""

import json
import sys


def main():
    root = sys.argv[1]
    commands = {}
    for action in json.load(sys.stdin).get("actions", []):
        # -fno-canonical-system-headers is known to GCC only.
        arguments = [a for a in action["arguments"] if a != "-fno-canonical-system-headers"]
        source = arguments[arguments.index("-c") + 1]
        commands[source] = {"directory": root, "file": source, "arguments": arguments}
    json.dump([commands[source] for source in sorted(commands)], sys.stdout, indent=1)


if __name__ == "__main__":
    main()
