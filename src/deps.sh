#!/bin/sh
# Installs what is missing for building, testing and the demo on Debian, and the packages given as arguments. Needs root or
# sudo only when something is missing.
set -eu
version=${PG_VERSION:-15}
packages="build-essential pkg-config postgresql-$version postgresql-server-dev-$version libcurl4-openssl-dev
zlib1g-dev libbrotli-dev libxml2-dev libzstd-dev libxxhash-dev libicu-dev nlohmann-json3-dev libgtest-dev libkrb5-dev
clang nginx-light postgresql-doc-$version python3 postgresql-plpython3-$version postgresql-$version-cron
python3-jinja2 python3-lxml python3-psycopg python3-pytest $*"
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# No cluster of the distribution is needed: tests and demo make their own.
$sudo mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
