#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check what the compiler says about a file.

usage: expect_error.py --twin FILE COMPILER...    FILE must not compile, and NAME.twin.cpp exists
       expect_error.py --clean FILE COMPILER...   FILE must compile without a warning

A file that must not compile says so in comments: `// expected-error {{regex}}`, once or more, each
to be found on one line of the compiler's output; `// max-error-lines N` limits the whole output.
"""
import re
import subprocess
import sys
from pathlib import Path

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def problems_of(text, output):
    """What is wrong with the compiler's output for a source file that must not compile."""
    lines = output.splitlines()
    expected = re.findall(r"//\s*expected-error\s*\{\{(.+?)\}\}\s*$", text, re.MULTILINE)
    if not expected:
        yield "no `// expected-error {{regex}}` in the file"
    for regex in expected:
        if not any(re.search(regex, line) for line in lines):
            yield f"no line of the output matches {{{{{regex}}}}}"
    limit = re.search(r"//\s*max-error-lines\s+(\d+)", text)
    if limit and len(lines) > int(limit[1]):
        yield f"{len(lines)} lines of output, at most {limit[1]} allowed"


def main():
    mode, file, compiler = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    flags = WARNINGS if mode == "--clean" else ["-w"]
    run = subprocess.run(compiler + flags + [str(file)], capture_output=True, text=True)
    if mode == "--clean":
        print(run.stderr, end="")
        return f"{file}: must compile without a warning" if run.returncode or run.stderr else 0

    problems = ["it compiled"]
    if run.returncode:
        problems = list(problems_of(file.read_text(), run.stderr))
    if not file.with_suffix(".twin.cpp").exists():
        problems.append(f"{file.stem}.twin.cpp, which shows the right way, is missing")
    print(run.stderr, end="")
    return f"{file}: " + "; ".join(problems) if problems else 0


if __name__ == "__main__":
    sys.exit(main())
