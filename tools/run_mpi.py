#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Run a program in several processes with mpirun, as a test; exits with 77 where there is none.

usage: run_mpi.py [--fails-within SECONDS] [--tcp] [--survives] [--needs-memory GIB] SECONDS PART...

A part is a number of processes and a command, as one argument: "2 ./program --job=worker". All has
to end within SECONDS. With --fails-within it has to fail, and that soon after a process has printed
a line that begins with `now`. With --survives it goes on without processes that die; where MPI
cannot do that it is left out, with 77. So is what --needs-memory asks for, unless so much is
available and the environment has WEFT_TEST_BIG. The environment's MPIRUN names another mpirun.
"""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

SKIPPED = 77


def flags_of(mpirun, tcp):
    """What Open MPI needs on a machine with few cores and no network; MPICH needs nothing."""
    version = subprocess.run([mpirun, "--version"], capture_output=True, text=True).stdout
    if "Open MPI" not in version and "OpenRTE" not in version:
        return []
    shared = "vader" if " 4." in version else "sm"
    return ["--oversubscribe", "--bind-to", "none", "--mca", "pml", "ob1", "--mca", "btl",
            "self," + ("tcp" if tcp else shared)]


def can_survive(mpirun):
    """Whether it is Open MPI 5 or later."""
    version = subprocess.run([mpirun, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Open MPI\D* (\d+)\.", version)
    return found is not None and int(found[1]) >= 5


def has_memory(gigabytes):
    try:
        text = Path("/proc/meminfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return int(re.search(r"MemAvailable: +(\d+)", text)[1]) >= gigabytes * 2**20


def main():
    arguments, fails_within, tcp, gigabytes = sys.argv[1:], None, False, 0.0
    survives = False
    while arguments[0].startswith("--"):
        if arguments[0] == "--tcp":
            tcp = True
        elif arguments[0] == "--survives":
            survives = True
        elif arguments[0] == "--needs-memory":
            gigabytes = float(arguments.pop(1))
        else:
            fails_within = float(arguments.pop(1))
        arguments.pop(0)
    mpirun = os.environ.get("MPIRUN") or shutil.which("mpirun")
    if mpirun is None:
        print("skipped: there is no mpirun here (Debian and Ubuntu: apt install openmpi-bin)")
        return SKIPPED
    if gigabytes and not (os.environ.get("WEFT_TEST_BIG") and has_memory(gigabytes)):
        print(f"skipped: it needs {gigabytes:g} GiB of memory, and WEFT_TEST_BIG=1")
        return SKIPPED
    if survives and not can_survive(mpirun):
        print("skipped: this MPI does not survive the loss of a process, Open MPI 5 does")
        return SKIPPED
    command = [mpirun, *flags_of(mpirun, tcp), *(["--with-ft", "ulfm"] if survives else [])]
    for number, part in enumerate(arguments[1:]):
        processes, *program = shlex.split(part)
        command += [":"] * (number != 0) + ["-np", processes, *program]
    root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    # A session of its own, so that what hangs is ended with all that it has started.
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True,
                           env={**os.environ, **root})
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(run.pid, signal.SIGKILL))
    signal.alarm(int(float(arguments[0])))
    said, began = None, time.monotonic()
    for line in run.stdout:
        print(line, end="", flush=True)
        if line.startswith("now"):
            said = time.monotonic()
    status, took = run.wait(), time.monotonic() - (said or began)
    signal.alarm(0)
    if status == -signal.SIGKILL:
        print(f"did not end within {arguments[0]} s")
        return 1
    if fails_within is None:
        return status
    print(f"ended with {status} after {took:.1f} s")
    return 0 if said and status != 0 and took <= fails_within else 1


if __name__ == "__main__":
    sys.exit(main())
