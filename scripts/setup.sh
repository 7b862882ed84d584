#!/bin/sh
# Makes .venv and installs Certiscope into it; called by the Makefile.
#   scripts/setup.sh [EXTRA]      EXTRA: test, bench, "test,cluster", or nothing for the program alone
# A second call with unchanged pyproject.toml and constraints.txt returns at once.
set -eu
cd "$(dirname "$0")/.."

extra="${1:-}"
venv=.venv
stamp="$venv/.ready-${extra:-program}"
say() { printf '%s\n' "certiscope set-up: $*" >&2; }
stop() { say "$*"; exit 1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

wanted() { cat pyproject.toml constraints.txt scripts/setup.sh | cksum; }

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if supported "$candidate"; then printf '%s\n' "$candidate"; return; fi
    done
    stop "Python 3.11, 3.12 or 3.13 is needed and none was found; name one with 'make ... PYTHON=/path/to/python3'."
}

# apt_install PURPOSE PACKAGE...: as root installs, otherwise prints the one line to run.
apt_install() {
    purpose="$1"; shift
    if ! command -v apt-get >/dev/null 2>&1; then
        say "$purpose lacks system packages, called on Debian: $*"
        return 1
    fi
    if ! is_root; then
        say "$purpose needs system packages; please run:"
        say "    sudo apt-get install -y --no-install-recommends $*"
        return 1
    fi
    say "installing for $purpose: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null && apt-get install -y -q --no-install-recommends "$@" >/dev/null; }
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        apt_install "making $venv" "$version-venv" || exit 1
    fi
    say "making $venv with $("$python" --version)"
    "$python" -m venv "$venv"
}

pip_install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

free_gb() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }'; }

# PyTorch's wheel for Linux brings CUDA's libraries: 7 GB in .venv, 4 GB more while they are unpacked.
check_space() {
    [ -x "$venv/bin/certiscope" ] && return 0
    free=$(free_gb .)
    [ "$free" -ge 12 ] || say "only $free GB are free here; the installation can need 11 GB"
}

install_program() {
    target=".${extra:+[$extra]}"
    check_space
    say "installing $target (the first time this loads a few GB, some minutes)"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    pip_install -c constraints.txt -e "$target" 2>"$log" && return 0
    # other versions help where the tested ones are missing, not against a full disk or a dead network
    if grep -q -e 'No matching distribution' -e 'ResolutionImpossible' "$log"; then
        say "the tested versions are not all to be had for this Python; taking the newest allowed ones"
        pip_install -e "$target"
        return
    fi
    cat "$log" >&2
    stop "the installation failed ($(free_gb .) GB are free here, $(free_gb "${TMPDIR:-/tmp}") GB in ${TMPDIR:-/tmp})."
}

# Only what a machine without Qt lacks; without a display the offscreen libraries are enough.
install_qt_libraries() {
    scope=offscreen
    # tests draw offscreen everywhere; a window is only wanted where there is a display
    if is_root || { [ "$extra" != test ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }; then scope=window; fi
    missing=$("$venv/bin/python" -m engine.system.qt_libraries "$scope")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086  # one word per package
    apt_install "the window" $missing || exit 1
}

# ready STAMP: it was written for these very files
ready() { [ -x "$venv/bin/python" ] && [ "$(cat "$1" 2>/dev/null)" = "$(wanted)" ]; }

ready "$stamp" && exit 0
# an environment with an extra holds the program too; only a window's libraries may be missing
if [ -z "$extra" ] && { ready "$venv/.ready-test" || ready "$venv/.ready-bench"; }; then
    install_qt_libraries
    wanted >"$stamp"
    exit 0
fi
[ -x "$venv/bin/python" ] && supported "$venv/bin/python" || make_venv
install_program
install_qt_libraries
wanted >"$stamp"
