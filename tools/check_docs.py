#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check that the code in README.md and docs/ is quoted from files that the tests compile.

usage: check_docs.py [--write] [FOLDER]

FOLDER is the top of the project; --write updates the blocks.

A comment before a fenced block names what it quotes: a whole file, without its head comment,

    <!-- snippet: examples/01_hello.cpp -->

or a region of one, which stands there between the lines `// [pinning]` and `// [/pinning]`:

    <!-- snippet: tests/docs/guide.cpp#pinning -->

Blocks in sh, console and text need no snippet, but are compared if they have one.
"""
import re
import sys
import textwrap
from pathlib import Path

EXEMPT = {"sh", "console", "text"}
COMPILED = ("examples/", "tests/", "bench/")
SNIPPET = re.compile(r"\s*<!-- snippet: (\S+?)(?:#(\S+))? -->\s*$")
FENCE = re.compile(r"(\s*)(```+|~~~+)\s*(\w*)")
REGION = re.compile(r"\s*(?://|#) \[/?[\w-]+\]\s*$")


class Problem(Exception):
    pass


def tidy(lines):
    """Without common indentation and without blank lines at the ends."""
    return textwrap.dedent("\n".join(lines)).strip("\n").rstrip().split("\n")


def quoted(root, file, region):
    """The lines that a snippet comment stands for."""
    if not file.startswith(COMPILED):
        raise Problem(f"{file} is not compiled by the tests; quote from {', '.join(COMPILED)}")
    if not (root / file).is_file():
        raise Problem(f"there is no file {file}")
    lines = (root / file).read_text().split("\n")
    if region:
        marks = [i for i, line in enumerate(lines)
                 if re.fullmatch(rf"\s*(//|#) \[/?{re.escape(region)}\]\s*", line)]
        if len(marks) != 2 or "[/" not in lines[marks[1]]:
            raise Problem(f"{file} has no region between `// [{region}]` and `// [/{region}]`")
        lines = lines[marks[0] + 1:marks[1]]
    elif "SPDX-" in lines[0]:
        mark = lines[0].split()[0]
        while lines and lines[0].startswith(mark):
            lines.pop(0)
    return tidy([line for line in lines if not REGION.match(line)])


def blocks(lines):
    """(first line, end, language, indentation) of the fenced blocks; the fences are outside."""
    opened = None
    for i, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and not opened:
            opened = (i + 1, fence[3], fence[1], fence[2])
        elif opened and line.strip() == opened[3]:
            yield opened[0], i, opened[1], opened[2]
            opened = None
    if opened:
        raise Problem(f"the block that begins at line {opened[0]} does not end")


def snippet_before(lines, first):
    """The match of the comment above a block whose first line is given, or None."""
    above = first - 2
    while above >= 0 and not lines[above].strip():
        above -= 1
    return SNIPPET.match(lines[above]) if above >= 0 else None


def check(root, text):
    """The text with its blocks brought up to date, and (line, problem) of what was wrong."""
    lines, problems, shift = text.split("\n"), [], 0
    try:
        found = list(blocks(lines))
    except Problem as problem:
        return text, [(1, str(problem))]
    for first, end, language, indent in found:
        first, end = first + shift, end + shift
        line = first - shift
        snippet = snippet_before(lines, first)
        if not snippet:
            if language not in EXEMPT:
                problems.append((line, "a code block without `<!-- snippet: FILE#REGION -->`"))
            continue
        try:
            wanted = quoted(root, snippet[1], snippet[2])
        except Problem as problem:
            problems.append((line, str(problem)))
            continue
        if tidy(lines[first:end]) != wanted:
            source = "#".join(filter(None, snippet.groups()))
            problems.append((line, f"the block differs from {source}"))
            lines[first:end] = [(indent + w).rstrip() for w in wanted]
            shift += len(wanted) - (end - first)
    return "\n".join(lines), problems


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    root = Path(next((a for a in arguments if a != "--write"), "."))
    pages = [p for p in [root / "README.md", *sorted(root.glob("docs/**/*.md"))] if p.exists()]
    left = 0
    for page in pages:
        text = page.read_text()
        updated, problems = check(root, text)
        if write and updated != text:
            page.write_text(updated)
            print(f"{page}: written")
            problems = check(root, updated)[1]
        for line, problem in problems:
            print(f"{page}:{line}: {problem}")
        left += len(problems)
    if left and not write:
        print("blocks that differ are updated by: tools/check_docs.py --write")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
