#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
"""Build and run a small program that uses weft as its users do.

usage: check_consumers.py ROUTE PROJECT_ROOT MESON COMPILER

ROUTE is plain (the README's line for the compiler), separate (its lines with
WEFT_SEPARATE_COMPILATION), pkgconfig, cmake or meson_subproject. The
package is installed into a temporary folder that is moved afterwards: it must not remember where it
was.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77  # the exit status that Meson takes for a skipped test


def run(*command, cwd=None, **environment):
    print("+", shlex.join(map(str, command)), flush=True)
    environment = {**os.environ, **environment}
    subprocess.run([str(c) for c in command], cwd=cwd, env=environment, check=True)


def need(tool):
    if not shutil.which(tool):
        print(f"skipped: {tool} was not found")
        sys.exit(SKIPPED)


def installed(root, folder, meson):
    """Installs weft below the folder; the prefix, which is not the one it was configured for."""
    run(meson, "setup", folder / "build", root, f"--prefix={folder / 'first'}",
        "-Dtests=disabled", "-Dexamples=disabled", "-Dbench=disabled")
    run(meson, "install", "--quiet", "-C", folder / "build")
    return (folder / "first").rename(folder / "moved")


def plain(root, folder, meson, compiler):
    readme = root / "README.md"
    text = readme.read_text() if readme.exists() else ""
    line = re.search(r"^(?:\$ )?(g\+\+ -std=c\+\+20 .*)$", text, re.MULTILINE)
    if not line:
        print("skipped: README.md has no line that begins with `g++ -std=c++20`")
        sys.exit(SKIPPED)
    for name in ("include", "examples"):
        (folder / name).symlink_to(root / name)
    command = re.sub(r"^g\+\+", shlex.quote(compiler), line[1])
    run("sh", "-ec", command, cwd=folder)
    if "./" not in command:  # the line only compiles: run what it made
        output = re.search(r"-o (\S+)", command)
        run(folder / (output[1] if output else "a.out"), cwd=folder / "examples")


def separate(root, folder, meson, compiler):
    lines = re.findall(r"^g\+\+ .*WEFT_SEPARATE_COMPILATION.*$", (root / "README.md").read_text(),
                       re.MULTILINE)
    if len(lines) < 2:
        raise SystemExit("README.md has no two lines with WEFT_SEPARATE_COMPILATION")
    for name in ("include", "examples"):
        (folder / name).symlink_to(root / name)
    for line in lines:
        run("sh", "-ec", re.sub(r"^g\+\+", shlex.quote(compiler), line), cwd=folder)
    run(folder / "hello", cwd=folder)


def pkgconfig(root, folder, meson, compiler):
    need("pkg-config")
    need("make")
    prefix = installed(root, folder, meson)
    shutil.copytree(root / "tests/consumers", folder / "consumers")
    run("make", "run", cwd=folder / "consumers/pkgconfig", CXX=compiler,
        PKG_CONFIG_PATH=str(prefix / "share/pkgconfig"))


def cmake(root, folder, meson, compiler):
    need("cmake")
    prefix = installed(root, folder, meson)
    run("cmake", "-S", root / "tests/consumers/cmake", "-B", folder / "consumer",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={shutil.which(compiler)}")
    run("cmake", "--build", folder / "consumer")
    run(folder / "consumer/consumer")


def meson_subproject(root, folder, meson, compiler):
    consumers = folder / "consumers"
    shutil.copytree(root / "tests/consumers", consumers)
    weft = consumers / "meson_subproject/subprojects/weft"
    weft.mkdir(parents=True)
    for name in ("include", "tools", "kernels_cu"):
        shutil.copytree(root / name, weft / name)
    for name in ("meson.build", "meson_options.txt"):
        shutil.copy(root / name, weft)
    shutil.copy(consumers / "consumer.cpp", consumers / "meson_subproject")
    run(meson, "setup", folder / "build", consumers / "meson_subproject", CXX=compiler)
    run(meson, "test", "-C", folder / "build", "--print-errorlogs")


def main():
    routes = {f.__name__: f for f in (plain, separate, pkgconfig, cmake, meson_subproject)}
    route, root, meson, compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            routes[route](Path(root), Path(folder), meson, compiler)
        except subprocess.CalledProcessError as error:
            return f"consumer {route}: this failed: {shlex.join(error.cmd)}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
