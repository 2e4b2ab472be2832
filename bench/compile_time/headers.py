#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""What including weft and using expressions costs the compiler.

usage: headers.py INCLUDE_FOLDER COMPILER...

Lines are those of `COMPILER -E -P`: no blank lines, no markers. Seconds are CPU time of the
compiler, the least of several runs; that of the expressions is what twenty nodes of five to nine
fused ops add to a file that includes weft.hpp, at -O2.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SEPARATE = ["-DWEFT_SEPARATE_COMPILATION"]
HEADERS = [  # header, flags, lines, seconds
    ("weft/fwd.hpp", [], 500, None),
    ("weft/expr.hpp", [], 20_000, 0.35),
    ("weft/graph.hpp", SEPARATE, None, None),
    ("weft/weft.hpp", SEPARATE, 65_000, 1.3),
    ("weft/weft.hpp", [], None, None),
]
EXPRESSIONS = 20
ADDED_SECONDS = 1.5


def source_of_expressions():
    """Twenty nodes, each of another type, with a mean of seven ops."""
    unary = ["exp", "tanh", "sqrt", "abs", "square"]
    binary = ["+", "-", "*", "/"]
    body = []
    for i in range(EXPRESSIONS):
        first, second = unary[i % 5], unary[(i // 5 + i + 1) % 5]
        p, q, r = (binary[(i // step + step) % 4] for step in (1, 2, 4))
        tail = " * 0.5f - y" if i % 2 else ""
        right = f"{second}(y {r} {i + 2}.0f)"
        body.append(f"    node n{i} = {first}(x {p} y) {q} {right} {p} x{tail};")
        body.append(f"    nodes += n{i}.id();")
    return "\n".join(
        ["#include <weft/weft.hpp>", "using namespace weft;", "unsigned build(graph& g);",
         "unsigned build(graph& g) {", "    unsigned nodes = 0;",
         '    auto x = g.placeholder<tensor<float, dyn, 64>>("x");',
         '    auto y = g.placeholder<tensor<float, dyn, 64>>("y");',
         *body, "    return nodes;", "}", ""])


def cpu_seconds(command):
    process = subprocess.Popen(command, env=dict(os.environ, CCACHE_DISABLE="1"))
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime


def fastest(command, tries=5):
    return min(cpu_seconds(command) for _ in range(tries))


def text_bytes(path):
    """Bytes of machine code and constants in an object file; 0 without binutils."""
    try:
        command = ["size", str(path)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(text.splitlines()[1].split()[0])


def row(name, unit, value, limit):
    print(f"{name:44}{value:>12.6g} {unit:8}" + (f" at most {limit:g}" if limit else ""))
    path = os.environ.get("WEFT_BENCH_ROWS")
    if path:
        kind = "time" if limit else "none"
        with open(path, "a", encoding="utf-8") as rows:
            rows.write(f"{name}\t{unit}\t{value:.6g}\t0\t{kind}\t{limit or 0:g}\n")


def measure_header(command, header, lines, seconds, folder):
    source = folder / "header.cpp"
    source.write_text(f"#include <{header}>\n")
    preprocess = command + ["-E", "-P", str(source)]
    text = subprocess.run(preprocess, capture_output=True, text=True, check=True).stdout
    name = header + (", separate" if SEPARATE[0] in command else "")
    row(f"{name}, preprocessed", "lines", text.count("\n"), lines)
    row(f"{name}, -fsyntax-only", "s", fastest(command + ["-fsyntax-only", str(source)]), seconds)


def measure_hello(command, folder):
    """A whole program, as -O2 compiles it header-only and separately."""
    hello = Path(__file__).resolve().parents[2] / "examples" / "01_hello.cpp"
    command = command + ["-O2", "-c", "-o", str(folder / "hello.o"), str(hello)]
    row("01_hello.cpp, -O2", "s", fastest(command, 2), None)
    row("01_hello.cpp, -O2, separate", "s", fastest(command + SEPARATE, 2), None)


def measure_expressions(command, folder):
    empty, full, target = folder / "empty.cpp", folder / "full.cpp", folder / "object.o"
    full.write_text(source_of_expressions())
    empty.write_text("#include <weft/weft.hpp>\nunsigned build(weft::graph&) { return 0; }\n")
    command = command + ["-O2", "-c", "-o", str(target)]
    base = fastest(command + [str(empty)], 3)
    base_bytes = text_bytes(target)
    added = fastest(command + [str(full)], 3) - base
    row(f"{EXPRESSIONS} fused expressions, -O2, added", "s", added, ADDED_SECONDS)
    added_bytes = text_bytes(target) - base_bytes
    row(f"{EXPRESSIONS} fused expressions, .text added", "KiB", added_bytes / 1024, None)


def main():
    root, compiler = Path(sys.argv[1]), sys.argv[2:]
    command = compiler + ["-std=c++20", f"-I{root}"]
    with tempfile.TemporaryDirectory() as name:
        for header, flags, lines, seconds in HEADERS:
            measure_header(command + flags, header, lines, seconds, Path(name))
        measure_hello(command, Path(name))
        measure_expressions(command + SEPARATE, Path(name))


if __name__ == "__main__":
    main()
