#!/usr/bin/env python3
"""Compares webwrap.render with the renderings of Superset: differential.py CORPUS.json, over PGHOST, PGPORT, PGUSER.

Equal is equal to the byte. There are two differences on purpose, each of which is checked for being just that: a value from
outside that stands bare is refused, and given as the author's parameter renders as in Superset; a name that nothing defines is an
error where Superset leaves "{{ name }}" in the SQL. A doubled percent sign of Superset's psycopg2 dialect stands for one.
"""

import collections
import json
import sys
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent))
from hostile import check_hostile  # noqa: E402


def rendered(connection, template, context, parameters):
    try:
        return connection.execute('SELECT webwrap.render(%s, %s, %s)',
                                  (template, json.dumps(context), json.dumps(parameters))).fetchone()[0], None
    except psycopg.Error as error:
        return error.diag.message_primary, error.sqlstate


def judge(connection, case):
    """What a case comes to; 'differs' is a failure."""
    wanted = case['superset'].get('text')
    if wanted is None:
        return 'error in Superset, too' if rendered(connection, case['template'], case['context'], {})[1] else 'error in Superset only'
    made, sqlstate = rendered(connection, case['template'], case['context'], {})
    if sqlstate is None:
        if made == wanted:
            return 'equal'
        return 'equal but for the doubled percent sign' if made == wanted.replace('%%', '%') and '%%' in wanted else 'differs'
    if sqlstate == '42703' and '{{' in wanted:
        return 'unknown name, which Superset leaves in the text'
    if sqlstate == '22023' and 'from outside' in made:
        made, sqlstate = rendered(connection, case['template'], {}, case['context'])
        return 'refused as a value, equal as a parameter' if made == wanted else 'differs'
    return 'differs'


def main(path):
    cases = json.loads(Path(path).read_text(encoding='utf-8'))
    with psycopg.connect('dbname=postgres', autocommit=True) as connection:
        connection.execute('SET client_min_messages = warning')
        connection.execute('CREATE EXTENSION IF NOT EXISTS webwrap_jinja CASCADE')
        counts = {True: collections.Counter(), False: collections.Counter()}
        for case in cases:
            verdict = judge(connection, case)
            counts[case['origin'] == 'ours'][verdict] += 1
            if verdict == 'differs':
                print(f'differs: {case["origin"]}\n  template {case["template"]!r}\n  superset {case["superset"]["text"]!r}\n'
                      f'  webwrap  {rendered(connection, case["template"], case["context"], {})!r}')
        for is_ours, counted in counts.items():
            print(f'{"templates of ours" if is_ours else "templates of the installed Superset"}: {sum(counted.values())}')
            for verdict, number in counted.most_common():
                print(f'  {number:4} {verdict}')
        tried, failures = check_hostile(connection)
        print(f'hostile values: {tried} renderings, {len(failures)} neither data nor refused')
        for failure in failures[:20]:
            print(f'  {failure}')
    return 1 if failures or any(counted['differs'] for counted in counts.values()) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
