#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The table of a run of the benchmarks, from the rows that their programs wrote.

usage: table.py ROWS

A row is name, unit, weft's figure, the plain loop's (0: there is none), kind of goal, goal,
separated by tabs; compare.hpp and compile_time/ write them. A name that comes twice counts with its
last row.
"""
import sys
from pathlib import Path


def goal_of(kind, goal, value, speed):
    if kind == "speed":
        return f"speed >= {goal:g}", "met" if speed >= goal else "MISSED"
    if kind == "time":
        return f"<= {goal:g}", "met" if value <= goal else "MISSED"
    return "", ""


def main():
    rows = {}
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        name, *rest = line.split("\t")
        rows[name] = rest
    width = max([len(name) for name in rows] + [4])
    print(f"{'what':{width}} {'weft':>10} {'plain':>10} {'unit':8}{'speed':>6}  {'goal':16}")
    for name, (unit, weft, plain, kind, goal) in rows.items():
        value, other = float(weft), float(plain)
        speed = other / value if other > 0 and value > 0 else 0.0
        wanted, verdict = goal_of(kind, float(goal), value, speed)
        print(f"{name:{width}} {value:>10.5g} {f'{other:.5g}' if other else '':>10} {unit:8}"
              f"{f'{speed:.2f}' if speed else '':>6}  {wanted:16}{verdict}".rstrip())


if __name__ == "__main__":
    main()
