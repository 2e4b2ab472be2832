#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Every header compiles alone, included twice; and all of them where hostile macros are defined.

usage: check_headers.py [--nvcc] INCLUDE_FOLDER COMPILER...

Alone each is compiled without the definitions that it includes at its end, which are headers too,
in a third of the time; that none of these needs the header that includes it is for check_layers.py
to find. All in one file are compiled with them. With --nvcc there is only that one, device headers
(cuda/) among them. Those of MPI (cluster/mpi*.hpp) are left out where the compiler has no <mpi.h>.
"""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]

# Macros that system headers are known to leave behind: windows.h, X11, <complex.h>, sysmacros.h.
# No system header defines T or N, so template parameters are safe. The standard library, which does
# not survive all of these, is included before them.
SYSTEM = """
#if __has_include(<bits/stdc++.h>)
#include <bits/stdc++.h>
#endif
#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif
"""
HOSTILE = """
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define near
#define far
#define small char
#define interface struct
#define IN
#define OUT
#define ERROR 0
#define I _Complex_I
#define I_ I_ is a macro
#define major(x) gnu_dev_major(x)
#define minor(x) gnu_dev_minor(x)
#define Bool int
#define None 0L
#define Status int
#define Success 0
#define True 1
#define False 0
#define Always 2
"""


def compile_text(command, text):
    run = subprocess.run(command, input=text, capture_output=True, text=True)
    return run.returncode == 0, run.stderr


def twice(header):
    return f"#include <{header}>\n#include <{header}>\n"


def headers_below(root, compiler, with_cuda):
    headers = sorted(p.relative_to(root).as_posix() for p in root.glob("weft/**/*.*")
                     if p.suffix == ".hpp" or (with_cuda and p.suffix == ".cuh"))
    if not with_cuda:
        headers = [h for h in headers if not h.startswith("weft/cuda/")]
    if not compile_text(compiler + ["-x", "c++", "-fsyntax-only", "-"], "#include <mpi.h>\n")[0]:
        headers = [h for h in headers if not h.startswith("weft/cluster/mpi")]
    return headers


def failures(texts, command):
    """The names in {name: text} that do not compile; prints what the compiler said."""
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda text: compile_text(command, text), texts.values())
        for name, (ok, output) in zip(texts, results):
            if not ok:
                failed.append(name)
                print(f"--- {name}\n" + "\n".join(output.splitlines()[:25]))
    return failed


def check(headers, compiler, root):
    command = compiler + ["-x", "c++", "-std=c++20", f"-I{root}", "-fsyntax-only", *WARNINGS, "-"]
    together = SYSTEM + HOSTILE + "".join(map(twice, headers))
    return failures({"all after hostile macros": together}, command) + failures(
        {header: "#define WEFT_SEPARATE_COMPILATION\n" + twice(header) for header in headers},
        command)


def check_with_nvcc(headers, compiler, root):
    """nvcc takes seconds per file: all headers at once, and one by one only if that fails."""
    command = compiler + ["-x", "cu", "-std=c++20", f"-I{root}", "-c", "-o", os.devnull, "-"]
    together = failures({"all headers in one file": "".join(map(twice, headers))}, command)
    alone = {header: twice(header) for header in headers}
    return together and together + failures(alone, command)


def main():
    arguments = sys.argv[1:]
    nvcc = arguments[0] == "--nvcc"
    root, compiler = Path(arguments[nvcc]), arguments[nvcc + 1:]
    headers = headers_below(root, compiler, with_cuda=nvcc)
    failed = (check_with_nvcc if nvcc else check)(headers, compiler, root)
    print(f"{len(headers)} headers checked")
    return "do not compile alone: " + ", ".join(failed) if failed else 0


if __name__ == "__main__":
    sys.exit(main())
