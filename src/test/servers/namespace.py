"""A network of one's own: a network and a mount namespace in which every address there is, is this machine's.

    with Namespace(folder) as network:
        Cluster(..., prefix=network.prefix)         # a program inside
        with network.entered():                     # sockets that this thread opens here are inside
            server = socket.create_server(('0.0.0.0', 80))
        network.wire.connections()                  # (address, port) of each attempt to connect since the last clear()

Names are looked up at 127.0.0.1 port 53 and nowhere else. Needs root and the right to make namespaces.
"""

import ctypes
import ipaddress
import os
import socket
import struct
import subprocess
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNET = 0x40000000
SOL_PACKET, PACKET_STATISTICS, SO_RCVBUFFORCE = 263, 6, 33
ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 0x0003, 0x0800, 0x86DD
TCP, UDP = 6, 17

# A local route makes an address one's own without its being added. The holder ends when its standard input does, which is
# when this program has ended, however it did.
SETUP = """set -e
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo
for name in resolv.conf hosts nsswitch.conf; do mount --bind "$1/$name" "/etc/$name"; done
echo ready
exec cat >/dev/null
"""
FILES = {'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:30 attempts:1\n',
         'hosts': '127.0.0.1 localhost\n::1 localhost\n',
         'nsswitch.conf': 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n'}


class Unavailable(Exception):
    """Why no namespace can be made here."""


class Namespace:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.wire = None

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            (self.folder / name).write_text(text)
        if os.geteuid() != 0:
            raise Unavailable('namespaces need root')
        command = ['unshare', '-m', '-n', 'sh', '-c', SETUP, 'sh', str(self.folder)]
        try:
            self._holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                            text=True)
        except FileNotFoundError as error:
            raise Unavailable(str(error)) from None
        if self._holder.stdout.readline() != 'ready\n':
            _, said = self._holder.communicate(timeout=10)
            raise Unavailable(f'no namespace can be made here: {said.strip()}')
        with self.entered():
            self.wire = Wire()
        return self

    def __exit__(self, *_):
        self.wire.close()
        self._holder.communicate(timeout=10)

    @property
    def prefix(self):
        """What runs a command inside."""
        holder = f'/proc/{self._holder.pid}/ns'
        return ['nsenter', f'--net={holder}/net', f'--mount={holder}/mnt', '--']

    @contextmanager
    def entered(self):
        """This thread uses the inner network while the context lasts. What it opens there stays there."""
        with open('/proc/thread-self/ns/net') as outer, open(f'/proc/{self._holder.pid}/ns/net') as inner:
            set_namespace(inner)
            try:
                yield
            finally:
                set_namespace(outer)


def set_namespace(file):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns failed')


class Wire:
    """What leaves through the loopback interface. The kernel hands packets to it as they are sent, so that what a client
    sent before it answered is there."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        self._socket.bind(('lo', ETH_P_ALL))
        self._socket.setblocking(False)
        self._connections = []
        self._datagrams = []

    def close(self):
        self._socket.close()

    def clear(self):
        self._drain()
        self._connections.clear()
        self._datagrams.clear()

    def connections(self):
        """(address, port) of the first packet of each TCP connection, also of those that nobody accepted."""
        self._drain()
        return list(self._connections)

    def addresses(self):
        return {address for address, _ in self.connections()}

    def datagrams(self):
        """(address, port) of UDP packets, but for the questions and answers of DNS."""
        self._drain()
        return list(self._datagrams)

    def _drain(self):
        while True:
            try:
                packet, (_, protocol, kind, *_) = self._socket.recvfrom(128)
            except BlockingIOError:
                break
            if kind == socket.PACKET_OUTGOING:
                self._note(protocol, packet)
        _, dropped = struct.unpack('II', self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        assert dropped == 0, f'{dropped} packets were not seen'

    def _note(self, protocol, packet):
        if protocol == ETH_P_IP:
            start, transport, target = (packet[0] & 15) * 4, packet[9], packet[16:20]
        elif protocol == ETH_P_IPV6:
            start, transport, target = 40, packet[6], packet[24:40]
        else:
            return
        if transport not in (TCP, UDP):
            return
        source_port, port = struct.unpack_from('!HH', packet, start)
        peer = (str(ipaddress.ip_address(target)), port)
        if transport == TCP and packet[start + 13] & 0x12 == 0x02:  # SYN without ACK
            self._connections.append(peer)
        elif transport == UDP and 53 not in (source_port, port):
            self._datagrams.append(peer)
