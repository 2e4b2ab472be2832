#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check what can be checked of the house style: licence lines, head comments, sizes, slips.

usage: check_style.py [FOLDER]     FOLDER is the top of the project

Looks at the files that git knows or would add. CONTRIBUTING.md has the rules for people.
"""
import re
import subprocess
import sys
from pathlib import Path

COPYRIGHT = "SPDX-FileCopyrightText: 2026 The weft authors"
LICENCE = "SPDX-License-Identifier: MIT"

CPP = {".hpp", ".cpp", ".cuh", ".cu"}
HEADERS = {".hpp", ".cuh"}
HASH = {".py", ".sh", ".in", ".mk"}
KINDS = {"meson.build": ".sh", "meson_options.txt": ".sh", "CMakeLists.txt": ".sh", "dev": ".sh",
         "run": ".sh", "Makefile": ".mk"}

# Programs that were given, and are kept as they came.
VERBATIM = re.compile(r"tests/contract/[^/]+\.cpp"
                      r"|tests/must_not_compile/(feed_type|pinned_without_kernel|shapes)\.cpp")

MAX_COLUMNS = 100
SLIPS = [  # regular expression, where it applies, what to say
    (r"\t", CPP | HASH - {".mk"}, "a tab"),
    (r"\s+$", CPP | HASH, "spaces at the end of the line"),
    (r"^\s*#\s*if\s+0\b", CPP, "code that is switched off: delete it"),
    (r"\b([T]ODO|[F]IXME)\b", CPP | HASH, "an unfinished thing belongs into an issue, not here"),
    (r'^\s*#\s*include\s*["<]\.\./', CPP, "includes are written from the root, as <weft/...>"),
    (r"^\s*#\s*define\s+(?!WEFT_|(OMPI|MPICH)_SKIP_MPICXX\b)", HEADERS,
     "macros of weft are named WEFT_*"),
    (r"^(?![^\"]*//)[^\"]*\b(near|far|small|interface)\b[^\"]*$", HEADERS,
     "a name that <windows.h> defines as a macro"),
    (r"(^|[\s\"'`=(:])/(work|root|home/\w+)/|/tmp/[b]ash", None, "a path of one machine"),
]
LIBRARY_SLIPS = SLIPS + [
    (r"^(?![^\"]*//).*(::|\.)(min|max)\(", HEADERS,
     "<windows.h> defines min and max as macros: write (std::min)(a, b)"),
]


def kind_of(path):
    """The suffix that stands for the file's language, None for text and data."""
    if path.suffix in CPP | HASH:
        return path.suffix
    return KINDS.get(path.name)


def max_lines(path, kind):
    if path.parts[0] == "tests":
        return 500
    return 400 if kind in HEADERS or kind == ".cu" else None


def head_problems(path, kind, lines):
    """Licence lines, then in headers of the library a comment of three lines or more."""
    mark = "//" if kind in CPP else "#"
    head = lines[1:] if lines and lines[0].startswith("#!") else lines
    if head[:2] != [f"{mark} {COPYRIGHT}", f"{mark} {LICENCE}"]:
        yield 1, f"must begin with `{mark} {COPYRIGHT}` and `{mark} {LICENCE}`"
    elif kind in HEADERS and path.parts[0] != "tests":
        comment = 0
        for line in head[2:]:
            if not line.startswith("//"):
                break
            comment += line.strip() != "//"
        if comment < 3:
            yield 3, "a header says first, in three lines or more, what it is and must not know"
    if kind in HEADERS and "#pragma once" not in lines:
        yield 1, "#pragma once is missing"


def problems_of(path, text):
    """(line, text) of everything that is wrong with one file; path is relative to the project."""
    kind, lines = kind_of(path), text.split("\n")
    verbatim = VERBATIM.fullmatch(path.as_posix())
    if kind and not verbatim:
        yield from head_problems(path, kind, lines)
        limit = max_lines(path, kind)
        if limit and len(lines) > limit + 1:
            yield limit, f"{len(lines) - 1} lines, at most {limit}: two subjects in one file?"
    for number, line in enumerate(lines, 1):
        wraps = "expected-error {{" not in line  # a regex that must stay on the line of the error
        if kind and not verbatim and wraps and len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns, at most {MAX_COLUMNS}"
        for regex, where, problem in LIBRARY_SLIPS if path.parts[0] == "include" else SLIPS:
            if (where is None or (kind in where and not verbatim)) and re.search(regex, line):
                yield number, problem


def project_files(root):
    command = ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    paths = [Path(n) for n in names.splitlines() if not n.startswith("examples/data/")]
    return [p for p in paths if (root / p).is_file()]


def main():
    root, count = Path(sys.argv[1] if len(sys.argv) > 1 else "."), 0
    for path in project_files(root):
        try:
            text = (root / path).read_text()
        except UnicodeDecodeError:
            continue  # not a text
        for number, problem in problems_of(path, text):
            count += 1
            print(f"{path}:{number}: {problem}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
