#!/usr/bin/env python3
"""MQTT analytics from end to end:  analytics.py [--rows N] [--most X] [--model-rows N]

Generates the traffic, serves it, reads it through a foreign table into a table, asks the report's questions as SQL, as Jinja
queries and in Spark SQL, writes the reduced table back over JDBC and trains the report's models on it. Everything runs on
loopback and lies in build/mqtt. `make spark` runs it in a Python that has pyspark.

Exit status: 0 when all rows arrived, all answers were the same and all models trained, 1 otherwise.
"""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path[:0] = [str(HERE), str(REPOSITORY / 'src' / 'test' / 'servers')]
import traffic  # noqa: E402
from aggregates import ANSWERS, differences, of_psql, of_spark  # noqa: E402
from cluster import Cluster  # noqa: E402
from nginx import Nginx  # noqa: E402

BUILD = REPOSITORY / 'build' / 'mqtt'
DATABASE = 'mqtt'
SETTINGS = {'webwrap.allowed_networks': '127.0.0.0/8', 'jit': 'off', 'max_wal_size': '4GB', 'shared_buffers': '256MB'}


class Failure(Exception):
    """Something that must hold does not."""


class Analytics:
    def __init__(self, rows, most, model_rows):
        self.rows, self.most, self.model_rows = rows, most, model_rows
        self.site = Nginx(BUILD / 'nginx', self._site())
        self.cluster = Cluster(BUILD, os.environ.get('PG_CONFIG', 'pg_config'), settings=SETTINGS)

    def run(self):
        self.counts = self._told('generated', lambda: traffic.write(self.rows, 1, self._site()),
                                 lambda counts: ', '.join(f'{name} {count:,} rows' for name, count in counts.items()))
        try:
            self.site.start()
            self.cluster.destroy()
            self.cluster.start()
            self.cluster.createdb(DATABASE)
            self._load()
            self._spark()
        finally:
            self.cluster.destroy()
            self.site.stop()

    def _load(self):
        self._told('foreign table -> table', lambda: self.cluster.psql(
            file=HERE / 'mqtt.sql', dbname=DATABASE, variables={'base_url': self.site.url}))
        found = self.cluster.value('SELECT "Train_or_Test", count(*) FROM mqtt GROUP BY 1 ORDER BY 1', DATABASE)
        wanted = '\n'.join(f'{number}|{count}' for number, count in enumerate(self.counts.values()))
        _require(found == wanted, f'table mqtt has {found!r} rows, the files have {wanted!r}')
        self.psql_answers = of_psql(self._told('three questions in psql, as SQL and as Jinja', lambda: self.cluster.psql(
            file=HERE / 'questions.sql', dbname=DATABASE, variables={'most': self.most}, args=['-At'])).stdout)

    def _spark(self):
        import jdbc
        spark = self._told('Spark started', lambda: jdbc.session(BUILD / 'spark'), lambda spark: f'Spark {spark.version}')
        try:
            tables = jdbc.Tables(spark, f'jdbc:postgresql://127.0.0.1:{self.cluster.port}/{DATABASE}', self.cluster.user)
            # Kept, so that questions and writing do not read it again.
            frame = jdbc.reduced(tables.read('mqtt', column='id')).persist()
            sizes = self._told('read over JDBC', lambda: jdbc.partition_sizes(frame), lambda sizes: (
                f'{sum(sizes):,} rows in {len(sizes)} partitions of {min(sizes):,} to {max(sizes):,}'))
            _require(sum(sizes) == self.rows and len(sizes) == jdbc.PARTITIONS and min(sizes) > 0,
                     f'Spark read {sizes} rows, not {self.rows} in {jdbc.PARTITIONS} partitions')
            self._compare(frame)
            self._told('written back over JDBC', lambda: tables.overwrite(frame, 'mqtt_reduced'))
            # Again, over the table that is there now: the report's mode.
            self._told('written back again, overwriting', lambda: tables.overwrite(frame, 'mqtt_reduced'))
            self.cluster.psql('ALTER TABLE mqtt_reduced ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
                              dbname=DATABASE)
            lost = self.cluster.value('SELECT count(*) FROM (SELECT * FROM packet EXCEPT ALL SELECT {} FROM mqtt_reduced) lost'
                                      .format(', '.join(f'"{name}"' for name in jdbc.COLUMNS)), DATABASE)
            _require(lost == '0', f'{lost} rows of the view are not in the table that Spark wrote')
            frame.unpersist()
            self._train(tables.read('mqtt_reduced', column='id').select(*jdbc.COLUMNS))
        finally:
            spark.stop()

    def _compare(self, frame):
        answers = self._told('three questions in Spark SQL', lambda: of_spark(frame, self.most))
        for name in ANSWERS:
            print(f'    {name}: {", ".join(" ".join(map(str, row)) for row in answers[name])}', flush=True)
        wrong = differences(answers, self.psql_answers)
        _require(not wrong, '\n'.join(wrong))
        print('    equal to psql, as SQL and as Jinja', flush=True)

    def _train(self, frame):
        import models
        if self.model_rows < self.rows:
            print(f'    models see a sample of about {self.model_rows:,} of {self.rows:,} rows', flush=True)
            frame = frame.sample(self.model_rows / self.rows, seed=models.SEED)
        train, test = self._told('features', lambda: models.features(
            frame.where('Train_or_Test = 0'), frame.where('Train_or_Test = 1')))
        print(f'    train {train.count():,} rows, test {test.count():,} rows, {len(train.first().features)} features; settings '
              f'cross-validated on about {min(models.VALIDATION_ROWS, train.count()):,} rows of the train set', flush=True)
        print(f'    {"model":20} {"settings":36} {"accuracy":>8} {"loaded":>8} {"report":>8} {"s":>6}', flush=True)
        results = models.evaluate(train, test, BUILD / 'models', lambda result: print(
            f'    {result.name:20} {result.settings:36} {result.accuracy:8.4f} {result.loaded_accuracy:8.4f} '
            f'{result.seed_accuracy:8.4f} {result.seconds:6.0f}', flush=True))
        for result in results:
            _require(result.accuracy == result.loaded_accuracy, f'{result.name} is another model when loaded')
            # Half of the packets are legitimate: a model that has learned nothing is right for those.
            _require(result.accuracy > .55, f'{result.name} has learned nothing: accuracy {result.accuracy}')

    @staticmethod
    def _site():
        folder = BUILD / 'site'
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @staticmethod
    def _told(what, work, words=lambda _: ''):
        started = time.monotonic()
        result = work()
        told = words(result)
        print(f'{what}{": " if told else ""}{told} ({time.monotonic() - started:.1f} s)', flush=True)
        return result


def _require(holds, otherwise):
    if not holds:
        raise Failure(otherwise)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rows', type=int, default=1_000_000)
    parser.add_argument('--most', type=int, default=5, help='how many of the most frequent TCP flags')
    parser.add_argument('--model-rows', type=int, help='train and test on a sample of so many rows; all by default')
    options = parser.parse_args(argv)
    if options.rows < 1000:
        parser.error('a thousand rows at least')
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        Analytics(options.rows, options.most, options.model_rows or options.rows).run()
    except KeyboardInterrupt:
        sys.exit(130)
    except (Failure, RuntimeError, TimeoutError) as error:
        sys.exit(f'analytics.py: {error}')


if __name__ == '__main__':
    main(sys.argv[1:])
