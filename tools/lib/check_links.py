#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the relative links of the Markdown files given as arguments lead to a file, and to a heading of it."""

import pathlib
import re
import sys

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def prose(path):
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchor(heading):
    """GitHub's rule: lower case, punctuation dropped, blanks become hyphens."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def anchors(path):
    found = {}
    names = set()
    for heading in re.findall(r"^#{1,6}\s+(.*)$", prose(path), re.MULTILINE):
        name = anchor(heading)
        count = found.get(name, 0)
        found[name] = count + 1
        names.add(name if count == 0 else f"{name}-{count}")
    return names | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", path.read_text(encoding="utf-8")))


def problems(path):
    for target in LINK.findall(CODE.sub("", prose(path))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        file, _, fragment = target.partition("#")
        place = (path.parent / file) if file else path
        if not place.exists():
            yield f"{path}: link to {target}: there is no such file"
        elif fragment and place.suffix == ".md" and fragment not in anchors(place):
            yield f"{path}: link to {target}: there is no such heading"


def main():
    found = [problem for name in sys.argv[1:] for problem in problems(pathlib.Path(name))]
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
