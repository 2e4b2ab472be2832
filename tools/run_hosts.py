#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Run a program on hosts that are network namespaces and cut one off; 77 where that cannot be had.

usage: run_hosts.py [--alone] WITHIN TEXT PART...

Each part is a command that Open MPI starts as one process on a host of its own, connected by TCP
through a bridge. Once all run, the last host's link is cut without a word to anybody. Then each
process has to end with a non-zero status and TEXT in what it prints, WITHIN seconds; with --alone
only the one that was cut off, and the others have to go on. The namespaces are on this machine
only, and a process that outlives this one removes them with all that runs there.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
START_WITHIN, RUN_FOR = 30, 2  # seconds

# What Open MPI starts daemons with instead of ssh: options, a host, a command.
AGENT = """#!/bin/sh
while [ "${1#-}" != "$1" ]; do shift; done
host=@name@-$((${1##*.} - 1)); shift
exec ip netns exec $host unshare -u sh -c "hostname $host; $*"
"""
# The status is written down beside the output; nobody ends on account of another's end.
TASK = """#!/bin/sh
rank=$OMPI_COMM_WORLD_RANK
echo started > @folder@/status.$rank
"$@" > @folder@/output.$rank 2>&1
echo ended $? > @folder@/status.$rank
sleep 60
"""


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def remove(name):
    listing = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=False)
    for host in re.findall(rf"^{name}-\w+", listing.stdout, re.MULTILINE):
        pids = subprocess.run(["ip", "netns", "pids", host], capture_output=True, text=True,
                              check=False).stdout.split()
        for pid in pids:
            try:
                os.kill(int(pid), 9)
            except ProcessLookupError:
                pass
        subprocess.run(["ip", "netns", "del", host], check=False)


def build(name, hosts):
    net = f"{name}-net"
    ip("netns", "add", net)
    ip("-n", net, "link", "add", "bridge", "type", "bridge")
    ip("-n", net, "link", "set", "bridge", "up")
    for i in range(hosts):
        host = f"{name}-{i}"
        ip("netns", "add", host)
        ip("-n", host, "link", "add", "eth", "type", "veth", "peer", "name", f"to{i}", "netns", net)
        ip("-n", net, "link", "set", f"to{i}", "master", "bridge")
        ip("-n", net, "link", "set", f"to{i}", "up")
        ip("-n", host, "addr", "add", f"10.77.0.{i + 1}/24", "dev", "eth")
        ip("-n", host, "link", "set", "eth", "up")
        ip("-n", host, "link", "set", "lo", "up")


def script(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def start(mpirun, name, folder, parts):
    agent = script(folder / "agent", AGENT.replace("@name@", name))
    task = script(folder / "task", TASK.replace("@folder@", str(folder)))
    network = "10.77.0.0/24"
    command = [mpirun, "--allow-run-as-root", "--bind-to", "none"]
    for option in (["plm_rsh_agent", agent], ["pml", "ob1"], ["btl", "self,tcp"],
                   ["btl_tcp_if_include", network], ["oob_tcp_if_include", network]):
        command += ["--mca", *option]
    for i, part in enumerate(parts):
        command += [":"] * (i != 0) + ["-np", "1", "--host", f"10.77.0.{i + 1}", task,
                                       *shlex.split(part)]
    with open(folder / "mpirun", "w", encoding="utf-8") as log:
        return subprocess.Popen([agent, "10.77.0.1", shlex.join(command)], stdout=log, stderr=log,
                                stdin=subprocess.DEVNULL, start_new_session=True)


def wait_for(folder, ranks, word, seconds):
    """How long it took until all these have this status; None: longer."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        found = [folder / f"status.{rank}" for rank in ranks]
        if all(file.exists() and file.read_text(encoding="utf-8").startswith(word)
               for file in found):
            return time.monotonic() - begin
        time.sleep(0.02)
    return None


def check(folder, name, within, text, tasks, alone):
    if wait_for(folder, range(tasks), "started", START_WITHIN) is None:
        print("not all processes have started:", (folder / "mpirun").read_text(encoding="utf-8"))
        return 1
    time.sleep(RUN_FOR)
    ip("-n", f"{name}-net", "link", "set", f"to{tasks - 1}", "down")
    ending = [tasks - 1] if alone else range(tasks)
    took = wait_for(folder, ending, "ended", within)
    wrong = took is None
    for rank in range(tasks):
        status = (folder / f"status.{rank}").read_text(encoding="utf-8").strip()
        output = (folder / f"output.{rank}").read_text(encoding="utf-8").strip()
        if rank in ending:
            wrong = wrong or status == "ended 0" or text not in output
        else:
            wrong = wrong or status != "started"
        print(f"process {rank}: {status}: {output[-500:]}")
    print("not all have ended" if took is None else f"ended {took:.1f} s after the cut")
    return int(wrong)


def main():
    if sys.argv[1] == "--remove":
        sys.stdin.read()
        remove(sys.argv[2])
        return 0
    alone = sys.argv[1] == "--alone"
    if alone:
        sys.argv.pop(1)
    within, text, parts = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    mpirun = os.environ.get("MPIRUN") or shutil.which("mpirun")
    version = mpirun and subprocess.run([mpirun, "--version"], capture_output=True, text=True,
                                        check=False).stdout
    if os.geteuid() != 0 or shutil.which("ip") is None or not version or "MPI) 4" not in version:
        print("skipped: it needs root, ip, and Open MPI 4")
        return SKIPPED
    name = f"weft{os.getpid()}"
    with subprocess.Popen([sys.executable, __file__, "--remove", name], stdin=subprocess.PIPE,
                          start_new_session=True), tempfile.TemporaryDirectory() as folder:
        try:
            build(name, len(parts))
        except subprocess.CalledProcessError as e:
            print(f"skipped: there are no network namespaces here: {e.stderr.decode().strip()}")
            return SKIPPED
        start(mpirun, name, Path(folder), parts)
        return check(Path(folder), name, within, text, len(parts), alone)


if __name__ == "__main__":
    sys.exit(main())
