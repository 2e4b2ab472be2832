#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The tools that compare output: expect_error.py, check_example.py, count_results.py."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import check_example
import count_results
import expect_error


class ExpectError(unittest.TestCase):
    def problems(self, output):
        return list(expect_error.problems_of(self.SOURCE, output))

    SOURCE = "f();  // expected-error {{weft::\\w+<[^>]*3, 4}}\n// max-error-lines 2\n"

    def test_the_expected_error(self):
        self.assertEqual(self.problems("a\nin weft::rows<8, 3, 4>\n"), [])

    def test_another_error(self):
        self.assertIn("no line of the output matches", *self.problems("oops\n"))

    def test_the_parts_must_be_on_one_line(self):
        self.assertTrue(self.problems("weft::rows<\n3, 4>\n"))

    def test_too_many_lines(self):
        self.assertEqual(self.problems("weft::rows<3, 4>\n" * 3),
                         ["3 lines of output, at most 2 allowed"])

    def test_a_file_that_expects_nothing(self):
        self.assertTrue(list(expect_error.problems_of("f();\n", "error\n")))


class CheckExample(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(check_example.differences(["a (b)", "c"], ["a (b)", "c  "]), [])

    def test_a_regex_part(self):
        expected = ["loss {{[0-9.]+}} (mean)"]
        self.assertEqual(check_example.differences(expected, ["loss 0.25 (mean)"]), [])
        self.assertTrue(check_example.differences(expected, ["loss nan (mean)"]))

    def test_alternatives_stay_inside_their_part(self):
        self.assertTrue(check_example.differences(["{{a|b}}c"], ["a"]))

    def test_the_diff_shows_both(self):
        diff = check_example.differences(["{{[0-9]}}", "b", "d"], ["1", "c", "d"])
        self.assertEqual([line.split()[-1] for line in diff], ["1", "b", "c", "d"])
        self.assertEqual(diff[1], "expected  2 - b")

    def test_a_missing_line(self):
        self.assertTrue(check_example.differences(["a", "b"], ["a"]))


class CountResults(unittest.TestCase):
    def test_counts(self):
        doctest = "[doctest] test cases:  12 |  10 passed | 2 failed | 0 skipped\n"
        for expected, test in [
                ((1, 0), {"result": "OK"}), ((0, 1), {"result": "FAIL"}),
                ((0, 0), {"result": "SKIP"}),
                ((0, 1), {"result": "TIMEOUT", "stdout": "half"}),
                ((10, 2), {"result": "FAIL", "stdout": doctest}),
                ((10, 1), {"result": "FAIL", "stdout": doctest.replace("2 failed", "0 failed")}),
                ((4, 0), {"result": "OK", "stderr": "Ran 4 tests in 0.001s\n\nOK\n"}),
                ((1, 3), {"result": "FAIL",
                          "stderr": "Ran 4 tests in 1s\n\nFAILED (failures=1, errors=2)\n"})]:
            self.assertEqual(count_results.count(test), expected, test)

    def test_failed_cases_are_shown_again(self):
        line = "=" * 40 + "\n"
        out = line + "TEST CASE:  a\n\n  MESSAGE: fine\n\n" + line + \
            "TEST CASE:  b\n\nb.cpp:4: ERROR: CHECK( x ) is NOT correct!\n" + line + \
            "[doctest] test cases: 2 | 1 passed | 1 failed | 0 skipped\n"
        self.assertEqual(count_results.what_failed({"stdout": out}),
                         ["TEST CASE:  b", "b.cpp:4: ERROR: CHECK( x ) is NOT correct!"])
        lines = [str(i) for i in range(100)]
        self.assertEqual(count_results.what_failed({"stdout": "\n".join(lines)}),
                         lines[-count_results.LAST_LINES:])


if __name__ == "__main__":
    unittest.main()
