"""CSV and ndjson documents as foreign tables: every row equal to COPY's and file_fdw's, every defect an error with its line."""

import csv
import gzip
import io
import json
import random

import pytest

ROWS = 50_000
TEXTS = ['', 'plain', 'two words', 'comma, inside', 'a "quoted" word', 'line\nbreak', 'line\r\nbreak', 'Grüße', '日本語', '🎬', ' padded ', "'"]
COLUMNS = 'id int, name text, price numeric, seen timestamptz, is_open bool, note text'


def generated_rows(count=ROWS, seed=7):
    dice = random.Random(seed)
    for number in range(count):
        yield (str(number), dice.choice(TEXTS[1:]) + str(number), f'{dice.uniform(-1e6, 1e6):.3f}',
               f'2024-0{dice.randint(1, 9)}-1{dice.randint(0, 9)} 12:00:00+00', dice.choice(['true', 'false']), dice.choice(TEXTS))


def csv_of(rows, header=True, terminator='\r\n', delimiter=',', quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=terminator, delimiter=delimiter, quoting=quoting)
    if header:
        writer.writerow(['id', 'name', 'price', 'seen', 'is_open', 'note'])
    writer.writerows(rows)
    return out.getvalue()


def serve(site, path, body, content_type='text/csv; charset=utf-8', **headers):
    site.pages[path] = (200, {'Content-Type': content_type, **headers}, body)


def create_server(session, site):
    session.connection.prepare_threshold = None  # the same text reads tables of other columns
    session.run(f"CREATE SERVER data FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{site.url}')")


def create_table(session, path, columns=COLUMNS, form='csv', options='', name='remote'):
    session.run(f'DROP FOREIGN TABLE IF EXISTS {name}',
                f"CREATE FOREIGN TABLE {name} ({columns}) SERVER data OPTIONS (url '{path}', format '{form}', cache_ttl '0'{options})")


@pytest.fixture
def session(db, site):
    create_server(db.main, site)
    return db.main


def read(session, site, body, columns, form='csv', options='', content_type='text/csv; charset=utf-8'):
    serve(site, '/x', body, content_type)
    create_table(session, 'x', columns, form, options)
    return session.rows('SELECT * FROM remote')


def failure(session, site, body, columns='a text, b text', form='csv', options='', content_type='text/csv; charset=utf-8'):
    serve(site, '/x', body, content_type)
    create_table(session, 'x', columns, form, options)
    error = session.error('SELECT * FROM remote')
    return error.sqlstate, error.message_primary, (error.message_detail or '') + (error.context or '')


def differences(session, other):
    return session.value(f'SELECT count(*) FROM ((TABLE remote EXCEPT ALL TABLE {other}) UNION ALL '
                         f'(TABLE {other} EXCEPT ALL TABLE remote)) AS d')


@pytest.mark.parametrize('terminator', ['\n', '\r\n'])
@pytest.mark.parametrize('quoting', [csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC])
def test_csv_equals_copy_and_file_fdw(session, site, folder, tmp_path_factory, terminator, quoting):
    text = csv_of(generated_rows(), terminator=terminator, quoting=quoting)
    file = folder / 'records.csv'
    file.write_bytes(text.encode())
    file.chmod(0o644)
    serve(site, '/x.csv', text)
    session.run("SET webwrap.max_page_size = '64MB'")
    create_table(session, 'x.csv')
    session.run(f'CREATE TEMP TABLE copied ({COLUMNS})', f"COPY copied FROM '{file}' (FORMAT csv, HEADER)",
                'CREATE EXTENSION file_fdw', 'CREATE SERVER files FOREIGN DATA WRAPPER file_fdw',
                f"CREATE FOREIGN TABLE local ({COLUMNS}) SERVER files OPTIONS (filename '{file}', format 'csv', header 'true')")
    assert session.value('SELECT count(*) FROM remote') == ROWS
    if quoting == csv.QUOTE_MINIMAL:
        assert session.value('SELECT count(*) FROM remote WHERE note IS NULL') > 0
    else:
        assert session.value("SELECT count(*) FROM remote WHERE note = ''") > 0
    assert differences(session, 'copied') == 0 and differences(session, 'local') == 0


def test_csv_equals_python(session, site):
    """Texts with all that is special; Python's reader does not tell NULL from ''."""
    dice = random.Random(3)
    for _ in range(40):
        rows = [tuple(''.join(dice.choices(['a', ',', '"', '\n', '\r\n', ' ', ';', 'ü'], k=dice.randint(0, 6))) for _ in range(3))
                for _ in range(20)]
        body = csv_of(rows, header=False, quoting=dice.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
                      terminator=dice.choice(['\n', '\r\n']))
        if dice.random() < .5:
            body = body.rstrip('\r\n') if rows[-1][-1] else body
        expected = [tuple(row) for row in csv.reader(io.StringIO(body, newline=''))]
        found = read(session, site, body, 'a text, b text, c text', options=", header 'false'")
        assert [tuple(value or '' for value in row) for row in found] == expected == rows


def test_csv_forms(session, site):
    assert read(session, site, '\ufeffa,b\n1,""\n,x', 'b text, a int') == [('', 1), ('x', None)]
    assert read(session, site, 'a;b,c\r\n1;"2;3"\r\n', "x int OPTIONS (field 'a'), y text OPTIONS (field 'b,c')",
                options=", delimiter ';'") == [(1, '2;3')]
    assert read(session, site, '1,2,3\n4,5,6\n', "c int OPTIONS (field '3'), a int OPTIONS (field '1')",
                options=", header 'false'") == [(3, 1), (6, 4)]
    assert read(session, site, 'a\n\n1\n', 'a int') == [(None,), (1,)]
    assert read(session, site, 'a,b\n', 'a int, b int') == []
    assert read(session, site, '', 'a int', options=", header 'false'") == []
    assert read(session, site, 'a,b\n1,2\n3,4\n', "a int, n int OPTIONS (value 'row_number'), u text OPTIONS (value 'url')") \
        == [(1, 1, f'{site.url}x'), (3, 2, f'{site.url}x')]


def test_several_documents(session, site):
    for number in (1, 2):
        serve(site, f'/d{number}.csv', f'a\n{number}\n{number}0\n')
    create_table(session, 'd{1..2}.csv', "a int, page int OPTIONS (value 'page_number'), row int OPTIONS (value 'row_number')")
    assert session.rows('TABLE remote') == [(1, 1, 1), (10, 1, 2), (2, 2, 1), (20, 2, 2)]
    create_table(session, 'd{which}.csv', "a int, which text OPTIONS (parameter 'which')")
    assert session.rows("SELECT * FROM remote WHERE which = '2'") == [(2, '2'), (20, '2')]
    assert session.rows("SELECT a FROM (VALUES (0), (1)) v (x), LATERAL (SELECT a FROM remote WHERE which IN ('1', '2') OFFSET 0) r "
                        'WHERE a % 10 = x ORDER BY a') == [(1,), (10,), (20,)]


@pytest.mark.parametrize('charset,encoding', [('iso-8859-1', 'cp1252'), ('utf-16le', 'utf-16-le'), ('shift_jis', 'shift_jis')])
def test_charsets(session, site, charset, encoding):
    text = 'a,b\n1,日本\n' if charset == 'shift_jis' else 'a,b\n1,Grüße\n'
    assert read(session, site, text.encode(encoding), 'a int, b text', content_type=f'text/csv; charset={charset}') \
        == [(1, text.split(',')[-1].strip())]


def test_wrong_charset(session, site):
    bad = 'a,b\n1,ok\n2,Grüße\n'.encode('latin-1')
    for kind in ('text/csv', 'text/csv; charset=utf-8', 'application/octet-stream'):
        sqlstate, message, place = failure(session, site, bad, content_type=kind)
        assert (sqlstate, '0xfc' in message) == ('22021', True) and f'Line 3 of "{site.url}x"' in place
    assert failure(session, site, b'a,b\n1,\0\n')[0] == '22021'
    assert failure(session, site, 'a,b\n'.encode('utf-16-le') + b'\0\xd8\n\0', content_type='text/csv; charset=utf-16le')[0] == '22021'
    assert failure(session, site, 'a,b\n', content_type='text/csv; charset=klingon')[0] == '22021'
    # What stands before the bad byte is there.
    assert session.rows('SELECT 1') and read(session, site, 'a,b\n1,2\n', 'a int, b int') == [(1, 2)]


@pytest.mark.parametrize('body,line,message', [
    ('a,b\n1,2\n3\n', 3, 'record has 1 field instead of 2'),
    ('a,b\n1,"x\ny"\n3,4,5\n', 4, 'record has 3 fields instead of 2'),
    ('a,b\n1,"2\n3,4\n', 2, 'quoted field does not end'),
    ('a,b\n1,"2"3\n', 2, 'text after the closing quote of a field'),
    ('a,b\n1,2"3\n', 2, 'quote inside a field that is not quoted'),
    ('a,b\n1,2\r3,4\n', 2, 'carriage return without a line feed outside of quotes'),
    ('a,b,a\n1,2,3\n', 1, 'header has field "a" more than once'),
    ('', 1, 'document is empty, it has no header line'),
])
def test_malformed_csv(session, site, body, line, message):
    sqlstate, said, place = failure(session, site, body)
    assert (sqlstate, said) == ('22P04', message) and f'Line {line} of "{site.url}x".' in place


def test_missing_field(session, site):
    sqlstate, message, detail = failure(session, site, 'A,b,"c ""d"""\n1,2,3\n')
    assert (sqlstate, message) == ('42703', 'header has no field "a"') and 'Its fields are: "A", "b", "c "d"".' in detail
    assert failure(session, site, '1,2\n', "a text OPTIONS (field '3')", options=", header 'false'")[0] == '42703'
    assert failure(session, site, '1,2\n', 'a text', options=", header 'false'")[:2] == ('22P04', 'record has 2 fields instead of 1')


def test_values_of_wrong_type(session, site):
    sqlstate, message, context = failure(session, site, 'a,b\n1,2\n3,x\n', 'a int, b int')
    assert sqlstate == '22P02' and f'foreign table public.remote, "{site.url}x" line 3, column b: "x"' in context
    # Only what is asked for is converted.
    assert session.rows('SELECT a FROM remote') == [(1,), (3,)]
    assert session.value('SELECT count(*) FROM remote') == 2
    assert session.error('SELECT r FROM remote r').sqlstate == '22P02'
    assert session.error('SELECT a FROM remote WHERE b > 0').sqlstate == '22P02'


def test_constraints(session, site):
    sqlstate, message, detail = failure(session, site, 'a,b\n1,2\n,3\n', 'a int NOT NULL, b int')
    assert sqlstate == '23000' and 'Line 3: column "a" has no value.' in detail
    assert session.error('SELECT b FROM remote').sqlstate == '23000'
    sqlstate, message, detail = failure(session, site, 'a,b\n1,2\n-1,3\n', 'a int, b int, CONSTRAINT positive CHECK (a > 0)')
    assert sqlstate == '23000' and 'Line 3: CHECK constraint "positive" does not hold.' in detail
    assert session.error('SELECT b FROM remote').sqlstate == '23000'
    assert session.rows('SELECT b FROM remote LIMIT 1') == [(2,)]


def test_limit_stops_early(session, site):
    body = 'a\n' + '\n'.join(map(str, range(1000))) + '\nbad\n' + 'x' * 600_000 + '\nGr\xfc\n'
    serve(site, '/x', body.encode('latin-1'))
    create_table(session, 'x', 'a int')
    assert session.value('SELECT count(*) FROM (SELECT a FROM remote LIMIT 1000) s') == 1000
    assert session.error('SELECT a FROM remote').sqlstate == '22P02'
    assert session.error('SELECT 1 FROM remote').sqlstate == '22021'
    assert 'Requests: 0' in session.explain('SELECT a FROM remote LIMIT 0', 'ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF')
    plan = session.explain('SELECT a FROM remote')
    assert 'Format: csv' in plan and 'Adaptation' not in plan


def test_gzip_and_truncation(session, site):
    text = csv_of(generated_rows(2000))
    serve(site, '/x', gzip.compress(text.encode()), **{'Content-Encoding': 'gzip'})
    create_table(session, 'x')
    assert session.row('SELECT count(*), sum(id) FROM remote') == (2000, 1999 * 1000)
    serve(site, '/x', gzip.compress(text.encode())[:-2000], **{'Content-Encoding': 'gzip'})
    assert session.error('SELECT count(*) FROM remote').sqlstate[:2] in ('08', 'HV', '22')
    site.pages['/x'] = (200, {'Content-Type': 'text/csv', 'Content-Length': len(text.encode()) + 10, 'Connection': 'close'}, text)
    session.run('SET webwrap.max_retries = 0', "SET webwrap.request_timeout = '3s'")
    assert session.error('SELECT count(*) FROM remote').sqlstate[:2] in ('08', 'HV')
    site.pages['/x'] = None
    assert session.error('SELECT count(*) FROM remote').sqlstate == 'HV00N'


def test_size_limit(session, site):
    serve(site, '/x', 'a\n' + '1\n' * 60_000)
    create_table(session, 'x', 'a int')
    session.run("SET webwrap.max_page_size = '64kB'")
    error = session.error('SELECT count(*) FROM remote')
    assert error.sqlstate == '54000' and 'webwrap.max_page_size' in error.message_hint
    session.run("SET webwrap.max_page_size = '1MB'")
    assert session.value('SELECT count(*) FROM remote') == 60_000


@pytest.mark.parametrize('form', ['csv', 'ndjson'])
def test_cancel(db, session, site, form):
    serve(site, '/x', 'a\n' + '1\n' * 2_000 if form == 'csv' else '{"a": 1}\n' * 2_000)
    create_table(session, 'x', 'a int', form)
    running = session.start('SELECT count(*) FROM remote r1, remote r2, remote r3')
    site.wait_for_request('/x')
    other = db.connect()
    while not running.is_done:
        other.value('SELECT pg_cancel_backend(%s)', session.pid)
    assert running.wait().sqlstate == '57014'


def test_ndjson(session, site):
    rows = list(generated_rows(5000))
    lines = [json.dumps({'id': int(i), 'name': name, 'price': float(price), 'deep': {'note': note or None, 'list': [1, {'is': is_open == 'true'}]}},
                        ensure_ascii=bool(int(i) % 2)) for i, name, price, seen, is_open, note in rows]
    serve(site, '/x', '\n'.join(lines), 'application/x-ndjson')
    create_table(session, 'x', "id int, name text, price numeric, note text OPTIONS (field '/deep/note'), "
                               "is_open bool OPTIONS (field '/deep/list/1/is'), deep jsonb, missing text", 'ndjson')
    session.run('CREATE TEMP TABLE lines (line jsonb)')
    with session.connection.cursor().copy('COPY lines FROM STDIN') as copy:
        for line in lines:
            copy.write_row([line])
    session.run("CREATE TEMP TABLE expected (id, name, price, note, is_open, deep, missing) AS SELECT (line ->> 'id')::int, line ->> 'name', (line ->> 'price')::numeric, "
                "line #>> '{deep,note}', (line #>> '{deep,list,1,is}')::bool, line -> 'deep', line ->> 'missing' FROM lines")
    assert session.value('SELECT count(*) FROM remote') == 5000
    assert differences(session, 'expected') == 0


def test_ndjson_forms(session, site):
    body = ('{"a": 12345678901234567890123.5, "b": "x\\ty\\u00fc\\ud83c\\udfac", "/c": {"z":1 , "a":[ ]}}\r\n\n'
            '{"a": -0, "b": null, "d~e": [1,2]}\n{}')
    columns = "a text, b text, c text OPTIONS (field '/~1c'), d text OPTIONS (field '/d~0e/1'), e text OPTIONS (field 'd~e')"
    assert read(session, site, body, columns, 'ndjson', content_type='application/json') == [
        ('12345678901234567890123.5', 'x\ty\u00fc\U0001f3ac', '{"z":1 , "a":[ ]}', None, None),
        ('-0', None, None, '2', '[1,2]'), (None,) * 5]


@pytest.mark.parametrize('body,line,sqlstate,message', [
    ('{"a": 1}\n{"a": }\n', 2, '22P04', 'invalid JSON at column'),
    ('{"a": 1}\n{"a": 1\n', 2, '22P04', 'invalid JSON at column'),
    ('{"a": 1} {"a": 2}\n', 1, '22P04', 'invalid JSON at column'),
    ('{"a": 1}\n\n[1]\n', 3, '22P04', 'line is no JSON object but an array'),
    ('1\n', 1, '22P04', 'line is no JSON object'),
    ('{"a": 1, "a": 2}\n', 1, '22P04', 'object has a member twice that a column reads'),
    ('{"a": "\\u0000"}\n', 1, '22021', 'text has \\u0000'),
    (b'{"a": 1}\n{"a": "\xff"}\n', 2, '22021', 'invalid byte sequence'),
])
def test_malformed_ndjson(session, site, body, line, sqlstate, message):
    found = failure(session, site, body, 'a text', 'ndjson', content_type='application/x-ndjson')
    assert found[0] == sqlstate and found[1].startswith(message) and f'Line {line} of "{site.url}x".' in found[2]
