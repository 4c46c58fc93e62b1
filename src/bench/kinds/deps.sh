#!/bin/sh
# usage: deps.sh FOLDER. Installs what build.py runs: Debian's tools, and into FOLDER two virtual environments of Python, packages of
# npm, manual pages and sources of documents. A theme that can no longer be installed is left out: there are others.
set -eu
folder=$1
mkdir -p "$folder/npm" "$folder/deb" "$folder/sdist"
cd "$folder"
[ ! -e complete ] || exit 0
packages="mandoc groff man2html-base pandoc apache2-bin nginx-light nodejs npm python3-venv"
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
# npm comes with some packages of nodejs.
command -v npm >/dev/null && missing=$(echo "$missing" | sed 's/ npm\b//')
if [ -n "$missing" ]; then
    echo "installing:$missing"
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
fi

for package in manpages-de manpages-fr manpages-es manpages-ja manpages-pl manpages-ru manpages-it manpages-pt-br manpages-zh lighttpd; do
    (cd deb && apt-get download -qq "$package" && dpkg -x "$package"_*.deb . && rm -f "$package"_*.deb) 2>/dev/null || echo "left out: $package"
done

python() {  # ENVIRONMENT PACKAGE...: one after the other, so that one that fails stops no other
    environment=$1
    shift
    [ -x "$environment/bin/pip" ] || python3 -m venv "$environment"
    for package in "$@"; do
        "$environment/bin/pip" -q install --disable-pip-version-check "$package" || echo "left out: $package"
    done
}
python venv html5lib lxml faker sphinx furo sphinx-rtd-theme pydata-sphinx-theme sphinx-book-theme piccolo-theme pdoc pydoctor \
    flit_core hatchling hatch-vcs hatch-fancy-pypi-readme poetry-core setuptools setuptools-scm wheel
python venv_old 'docutils==0.17.1' 'sphinxcontrib-applehelp<1.0.5' 'sphinxcontrib-devhelp<1.0.3' 'sphinxcontrib-htmlhelp<2.0.2' \
    'sphinxcontrib-serializinghtml<1.1.6' 'sphinxcontrib-qthelp<1.0.4' 'alabaster<0.7.14' 'sphinx==4.5.0' setuptools cloud-sptheme \
    sphinx-bootstrap-theme pdoc3

for project in arrow attrs click flask jinja2 requests sqlparse structlog urllib3 werkzeug httpx starlette mkdocs pygments; do
    venv/bin/pip download -q --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation -d sdist "$project" ||
        echo "left out: $project"
done

cd npm
[ -e package.json ] || npm init -y >/dev/null
for package in elegant even flat kendall macchiato stackoverflow class onepage short paper spartan classy compact modern slick \
    caffeine orbit kwan straightforward; do
    npm install --silent --ignore-scripts --legacy-peer-deps "jsonresume-theme-$package" || echo "left out: $package"
done
for package in hexo hexo-renderer-ejs hexo-renderer-marked hexo-renderer-stylus hexo-renderer-pug hexo-renderer-swig \
    hexo-generator-index hexo-generator-archive hexo-generator-tag hexo-theme-landscape hexo-theme-next hexo-theme-butterfly \
    hexo-theme-fluid hexo-theme-keep hexo-theme-suka hexo-theme-nexmoe hexo-theme-a4 hexo-theme-kratos-rebirth hexo-theme-redefine \
    hexo-theme-vivia hexo-theme-yun hexo-theme-icarus http-server serve serve-index; do
    npm install --silent --ignore-scripts --legacy-peer-deps "$package" || echo "left out: $package"
done
touch ../complete
