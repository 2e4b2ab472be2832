#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""check_lists.py finds undocumented errors, documentation of no error, and ops not listed."""
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import check_lists

HEADER = """\
struct pad {
    static constexpr const char* name = "Pad";
};
inline void check(int n) {
    if (n < 0)
        fail(errc::invalid_argument, "padding of %d is less "
             "than zero", n);
    throw error(errc::not_found, "there is no pad '" + name + "' (made at " + place + ')',
                name, where);
    // "a text in a comment"
    static_assert(n > 0, "weft: pads are positive");
}
"""
ROWS = "| `padding of <n> is less than zero` |\n| `there is no pad '<name>'` |\n"
COVERAGE = "using all_ops = type_list<ops::pad>;\n"


class CheckLists(unittest.TestCase):
    def problems(self, errors=ROWS, guide="", coverage=COVERAGE, header=HEADER):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            ops = root / "include/weft/ops"
            ops.mkdir(parents=True)
            (root / "docs").mkdir()
            (ops / "pad.hpp").write_text(header)
            (ops / "coverage.hpp").write_text(coverage)
            (root / "docs/errors.md").write_text(errors)
            (root / "docs/guide.md").write_text(guide)
            (root / "README.md").write_text("")
            with mock.patch.object(sys, "argv", ["check_lists.py", folder]), \
                    contextlib.redirect_stdout(io.StringIO()) as out:
                status = check_lists.main()
        self.assertEqual(status, 1 if out.getvalue() else 0)
        return out.getvalue().splitlines()

    def one_problem(self, text, **pages):
        found = self.problems(**pages)
        self.assertEqual(len(found), 1, found)
        self.assertIn(text, found[0])

    def test_complete_lists(self):
        self.assertEqual(self.problems(), [])

    def test_an_error_that_is_not_documented(self):
        self.one_problem("pad.hpp:6: `is less than zero`",
                         errors="| `there is no pad '<name>'` |\n")

    def test_a_text_that_nothing_throws(self):
        self.one_problem("errors.md:3: no header says `a text in a comment`",
                         errors=ROWS + "| `a text in a comment` |\n")

    def test_messages_of_the_compiler(self):
        self.assertEqual(self.problems(guide="error: weft: pads are positive\n"), [])
        self.one_problem("guide.md:1: no header says", guide="error: weft: pads are negative\n")

    def test_an_op_that_is_not_listed(self):
        self.one_problem("ops::pad is not in", coverage="")

    def test_an_op_that_is_not_listed_and_has_a_base(self):
        self.one_problem("ops::pad is not in", coverage="",
                         header=HEADER.replace("struct pad {", "struct pad : padding {"))


if __name__ == "__main__":
    unittest.main()
