#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What including weft costs: preprocessed lines, which are limited, and seconds, which are printed.

usage: check_budgets.py INCLUDE_FOLDER COMPILER...

Lines are those of the output of -E -P, which leaves out most blank ones. "separate" is what files
of a separately compiled program see, see docs/decisions/0006. The limits hold for
g++ 12; another version brings a standard library of another size, and then the figures are
printed only.
"""
import subprocess
import sys
import time
from pathlib import Path

SEPARATE = ["-DWEFT_SEPARATE_COMPILATION"]
BUDGETS = [  # header, flags, preprocessed lines, seconds
    ("weft/fwd.hpp", [], 500, 0.1),
    ("weft/expr.hpp", [], 20_000, 0.35),
    ("weft/weft.hpp", SEPARATE, 65_000, 1.3),
    ("weft/weft.hpp", [], 73_000, 2.6),
]


def run(command, header):
    text = f"#include <{header}>\n"
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


def fastest(command, header, tries=3):
    seconds = []
    for _ in range(tries):
        start = time.perf_counter()
        run(command, header)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main():
    root, compiler = Path(sys.argv[1]), sys.argv[2:]
    command = compiler + ["-x", "c++", "-std=c++20", f"-I{root}"]
    version = subprocess.run(compiler + ["-dumpversion"], capture_output=True, text=True).stdout
    limited = version.split(".")[0].strip() == "12"
    over = []
    print(f"{'header':26}{'lines':>9}{'limit':>9}{'seconds':>10}{'aim':>8}")
    for header, flags, limit, aim in BUDGETS:
        lines = len(run(command + flags + ["-E", "-P", "-"], header).splitlines())
        seconds = fastest(command + flags + ["-fsyntax-only", "-"], header)
        name = header + (" separate" if flags else "")
        print(f"{name:26}{lines:9}{limit:9}{seconds:10.2f}{aim:8}")
        if lines > limit:
            over.append(f"{name}: {lines} lines after preprocessing, at most {limit} allowed")
    if over and not limited:
        print(f"not an error with version {version.strip()}: the limits are for g++ 12")
    return "\n".join(over) if over and limited else 0


if __name__ == "__main__":
    sys.exit(main())
