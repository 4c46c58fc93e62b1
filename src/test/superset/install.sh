#!/bin/sh
# Installs the pinned Superset of this folder into a virtual environment and prints where it is:
#     install.sh FOLDER
# Returns at once when that is there already, whole and of these versions.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: install.sh FOLDER" >&2; exit 2; }
venv=$1
base=${PYTHON:-/usr/bin/python3}
wanted=$(cat "$here/requirements.txt" "$here/constraints.txt" "$here/install.sh" | cksum)
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    echo "installing Superset into $venv" >&2
    rm -rf "$venv"
    "$base" -m venv "$venv"
    # uv resolves and unpacks several times as fast as pip.
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$here/constraints.txt" uv
    "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --compile-bytecode \
        --requirement "$here/requirements.txt" --constraint "$here/constraints.txt"
    echo "$wanted" >"$venv/installed"
fi
echo "$venv"
