#!/bin/sh
# Makes the virtual environment in $1 on Python 3.13: one that is on this machine, else one that uv fetches,
# else 3.12 or 3.11 without the Blender parts. Says on stdout what it did.
set -eu
venv=$1
uv_home=${2:-.uv}

answers() { "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != ($2))" >/dev/null 2>&1; }

find_python() { # $1: 3.13 -> prints a working interpreter of that version
    for candidate in "$(command -v "python$1" || true)" "$HOME/.pyenv/versions/$1"*/bin/python python3 python; do
        [ -n "$candidate" ] && answers "$candidate" "$(echo "$1" | tr . ,)" && { echo "$candidate"; return 0; }
    done
    return 1
}

fetch_python() { # prints a Python 3.13 that uv has, or gets; everything stays in $uv_home
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
        base=$(command -v python3 || command -v python) || return 1
        echo "make: installing uv into $uv_home" >&2
        { [ -x "$uv_home/bin/uv" ] || { "$base" -m venv "$uv_home" && "$uv_home/bin/python" -m pip install -q uv; }; } >&2 || return 1
        uv=$uv_home/bin/uv
    fi
    echo "make: asking uv for Python 3.13" >&2
    UV_PYTHON_INSTALL_DIR=$PWD/$uv_home/python "$uv" python install -q 3.13 >&2 || return 1
    UV_PYTHON_INSTALL_DIR=$PWD/$uv_home/python "$uv" python find 3.13
}

if python=$(find_python 3.13); then
    echo "make: Python 3.13 found: $python"
elif python=$(fetch_python); then
    echo "make: Python 3.13 from uv: $python"
elif python=$(find_python 3.12) || python=$(find_python 3.11); then
    echo "make: no Python 3.13 found, and uv could not get one; using $python."
    echo "make: the Blender parts are left out: bpy 5.2 has wheels for Python 3.13 alone."
else
    echo "make: Python 3.13 (or 3.12, 3.11 without the Blender parts) is needed; none was found and uv could not get one." >&2
    echo "make: install one (python.org, pyenv, your system's packages) and run make again." >&2
    exit 1
fi
"$python" -m venv --clear "$venv"
