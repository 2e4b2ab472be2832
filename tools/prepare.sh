# SPDX-FileCopyrightText: 2026 The weft authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# Sourced by ./dev: finds the tools that a build needs and installs those that are missing, with apt
# or, for a Meson newer than the packaged one, with pip into build/venv. Nothing else is upgraded.

have() { command -v "$1" >/dev/null 2>&1; }
at_least() {  # at_least MINIMUM VERSION
    [ "$(printf '%s\n' "$1" "$2" | sort -V | head -1)" = "$1" ]
}

compiler() {  # compiler MINIMUM CANDIDATE...: the first candidate that is new enough
    local minimum=$1 cxx; shift
    for cxx; do
        have "$cxx" && at_least "$minimum" "$("$cxx" -dumpversion)" && echo "$cxx" && return
    done
    return 1
}
gxx() { compiler 12 ${CXX:-} g++ g++-12 g++-13 g++-14 g++-15; }
clangxx() { compiler 16 clang++-{16,17,18,19,20,21} clang++; }
good_meson() { have meson && at_least 1.0.1 "$(meson --version)"; }
available() {  # available PACKAGE: the version that apt would install
    apt-cache policy "$1" | sed -nE 's/^ *Candidate: ([0-9]+:)?([0-9].*)/\2/p'
}
apt_update() {
    [ -z "${sudo+set}" ] || return 0
    have apt-get || die "please install what is missing: $*"
    if [ "$(id -u)" = 0 ]; then sudo=(env); elif have sudo; then sudo=(sudo env); else
        die "neither root nor sudo: please install what is missing: $*"; fi
    "${sudo[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update
}
apt_install() {
    apt_update "$@"
    say "installing $*"
    "${sudo[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 install "$@" >/dev/null
}
install_meson() {
    apt_update meson
    if at_least 1.0.1 "$(available meson)"; then apt_install meson; return; fi
    python3 -m venv build/venv >/dev/null 2>&1 ||
        { apt_install python3-venv; python3 -m venv --clear build/venv; }
    say "installing meson into build/venv"
    build/venv/bin/pip --quiet install 'meson>=1.0.1'
    hash -r
}
install_clang() {
    apt_update clang
    for version in 16 17 18 19 20 21; do
        [ -n "$(available "clang-$version")" ] || continue
        apt_install "clang-$version" "libclang-rt-$version-dev"
        return
    done
    die "this system has no package of clang 16 or newer"
}
prepare() {  # prepare COMMAND:PACKAGE...: these, and what every build needs
    local missing=() need
    if ! gxx >/dev/null; then
        apt_update g++
        if at_least 12 "$(available g++)"; then missing+=(g++); else missing+=(g++-12); fi
    fi
    for need in python3:python3 ninja:ninja-build "$@"; do
        have "${need%:*}" || missing+=("${need#*:}")
    done
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
    good_meson || install_meson
    CXX=$(gxx) || die "g++ 12 or newer is needed"
}
prepare_header() {  # prepare_header HEADER PACKAGE
    echo "#include <$1>" | "$CXX" -x c++ -fsyntax-only - 2>/dev/null || apt_install "$2"
}
prepare_mpi() {  # if it can be had: the tests of clusters are skipped without
    have mpirun && have mpicxx && return
    (apt_install libopenmpi-dev openmpi-bin) || say "no MPI: its tests are skipped"
}
