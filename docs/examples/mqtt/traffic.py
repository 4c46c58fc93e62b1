#!/usr/bin/env python3
"""Writes MQTT traffic as two CSV files, train70.csv and test30.csv:  traffic.py ROWS SEED FOLDER

Every row is a packet with the 34 columns of the data set that the report analyses. The packets are made up; how many of them
are of which class, which TCP flags they carry and how long they are, follows the report's figures (README.md beside this file).
The same seed gives the same bytes.
"""

import random
import sys
from pathlib import Path

COLUMNS = ('tcp.flags', 'tcp.time_delta', 'tcp.len', 'mqtt.conack.flags', 'mqtt.conack.flags.reserved', 'mqtt.conack.flags.sp',
           'mqtt.conack.val', 'mqtt.conflag.cleansess', 'mqtt.conflag.passwd', 'mqtt.conflag.qos', 'mqtt.conflag.reserved',
           'mqtt.conflag.retain', 'mqtt.conflag.uname', 'mqtt.conflag.willflag', 'mqtt.conflags', 'mqtt.dupflag',
           'mqtt.hdrflags', 'mqtt.kalive', 'mqtt.len', 'mqtt.msg', 'mqtt.msgid', 'mqtt.msgtype', 'mqtt.proto_len',
           'mqtt.protoname', 'mqtt.qos', 'mqtt.retain', 'mqtt.sub.qos', 'mqtt.suback.qos', 'mqtt.ver', 'mqtt.willmsg',
           'mqtt.willmsg_len', 'mqtt.willtopic', 'mqtt.willtopic_len', 'target')
TRAIN, TEST = 'train70.csv', 'test30.csv'

# What a column holds in packets that do not have it; numbers are written as pandas writes them.
ABSENT = {name: '0.0' for name in COLUMNS} | dict.fromkeys(
    ('mqtt.conack.flags', 'mqtt.conflags', 'mqtt.hdrflags', 'mqtt.msg', 'mqtt.protoname', 'mqtt.willmsg', 'mqtt.willtopic',
     'mqtt.sub.qos', 'mqtt.suback.qos'), '0')


def _control(number, header, **fields):
    """An MQTT control packet: its type, first byte and further columns, with _ for the dots of their names."""
    named = {name.replace('__', '.'): value for name, value in fields.items()}
    return {'tcp.flags': '0x00000018', 'mqtt.msgtype': f'{number}.0', 'mqtt.hdrflags': header,
            **{f'mqtt.{name}': value for name, value in named.items()}}


_CONNECT = {'proto_len': '4.0', 'protoname': 'MQTT', 'ver': '4.0', 'conflag__cleansess': '1.0'}
_LOGIN = _CONNECT | {'conflag__passwd': '1.0', 'conflag__uname': '1.0', 'conflags': '0x000000c2'}
PACKETS = {
    'ack': {'tcp.flags': '0x00000010'}, 'syn': {'tcp.flags': '0x00000002'}, 'syn-ack': {'tcp.flags': '0x00000012'},
    'fin': {'tcp.flags': '0x00000011'}, 'reset': {'tcp.flags': '0x00000004'}, 'reset-ack': {'tcp.flags': '0x00000014'},
    'fin-push': {'tcp.flags': '0x00000019'},
    'connect': _control(1, '0x00000010', kalive='60.0', **_CONNECT, conflags='0x00000002'),
    'slow connect': _control(1, '0x00000010', kalive='65535.0', **_CONNECT, conflags='0x00000002'),
    'login': _control(1, '0x00000010', kalive='60.0', **_LOGIN),
    'accepted': _control(2, '0x00000020', conack__flags='0x00000000'),
    'refused': _control(2, '0x00000020', conack__flags='0x00000000', conack__val='5.0'),
    'publish': _control(3, '0x00000030'),
    'publish once': _control(3, '0x00000032', qos='1.0'),
    'segment': {'tcp.flags': '0x00000010', 'mqtt.msgtype': '3.0', 'mqtt.hdrflags': '0x00000030'},
    'puback': _control(4, '0x00000040'), 'subscribe': _control(8, '0x00000082'), 'suback': _control(9, '0x00000090'),
    'pingreq': _control(12, '0x000000c0'), 'pingresp': _control(13, '0x000000d0'), 'disconnect': _control(14, '0x000000e0'),
    'malformed': _control(3, '0x00000032', dupflag='1.0', qos='2.0', retain='1.0')}
WITH_MESSAGE = {'publish', 'publish once', 'segment', 'malformed'}
WITH_NUMBER = {'publish once', 'puback', 'subscribe', 'suback', 'malformed'}

# The share of each class, and per class: packet, its share in the class, mean seconds since the packet before, range of the
# TCP length, range of the MQTT length where it is not the TCP length without the two bytes of the header.
SHARES = {'legitimate': .5, 'slowite': .1, 'bruteforce': .1, 'flood': .1, 'malformed': .1, 'dos': .1}
NOTHING = (0, 0)
MIX = {
    'legitimate': [
        ('publish', .42, .8, (13, 13)), ('publish once', .0145, .3, (100, 148)), ('puback', .03, .0004, (4, 4)),
        ('pingreq', .03, .9, (2, 2)), ('pingresp', .0225, .0003, (2, 2)), ('subscribe', .005, .01, (20, 36)),
        ('suback', .005, .0005, (5, 5)), ('connect', .004, .001, (20, 36)), ('accepted', .004, .0005, (4, 4)),
        ('ack', .45, .00002, NOTHING), ('syn', .004, .4, NOTHING), ('syn-ack', .004, .00004, NOTHING),
        ('fin', .004, .0004, NOTHING), ('reset', .001, .0001, NOTHING), ('reset-ack', .001, .0001, NOTHING),
        ('fin-push', .001, .0004, NOTHING)],
    'slowite': [
        ('slow connect', .11, .0004, (20, 28)), ('accepted', .11, .0002, (4, 4)), ('pingreq', .035, 2., (2, 2)),
        ('publish', .045, .8, (13, 13)), ('ack', .15, 3., NOTHING), ('ack', .15, .00003, NOTHING),
        ('syn', .13, .003, NOTHING), ('syn-ack', .13, .00002, NOTHING), ('fin', .09, 1.2, NOTHING),
        ('reset', .015, .0001, NOTHING), ('reset-ack', .02, .0001, NOTHING), ('fin-push', .015, .9, NOTHING)],
    'bruteforce': [
        ('login', .10, .0002, (18, 29)), ('refused', .20, .002, (4, 4)), ('disconnect', .07, .0002, (2, 2)),
        ('ack', .27, .00004, NOTHING), ('syn', .10, .0005, NOTHING), ('syn-ack', .10, .00002, NOTHING),
        ('fin', .11, .0003, NOTHING), ('reset', .015, .0001, NOTHING), ('reset-ack', .02, .0001, NOTHING),
        ('fin-push', .015, .0003, NOTHING)],
    'flood': [
        ('publish', .30, .0003, (32760, 32760), (44, 96)), ('publish', .28, .5, (13, 13)),
        ('segment', .11475, .00005, (32760, 32760), (44, 96)), ('ack', .26525, .00002, NOTHING), ('syn', .01, .02, NOTHING),
        ('syn-ack', .01, .00004, NOTHING), ('fin', .01, .0004, NOTHING), ('reset', .003, .0001, NOTHING),
        ('reset-ack', .004, .0001, NOTHING), ('fin-push', .003, .0004, NOTHING)],
    'malformed': [
        ('malformed', .34, .0005, (14, 95), (0, 95)), ('publish', .10, .7, (13, 13)), ('login', .05, .0003, (20, 36)),
        ('refused', .03, .001, (4, 4)), ('ack', .36, .00003, NOTHING), ('syn', .03, .01, NOTHING),
        ('syn-ack', .03, .00003, NOTHING), ('fin', .04, .0004, NOTHING), ('reset', .006, .0001, NOTHING),
        ('reset-ack', .008, .0001, NOTHING), ('fin-push', .006, .0004, NOTHING)],
    'dos': [
        ('publish', .36, .0001, (242, 1448), (12, 124)), ('publish', .08, .6, (13, 13)),
        ('publish once', .066, .0002, (100, 148)), ('ack', .338, .00002, NOTHING), ('syn', .027, .01, NOTHING),
        ('syn-ack', .023, .00004, NOTHING), ('fin', .038, .0004, NOTHING), ('reset', .02, .0001, NOTHING),
        ('reset-ack', .028, .0001, NOTHING), ('fin-push', .02, .0004, NOTHING)]}
BATCH = 10_000


def lines(rows, seed):
    """Yields the CSV lines of so many packets, without their header."""
    chance = random.Random(f'mqtt {seed}')
    kinds, weights = _kinds()
    for start in range(0, rows, BATCH):
        for template, seconds, tcp, mqtt, has_message, has_number in chance.choices(kinds, weights, k=min(BATCH, rows - start)):
            tcp_len = chance.randint(*tcp)
            mqtt_len = max(tcp_len - 2, 0) if mqtt is None else chance.randint(*mqtt)
            yield template % (round(chance.expovariate(1) * seconds, 6), tcp_len, mqtt_len,
                              chance.randrange(32_000_000, 40_000_000) if has_message else 0,
                              chance.randrange(1, 65536) if has_number else 0)


def write(rows, seed, folder):
    """Writes both files, 70 % of the rows in the first, and returns how many each has, by name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    source = lines(rows, seed)
    counts = {TRAIN: rows * 7 // 10, TEST: rows - rows * 7 // 10}
    for name, count in counts.items():
        with open(folder / name, 'w', encoding='ascii', newline='') as file:
            file.write(','.join(COLUMNS) + '\n')
            file.writelines(next(source) for _ in range(count))
    return counts


def _kinds():
    """What is drawn from, and how often: a line with its five gaps, and how to fill them."""
    kinds, weights = [], []
    for target, share in SHARES.items():
        for packet, part, seconds, tcp, *mqtt in MIX[target]:
            cells = {**ABSENT, **PACKETS[packet], 'tcp.time_delta': '%r', 'tcp.len': '%d', 'mqtt.len': '%d.0', 'mqtt.msg': '%d',
                     'mqtt.msgid': '%d.0', 'target': target}
            kinds.append((','.join(cells[name] for name in COLUMNS) + '\n', seconds, tcp, mqtt[0] if mqtt else None,
                          packet in WITH_MESSAGE, packet in WITH_NUMBER))
            weights.append(share * part)
    return kinds, weights


def main(argv):
    if len(argv) != 3 or not argv[0].isdigit():
        sys.exit(__doc__)
    for name, count in write(int(argv[0]), argv[1], argv[2]).items():
        print(f'{name}: {count} rows')


if __name__ == '__main__':
    main(sys.argv[1:])
