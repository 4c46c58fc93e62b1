"""What the benchmarks in Python share: pages, time, interleaved rounds, and how results are printed.

They run inside a private cluster, whose address libpq finds in the environment (src/test/servers/cluster.py run).
"""

import os
import statistics
import sys
from pathlib import Path

import psycopg

CLOCK_TICKS = os.sysconf('SC_CLK_TCK')
OURS = 'webwrap'


def spread(items, count):
    """At most `count` items, spread evenly over all of them; src/bench/harness.hpp picks the same."""
    picked = min(count, len(items))
    return [items[i * len(items) // picked] for i in range(picked)]


def read_pages(evolution, count):
    """Texts of at most `count` pages, spread evenly over the names in order."""
    paths = spread(sorted(Path(evolution, 'pages').glob('*.html')), count)
    if not paths:
        fail(f'no pages in {evolution}/pages; set EVOLUTION, see docs/benchmarks.md')
    return [path.read_text(encoding='utf-8', errors='replace').replace('\0', '\ufffd') for path in paths]


def connect(dbname='postgres'):
    return psycopg.connect(dbname=dbname, autocommit=True)


def create_extension(session):
    """Returns the contender's name of the webwrap that is installed."""
    session.execute('CREATE EXTENSION IF NOT EXISTS webwrap')
    return f'{OURS}/' + session.execute("SELECT extversion FROM pg_extension WHERE extname = 'webwrap'").fetchone()[0]


def cpu_seconds(pid):
    """CPU seconds that a process with one thread has used, in user and kernel mode. The scheduler counts nanoseconds;
    the ticks of /proc/PID/stat are too coarse for what is fast."""
    try:
        return int(Path(f'/proc/{pid}/schedstat').read_text().split()[0]) / 1e9
    except FileNotFoundError:
        fields = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def run_rounds(contenders, rounds):
    """{name: call} to {name: [what each round's call returned]}; each round begins with another contender."""
    names = list(contenders)
    results = {name: [] for name in names}
    for number in range(rounds):
        for i in range(len(names)):
            name = names[(i + number) % len(names)]
            results[name].append(contenders[name]())
    return results


def report(benchmark, seconds, describe):
    """Prints describe(median seconds) for each contender, then a BENCH line for each peer: the median over the rounds
    of peer's seconds / our seconds. The first contender is ours."""
    ours, *peers = seconds
    for name, values in seconds.items():
        print(f'  {name:24} {describe(statistics.median(values))}')
    for peer in peers:
        ratio = statistics.median(theirs / own for own, theirs in zip(seconds[ours], seconds[peer]))
        print_bench(benchmark, ratio, peer)


def print_bench(benchmark, ratio, peer):
    print(f'BENCH {benchmark} ratio={ratio:.3g} peer={peer}', flush=True)


def check_comparable(what, ours, peer):
    """Fails unless ours is within 10 % of the peer's count and not 0: parsers build somewhat different trees."""
    if not ours or not peer or abs(ours - peer) > 0.1 * peer:
        fail(f"{what} are not comparable: ours {ours}, the peer's {peer}")


def fail(message):
    """The work that should be measured was not done."""
    sys.stdout.flush()
    sys.exit(message)
