"""Listings of folders by web servers: names, dates and sizes in tables, lists and preformatted text."""

import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.request

from families.common import Field, pairings, run

PAIRS = 8
FOLDERS = 6
ENTRIES = range(4, 40)
PARENTS = ('', 'Parent Directory', '..', 'Name', 'NameSizeModified', 'Name Last modified Size Description')
LONGEST_NAME = 22  # longer ones are cut by some
APACHE = """ServerRoot {work}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {work}/{design}.pid
ErrorLog {work}/{design}.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule autoindex_module /usr/lib/apache2/modules/mod_autoindex.so
TypesConfig /etc/mime.types
DocumentRoot {root}
<Directory {root}>
  Options Indexes
  DirectoryIndex disabled
  IndexOptions {options}
  Require all granted
</Directory>
"""
NGINX = """daemon off; pid {work}/nginx.pid; error_log {work}/nginx.log; events {{}}
http {{ access_log off; client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3;
uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
server {{ listen 127.0.0.1:{port}; root {root}; index none; autoindex on; }} }}
"""
LIGHTTPD = """server.document-root = "{root}"
server.port = {port}
server.bind = "127.0.0.1"
server.modules = ("mod_dirlisting")
dir-listing.activate = "enable"
"""
SERVE_INDEX = """const index = require('{modules}/serve-index')('{root}', {{ icons: true, view: 'details' }});
require('http').createServer((q, r) => index(q, r, () => {{ r.statusCode = 404; r.end(); }})).listen({port}, '127.0.0.1');
"""


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def servers(tools, work, root):
    """{design: command}, with {port} still to be filled in by the caller's port."""
    modules = tools / 'npm/node_modules'
    made = {}

    def configured(design, text, command, **more):
        port = free_port()
        path = work / f'{design}.conf'
        path.write_text(text.format(work=work, root=root, port=port, design=design, modules=modules, **more))
        made[design] = (port, [str(c) for c in command(path)])
    apache = lambda path: ['/usr/sbin/apache2', '-X', '-f', path]  # noqa: E731
    configured('apache-table', APACHE, apache, options='FancyIndexing HTMLTable VersionSort NameWidth=* SuppressIcon')
    configured('apache-fancy', APACHE, apache, options='FancyIndexing NameWidth=*')
    configured('apache-plain', APACHE, apache, options='None')
    configured('nginx', NGINX, lambda path: ['/usr/sbin/nginx', '-c', path])
    configured('serve-index', SERVE_INDEX, lambda path: ['node', path])
    deb = tools / 'deb/usr'
    configured('lighttpd', LIGHTTPD, lambda path: [deb / 'sbin/lighttpd', '-D', '-m', deb / 'lib/lighttpd', '-f', path])
    for design, command in (('python', ['python3', '-m', 'http.server', '-b', '127.0.0.1', '-d', root, '{port}']),
                            ('http-server', ['node', modules / 'http-server/bin/http-server', root, '-a', '127.0.0.1', '-p', '{port}']),
                            ('serve', ['node', modules / 'serve/build/main.js', root, '-l', 'tcp://127.0.0.1:{port}', '-n'])):
        port = free_port()
        made[design] = (port, [str(c).format(port=port) for c in command])
    return made


def get(port, path, child):
    for _ in range(50):
        if child.poll() is not None:
            break
        try:
            request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', headers={'Accept': 'text/html'})
            return urllib.request.urlopen(request, timeout=10).read().decode('utf-8', 'replace')
        except urllib.error.HTTPError:
            return ''
        except OSError:
            time.sleep(0.1)
    return ''


def sites(tools, work):
    root = work / 'root'
    for sdist in sorted((tools / 'sdist').glob('*.tar.gz')):
        if not (root / sdist.name[:-7]).exists():
            with tarfile.open(sdist) as archive:
                archive.extractall(root, filter='data')
    folders, fields = [], {}
    for folder in sorted(p for p in root.rglob('*') if p.is_dir()):
        names = sorted(p.name for p in folder.iterdir() if p.is_file() and not p.name.startswith(('.', 'index')))
        if len(names) in ENTRIES and max(map(len, names)) <= LONGEST_NAME and not any(p.is_dir() for p in folder.iterdir()) and len(folders) < FOLDERS * 4:
            folders.append(folder)
            fields[f'{len(folders)}'] = {'files': Field(names, also=PARENTS)}
    run(['chmod', '-R', 'a+rX', root])
    designs = {}
    for design, (port, command) in servers(tools, work, root).items():
        with open(work / f'{design}.out', 'wb') as out:
            child = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            for i, folder in enumerate(folders):
                markup = get(port, '/' + str(folder.relative_to(root)) + '/', child)
                if markup:
                    designs.setdefault(design, {})[f'{i + 1}'] = markup
        finally:
            child.terminate()
            child.wait()
    yield from pairings('listing', designs, fields, PAIRS)
