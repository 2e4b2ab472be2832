#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Check that ThreadSanitizer finds the races that a program can be given, and none without them.

usage: expect_race.py COUNT SOURCE OTHER_SOURCE... -- COMPILER [FLAG...]

SOURCE is compiled as it is and must run clean, then with WEFT_RACE=1 to COUNT, where the program
must end in a failure and a report of a data race.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def steady():
    """What to start a program with, so that its addresses are where ThreadSanitizer wants them."""
    bits = Path("/proc/sys/vm/mmap_rnd_bits")
    command = ["setarch", os.uname().machine, "-R"]
    try:
        if int(bits.read_text()) > 28 and subprocess.run(command + ["true"]).returncode == 0:
            return command
    except (OSError, ValueError):
        pass
    return []


def build(command, folder, sources):
    """Objects or a program; ends this program if the compiler fails."""
    if subprocess.run(command + sources, cwd=folder).returncode:
        sys.exit(f"cannot build {' '.join(sources)}")


def main():
    split = sys.argv.index("--")
    count = int(sys.argv[1])
    source, *others = [os.path.abspath(path) for path in sys.argv[2:split]]
    compiler = sys.argv[split + 1:] + ["-std=c++20", "-O1", "-g1", "-fsanitize=thread", "-pthread"]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        build(compiler + ["-c"], folder, others)
        objects = sorted(str(path) for path in Path(folder).glob("*.o"))
        for race in range(count + 1):
            program = f"{folder}/program{race}"
            build(compiler + [f"-DWEFT_RACE={race}", "-o", program], folder, [source] + objects)
            run = subprocess.run(steady() + [program], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
            found = "ThreadSanitizer: data race" in run.stdout
            expected = (run.returncode != 0 and found) if race else run.returncode == 0
            print(f"WEFT_RACE={race}: exit code {run.returncode}, "
                  f"{'a' if found else 'no'} data race: {'ok' if expected else 'WRONG'}")
            if not expected:
                failures += 1
                print(run.stdout)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
