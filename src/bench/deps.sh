#!/bin/sh
# Installs the peers of the benchmarks that are missing, on Debian. Needs root or sudo only when something is missing.
set -eu
packages="postgresql-plpython3-${PG_VERSION:-15} libgumbo-dev libmodest-dev curl python3-bs4 python3-soupsieve
python3-pycurl zstd"
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
