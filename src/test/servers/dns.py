"""A small DNS server over UDP whose answers a test writes: addresses, none, late ones, never, or another one each time.

    with DnsServer() as dns:                                    # 127.0.0.1, port 53: inside a namespace
        dns.answer('shop.test', '1.2.3.4', '2606:4700::1')
        dns.answer_in_turn('moves.test', ['1.2.3.4'], ['127.0.0.1'])    # the last one stays
        dns.delay('late.test', 0.5)
        dns.hang('never.test')
        dns.queries                                             # (name, 'A' or 'AAAA'), in order

Names that it does not know do not exist. All answers may be kept for 0 seconds.
"""

import ipaddress
import socket
import struct
import threading

TYPES = {1: 'A', 28: 'AAAA'}
NO_ERROR, NAME_ERROR = 0, 3


class DnsServer:
    def __init__(self, host='127.0.0.1', port=53, max_queries=100_000):
        self.address = (host, port)
        self.max_queries = max_queries
        self.queries = []
        self._name_to_answers = {}
        self._name_to_delay = {}
        self._hanging = set()
        self._asked = {}  # (name, type) to how often
        self._changed = threading.Condition()
        self._timers = []

    def __enter__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with self._changed:
            self.max_queries = 0
        for timer in self._timers:
            timer.cancel()
        # Wakes the thread up: closing the socket would not.
        self._socket.sendto(b'', self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def answer(self, name, *addresses):
        """The same addresses for every look-up; without any the name exists and has none."""
        self.answer_in_turn(name, addresses)

    def answer_in_turn(self, name, *answers):
        """Look-up number n gets the n-th list of addresses; the last one stays. A and AAAA are counted apart."""
        with self._changed:
            self._name_to_answers[name] = [list(map(ipaddress.ip_address, answer)) for answer in answers]
            for kind in TYPES.values():
                self._asked.pop((name, kind), None)

    def delay(self, name, seconds):
        self._name_to_delay[name] = seconds

    def hang(self, name):
        self._hanging.add(name)

    def count(self, name):
        """How many look-ups there were of the name."""
        with self._changed:
            return max(self._asked.get((name, kind), 0) for kind in TYPES.values())

    def wait_for_query(self, name, seconds=20):
        with self._changed:
            if not self._changed.wait_for(lambda: any(asked == name for asked, _ in self.queries), seconds):
                raise TimeoutError(f'nobody asked for {name}')

    def _serve(self):
        while True:
            packet, client = self._socket.recvfrom(4096)
            with self._changed:
                if len(self.queries) >= self.max_queries:
                    return
            try:
                self._handle(packet, client)
            except (struct.error, IndexError, UnicodeDecodeError):
                pass  # no query

    def _handle(self, packet, client):
        name, end = read_name(packet, 12)
        (number,) = struct.unpack_from('!H', packet, end)
        kind = TYPES.get(number, str(number))
        with self._changed:
            before = self._asked.get((name, kind), 0)
            self._asked[name, kind] = before + 1
            self.queries.append((name, kind))
            self._changed.notify_all()
            answers = self._name_to_answers.get(name)
        if name in self._hanging:
            return
        chosen = None if answers is None else answers[min(before, len(answers) - 1)]
        reply = make_reply(packet, end + 4, chosen, number)
        seconds = self._name_to_delay.get(name)
        if seconds is None:
            self._socket.sendto(reply, client)
            return
        timer = threading.Timer(seconds, self._socket.sendto, (reply, client))
        timer.daemon = True
        self._timers.append(timer)
        timer.start()


def read_name(packet, at):
    """The name of a question in lower case, and where it ends."""
    labels = []
    while packet[at] != 0:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode('ascii').lower())
        at += 1 + packet[at]
    return '.'.join(labels), at + 1


def make_reply(query, question_end, addresses, number):
    """The reply to a query whose question ends there: the addresses of its type, or that the name does not exist."""
    records = b''
    count = 0
    for address in addresses or ():
        if number == (1 if address.version == 4 else 28):
            records += struct.pack('!HHHIH', 0xC00C, number, 1, 0, len(address.packed)) + address.packed
            count += 1
    code = NAME_ERROR if addresses is None else NO_ERROR
    return query[:2] + struct.pack('!HHHHH', 0x8580 | code, 1, count, 0, 0) + query[12:question_end] + records
