#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""embed_headers.py writes what is included, once each, without comments, and nothing else."""
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import embed_headers

HEADERS = {
    "a.hpp": "// what it is\n#include <b/b.hpp>\n#include <cstddef>\nint a;  // kept\n",
    "b/b.hpp": "#include <a.hpp>\n#include <b/c.hpp>\n\nint b;\n#if X\n#include <b/b_source.hpp>\n",
    "b/c.hpp": "    // indented\nconst char* text = \"// no comment\";\n",
    "b/b_source.hpp": "int source;\n",
    "other.hpp": "int other;\n",
}


class EmbedHeaders(unittest.TestCase):
    def written(self, *names, parts="// said\nint parts;\n"):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "include"
            (folder / "b").mkdir(parents=True)
            for name, text in HEADERS.items():
                (folder / name).write_text(text)
            (Path(place) / "parts.hpp").write_text(parts)
            out, dep = Path(place) / "out.hpp", Path(place) / "out.d"
            arguments = [str(out), str(dep), str(folder), str(Path(place) / "parts.hpp"), *names]
            with mock.patch.object(sys, "argv", ["embed_headers.py", *arguments]):
                embed_headers.main()
            return out.read_text(), dep.read_text().replace(place, "")

    def test_all_that_is_included(self):
        text, depends = self.written("a.hpp")
        for name in ("a.hpp", "b/b.hpp", "b/c.hpp", "cstddef", "standard_parts.hpp"):
            self.assertEqual(text.count(f'{{"{name}", '), 1, name)
        self.assertNotIn("int source", text)
        self.assertNotIn("int other", text)
        self.assertIn('{"cstddef", R"embedded(#include <standard_parts.hpp>\n)embedded"}', text)
        for name in ("/include/a.hpp", "/include/b/b.hpp", "/include/b/c.hpp", "/parts.hpp"):
            self.assertIn(name, depends)
        self.assertNotIn("source", depends)

    def test_comments_are_left_out(self):
        text, _ = self.written("a.hpp")
        for comment in ("what it is", "indented", "said"):
            self.assertNotIn(comment, text)
        self.assertIn("int a;  // kept", text)
        self.assertIn('"// no comment"', text)

    def test_long_headers_are_several_strings(self):
        lines = "int x;\n" * 5000
        text, _ = self.written("b/c.hpp", parts=lines)
        pieces = text.split('R"embedded(')
        self.assertGreater(len(pieces), 3)
        self.assertLess(max(map(len, pieces)), 17000)
        joined = "".join(piece.split(')embedded"')[0] for piece in pieces)
        self.assertIn(lines, joined)


if __name__ == "__main__":
    unittest.main()
