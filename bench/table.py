#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""The table of a run of the benchmarks, from the rows that their programs wrote.

usage: table.py ROWS [--json FILE NAME=VALUE...]

A row is name, unit, weft's figure, the plain loop's (0: there is none), kind of goal, goal,
separated by tabs; then, for each peer that did the same, NAME=SMALLEST/MEDIAN. compare.hpp and
compile_time/ write them. A name that comes twice counts with its last row. --json writes all of it
to a file, with what else is to be known of the run.
"""
import json
import sys
from pathlib import Path


def goal_of(kind, goal, value, speed):
    if kind == "speed":
        return f"speed >= {goal:g}", "met" if speed >= goal else "MISSED"
    if kind == "time":
        return f"<= {goal:g}", "met" if value <= goal else "MISSED"
    return "", ""


def short(figure):
    return f"{figure:.3g}" if figure < 1000 else f"{figure:.0f}"


def cell(figures, weft):
    """A peer's smallest time and median, and how many times weft's smallest time its own is."""
    best, median = (float(figure) for figure in figures.split("/"))
    text = short(best) if best == median else f"{short(best)} ({short(median)})"
    if weft <= 0 or best == weft:
        return text
    ratio = best / weft
    return f"{text} x{ratio:.0f}" if ratio >= 100 else f"{text} x{ratio:.2g}"


def print_peers(rows):
    """More tables, of the rows that have peers: one for those that have the same ones."""
    tables = {}
    for name, (unit, weft, _, _, _, *peers) in rows.items():
        if not peers:
            continue
        figures = dict(peer.split("=") for peer in peers)
        columns = sorted(figures, key=lambda peer: peer != "weft")
        lines = tables.setdefault(tuple(columns), [["what", "unit", *columns]])
        lines.append([name, unit] + [cell(figures[peer], float(weft)) for peer in columns])
    for lines in tables.values():
        widths = [max(map(len, column)) for column in zip(*lines)]
        print("\npeers in the same run: smallest (median), and how many times weft's smallest")
        for line in lines:
            print("  ".join(f"{text:{width}}" for text, width in zip(line, widths)).rstrip())


def write_json(path, facts, rows):
    """One object: the facts, and under "rows" what the tables have."""
    out = dict(fact.split("=", 1) for fact in facts)
    out["rows"] = []
    for name, (unit, weft, plain, kind, goal, *peers) in rows.items():
        value, other = float(weft), float(plain)
        row = {"name": name, "unit": unit, "weft": value}
        if other > 0 and value > 0:
            row.update(plain=other, speed=round(other / value, 4))
        wanted, verdict = goal_of(kind, float(goal), value, row.get("speed", 0.0))
        if wanted:
            row.update(goal=wanted, verdict=verdict)
        for peer in peers:
            peer_name, figures = peer.split("=")
            best, median = map(float, figures.split("/"))
            row.setdefault("peers", {})[peer_name] = {"best": best, "median": median}
        out["rows"].append(row)
    Path(path).write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


def main():
    rows = {}
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        name, *rest = line.split("\t")
        rows[name] = rest
    width = max([len(name) for name in rows] + [4])
    print(f"{'what':{width}} {'weft':>10} {'plain':>10} {'unit':8}{'speed':>6}  {'goal':16}")
    for name, (unit, weft, plain, kind, goal, *_) in rows.items():
        value, other = float(weft), float(plain)
        speed = other / value if other > 0 and value > 0 else 0.0
        wanted, verdict = goal_of(kind, float(goal), value, speed)
        print(f"{name:{width}} {value:>10.5g} {f'{other:.5g}' if other else '':>10} {unit:8}"
              f"{f'{speed:.2f}' if speed else '':>6}  {wanted:16}{verdict}".rstrip())
    print_peers(rows)
    if sys.argv[2:3] == ["--json"]:
        write_json(sys.argv[3], sys.argv[4:], rows)


if __name__ == "__main__":
    main()
