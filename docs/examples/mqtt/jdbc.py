"""Spark and the tables of a PostgreSQL: a session, reading in partitions, writing back. Runs in a Python that has pyspark."""

import logging
import os

# Spark looks up the host's name, which containers do not always know.
os.environ.setdefault('SPARK_LOCAL_IP', '127.0.0.1')

from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql.functions import spark_partition_id  # noqa: E402

DRIVER = '/usr/share/java/postgresql.jar'  # Debian: libpostgresql-jdbc-java
PARTITIONS = 8
FETCH_SIZE = 10_000  # without it the driver takes a whole partition into memory

# What the report keeps of the 34 columns, under names without dots, and the order in which it lists them.
FEATURES = ('tcp_flags', 'tcp_time_delta', 'tcp_len', 'mqtt_conack_flags', 'mqtt_conack_val', 'mqtt_conflag_cleansess',
            'mqtt_conflag_passwd', 'mqtt_conflag_uname', 'mqtt_conflags', 'mqtt_dupflag', 'mqtt_hdrflags', 'mqtt_kalive',
            'mqtt_len', 'mqtt_msgid', 'mqtt_msgtype', 'mqtt_proto_len', 'mqtt_qos', 'mqtt_retain', 'mqtt_ver')
COLUMNS = (*FEATURES, 'target', 'Train_or_Test')


class Tables:
    """The tables of one database, as DataFrames. `url` is JDBC's: jdbc:postgresql://127.0.0.1:5432/mqtt"""

    def __init__(self, spark, url, user):
        self.spark = spark
        self.options = {'url': url, 'user': user, 'driver': 'org.postgresql.Driver'}

    def read(self, table, column=None, partitions=PARTITIONS):
        """A table; in partitions of about the same number of values of a whole-number column if one is named."""
        reader = self.spark.read.format('jdbc').options(**self.options).option('fetchsize', FETCH_SIZE)
        if column is not None:
            lower, upper = self.bounds(table, column)
            reader = reader.options(partitionColumn=column, lowerBound=lower, upperBound=upper + 1, numPartitions=partitions)
        return reader.option('dbtable', table).load()

    def bounds(self, table, column):
        query = f'SELECT min({column}) AS lower, max({column}) AS upper FROM {table}'
        row = self.spark.read.format('jdbc').options(**self.options).option('query', query).load().first()
        if row.lower is None:
            raise ValueError(f'table {table} is empty')
        return row.lower, row.upper

    def overwrite(self, frame, table):
        """Writes a DataFrame as a table, in place of the one that is there."""
        (frame.write.format('jdbc').mode('overwrite').options(**self.options, batchsize=FETCH_SIZE, dbtable=table)
         # Inserts of a batch become one statement with many rows: several times as fast.
         .option('reWriteBatchedInserts', 'true').save())


QUIET = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n%ex
"""


def session(folder, cores=2):
    """A Spark of its own in this process, with `folder` for what it writes. It reports errors only."""
    logging.getLogger('py4j').setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'log4j2.properties').write_text(QUIET)
    os.environ['SPARK_LOCAL_DIRS'] = str(folder / 'scratch')
    return (SparkSession.builder.appName('mqtt').master(f'local[{cores}]')
             .config('spark.driver.memory', '4g').config('spark.driver.bindAddress', '127.0.0.1')
             .config('spark.driver.extraClassPath', DRIVER).config('spark.ui.enabled', 'false')
             .config('spark.ui.showConsoleProgress', 'false').config('spark.sql.shuffle.partitions', str(PARTITIONS))
             .config('spark.sql.warehouse.dir', str(folder / 'warehouse'))
             .config('spark.driver.extraJavaOptions', f'-Dlog4j2.configurationFile={folder / "log4j2.properties"}')
             .getOrCreate())


def reduced(frame):
    """The report's columns: dots in names become underscores, the rest is dropped."""
    return frame.toDF(*(name.replace('.', '_') for name in frame.columns)).select(*COLUMNS)


def partition_sizes(frame):
    """How many rows each partition of a DataFrame has."""
    return [row['count'] for row in frame.groupBy(spark_partition_id()).count().collect()]
