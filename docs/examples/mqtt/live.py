#!/usr/bin/env python3
"""The live feed in a real Superset:  live.py

Starts the feed, a private PostgreSQL whose pg_cron polls it every minute, and a private Superset with a dashboard of the words;
prints where it is, and stays until interrupted. Everything runs on loopback and lies in build/mqtt/live. `make superset-feed`
runs it in Superset's own virtual environment.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'film-dashboard')]
import stage  # noqa: E402
from feed import Feed  # noqa: E402
from stage import ROLE  # noqa: E402

READER = (f'CREATE ROLE {ROLE} LOGIN', f'ALTER ROLE {ROLE} SET default_transaction_read_only = on',
          f"ALTER ROLE {ROLE} SET timezone = 'UTC'", f'GRANT SELECT ON word_minute, word_total, entry TO {ROLE}')


class Stage(stage.Stage):
    """The feed, which says something every so many seconds (None: only when told to), and the dashboard over it."""

    DATABASE, SLUG, BUNDLE = 'mqtt', 'feed', HERE / 'bundle'

    def __init__(self, folder=stage.REPOSITORY / 'build' / 'mqtt' / 'live', venv=stage.VENV, every=1.0):
        super().__init__(folder, venv)
        self.feed, self.every = Feed(), every

    def start_source(self):
        self.feed.start(self.every)

    def stop_source(self):
        self.feed.stop()

    def make_tables(self):
        self.cluster.psql(file=HERE / 'feed.sql', dbname=self.DATABASE, variables={'base_url': self.feed.url})
        self.cluster.psql(READER, dbname=self.DATABASE)


def main(argv):
    if argv:
        sys.exit(__doc__)
    made = Stage()
    made.show(lambda: f'the feed   {made.feed.url}feed.ndjson')


if __name__ == '__main__':
    main(sys.argv[1:])
