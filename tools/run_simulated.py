#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Run a program that is linked with SimGrid as many simulated processes; 77 where there is none.

usage: run_simulated.py SECONDS PROCESSES PROGRAM

The processes are on hosts of their own in one network, take turns on one thread, and share global
variables. All has to end within SECONDS.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
PLATFORM = """<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
<cluster id="all" prefix="host" suffix="" radical="0-{last}" speed="10Gf" bw="12.5GBps" lat="5us"/>
</platform>
"""
# Computing takes no time of the simulation; a look for messages takes a little.
OPTIONS = ["--log=root.thres:warning", "--cfg=smpi/privatization:no",
           "--cfg=smpi/simulate-computation:no", "--cfg=smpi/host-speed:10Gf",
           "--cfg=smpi/test:1e-6"]


def main():
    seconds, processes, program = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    smpirun = shutil.which("smpirun")
    if smpirun is None:
        print("skipped: there is no smpirun here (Debian and Ubuntu: apt install libsimgrid-dev)")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        platform, hosts = Path(folder) / "platform.xml", Path(folder) / "hosts"
        platform.write_text(PLATFORM.format(last=processes - 1), encoding="utf-8")
        hosts.write_text("".join(f"host{i}\n" for i in range(processes)), encoding="utf-8")
        command = [smpirun, "-np", str(processes), "-platform", platform, "-hostfile", hosts,
                   *OPTIONS, program]
        try:
            return subprocess.run(command, timeout=seconds, check=False).returncode
        except subprocess.TimeoutExpired:
            print(f"did not end within {seconds:g} s")
            return 1


if __name__ == "__main__":
    sys.exit(main())
