"""Certificates for tests of TLS, made by openssl into a folder: an authority, the server's, and those of two clients."""

import ssl
import subprocess
from pathlib import Path

PASSWORD = 'key-password-0815'


class Certificates:
    def __init__(self, folder):
        self.folder = Path(folder)
        self._authority('ca', 'webwrap test authority')
        self._authority('other-ca', 'another authority')
        self._signed('server', 'server', 'subjectAltName=IP:127.0.0.1,IP:127.0.0.2,DNS:localhost')
        for name in ('ann', 'bob'):
            self._signed(name, name, 'extendedKeyUsage=clientAuth')
        self._openssl('ec', '-in', 'ann.key', '-aes256', '-passout', f'pass:{PASSWORD}', '-out', 'ann-locked.key')

    def text(self, name):
        return (self.folder / name).read_text()

    def server_context(self, asks_client=False, newest=None):
        """asks_client: only clients with a certificate of our authority get in. newest: the last version of TLS it knows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / 'server.crt', self.folder / 'server.key')
        if asks_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.folder / 'ca.crt')
        if newest is not None:
            context.set_ciphers('ALL:@SECLEVEL=0')
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = newest
        return context

    def _openssl(self, *arguments):
        done = subprocess.run(['openssl', *arguments], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def _authority(self, name, subject):
        self._openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
                      '-subj', f'/CN={subject}', '-keyout', f'{name}.key', '-out', f'{name}.crt',
                      '-addext', 'keyUsage=critical,keyCertSign')

    def _signed(self, name, subject, extension):
        self._openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                      '-subj', f'/CN={subject}', '-keyout', f'{name}.key', '-out', f'{name}.csr')
        (self.folder / f'{name}.ext').write_text(extension + '\n')
        self._openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial',
                      '-days', '30', '-extfile', f'{name}.ext', '-out', f'{name}.crt')
