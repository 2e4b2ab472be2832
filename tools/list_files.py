#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Print the files that match glob patterns, sorted, one per line: how Meson discovers sources.

usage: list_files.py FOLDER PATTERN...     the paths are printed relative to FOLDER
"""
import sys
from pathlib import Path

folder = Path(sys.argv[1])
found = {p.relative_to(folder).as_posix() for pattern in sys.argv[2:] for p in folder.glob(pattern)}
print("\n".join(sorted(found)))
