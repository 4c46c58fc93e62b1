"""What the charts have to show, and how answers of Superset and of psql are compared."""

import datetime

# What each chart has to show, from what the site was made of. No chart's query is used here.
EXPECTED = {
    'films': 'SELECT count(*) FROM truth',
    'world': 'SELECT country, count(*), sum(gross) AS "SUM(gross)" FROM truth GROUP BY country',
    'shares': 'SELECT genre AS dimension, count(*) FROM truth GROUP BY genre',
    'budgets': 'SELECT year, sum(budget) AS "SUM(budget)" FROM truth GROUP BY year',
    'best': '''SELECT name, year, genre, country, company, score, votes FROM truth
               WHERE votes >= 1000 AND score IS NOT NULL ORDER BY score DESC, votes DESC, name LIMIT 50''',
    'stars': '''SELECT star, sum(votes) AS "SUM(votes)" FROM truth WHERE star IS NOT NULL GROUP BY star
                HAVING sum(votes) IS NOT NULL ORDER BY sum(votes) DESC, star LIMIT 40''',
    'money': '''SELECT make_timestamp(year, 1, 1, 0, 0, 0) AS year, sum(gross) AS "SUM(gross)", sum(budget) AS "SUM(budget)"
                FROM truth GROUP BY truth.year''',
}


def comparable(rows):
    """Rows in one order and notation: JSON of Superset has times as milliseconds, psql's as ISO texts."""
    return sorted((tuple(sorted((name, _plain(value)) for name, value in row.items())) for row in rows), key=repr)


def _plain(value):
    if isinstance(value, str) and value[4:5] == '-' and value[10:11] == 'T':
        return _milliseconds(datetime.datetime.fromisoformat(value))
    return float(value) if isinstance(value, int) else value


def _milliseconds(moment):
    utc = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return round(utc.timestamp() * 1000, 0)
