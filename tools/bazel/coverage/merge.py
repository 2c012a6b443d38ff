#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Merges coverage for `bazel coverage --combined_report=lcov`.

Bazel would download a Java tool for this. It is run in two ways: after each test, over the gcov JSON files of
--coverage_dir, and once at the end, over the reports named in --reports_file. Both write --output_file in lcov's format.
"""

import argparse
import collections
import gzip
import json
import pathlib


def read_gcov(folder, wanted, lines):
    for path in pathlib.Path(folder).rglob("*.gcov.json.gz"):
        with gzip.open(path, "rt") as file:
            report = json.load(file)
        for source in report["files"]:
            if wanted and source["file"] not in wanted:
                continue
            for line in source["lines"]:
                lines[source["file"]][line["line_number"]] += line["count"]


def read_lcov(path, lines):
    source = None
    for row in pathlib.Path(path).read_text().splitlines():
        if row.startswith("SF:"):
            source = row[3:]
        elif row.startswith("DA:"):
            number, count = row[3:].split(",")[:2]
            lines[source][int(number)] += int(count)


def write_lcov(path, lines):
    with open(path, "w") as file:
        for source in sorted(lines):
            counts = lines[source]
            file.write(f"SF:{source}\n")
            for number in sorted(counts):
                file.write(f"DA:{number},{counts[number]}\n")
            hit = sum(1 for count in counts.values() if count)
            file.write(f"LH:{hit}\nLF:{len(counts)}\nend_of_record\n")


def main():
    parser = argparse.ArgumentParser()
    for name in ["coverage_dir", "output_file", "source_file_manifest", "reports_file"]:
        parser.add_argument("--" + name)
    arguments, _ = parser.parse_known_args()
    lines = collections.defaultdict(collections.Counter)
    if arguments.reports_file:
        for report in pathlib.Path(arguments.reports_file).read_text().split():
            read_lcov(report, lines)
    elif arguments.coverage_dir:
        wanted = set()
        if arguments.source_file_manifest:
            wanted = set(pathlib.Path(arguments.source_file_manifest).read_text().split())
        read_gcov(arguments.coverage_dir, wanted, lines)
    write_lcov(arguments.output_file, lines)


if __name__ == "__main__":
    main()
