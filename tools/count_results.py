#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Add up what the test runners counted; the last line is `N passed, N failed`.

usage: count_results.py BUILD_FOLDER [--test-status N] [--lint LOG --lint-status N]

Reads meson-logs/testlog.json of every build below the folder. A program that counts its own cases
(doctest, unittest) stands for these, any other for one. --lint counts the `ok` and `FAIL` lines of
a log; an exit status adds a failure where a command failed though nothing that was counted did.
"""
import argparse
import json
import re
import sys
from pathlib import Path

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed")
UNITTEST = re.compile(r"^Ran (\d+) tests?", re.MULTILINE)
UNITTEST_BAD = re.compile(r"(?:failures|errors)=(\d+)")
DOCTEST_CASE = re.compile(r"^={20,}\n", re.MULTILINE)
LAST_LINES = 30


def count(test):
    """(passed, failed) of one line of Meson's log."""
    if test["result"] == "SKIP":
        return 0, 0
    bad = test["result"] not in ("OK", "EXPECTEDFAIL")
    if cases := DOCTEST.search(test.get("stdout", "")):
        passed, failed = int(cases[1]), int(cases[2])
    elif cases := UNITTEST.search(test.get("stderr", "")):
        failed = sum(map(int, UNITTEST_BAD.findall(test["stderr"])))
        passed = int(cases[1]) - failed
    else:
        passed, failed = int(not bad), int(bad)
    return passed, max(failed, int(bad))  # a program may pass its cases and crash at its end


def what_failed(test):
    """What a failed test printed: of a doctest program the failed cases, else the last lines."""
    cases = DOCTEST_CASE.split(test.get("stdout", ""))
    if bad := [case for case in cases if "ERROR: " in case]:
        return [line for line in "".join(bad).splitlines() if line]
    return (test.get("stdout", "") + test.get("stderr", "")).splitlines()[-LAST_LINES:]


def count_builds(build):
    """(passed, failed) of the latest test run of every build."""
    passed = failed = 0
    for log in sorted(build.glob("*/meson-logs/testlog.json")):
        tests = [json.loads(line) for line in log.read_text().splitlines()]
        good, bad = map(sum, zip((0, 0), *map(count, tests)))
        skipped = [test["name"] for test in tests if test["result"] == "SKIP"]
        print(f"{log.parts[-3]}: {good} passed, {bad} failed"
              + (f", skipped: {', '.join(skipped)}" if skipped else ""))
        for test in tests:
            if count(test)[1]:
                print(f"  {test['name']}: {test['result']}")
                print(*(f"  | {line}" for line in what_failed(test)), sep="\n")
        passed, failed = passed + good, failed + bad
    return passed, failed


def count_lint(log):
    good, bad = (len(re.findall(f"^{word} ", log, re.MULTILINE)) for word in ("ok", "FAIL"))
    print(f"lint: {good} passed, {bad} failed")
    return good, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--test-status", type=int, default=0)
    parser.add_argument("--lint", type=Path)
    parser.add_argument("--lint-status", type=int, default=0)
    arguments = parser.parse_args()

    passed, failed = count_builds(arguments.build)
    if arguments.test_status and not failed:
        print("the test command failed, though no test did: see above")
        failed += 1
    if arguments.lint:
        good, bad = count_lint(arguments.lint.read_text())
        passed, failed = passed + good, failed + (bad or int(arguments.lint_status != 0))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
