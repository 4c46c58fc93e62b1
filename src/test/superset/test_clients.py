"""Other programs on the dashboard's foreign table: psql, SQLAlchemy, pandas, JDBC, and Superset's view of its columns."""

import shutil
import subprocess
from pathlib import Path

import pandas
import pytest
import sqlalchemy
from dashboard import DATABASE, ROLE
from site_server import Site

HERE = Path(__file__).resolve().parent
DRIVER = Path('/usr/share/java/postgresql.jar')
COMMENT = 'Every film of the site, read from its listing pages'


@pytest.fixture(scope='module')
def comments(bench):
    """Column to comment, in the order of the table."""
    return {row['attname']: row['comment'] for row in bench.psql('''
        SELECT attname, col_description(attrelid, attnum) AS comment FROM pg_attribute
        WHERE attrelid = 'doan4.movie'::regclass AND attnum > 0 ORDER BY attnum''')}


@pytest.fixture(scope='module')
def engine(stage):
    made = sqlalchemy.create_engine(stage.uri(DATABASE, ROLE))
    yield made
    made.dispose()


def test_every_column_has_a_comment(comments):
    assert len(comments) == 15 and all(comments.values())
    assert comments['gross'] == 'What it earned, in dollars'


def test_psql_describes_the_table(bench, comments):
    shown = bench.cluster.psql(r'\d+ doan4.movie', dbname=DATABASE).stdout
    assert 'Foreign table "doan4.movie"' in shown
    assert 'Server: film_site' in shown
    for column, comment in comments.items():
        (line,) = [line for line in shown.splitlines() if line.startswith(f' {column} ')]
        assert line.rstrip().endswith(comment) and 'xpath' in line
    assert COMMENT in bench.cluster.psql(r'\det+ doan4.movie', dbname=DATABASE).stdout


def test_superset_takes_descriptions_from_comments(bench, comments):
    def descriptions(dataset):
        return {column['column_name']: column['description'] for column in bench.client.get(f'dataset/{dataset}')['result']['columns']}
    imported = bench.stage.datasets()['movie']['id']
    assert descriptions(imported) == comments
    database = bench.client.get('database/')['result'][0]['id']
    # as in its form: a table is chosen
    listed = bench.client.get(f'database/{database}/tables/?q=(schema_name:doan4)')['result']
    assert {'movie', 'movie_year', 'movie_star'} <= {table['value'] for table in listed}
    bench.client.request('DELETE', f'dataset/{bench.stage.datasets()["movie_star"]["id"]}')
    try:
        made = bench.client.post('dataset/', {'database': database, 'schema': 'doan4', 'table_name': 'movie_star'})['id']
        assert descriptions(made)['votes'] == 'Number of ratings by users'
    finally:
        bench.client.request('DELETE', f'dataset/{made}')
        bench.stage.load()


def test_sqlalchemy_reflects_the_table(engine, comments):
    inspector = sqlalchemy.inspect(engine)
    assert inspector.get_foreign_table_names('doan4') == ['movie']
    assert inspector.get_table_names('doan4') == []
    assert inspector.get_table_comment('movie', 'doan4') == {'text': COMMENT}
    columns = {column['name']: column for column in inspector.get_columns('movie', 'doan4')}
    assert {name: column['comment'] for name, column in columns.items()} == comments
    assert {name for name, column in columns.items() if not column['nullable']} == {'name', 'genre', 'year', 'director'}
    assert [str(columns[name]['type']) for name in ('name', 'year', 'released', 'score')] == [
        'VARCHAR(83)', 'INTEGER', 'DATE', 'NUMERIC(3, 1)']
    assert sorted(inspector.get_view_names('doan4')) == ['movie_star', 'movie_year']


def test_sqlalchemy_queries_a_reflected_table(bench, engine):
    movie = sqlalchemy.Table('movie', sqlalchemy.MetaData(), schema='doan4', autoload_with=engine)
    query = sqlalchemy.select(movie.c.country, sqlalchemy.func.count(), sqlalchemy.func.sum(movie.c.budget)) \
        .where(movie.c.year.between(1990, 1999), movie.c.country.in_(['France', "Côte d'Ivoire"])) \
        .group_by(movie.c.country).order_by(movie.c.country)
    expected = bench.psql("SELECT country, count(*) AS n, sum(budget) AS s FROM truth WHERE year BETWEEN 1990 AND 1999 "
                          "AND country IN ('France', $$Côte d'Ivoire$$) GROUP BY country ORDER BY country")
    with engine.connect() as connection:
        assert [(country, count, budget and float(budget)) for country, count, budget in connection.execute(query)] == [
            (row['country'], row['n'], row['s']) for row in expected]
        # a named cursor on the server, left before its end
        streamed = connection.execution_options(stream_results=True, max_row_buffer=50).execute(sqlalchemy.select(movie.c.name))
        assert len(streamed.fetchmany(10)) == 10
        streamed.close()
        assert connection.execute(sqlalchemy.text('SELECT 1')).scalar() == 1


def test_pandas_reads_the_table(bench, engine):
    frame = pandas.read_sql('SELECT * FROM doan4.movie', engine, parse_dates=['released'])
    truth = pandas.read_sql('SELECT * FROM truth ORDER BY page, position', engine, parse_dates=['released'])
    pandas.testing.assert_frame_equal(frame, truth[list(frame.columns)])
    assert str(frame.dtypes['released']) == 'datetime64[ns]'
    assert str(frame.dtypes['gross']) == 'float64'
    with engine.connect().execution_options(stream_results=True) as connection:
        portions = [len(part) for part in pandas.read_sql('SELECT name FROM doan4.movie', connection, chunksize=3000)]
    assert portions == [3000, 3000, 2068]


def test_jdbc(bench, comments):
    java = shutil.which('java')
    assert java is not None and DRIVER.exists(), 'run make superset-deps'
    with Site() as site:
        site.serve({'/held': (200, {}, '<p>late</p>')})
        site.hold('/held')
        bench.cluster.psql([
            f"CREATE SERVER held FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{site.url}', respect_robots 'off')",
            "CREATE FOREIGN TABLE held (text text OPTIONS (xpath '//p')) SERVER held OPTIONS (url 'held')",
            f'GRANT SELECT ON held TO {ROLE}'], dbname=DATABASE)
        process = subprocess.Popen(
            [java, '-cp', DRIVER, HERE / 'Jdbc.java', f'jdbc:postgresql://127.0.0.1:{bench.cluster.port}/{DATABASE}', ROLE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            site.wait_for_request('/held')
            output, errors = process.communicate('\n', timeout=60)
        finally:
            process.kill()
            site.release('/held')
            bench.cluster.psql('DROP SERVER held CASCADE', dbname=DATABASE)
    assert process.returncode == 0, errors
    said = {}
    for line in output.splitlines():
        name, _, value = line.partition('\t')
        said.setdefault(name, []).append(value)
    assert said['table'] == [f'FOREIGN TABLE|{COMMENT}']
    assert {column.split('|')[0]: column.split('|')[4] for column in said['column']} == comments
    assert 'name|varchar|83|NO|Name of the film' in said['column']
    assert 'released|date|13|YES|Day of release' in said['column']
    assert said['probe'] == ['15|false']
    expected = bench.psql('''SELECT y, (SELECT count(*) FROM truth WHERE country = 'France' AND year >= y) AS n,
        (SELECT sum(budget) FROM truth WHERE country = 'France' AND year >= y)::text AS s FROM generate_series(1990, 1997) y''')
    assert said['prepared'] == [f'{row["y"]}|{row["n"]}|{row["s"]}' for row in expected]
    (row,) = bench.psql('SELECT count(*) AS n, sum(votes)::bigint AS v, count(*) FILTER (WHERE released IS NULL) AS r FROM truth')
    assert said['cursor'] == [f'{row["n"]}|{row["v"]}|{row["r"]}']
    assert said['cancelled'] == ['57014']
    assert said['afterwards'] == ['true']
