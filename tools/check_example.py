#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Run an example and compare its output, line by line, with a file.

usage: check_example.py PROGRAM EXPECTED [ARGUMENT...]

An expected line may contain {{regex}} parts, as in `loss {{[0-9.]+}} after 20 epochs`. Spaces at
the end of a line do not count. A program that exits with 77 is skipped.
"""
import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path


def line_pattern(expected):
    """A compiled regular expression for one expected line."""
    parts = re.split(r"\{\{(.*?)\}\}", expected)
    return re.compile("".join(f"(?:{part})" if i % 2 else re.escape(part)
                              for i, part in enumerate(parts)))


def differences(expected, actual):
    """Lines of a diff between two lists of lines; none where every actual line matches."""
    patterns = [line_pattern(line.rstrip()) for line in expected]
    actual = [line.rstrip() for line in actual]
    if len(patterns) == len(actual) and all(p.fullmatch(a) for p, a in zip(patterns, actual)):
        return []
    # For the alignment, an actual line that matches some expected line is taken for that line.
    named = [next((e for e, p in zip(expected, patterns) if p.fullmatch(a)), a) for a in actual]
    diff = []
    for tag, e1, e2, a1, a2 in SequenceMatcher(None, expected, named, autojunk=False).get_opcodes():
        if tag == "equal":
            diff += [f"      {i + 1:4}   {actual[i]}" for i in range(a1, a2)]
        else:
            diff += [f"expected {i + 1:2} - {expected[i]}" for i in range(e1, e2)]
            diff += [f"  actual {i + 1:2} + {actual[i]}" for i in range(a1, a2)]
    return diff


def main():
    program, expected, arguments = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    run = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True)
    if run.returncode == 77:
        print(run.stdout, end="")
        return 77
    if run.returncode:
        print(run.stdout, end="")
        return f"{program} failed with exit status {run.returncode}"
    if not expected.exists():
        print(run.stdout, end="")
        return f"{expected} is missing; the output above is what the example prints"
    diff = differences(expected.read_text().splitlines(), run.stdout.splitlines())
    print("\n".join(diff) if diff else run.stdout, end="\n" if diff else "")
    return f"{expected.name}: the output is not the expected one" if diff else 0


if __name__ == "__main__":
    sys.exit(main())
