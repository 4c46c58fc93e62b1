"""IMPORT FOREIGN SCHEMA: the lists of a page become tables that read what the page has."""

import csv
import sys
from pathlib import Path

import pytest

from test_interrupts import fastest_cancel

FILM = Path(__file__).resolve().parents[3] / 'docs' / 'examples' / 'film'
sys.path.insert(0, str(FILM))
from generate import generate  # noqa: E402

TWO_LISTS = """<html><body><h3>Needs</h3><ul><li>1 cup <b>flour</b></li><li>salt</li><li>2 eggs</li></ul>
<h3>Steps</h3><ol><li>Stir.</li><li>Wait.</li><li>Bake it.</li><li>Eat.</li></ol>
<table id="nutrition"><tr><th>Part</th><th>Grams per cup</th></tr><tr><td>Fat</td><td>1.5</td></tr>
<tr><td>Sugar</td><td>0.5</td></tr><tr><td>Salt</td><td>12</td></tr></table></body></html>"""


@pytest.fixture
def server(db, site):
    db.main.run(f"CREATE SERVER page FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{site.url}')")
    return db.main


def import_page(session, rest="INTO public OPTIONS (url 'page')"):
    session.notices.clear()
    session.run('IMPORT FOREIGN SCHEMA document ' + rest.replace('INTO', 'FROM SERVER page INTO'))


def tables(session):
    return {name: columns for name, columns in session.rows(
        "SELECT c.relname, array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relkind = 'f' GROUP BY c.relname")}


def notices(session):
    return [f'{one.severity}: {one.message} | {one.detail} | {one.hint}' for one in session.notices]


def test_each_list_of_a_page_becomes_a_table(server, site):
    site.serve({'/page': TWO_LISTS})
    import_page(server)
    assert tables(server) == {'needs': ['column1 text'], 'steps': ['column1 text'],
                              'nutrition': ['part text', 'grams_per_cup numeric']}
    assert server.rows('SELECT * FROM needs') == [('1 cup flour',), ('salt',), ('2 eggs',)]
    assert server.rows('SELECT * FROM steps') == [('Stir.',), ('Wait.',), ('Bake it.',), ('Eat.',)]
    assert [(part, float(grams)) for part, grams in server.rows('SELECT * FROM nutrition')] == [
        ('Fat', 1.5), ('Sugar', 0.5), ('Salt', 12)]
    assert notices(server) == []


def test_min_records_limit_to_and_except(server, site):
    site.serve({'/page': TWO_LISTS})
    import_page(server, "INTO public OPTIONS (url 'page', min_records '4')")
    assert list(tables(server)) == ['steps']
    server.run('DROP FOREIGN TABLE steps')
    import_page(server, "LIMIT TO (needs, films) INTO public OPTIONS (url 'page')")
    assert list(tables(server)) == ['needs']
    assert notices(server) == [f'NOTICE: page "{site.url}page" has no list "films" | Its lists are needs, steps, nutrition. | ']
    server.run('CREATE SCHEMA other')
    import_page(server, "EXCEPT (steps, nutrition) INTO other OPTIONS (url 'page')")
    assert server.rows('SELECT * FROM other.needs') == server.rows('SELECT * FROM needs')
    assert list(tables(server)) == ['needs']


def test_a_page_without_lists_gives_no_table_and_says_so(server, site):
    site.serve({'/page': '<h1>About</h1><p>Nothing here repeats.</p>'})
    import_page(server)
    assert tables(server) == {}
    assert notices(server) == [f'NOTICE: page "{site.url}page" has no list to import | Lists have at least 3 records and a '
                               'column of text. | Lower option min_records, or make a table from examples with webwrap.suggest_ddl.']


def test_a_list_without_a_wrapper_is_left_out_and_says_why(server, site):
    site.serve({'/page': TWO_LISTS.replace('</body>', '<table id="spans"><tr><th>A</th><th>B</th></tr>'
                                           '<tr><td rowspan="2">x</td><td>1</td></tr><tr><td>2</td></tr>'
                                           '<tr><td>y</td><td>3</td></tr></table></body>')})
    import_page(server)
    assert sorted(tables(server)) == ['needs', 'nutrition', 'steps']
    assert notices(server) == [f'NOTICE: list "spans" of page "{site.url}page" is not imported | No wrapper was learned: '
                               'cells of its rows span several rows or columns. | ']


def test_names_that_a_page_makes_up_stay_names(server, site):
    header = ''.join(f'<th>{name}</th>' for name in ['a"; DROP TABLE film; --', 'select', 'ctid', '5%', 'Größe', 'Größe'])
    rows = ''.join(f"<tr class=\"it's\"><td>{i}'\\</td><td>b{i}</td><td>c{i}</td><td>d{i}</td><td>e{i}</td><td>f{i}</td></tr>" for i in range(4))
    site.serve({'/page': f'<meta charset="utf-8"><table id="user"><tr>{header}</tr>{rows}</table>'})
    import_page(server)
    assert tables(server) == {'user': [name + ' text' for name in [
        'a_drop_table_film', 'select', 'column3', 'column4', 'column5', 'column6']]}
    assert server.rows('SELECT * FROM "user"') == [(f"{i}'\\", f'b{i}', f'c{i}', f'd{i}', f'e{i}', f'f{i}') for i in range(4)]


def test_tables_of_a_server_with_another_parser_read_the_tree_that_they_were_learned_on(server, site):
    site.serve({'/page': TWO_LISTS})
    server.run("ALTER SERVER page OPTIONS (ADD parser 'libxml2')")
    import_page(server)
    assert [part for (part,) in server.rows('SELECT part FROM nutrition')] == ['Fat', 'Sugar', 'Salt']
    assert server.value("SELECT ftoptions @> '{parser=html5}' FROM pg_foreign_table WHERE ftrelid = 'nutrition'::regclass")


def test_only_pages_of_the_site_without_the_right_to_leave_it(db, server, site):
    db.main.run('CREATE ROLE importer', 'GRANT USAGE ON FOREIGN SERVER page TO importer', 'GRANT CREATE ON SCHEMA public TO importer')
    try:
        site.serve({'/page': TWO_LISTS})
        db.main.run('SET ROLE importer')
        import_page(db.main)
        assert len(tables(db.main)) == 3
        error = db.main.error("IMPORT FOREIGN SCHEMA d FROM SERVER page INTO public OPTIONS (url 'http://192.0.2.1/page')")
        assert error.sqlstate == '42501' and 'is not of the site' in error.message_primary
    finally:
        db.main.run('RESET ROLE', 'DROP OWNED BY importer CASCADE', 'DROP ROLE importer')


def test_what_cannot_be_fetched_is_an_error(server, site):
    site.serve({})
    error = server.error("IMPORT FOREIGN SCHEMA d FROM SERVER page INTO public OPTIONS (url 'page')")
    assert error.message_primary == f'page "{site.url}page" answered with status 404'


LONG = '<div>' + ''.join(f'<p class="a{i % 7}"><b>x{i}</b><i>{i}</i><u><s>{i * i}</s></u></p>' for i in range(60000)) + '</div>'


@pytest.mark.parametrize('page', ['held', 'long'])
def test_an_import_can_be_cancelled(server, site, page):
    site.serve({'/held': 'x', '/long': LONG})
    site.hold('/held')
    server.run("SET statement_timeout = '400ms'")
    assert fastest_cancel(server, f"IMPORT FOREIGN SCHEMA d FROM SERVER page INTO public OPTIONS (url '{page}')") < 0.7
    assert tables(server) == {}


def folded(text):
    return ' '.join(text.split())


@pytest.mark.parametrize(('layout', 'title'), [('classic', 'title'), ('cards', 'title')])
def test_a_film_page_in_two_layouts(server, site, tmp_path, layout, title):
    films = generate(1, FILM / 'layouts' / layout, tmp_path)
    page = (tmp_path / 'films' / '1.html').read_text(encoding='utf-8')
    site.serve({'/page': page})
    import_page(server)
    with (tmp_path / 'truth.csv').open(encoding='utf-8', newline='') as file:
        names = [row['name'] for row in csv.DictReader(file)]
    on_page = [name for name in names if name in page]
    assert len(films) == len(names) and on_page
    found = {table: server.rows(f'SELECT * FROM "{table}"') for table in tables(server)}
    longest = max(found, key=lambda table: len(found[table]))
    column = [name.split()[0] for name in tables(server)[longest]].index(title)
    assert [row[column] for row in found[longest]] == names[:len(found[longest])]
