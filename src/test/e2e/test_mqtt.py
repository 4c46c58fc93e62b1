"""docs/examples/mqtt without Spark: traffic into a table, the three questions, the feed that pg_cron polls."""

import csv
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from cluster import Cluster
from conftest import SETTINGS
from database import wait_until
from nginx import Nginx

EXAMPLE = Path(__file__).resolve().parents[3] / 'docs' / 'examples' / 'mqtt'
sys.path.insert(0, str(EXAMPLE))

import traffic  # noqa: E402
from aggregates import ANSWERS, of_psql  # noqa: E402
from feed import KEPT, Feed  # noqa: E402

ROWS = 3000
MOST = 4
# The report's own figures: packets of its train set by TCP flags, of 999,763 rows of which 70 % are for training, and lengths.
REPORT_FLAGS = {'0x00000018': 346487, '0x00000010': 272695, '0x00000002': 22156, '0x00000012': 21920, '0x00000011': 21573}
REPORT_TRAIN = 699834
REPORT_MQTT_LENGTH = 12.32957584229114
REPORT_TCP_LENGTHS = {'slowite': 3.741847864934025, 'bruteforce': 3.2720145956270135, 'flood': 13591.103289539522,
                      'malformed': 21.3200984696889, 'dos': 313.5163415616549, 'legitimate': 7.77778411553994}
# Jobs run at the beginning of a minute.
A_MINUTE_AND_MORE = 100


def packets(folder, *names):
    """Rows of the files, as mappings, with the files' number."""
    for number, name in enumerate((traffic.TRAIN, traffic.TEST)):
        if name in names:
            with open(folder / name, newline='', encoding='ascii') as file:
                for row in csv.DictReader(file):
                    yield {**row, 'Train_or_Test': number}


def mean(values):
    values = [float(value) for value in values]
    return sum(values) / len(values)


def by_target(rows, column):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row['target']].append(row[column])
    return {target: mean(values) for target, values in grouped.items()}


# -- what the generator makes

def test_classes_flags_and_lengths_are_those_of_the_report(tmp_path):
    assert traffic.write(60_000, 7, tmp_path) == {traffic.TRAIN: 42_000, traffic.TEST: 18_000}
    rows = list(packets(tmp_path, traffic.TRAIN, traffic.TEST))
    assert len(rows) == 60_000
    assert list(rows[0]) == [*traffic.COLUMNS, 'Train_or_Test'] and len(traffic.COLUMNS) == 34
    classes = Counter(row['target'] for row in rows)
    assert {target: round(count / len(rows), 2) for target, count in classes.items()} == traffic.SHARES
    flags = Counter(row['tcp.flags'] for row in rows)
    assert {flag for flag, _ in flags.most_common(5)} == set(REPORT_FLAGS)
    for flag, count in REPORT_FLAGS.items():
        assert flags[flag] / len(rows) == pytest.approx(count / REPORT_TRAIN, abs=.01)
    assert mean(row['mqtt.len'] for row in rows) == pytest.approx(REPORT_MQTT_LENGTH, rel=.05)
    assert by_target(rows, 'tcp.len') == pytest.approx(REPORT_TCP_LENGTHS, rel=.1)


def test_a_seed_gives_the_same_bytes(tmp_path):
    for folder, seed in (('a', 1), ('b', 1), ('c', 2)):
        traffic.write(200, seed, tmp_path / folder)
    texts = [(tmp_path / folder / traffic.TRAIN).read_bytes() for folder in 'abc']
    assert texts[0] == texts[1] != texts[2]


# -- into a table

@pytest.fixture
def loaded(db, tmp_path):
    """The database with mqtt.sql run in it, and the folder of the files."""
    traffic.write(ROWS, 1, tmp_path / 'site')
    with Nginx(tmp_path / 'nginx', tmp_path / 'site') as site:
        db.cluster.psql(file=EXAMPLE / 'mqtt.sql', dbname=db.name, variables={'base_url': site.url})
        asked = [request['uri'] for request in site.requests() if request['uri'] != '/robots.txt']
        assert asked == [f'/{traffic.TRAIN}', f'/{traffic.TEST}']
    return db, tmp_path / 'site'


def test_the_table_has_every_value_of_the_files(loaded):
    db, folder = loaded
    names = ', '.join(f'"{name}"' for name in (*traffic.COLUMNS, 'Train_or_Test'))
    found = db.main.rows(f'SELECT {names} FROM mqtt ORDER BY id')
    wanted = [tuple(row.values()) for row in packets(folder, traffic.TRAIN, traffic.TEST)]
    assert len(found) == ROWS
    for one, other in zip(found, wanted):
        assert one == tuple(type(value)(text) for value, text in zip(one, other))
    assert db.main.row('SELECT min(id), max(id) FROM mqtt') == (1, ROWS)
    columns = db.main.value("SELECT count(*) FROM information_schema.columns WHERE table_name = 'packet'")
    assert columns == 19 + len(('target', 'train_or_test'))


def test_the_questions_are_answered_as_sql_and_as_jinja(loaded):
    db, folder = loaded
    output = db.cluster.psql(file=EXAMPLE / 'questions.sql', dbname=db.name, variables={'most': MOST}, args=['-At']).stdout
    answers = of_psql(output)
    train = list(packets(folder, traffic.TRAIN))
    lengths = sorted(by_target(train, 'tcp.len').items())
    flags = sorted(Counter(row['tcp.flags'] for row in train).items(), key=lambda item: (-item[1], item[0]))
    wanted = dict(zip(ANSWERS, ([(mean(row['mqtt.len'] for row in train),)], lengths, flags[:MOST])))
    for name in ANSWERS:
        assert answers[name] == wanted[name]
        assert answers[f'{name}, Jinja'] == wanted[name]
    assert answers['average TCP length of two targets, Jinja'] == [row for row in lengths if row[0] in ('dos', 'flood')]


def test_a_bad_row_leaves_no_table(db, tmp_path):
    site_folder = tmp_path / 'site'
    traffic.write(200, 1, site_folder)
    text = (site_folder / traffic.TEST).read_text()
    (site_folder / traffic.TEST).write_text(text.rstrip('\n').rpartition(',')[0] + ',friendly\n')
    with Nginx(tmp_path / 'nginx', site_folder) as site:
        done = db.cluster.psql(file=EXAMPLE / 'mqtt.sql', dbname=db.name, variables={'base_url': site.url}, check=False)
    assert done.returncode == 3 and traffic.TEST in done.stderr and 'target' in done.stderr
    assert db.main.value("SELECT to_regclass('mqtt')") is None


# -- the live feed

@pytest.fixture(scope='module')
def polled(tmp_path_factory):
    """A feed and a cluster with pg_cron, which polls it."""
    folder = tmp_path_factory.mktemp('mqtt')
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    settings = {**SETTINGS, 'shared_preload_libraries': 'pg_cron', 'cron.database_name': 'postgres',
                'cron.use_background_workers': 'on', 'webwrap.max_retries': '0'}
    with Feed() as feed, Cluster(folder / 'cluster', settings=settings) as cluster:
        cluster.psql(file=EXAMPLE / 'feed.sql', variables={'base_url': feed.url})
        yield feed, cluster
    cluster.destroy()


def counted(entries, key):
    words = ('slowite', 'bruteforce', 'flood', 'malformed', 'dos', 'legitimate')
    counts = Counter()
    for entry in entries:
        for word in words:
            counts[key(entry), word] += len(re.findall(rf'\b{word}\b', entry['text'], re.IGNORECASE))
    return dict(counts)


def test_pg_cron_polls_the_feed_and_counts_words(polled):
    feed, cluster = polled
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    with cluster.connect(autocommit=True) as connection:
        run = connection.execute

        def entries():
            return run('SELECT count(*) FROM entry').fetchone()[0]

        def job():
            return run("SELECT state, last_message FROM webwrap.job_status WHERE jobname = 'feed'").fetchone()

        published = feed.publish(150, noon)
        wait_until(lambda: entries() == 150, 'the feed was not polled', A_MINUTE_AND_MORE)

        feed.status = 503
        published += feed.publish(50, noon + timedelta(seconds=59))
        wait_until(lambda: job()[0] == 'failed', 'a feed that is down fails no job', A_MINUTE_AND_MORE)
        assert '503' in job()[1] and 'feed.ndjson' in job()[1]
        assert entries() == 150

        # The old entries are there again, and more.
        feed.status = 200
        published += feed.publish(100, noon + timedelta(minutes=2))
        wait_until(lambda: job()[0] == 'ok', 'a feed that is up again is not polled', A_MINUTE_AND_MORE)
        assert run('SELECT id, text FROM entry ORDER BY id').fetchall() == [(one['id'], one['text']) for one in published]
        assert run('SELECT count(*) FROM entry_gap').fetchone() == (0,)

        minutes = counted(published, lambda entry: datetime.fromisoformat(entry['time']).replace(second=0, tzinfo=None))
        assert len(minutes) == 2 * 6 and 0 in minutes.values() and max(minutes.values()) > 10
        found = run('SELECT minute, word, occurrences FROM word_minute').fetchall()
        assert {(minute, word): occurrences for minute, word, occurrences in found} == minutes
        totals = counted(published, lambda entry: None)
        found = run('SELECT NULL, word, occurrences FROM word_total').fetchall()
        assert {(minute, word): occurrences for minute, word, occurrences in found} == totals


def test_what_the_feed_forgot_before_a_poll_is_seen(polled):
    feed, cluster = polled
    with cluster.connect(autocommit=True) as connection:
        run = connection.execute
        run('TRUNCATE entry')
        run("SELECT cron.unschedule('feed')")
        poll = 'INSERT INTO entry SELECT id, time, text FROM feed_now ON CONFLICT (id) DO NOTHING'
        feed.publish()
        run(poll)
        last = run('SELECT max(id) FROM entry').fetchone()[0]
        feed.publish(KEPT + 7)
        assert run(poll).rowcount == KEPT
        assert run(poll).rowcount == 0
        assert run('SELECT * FROM entry_gap').fetchall() == [(last + 1, last + 7)]
