#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Compile one source file and run the program, as a test for a compiler that Meson does not know.

usage: compile_and_run.py SOURCE COMPILER [FLAG...]
"""
import subprocess
import sys
import tempfile

source, command = sys.argv[1], sys.argv[2:]
with tempfile.TemporaryDirectory() as folder:
    program = folder + "/program"
    if subprocess.run(command + [source, "-o", program]).returncode:
        sys.exit(f"{source}: does not compile")
    sys.exit(subprocess.run([program]).returncode)
