#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check the lists that are kept by hand against the headers.

usage: check_lists.py [FOLDER]     FOLDER is the top of the project

docs/errors.md has every text that the headers throw, and no other; what the documentation quotes of
the compiler (lines with `weft: ...`) is in a header; ops/coverage.hpp names every op.
"""
import re
import sys
from pathlib import Path

LITERAL = r'"(?:\\.|[^"\\\n])*"'
LITERALS = re.compile(rf"{LITERAL}(?:\s*{LITERAL})*")
THROW = re.compile(r"\b(?:fail|throw error)\(\s*errc::\w+,(.*?);\n", re.DOTALL)
OP = re.compile(r'struct (\w+)(?: : \w+)? \{\s*static constexpr const char\* name = "')
MIN = 6  # letters of a fragment that is looked for


def literals(code):
    """String literals of C++ code, adjacent ones joined."""
    for found in LITERALS.finditer(code):
        parts = re.findall(LITERAL, found[0])
        yield re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]),
                     "".join(part[1:-1] for part in parts))


def without_comments(code):
    return re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE)


def long_enough(fragments):
    return [f for f in fragments if len(f) >= MIN]


def fragments_of_format(text):
    """What stays the same of a printf format or a piece of a text."""
    return long_enough(f.strip(" '\n(),.:;") for f in re.split(r"%[-\w]+|\(made at|\n", text))


def undocumented(headers, page):
    """(file, line, text) of errors in headers that the page does not have."""
    for file, code in headers.items():
        for throw in THROW.finditer(code):
            texts = [t for t in literals(throw[1])]
            fragments = [f for text in texts for f in fragments_of_format(text)]
            if fragments and max(fragments, key=len) not in page:
                line = code.count("\n", 0, throw.start()) + 1
                yield file, line, max(fragments, key=len)


def unknown(page, texts):
    """(line, fragment) of texts in the first column of the page's tables that no header has."""
    for number, line in enumerate(page.split("\n"), 1):
        row = re.match(r"\| `(.+?)` \|", line)
        for fragment in re.split(r"<[\w ]+>", row[1]) if row else []:
            fragment = fragment.strip(" '\n(),.:;")
            if len(fragment) >= MIN and not any(fragment in text for text in texts):
                yield number, fragment


def unquoted(page, texts):
    """(line, text) of messages of the compiler in a page that no header has."""
    for number, line in enumerate(page.split("\n"), 1):
        for message in re.findall(r"(?:static assertion failed|error): (weft: .+)", line):
            if not any(message.strip() in text for text in texts):
                yield number, message


def main():
    root, problems = Path(sys.argv[1] if len(sys.argv) > 1 else "."), []
    files = [*(root / "include/weft").rglob("*.hpp"), *(root / "kernels_cu").glob("*.*")]
    headers = {f: f.read_text() for f in sorted(files)}
    texts = [t for code in headers.values() for t in literals(without_comments(code))]

    errors = root / "docs/errors.md"
    page = errors.read_text()
    problems += [f"{file}:{line}: `{text}` is not in {errors}"
                 for file, line, text in undocumented(headers, page)]
    problems += [f"{errors}:{line}: no header says `{text}`" for line, text in unknown(page, texts)]
    for other in [root / "README.md", *sorted(root.glob("docs/**/*.md"))]:
        problems += [f"{other}:{line}: no header says `{text}`"
                     for line, text in unquoted(other.read_text(), texts)]

    coverage = root / "include/weft/ops/coverage.hpp"
    listed = set(re.findall(r"ops::(\w+)", headers.get(coverage, "")))
    for file, code in headers.items():
        if file.parent.name == "ops":
            problems += [f"{file}: ops::{op} is not in {coverage}"
                         for op in OP.findall(code) if op not in listed]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
