"""docs/examples/mqtt's feed in a real Superset: pg_cron polls it, and the charts show what psql counts."""

import json
import re
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest
from answers import comparable
from conftest import REPOSITORY
from database import wait_until

sys.path.append(str(REPOSITORY / 'docs' / 'examples' / 'mqtt'))
from live import Stage as FeedStage  # noqa: E402

# Jobs run at the beginning of a minute.
A_MINUTE_AND_MORE = 100
CHARTS = {
    'Words a minute': 'SELECT minute, word, sum(occurrences) AS "SUM(occurrences)" FROM word_minute GROUP BY minute, word',
    'Occurrences of each word': 'SELECT word, occurrences AS "SUM(occurrences)" FROM word_total'}


@pytest.fixture(scope='module')
def stage():
    """Nothing grows by itself here: the feed says what the test publishes."""
    with FeedStage(REPOSITORY / 'build' / 'mqtt' / 'live-check', sys.prefix, every=None) as made:
        noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
        made.published = made.feed.publish(200, noon) + made.feed.publish(100, noon + timedelta(minutes=3))
        wait_until(lambda: made.cluster.value('SELECT count(*) FROM entry', FeedStage.DATABASE) == '300', 'the feed was not polled',
                   A_MINUTE_AND_MORE)
        yield made


@pytest.mark.parametrize('title', CHARTS)
def test_a_chart_shows_what_psql_counts(stage, title):
    rows = stage.client.chart_data(stage.charts()[title]['id'])
    told = stage.cluster.value(f'SELECT json_agg(row_to_json(q)) FROM ({CHARTS[title]}) q', FeedStage.DATABASE)
    assert len(rows) > 0
    assert comparable(rows) == comparable(json.loads(told))


def test_the_words_are_those_of_the_feed(stage):
    rows = stage.client.chart_data(stage.charts()['Occurrences of each word']['id'])
    shown = {row['word']: row['SUM(occurrences)'] for row in rows}
    counts = Counter()
    for entry in stage.published:
        for word in shown:
            counts[word] += len(re.findall(rf'\b{word}\b', entry['text'], re.IGNORECASE))
    assert shown == dict(counts) and len(shown) == 6 and rows[0]['word'] == 'flood'
