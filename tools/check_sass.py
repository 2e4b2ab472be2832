#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Look at the machine code of fused kernels, for each GPU that they are compiled for.

usage: check_sass.py SOURCE.cu ARCHITECTURES COMMAND...     ARCHITECTURES: "80 90"

COMMAND compiles SOURCE for one of them with -arch and -o added. Kernels must not spill registers,
and those that take several elements at a time must load each slot of their tree by 16 bytes, as
often as its elements ask for, and by less nowhere but where one element stands for all or a rest is
computed. Needs cuobjdump; exits with 77, which says "skipped" to Meson, where there is none.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BYTES = {"float": 4, "weft::half": 2, "bool": 1}


def cuobjdump():
    """The program, from the path or from a Python package; None where it is in neither."""
    found = shutil.which("cuobjdump")
    if found:
        return found
    places = [Path(p) for p in sys.path] + list(Path(sys.prefix).glob("lib/python*/site-packages"))
    for place in places:
        for program in place.glob("nvidia/cu*/bin/cuobjdump"):
            return str(program)
    return None


def functions(listing):
    """(name, instructions) of each kernel of cuobjdump's listing, names demangled."""
    text = subprocess.run(["c++filt"], input=listing, capture_output=True, text=True, check=True)
    parts = re.split(r"^\s*Function : ", text.stdout, flags=re.MULTILINE)[1:]
    for part in parts:
        name, _, code = part.partition("\n")
        yield name.strip(), re.findall(r"^\s*/\*[0-9a-f]{4,}\*/\s+(?:@!?\w+ )?([A-Z0-9_.]+)", code,
                                       re.MULTILINE)


def expected_loads(name):
    """How many loads of 16 bytes a kernel of dense operands needs; None for other kernels."""
    found = re.match(r"void weft::cuda::evaluate_dense<(.*), ([\w:]+), (\d+)>\(", name)
    if not found or int(found[3]) == 1:
        return None
    slots = set(re.findall(r"slot<(\d+)ul, ([\w:]+),", found[1]))
    return sum(-(-BYTES[element] * int(found[3]) // 16) for _, element in slots)


def problems_of(listing):
    kernels = 0
    for name, code in functions(listing):
        kernels += 1
        spills = [i for i in code if i.startswith(("LDL", "STL"))]
        if spills:
            yield f"{name}\n    spills registers: {len(spills)} of {', '.join(sorted(set(spills)))}"
        expected = expected_loads(name)
        wide = sum(i.startswith("LDG.E.128") for i in code)
        if expected is not None and wide != expected:
            yield f"{name}\n    loads 16 bytes {wide} times, {expected} times is wanted"
    if kernels == 0:
        yield "there is no kernel in it"


def main():
    source, architectures, command = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
    program = cuobjdump()
    if program is None:
        print("skipped: there is no cuobjdump (pip install nvidia-cuda-cuobjdump)")
        return 77
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for architecture in architectures:
            cubin = f"{folder}/sm_{architecture}.cubin"
            subprocess.run(command + [f"-arch=sm_{architecture}", "-cubin", "-o", cubin, source],
                           check=True)
            listing = subprocess.run([program, "-sass", cubin], capture_output=True, text=True,
                                     check=True).stdout
            for problem in problems_of(listing):
                failed = True
                print(f"sm_{architecture}: {problem}")
            print(f"sm_{architecture}: {listing.count('Function : ')} kernels")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
