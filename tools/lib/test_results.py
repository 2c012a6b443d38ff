#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases of a Bazel run.

Reads the file that `bazel test --build_event_json_file` writes, and the test.xml of each test program it names. Prints
what failed, then "<programs> <passed> <failed>". A program that did not build, crashed or ran out of time counts as a
failed case, and so does a case that skipped itself: nothing that did not run is a pass.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


def read_events(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def count_cases(path):
    """Returns (passed, names of failed cases) of one test.xml."""
    passed = 0
    failed = []
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
        bad = any(case.find(tag) is not None for tag in ["failure", "error"])
        if bad:
            failed.append(name)
        elif case.get("status") == "notrun":
            failed.append(name + " (disabled)")
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            failed.append(name + " (skipped itself)")
        else:
            passed += 1
    return passed, failed


def xml_path(result):
    for output in result.get("testActionOutput", []):
        if output.get("name") == "test.xml":
            return urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
    return None


def read_program(result):
    """Returns (passed, failed names) of one run of one test program."""
    try:
        passed, failed = count_cases(xml_path(result))
    except (OSError, TypeError, xml.etree.ElementTree.ParseError):
        passed, failed = 0, []
    status = result.get("status", "NO_STATUS")
    if status == "PASSED" and passed + len(failed) == 0:
        failed.append("(no test case)")
    if status != "PASSED" and not failed:
        failed.append("(" + status.lower().replace("_", " ") + ")")
    return passed, failed


def summarize(events):
    """Returns (programs, passed, failures as "label name")."""
    attempts = {}
    failures = []
    for event in events:
        identity = event.get("id", {})
        if "testResult" in identity and "testResult" in event:
            key = identity["testResult"]
            attempts[(key["label"], key.get("shard"), key.get("run"))] = event["testResult"]
        elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
            failures.append(identity["targetCompleted"]["label"] + " (did not build)")
        elif "pattern" in identity and "aborted" in event:
            failures.append(event["aborted"].get("description", "the build was aborted"))
    passed = 0
    for (label, _, _), result in sorted(attempts.items(), key=lambda item: item[0][0]):
        good, bad = read_program(result)
        passed += good
        failures += [label + " " + name for name in bad]
    # A test that ran and failed is also reported as a target that did not complete.
    ran = {label for label, _, _ in attempts}
    failures = [f for f in failures if not (f.endswith(" (did not build)") and f.split(" ")[0] in ran)]
    return len(attempts), passed, failures


def main():
    programs, passed, failures = summarize(read_events(sys.argv[1]))
    for failure in failures:
        print("  failed: " + failure)
    print(programs, passed, len(failures))


if __name__ == "__main__":
    main()
