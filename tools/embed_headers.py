#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Write headers as C++ strings: what NVRTC reads while a program runs, kept in the program.

usage: embed_headers.py OUTPUT DEPFILE INCLUDE_FOLDER STANDARD_PARTS HEADER...

HEADER... are names as in `#include <weft/cuda/tree_kernel.hpp>`. All headers of weft that they
include are written, too, but for NAME_source.hpp; each standard header that is included stands for
STANDARD_PARTS. Lines that are nothing but a comment are left out.
"""
import re
import sys
from pathlib import Path

INCLUDE = re.compile(r"\s*#\s*include\s*<([^>]+)>")


def without_comments(text):
    kept = (line for line in text.splitlines() if not re.match(r"\s*(//|$)", line))
    return "\n".join(kept) + "\n"


def collect(names, folder):
    """The texts of headers by name, and the names of standard headers."""
    texts, standard, left = {}, set(), list(names)
    while left:
        name = left.pop()
        if name in texts or name in standard or name.endswith("_source.hpp"):
            continue
        path = folder / name
        if not path.is_file():
            standard.add(name)
            continue
        texts[name] = without_comments(path.read_text(encoding="utf-8"))
        left += (m[1] for line in texts[name].splitlines() if (m := INCLUDE.match(line)))
    return texts, standard


def literal(text):
    """Raw strings side by side: a compiler may refuse one of more than 64 KiB."""
    assert ')embedded"' not in text
    pieces = [text[i:i + 16000] for i in range(0, len(text), 16000)]
    return "\n".join(f'R"embedded({piece})embedded"' for piece in pieces)


def main():
    output, depfile, folder, parts, *names = sys.argv[1:]
    folder, parts = Path(folder), Path(parts)
    texts, standard = collect(names, folder)
    texts["standard_parts.hpp"] = without_comments(parts.read_text(encoding="utf-8"))
    sources = [parts] + [folder / name for name in texts if (folder / name).is_file()]
    for name in standard:
        texts[name] = "#include <standard_parts.hpp>\n"
    lines = ["// Made by embed_headers.py.", "constexpr embedded_header embedded_headers[] = {"]
    for name in sorted(texts):
        lines.append(f'{{"{name}", {literal(texts[name])}}},')
    lines.append("};")
    Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path(depfile).write_text(f"{output}: {' '.join(map(str, sources))}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
