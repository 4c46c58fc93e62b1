#!/usr/bin/env python3
"""A generated CSV file of readings, counted and copied into a table: webwrap over HTTP from a loopback server, against COPY and
file_fdw of the same file; and the same rows as ndjson. Seconds are those of the statement, transfer included. Every contender's
rows are compared first.
"""

import argparse
import functools
import http.server
import json
import random
import tempfile
import threading
import time
from pathlib import Path

from common import connect, create_extension, fail, report, run_rounds

COLUMNS = 'id bigint, at timestamptz, topic text, value numeric, payload text'


def write_files(folder, rows):
    dice = random.Random(1)
    with open(folder / 'x.csv', 'w', encoding='utf-8') as records, open(folder / 'x.ndjson', 'w', encoding='utf-8') as lines:
        records.write('id,at,topic,value,payload\n')
        for number in range(rows):
            at = f'2024-05-{1 + number % 28:02} 10:{number % 60:02}:00+00'
            topic = f'site/{dice.randint(1, 50)}/device/{dice.randint(1, 5000)}/temperature'
            value = f'{dice.uniform(-40, 60):.2f}'
            payload = json.dumps({'unit': 'C', 'battery': dice.randint(0, 100), 'note': 'x' * dice.randint(0, 120)})
            quoted = payload.replace('"', '""')
            records.write(f'{number},{at},{topic},{value},"{quoted}"\n')
            lines.write(f'{{"id": {number}, "at": "{at}", "topic": "{topic}", "value": {value}, "payload": {json.dumps(payload)}}}\n')
    for file in folder.iterdir():
        file.chmod(0o644)
    folder.chmod(0o755)


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--rows', type=int, default=1_000_000)
    parser.add_argument('--rounds', type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, arguments.rows)
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Handler, directory=name))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run(arguments, folder, f'http://127.0.0.1:{server.server_address[1]}/')
        server.shutdown()


def run(arguments, folder, url):
    with connect() as session:
        ours = create_extension(session)
        for statement in (
                'CREATE EXTENSION IF NOT EXISTS file_fdw', "SET webwrap.max_page_size = '1023MB'", "SET webwrap.request_timeout = '10min'",
                'DROP SERVER IF EXISTS data CASCADE', 'DROP SERVER IF EXISTS files CASCADE', 'DROP TABLE IF EXISTS target',
                f"CREATE SERVER data FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{url}')",
                'CREATE SERVER files FOREIGN DATA WRAPPER file_fdw',
                f"CREATE FOREIGN TABLE remote ({COLUMNS}) SERVER data OPTIONS (url 'x.csv', format 'csv', cache_ttl '0')",
                f"CREATE FOREIGN TABLE remote_json ({COLUMNS}) SERVER data OPTIONS (url 'x.ndjson', format 'ndjson', cache_ttl '0')",
                f"CREATE FOREIGN TABLE local ({COLUMNS}) SERVER files OPTIONS (filename '{folder}/x.csv', format 'csv', header 'true')",
                f'CREATE UNLOGGED TABLE target ({COLUMNS})'):
            session.execute(statement)
        sums = [session.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {table} AS t').fetchone()
                for table in ('remote', 'remote_json', 'local')]
        if len(set(sums)) != 1 or sums[0][0] != arguments.rows:
            fail(f'rows differ: {sums}')

        def seconds(*statements):
            session.execute('TRUNCATE target')
            begin = time.perf_counter()
            for statement in statements:
                session.execute(statement)
            return time.perf_counter() - begin

        loads = {ours: lambda: seconds('INSERT INTO target TABLE remote'),
                 f'{ours} ndjson': lambda: seconds('INSERT INTO target TABLE remote_json'),
                 'file_fdw': lambda: seconds('INSERT INTO target TABLE local'),
                 'COPY': lambda: seconds(f"COPY target FROM '{folder}/x.csv' (FORMAT csv, HEADER)")}
        scans = {ours: lambda: seconds('SELECT sum(value) FROM remote'),
                 f'{ours} ndjson': lambda: seconds('SELECT sum(value) FROM remote_json'),
                 'file_fdw': lambda: seconds('SELECT sum(value) FROM local')}
        megabytes = (folder / 'x.csv').stat().st_size / 1e6
        print(f'{arguments.rows} rows, {megabytes:.0f} MB of CSV')
        for name, contenders in (('records-load', loads), ('records-scan', scans)):
            report(name, run_rounds(contenders, arguments.rounds), lambda s: f'{s:.2f} s, {arguments.rows / s / 1e6:.2f} million rows/s')


if __name__ == '__main__':
    main()
