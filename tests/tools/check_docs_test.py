#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""check_docs.py accepts blocks that quote their source, names those that do not, and mends them."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import check_docs

SOURCE = """\
// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// A head comment.
#include <weft/weft.hpp>

int main() {
    // [pinning]
    pin();
    // [inner]
    if (a)
        b();
    // [/inner]
    // [/pinning]
}
"""
WHOLE = "#include <weft/weft.hpp>\n\nint main() {\n    pin();\n    if (a)\n        b();\n}"
PINNING = "pin();\nif (a)\n    b();"


def page(snippet, code, language="cpp"):
    comment = f"<!-- snippet: {snippet} -->\n" if snippet else ""
    return f"Text.\n\n{comment}```{language}\n{code}\n```\n\nMore text.\n"


class CheckDocs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "tests/docs").mkdir(parents=True)
        (self.root / "tests/docs/guide.cpp").write_text(SOURCE)

    def check(self, text):
        updated, problems = check_docs.check(self.root, text)
        return updated, [problem for _, problem in problems]

    def test_a_whole_file(self):
        self.assertEqual(self.check(page("tests/docs/guide.cpp", WHOLE))[1], [])

    def test_a_region(self):
        self.assertEqual(self.check(page("tests/docs/guide.cpp#pinning", PINNING))[1], [])
        self.assertEqual(self.check(page("tests/docs/guide.cpp#inner", "if (a)\n    b();"))[1], [])

    def test_an_indented_block(self):
        text = ("- item\n\n  <!-- snippet: tests/docs/guide.cpp#inner -->\n"
                "  ```cpp\n  if (a)\n      b();\n  ```\n")
        self.assertEqual(self.check(text), (text, []))

    def test_a_stale_block_is_found_and_mended(self):
        region, whole = "tests/docs/guide.cpp#pinning", "tests/docs/guide.cpp"
        updated, problems = self.check(page(region, "unpin();") + page(whole, "old"))
        self.assertEqual(problems, [f"the block differs from {region}",
                                    f"the block differs from {whole}"])
        self.assertEqual(updated, page(region, PINNING) + page(whole, WHOLE))
        self.assertEqual(self.check(updated)[1], [])

    def test_code_without_a_source(self):
        _, problems = check_docs.check(self.root, page(None, "int x;"))
        self.assertEqual(problems[0][0], 3)
        self.assertIn("without `<!-- snippet", problems[0][1])
        self.assertTrue(self.check(page(None, "int x;", ""))[1])

    def test_shell_and_output_need_no_source(self):
        for language in ("sh", "console", "text"):
            self.assertEqual(self.check(page(None, "ls", language))[1], [])

    def test_output_with_a_source_is_compared(self):
        stale = page("tests/docs/guide.cpp#inner", "old", "text")
        self.assertIn("differs", self.check(stale)[1][0])

    def test_missing_sources(self):
        self.assertIn("there is no file", self.check(page("tests/docs/none.cpp", ""))[1][0])
        self.assertIn("has no region", self.check(page("tests/docs/guide.cpp#none", ""))[1][0])
        self.assertIn("not compiled by the tests", self.check(page("tools/x.py", ""))[1][0])

    def test_a_block_without_an_end(self):
        self.assertIn("does not end", self.check("```cpp\nint x;\n")[1][0])


if __name__ == "__main__":
    unittest.main()
