#!/usr/bin/env python3
"""The film dashboard in a real Superset:  dashboard.py [--seed N]

Makes the film site, a private PostgreSQL with pg_cron and a private Superset, loads the dashboard, prints where it is, and
stays until interrupted. Everything runs on loopback and lies in build/superset. `make superset` runs it in Superset's own
virtual environment.
"""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / 'film')]
import stage  # noqa: E402  (finds the test servers)
from generate import find_layout, generate  # noqa: E402
from nginx import Nginx  # noqa: E402
from stage import ROLE  # noqa: E402, F401


class Stage(stage.Stage):
    """The film site in a layout, and the dashboard over it."""

    DATABASE, SLUG, BUNDLE = 'films', 'films', HERE / 'bundle'

    def __init__(self, folder=stage.VENV.parent, venv=stage.VENV, seed='1', schedule='*/5 * * * *', layout='classic'):
        super().__init__(folder, venv)
        self.seed, self.schedule, self.layout = seed, schedule, layout
        self.site = None

    def start_source(self):
        self.site = Nginx(self.folder / 'nginx', self.make_site(self.layout)).start()

    def stop_source(self):
        if self.site is not None:
            self.site.stop()

    def make_site(self, layout):
        """Writes the site in a layout and returns its folder, whose truth.csv says what there is to read."""
        folder = self.folder / f'site-{Path(layout).name}'
        generate(self.seed, find_layout(layout), folder)
        return folder

    def make_tables(self):
        self.cluster.psql(file=HERE / 'films.sql', dbname=self.DATABASE,
                          variables={'base_url': self.site.url, 'schedule': self.schedule})


DATABASE, SLUG = Stage.DATABASE, Stage.SLUG


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', default='1', help='of the catalogue')
    options = parser.parse_args(argv)
    made = Stage(seed=options.seed or '1')
    made.show(lambda: f'the site   {made.site.url}films/1.html')


if __name__ == '__main__':
    main(sys.argv[1:])
