#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check that each layer of include/weft knows only itself and the layers below it.

usage: check_layers.py INCLUDE_WEFT_FOLDER

Besides: what single layers must not contain (templates in placement/, threads before runtime/,
heavy standard headers in expr/), that compiler conditionals stay in config.hpp, that one file alone
knows MPI, and that no header needs itself.
"""
import re
import sys
from pathlib import Path

# A layer may include itself and those before it.
LAYERS = ["fwd.hpp", "config.hpp", "core", "expr", "kernel", "ops", "graph", "placement", "runtime",
          "session", "io", "cuda", "cluster"]
UMBRELLAS = ["expr.hpp", "graph.hpp", "weft.hpp", "placement_of.hpp", "io.hpp", "source.hpp",
             "source.cpp"]

THREADS = {"thread", "mutex", "condition_variable", "future", "shared_mutex", "semaphore",
           "barrier", "latch"}
HEAVY = {"tuple", "functional", "ranges", "iostream", "execution", "thread", "memory", "string"}
CHEAP = {"cstddef", "cstdint"}
ENGINES = {"mpi.h": "cluster/mpi.hpp", "mpi-ext.h": "cluster/mpi.hpp", "nccl.h": "cluster/nccl.hpp"}
COMPILER = re.compile(r"\s*#\s*(?:el)?if.*\b(__GNUC__|__clang__|__CUDACC__|__NVCC__|_MSC_VER)\b")
INCLUDE = re.compile(r'\s*#\s*include\s*(?:<(.+?)>|(".*"))')


def without_comments(text):
    """The text with comments and string literals blanked, lines kept."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)

    def blank(match):
        # What an #include quotes is kept: it is looked at.
        start = text.rfind("\n", 0, match.start()) + 1
        if match[0][0] == '"' and INCLUDE.match(text[start:match.end()]):
            return match[0]
        return "\n" * match[0].count("\n")

    return token.sub(blank, text)


def include_problem(layer, header):
    """Why a file of this layer must not include this header, or None."""
    if header.startswith('"'):
        return f"includes are written from the root, as <weft/...>, not {header}"
    if not header.startswith("weft/"):
        if layer == "fwd.hpp" and header not in CHEAP:
            return f"fwd.hpp includes nothing but <cstddef> and <cstdint>, not <{header}>"
        if layer == "expr" and header in HEAVY:
            return f"expr/ must not include <{header}>: too costly where only types are needed"
        if header in THREADS and LAYERS.index(layer) < LAYERS.index("runtime"):
            return f"{layer} must not include <{header}>: threads begin with runtime/"
        return None
    target = header.split("/")[1]
    if target in UMBRELLAS:
        return f"<{header}> is an umbrella: include the header that is needed"
    if target not in LAYERS:
        return f"<{header}> is in no layer; the layers are {', '.join(LAYERS)}"
    if LAYERS.index(target) > LAYERS.index(layer):
        return f"{layer} must not include {target}, which comes after it: <{header}>"
    return None


def umbrella_problems(text):
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not re.match(r"\s*#\s*(include|pragma once|if WEFT_|endif)", line):
            yield number, "an umbrella header holds includes only"


def layer_problems(layer, text):
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        problem = include and include_problem(layer, include[1] or include[2])
        if problem:
            yield number, problem
        if layer == "placement" and re.search(r"\btemplate\b", line):
            yield number, "placement/ has no templates: it works on records"
        if layer not in ("config.hpp", "cuda") and (found := COMPILER.match(line)):
            yield number, f"{found[1]} belongs into config.hpp, the only place that knows compilers"


def engine_problems(name, text):
    """What only one file may include: an engine is to be replaced in one place."""
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        place = include and ENGINES.get(include[1])
        if place and place != name:
            yield number, f"<{include[1]}> is included by {place} alone"


def definitions_of(header, includes):
    """The *_source.hpp that a header includes below its declarations, and what these include."""
    found, open_files = set(), [header]
    while open_files:
        for name in includes.get(open_files.pop(), {}):
            if "_source.hpp" in name and name not in found:
                found.add(name)
                open_files.append(name)
    return found


def cycles(includes):
    """(file, line, text) of includes that lead back to their file.

    Definitions include the header that they are of, which includes them at its end: that is no
    cycle. Any other is: whoever is included first comes before what it needs. `includes` has the
    line of each include of each file.
    """
    own = {header: definitions_of(header, includes)
           for header in includes if "_source.hpp" not in header}
    finished, stack = set(), []

    def visit(name):
        stack.append(name)
        for target, line in includes[name].items():
            if name in own.get(target, ()):
                continue
            if target in stack:
                way = [*stack[stack.index(target):], target]
                yield name, line, "a header needs itself: " + " -> ".join(way)
            elif target in includes and target not in finished:
                yield from visit(target)
        finished.add(stack.pop())

    for name in sorted(includes):
        if name not in finished:
            yield from visit(name)


def includes_of(text):
    return {include[1]: number for number, line in enumerate(text.splitlines(), 1)
            if (include := INCLUDE.match(line)) and include[1]}


def problems_below(root):
    """(file, line, text) of everything that breaks the order of the layers."""
    includes = {}
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        layer = path.relative_to(root).parts[0]
        text = without_comments(path.read_text())
        includes["weft/" + path.relative_to(root).as_posix()] = includes_of(text)
        if layer in UMBRELLAS:
            found = umbrella_problems(text)
        elif layer in LAYERS:
            found = [*layer_problems(layer, text),
                     *engine_problems(path.relative_to(root).as_posix(), text)]
        else:
            found = [(1, f"{layer} is in no layer; the layers are {', '.join(LAYERS)}")]
        for number, problem in found:
            yield path, number, problem
    for name, number, problem in cycles(includes):
        yield root / name.removeprefix("weft/"), number, problem


def main():
    problems = list(problems_below(Path(sys.argv[1])))
    for path, number, problem in problems:
        print(f"{path}:{number}: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
