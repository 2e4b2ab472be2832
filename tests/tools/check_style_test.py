#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""check_style.py finds each slip, and lets clean files and the given programs pass."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import check_style

LICENCE = "// SPDX-FileCopyrightText: 2026 The weft authors\n// SPDX-License-Identifier: MIT\n"
HEADER = LICENCE + "//\n// One.\n// Two.\n// Three.\n#pragma once\n"
SCRIPT = "#!/bin/sh\n" + LICENCE.replace("//", "#")


class CheckStyle(unittest.TestCase):
    def expect(self, path, text, *wanted):
        problems = check_style.problems_of(Path(path), text)
        found = [f"{line}: {problem}" for line, problem in problems]
        self.assertEqual(len(found), len(wanted), found)
        for line, part in zip(found, wanted):
            self.assertIn(part, line)

    def test_clean(self):
        self.expect("include/weft/core/a.hpp", HEADER + "#define WEFT_A\nint a;  // TO" + "DOS\n")
        self.expect("include/weft/core/a.hpp", HEADER + "int a;  // far\nauto b = \"small\";\n")
        self.expect("dev", SCRIPT + "ls\n")
        self.expect("tests/consumers/pkgconfig/Makefile", LICENCE.replace("//", "#") + "a:\n\tls\n")
        self.expect("README.md", "any\ttext\n")

    def test_licence(self):
        self.expect("tests/a.cpp", "int a;\n", "1: must begin with `// SPDX-FileCopyrightText")
        self.expect("tools/a.py", LICENCE, "1: must begin with `# SPDX")

    def test_head_of_a_header(self):
        self.expect("include/weft/a.hpp", LICENCE + "//\n// One.\n#pragma once\n",
                    "three lines or more")
        self.expect("tests/core/a.hpp", LICENCE + "//\n// One.\n#pragma once\n")
        self.expect("include/weft/a.hpp", HEADER.replace("#pragma once\n", ""),
                    "#pragma once is missing")

    def test_sizes(self):
        self.expect("include/weft/a.hpp", HEADER + "int a;\n" * 400, "400: 407 lines, at most 400")
        self.expect("tests/core/a_test.cpp", LICENCE + "int a;\n" * 499, "501 lines, at most 500")
        self.expect("tests/a.cpp", LICENCE + "a" * 101 + "\n", "3: 101 columns")
        self.expect("tests/a.cpp", LICENCE + "// " + "µ" * 97 + "\n")

    def test_slips(self):
        for line, problem in [("\tint a;", "a tab"), ("int a; ", "spaces at the end"),
                              ("#if " + "0", "switched off"), ("// TO" + "DO: a", "unfinished"),
                              ('#include "../a.hpp"', "from the root"),
                              ("#define MIN", "named WEFT_*"),
                              ("int near = 1;", "<windows.h> defines"),
                              ("// see /ro" + "ot/a", "a path of one machine")]:
            self.expect("include/weft/a.hpp", HEADER + line + "\n", problem)
        self.expect("README.md", "see /wo" + "rk/a\n", "1: a path of one machine")
        smaller = "int c = std::" + "min(a, b);\n"
        self.expect("include/weft/a.hpp", HEADER + smaller, "write (std::min)(a, b)")
        self.expect("include/weft/a.hpp", HEADER + "int c = (std::min)(a, b);\n")
        self.expect("tests/core/a.cpp", LICENCE + smaller)

    def test_given_programs_stay_as_they_came(self):
        self.expect("tests/contract/ops.cpp", "int a;" + " " * 100 + "\n")
        self.expect("tests/must_not_compile/shapes.cpp", "int a;\n")
        self.expect("tests/must_not_compile/other.cpp", "int a;\n", "1: must begin")


if __name__ == "__main__":
    unittest.main()
