#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests for test_results.py: what did not run must never count as a pass."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import test_results  # noqa: E402  (the folder must be in the path first)


def result(label, status, xml):
    return {
        "id": {"testResult": {"label": label, "run": 1, "shard": 1}},
        "testResult": {"status": status, "testActionOutput": [{"name": "test.xml", "uri": "file://" + xml}]},
    }


def completed(label, success):
    return {"id": {"targetCompleted": {"label": label}}, "completed": {"success": True} if success else {}}


class SummarizeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def xml(self, cases):
        path = pathlib.Path(self.folder.name) / "test 1.xml"
        path.write_text("<testsuites><testsuite>" + cases + "</testsuite></testsuites>")
        return str(path).replace(" ", "%20")

    def test_counts_the_cases_of_a_program(self):
        xml = self.xml('<testcase name="A" classname="T" status="run" result="completed"/><testcase name="B"/>')
        self.assertEqual(test_results.summarize([result("//a:t", "PASSED", xml)]), (1, 2, []))

    def test_names_the_failed_case(self):
        xml = self.xml('<testcase name="A" classname="T"><failure message="x"/></testcase><testcase name="B"/>')
        events = [result("//a:t", "FAILED", xml), completed("//a:t", False)]
        self.assertEqual(test_results.summarize(events), (1, 1, ["//a:t T.A"]))

    def test_a_case_that_did_not_run_has_failed(self):
        xml = self.xml('<testcase name="A" result="skipped"/><testcase name="B" status="notrun"/>')
        events = [result("//a:t", "PASSED", xml)]
        self.assertEqual(test_results.summarize(events), (1, 0, ["//a:t A (skipped itself)", "//a:t B (disabled)"]))

    def test_a_crash_or_a_timeout_has_failed(self):
        events = [result("//a:t", "TIMEOUT", "/nowhere/test.xml"), result("//a:u", "FAILED", self.xml(""))]
        self.assertEqual(test_results.summarize(events), (2, 0, ["//a:t (timeout)", "//a:u (failed)"]))

    def test_a_program_without_a_case_has_failed(self):
        events = [result("//a:t", "PASSED", self.xml(""))]
        self.assertEqual(test_results.summarize(events), (1, 0, ["//a:t (no test case)"]))

    def test_a_target_that_did_not_build_has_failed(self):
        self.assertEqual(test_results.summarize([completed("//a:t", False)]), (0, 0, ["//a:t (did not build)"]))
        self.assertEqual(test_results.summarize([completed("//a:t", True)]), (0, 0, []))

    def test_the_last_attempt_counts(self):
        bad = result("//a:t", "FAILED", "/nowhere/test.xml")
        good = result("//a:t", "PASSED", self.xml('<testcase name="A"/>'))
        self.assertEqual(test_results.summarize([bad, good]), (1, 1, []))


if __name__ == "__main__":
    unittest.main()
