"""What templates give, and where values from outside may land."""

import sys

import pytest

from conftest import Host, Never
from templates import SEED
from webwrap_jinja.engine import render
from webwrap_jinja.errors import Interrupted, RenderError

REFUSED = '22023'
X = {'x': "a'b\\c"}


# -- landing

@pytest.mark.parametrize('template, expected', [
    ("'{{ x }}'", r"'a''b\c'"),
    ("E'{{ x }}'", r"E'a''b\\c'"),
    ("e'\\'' '{{ x }}'", r"e'\'' 'a''b\c'"),
    ("n'{{ x }}' typE'{{ x }}'", r"n'a''b\c' typE'a''b\c'"),
    ("$E'{{ x }}'", r"$E'a''b\\c'"),
    ("E'a'\n'{{ x }}'", r"E'a'" + '\n' + r"'a''b\\c'"),
    ("E'a' -- c\n '{{ x }}'", r"E'a' -- c" + '\n ' + r"'a''b\\c'"),
    ("E'a' - \n'{{ x }}'", r"E'a' - " + '\n' + r"'a''b\c'"),
    ("E'a' '{{ x }}'", r"E'a' 'a''b\c'"),
    ("$$it's$$ '{{ x }}'", r"$$it's$$ 'a''b\c'"),
    ("$a$ $b$ ' $a$ '{{ x }}'", r"$a$ $b$ ' $a$ 'a''b\c'"),
    ("a$b$'{{ x }}'", r"a$b$'a''b\c'"),
    ("/* ' /* ' */ ' */ '{{ x }}'", r"/* ' /* ' */ ' */ 'a''b\c'"),
    ("-- it's\n'{{ x }}'", "-- it's\n" + r"'a''b\c'"),
    ("\"it's\" '{{ x }}'", '"it\'s" ' + r"'a''b\c'"),
    ("'it''s' '{{ x }}'", r"'it''s' 'a''b\c'"),
    ("{{ x }}", REFUSED), ("\"{{ x }}\"", REFUSED), ("$$ {{ x }} $$", REFUSED), ("$t$ {{ x }} $t$", REFUSED), ("-- {{ x }}", REFUSED),
    ("/* {{ x }} */", REFUSED), ("U&'{{ x }}'", REFUSED), ("E'\\{{ x }}'", REFUSED), ("'a ''{{ x }}'' b'", REFUSED),
    ("'a'{{ x }}", REFUSED), ("'{{ x|where_in }}'", REFUSED), ("E{{ x|literal }}", REFUSED), ("{{ x|literal }}'a'", REFUSED),
    ("E'a'\n{{ x|literal }}", REFUSED), ("${{ x }}$", REFUSED),
])
def test_where_a_value_lands(sql, template, expected):
    assert sql(template, X) == expected


@pytest.mark.parametrize('value, expected', [
    ('5', 'a - 5'), ('5.25', 'a - 5.25'), ('-5', 'a - -5'), ('5 or 1', REFUSED), ('1e9', REFUSED),
    ('id', REFUSED), ('NULL', REFUSED), ('٣', REFUSED), ('5\n', REFUSED), ("1'", REFUSED), (-5, 'a - -5'), (7, 'a - 7')])
def test_only_numbers_stand_bare(sql, value, expected):
    assert sql('a - {{ x }}', {'x': value}) == expected


@pytest.mark.parametrize('template', ['a -{{ x }}', 'a -{{ x|int }}', "a -{{ '%d' % x|int }}", 'a{{ y }}', "'a'{{ y }}", '{{ y }}b', '1.{{ y }}',
                                      '{{ "inf"|float }}', 'a -{{ [x]|first|int|string }}'])
def test_numbers_do_not_join_what_stands_beside(sql, template):
    assert sql(template, {'x': '-1', 'y': '5'}) == REFUSED


def test_names_and_parameters(sql):
    assert sql('{{ columns|join(", ") }}', {'columns': ['a', 'b_1']}) == 'a, b_1'
    for name in ('a b', 'select', 'a;b', 'count(*)', 'current_user', 'ü'):
        assert sql('{{ columns[0] }}', {'columns': [name]}) == REFUSED
    assert sql('"{{ columns[0] }}" {{ columns|identifier|first }}', {'columns': ['a" b']}) == '"a"" b" "a"" b"'
    assert sql("SELECT * FROM {{ t }} WHERE n = '{{ v }}'", {}, {'t': 's.film', 'v': "it's"}) == "SELECT * FROM s.film WHERE n = 'it''s'"
    assert sql("'{{ v }}'", {'v': "o'k"}, {'v': 'default'}) == "'o''k'"


def test_control_flow_on_values(sql):
    assert sql("{{ {'up': 'ASC', 'down': 'DESC'}.get(x, 'ASC') }}", {'x': 'down'}) == 'DESC'
    assert sql("{% if x == 'a' %}1{% elif 'b' in x %}2{% endif %}", {'x': 'abc'}) == '2'


# -- tracking

@pytest.mark.parametrize('expression', [
    'x', 'x|upper', 'x|lower', 'x|title', 'x|capitalize', 'x|trim', 'x|replace("a", "b")', '"q"|replace("q", x)', 'x|string', 'x|reverse',
    'x|center(30)', 'x|truncate(5)', 'x|wordwrap(3)', 'x|indent', 'x|e', 'x|safe', 'x|urlize', 'x|tojson', 'x|pprint', 'x|striptags',
    'x|default("d")', 'none|default(x, true)', 'x|first', 'x|last', 'x|random', 'x|list|join', '[x]|join', '["a", "b"]|join(x)',
    '[x]|first', '[[x]]|sum(start=[])|first', '[x]|sort|first', '[x]|unique|first', '[x]|map("upper")|first', '[x]|max', '[{"a": x}]|map(attribute="a")|first',
    '[{"a": x}]|groupby("a")|first|first', '[x]|batch(2)|first|first', '[x]|slice(1)|first|first', '{"a": x}|dictsort|first|last', '{x: 1}|list|first',
    '{"a": x}.values()|first', '{"a": x}.items()|first|last', '{"a": x}.pop("a")', 'dict(a=x).a', 'namespace(a=x).a', 'x ~ ""', '"" ~ x', 'x + ""', '"" + x', 'x * 2',
    '"%s" % x', '"%(a)s" % {"a": x}', '"%9s" % x', '"%s"|format(x)', '"{}".format(x)', '"{a}".format(a=x)', '"{a[0]}".format(a=[x])', '"{:>9}".format(x)', 
    '"{a}".format_map({"a": x})', 'x[1:]', 'x[0]', 'x[::-1]', 'x.upper()', 'x.casefold()', 'x.swapcase()', 'x.strip("z")', 'x.split("!")[0]', 'x.rsplit(" ", 1)[0]', 'x.splitlines()[0]',
    'x.partition("!")[0]', 'x.rpartition("!")|last', 'x.replace("z", "y")', '"-".join([x])', '"-".join({x: 1})', 'x.join(["a", "b"])', 'x.zfill(40)', 'x.ljust(40)', '"a".center(9, x[0])', 'x.expandtabs()',
    'x.removeprefix("z")', 'x.removesuffix("z")', 'cycler(x).next()', '[x].pop()', 'x if true', '(x, 1)|first', 'x|attr("upper")()',
    '1 if false else x', '("%s"|safe) % x', '("{}"|safe).format(x)', '("a"|safe) + x', 'x|urlencode', '{"k": x}|urlencode',
    '{"k": x}|xmlattr', 'namespace(a=x)', '{"a": x}.items()', 'namespace(a=x)|string', '[x]|string|replace("\'", "")',
    'x.upper', 'url_param("u")', 'filter_values("c")|first', 'get_filters("c")[0].val', 'current_username()', 'cache_key_wrapper(x)', 'get_time_filter().time_range',
])
def test_a_value_stays_one(sql, expression):
    context = {'x': 'some OR value <b>', 'url_params': {'u': 'a b'}, '_filters': [{'col': 'c', 'op': '=', 'val': 'a b'}],
               'user': {'username': 'a b'}, 'time_range': '2020-01-01 : 2020-02-01'}
    assert sql('{{ ' + expression + ' }}', context) == REFUSED


@pytest.mark.parametrize('template', [
    "{% set a %}{{ x }}{% endset %}{{ a }}", "{% macro m(v) %}{{ v }}{% endmacro %}{{ m(x) }}", "{% filter upper %}{{ x }}{% endfilter %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ x }}{% endcall %}", "{% block b %}{{ x }}{% endblock %}",
    "{% block b %}'{{ x }}'{% endblock %}{{ self.b()|replace(\"'\", '') }}", "{% for c in x %}{{ c }}{% endfor %}", "{% with a = x %}{{ a }}{% endwith %}",
    "{% set n = namespace() %}{% set n.a = x %}{{ n.a }}", "{% set l = [] %}{% set _ = l.append(x) %}{{ l[0] }}"])
def test_statements_keep_track(sql, template):
    assert sql(template, {'x': 'some value'}) == REFUSED


# -- sandbox

@pytest.mark.parametrize('template', [
    "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ ''|attr('__class__') }}", "{{ [].__class__.__base__.__subclasses__() }}",
    "{{ '{0.__class__}'.format(1) }}", "{{ '{0[__class__]}'.format({}) }}", "{{ ('{0.__class__}'|attr('format'))(1) }}",
    "{{ [''.format]|map('string')|list and '{0.__class__}'.format_map({'0': 1}) }}", "{{ [1]|map(attribute='__class__')|list }}",
    "{{ cycler.__init__.__globals__ }}", "{{ url_param.__func__ }}", "{{ url_param.__self__ }}", "{{ self.__init__ }}", "{{ self._TemplateReference__context }}",
    "{{ range.__call__ }}", "{{ dict.mro() }}", "{{ lipsum.__globals__ }}", "{{ joiner.__class__ }}", "{% macro m() %}{% endmacro %}{{ m.__call__ }}", "{{ m._func }}",
    "{% for i in [1] %}{{ loop.__class__ }}{{ loop._iterator }}{% endfor %}", "{{ get_time_filter().__class__ }}", "{{ 'a'.encode() }}", "{{ 'a'.translate({}) }}",
    "{{ [{'a': 1}]|groupby('__class__') }}", "{{ [1]|sum(attribute='__class__') }}", "{{ namespace().__class__ }}", "{{ (1).__class__ }}", "{{ (1).to_bytes(1) }}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}", "{% autoescape true %}{% endautoescape %}", "{{ namespace.mro() }}"])
def test_nothing_of_python_is_reached(sql, template):
    assert sql(template) in ('42501', '0A000', '42703', REFUSED)


@pytest.mark.parametrize('template, expected', [
    ("{{ 'a' * 100000000 }}", '54000'), ("{{ [1] * 100000000 }}", '54000'), ("{{ 10 ** 100000 }}", '54000'), ("{{ range(1000000) }}", '54000'),
    ("{{ 'a'|center(100000000) }}", '54000'), ("{{ '%100000000d' % 1 }}", '54000'), ("{{ '{:100000000}'.format(1) }}", '54000'), ("{{ 'a'.ljust(100000000) }}", '54000'),
    ("{{ lipsum(1000000) }}", '54000'), ("{{ ('a' * 10000000).replace('a', 'aaaa') }}", '54000'), ("{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}", '54001'),
    ("{{ metric('self', 1) }}", '54001'), ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", '54001'),
    ("{% set n = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}", '54000'),
    ("{% set n = namespace(x=3) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}", '54000'),
    ("{% set l = [1] %}{% for i in range(100) %}{% set _ = l.extend(l) %}{% endfor %}", '54000')])
def test_limits(sql, template, expected):
    assert sql(template) == expected


def test_an_interrupt_ends_rendering_and_cannot_be_swallowed():
    class Wanted(Host):
        class Flag(Never):
            looks = 0

            def is_set(self):
                self.looks += 1
                return self.looks > 1000
        flag = Flag()

        def check_interrupts(self):
            raise ValueError('cancel')

    before = sys.getprofile()
    for body in ('{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
                 '{% for i in range(100000) %}{{ "x"|int }}{% endfor %}'):
        Wanted.flag = Wanted.Flag()
        with pytest.raises(Interrupted):
            render(body, {}, {}, Wanted())
        assert sys.getprofile() is before


# -- macros

def test_the_seed(sql):
    hostile = {'_filters': [{'col': 'jcountry', 'op': 'IN', 'val': ["Côte d'Ivoire", "') OR 1=1 --"]}], 'from_dttm': '2019-01-01T00:00:00', 'to_dttm': "2020' --"}
    made = sql(SEED, hostile)
    assert "in ('Côte d''Ivoire', ''') OR 1=1 --')" in made
    assert "year < year('2020'' --')" in made
    assert "LIKE '%'" in sql(SEED) and 'year(' not in sql(SEED)


@pytest.mark.parametrize('time_range, expected', [
    ('No filter', 'None None'), ('2020-01-01 : 2020-02-01', '20200101 20200201'), (' : 2020-02-01', 'None 20200201'), ('2020-01-01 : ', '20200101 None'),
    ('Last week', '20240222 20240229'), ('Last 3 months', '20231129 20240229'), ('Next 2 days', '20240229 20240302'), ('previous calendar month', '20240101 20240201'),
    ('previous calendar week', '20240219 20240226'), ('Current quarter', '20240101 20240401'), ('Current year', '20240101 20250101'),
    ("DATEADD(DATETIME('2020-02-29'), -1, year) : DATETRUNC(DATETIME('today'), month)", '20190228 20240201'), ("LASTDAY(DATETIME('today'), month) : ", '20240229 None'),
    ('start of last month : end of last month', '20240101 20240131'), ('yesterday : tomorrow', '20240228 20240301'), ('first week of this year', '20240101 20240108'),
    ('the day before', '22007'), ('2020-02-01 : 2020-01-01', '22007'), ('Last 99999999 years', '22007'), ('DATEADD(1) : ', '22007')])
def test_time_ranges(sql, time_range, expected):
    template = "{% set t = get_time_filter(strftime='%Y%m%d') %}{{ t.from_expr }} {{ t.to_expr }}"
    assert sql(template, {'time_range': time_range, 'now': '2024-02-29T12:30:00'}) == expected


def test_datasets_and_metrics(sql):
    assert sql("{{ metric('of', 1) }}", {'columns': ['gross']}) == 'SUM(gross)'
    assert sql("{{ metric('of', 1) }}", {'columns': ['gross) --']}) == REFUSED
    assert sql("{{ metric('n') }}", {'datasource_id': 1}) == 'COUNT(*)'
    assert sql("{{ metric('n') }}") == '42704' and sql("{{ metric('x', 1) }}") == '42704' and sql('{{ dataset(3) }}') == '42704'
    assert sql('{{ dataset(1, columns=["a"]) }}') == '(\nSELECT a AS a \nFROM film\n) AS dataset_1'
    assert sql('{{ dataset(1, columns=["zz"]) }}') == '42704'
    assert "b = 'it''s'" in sql('{{ dataset(2) }}', {'url_params': {'b': "it's"}})


@pytest.mark.parametrize('template, expected', [
    ('{{ nowhere }}', '42703'), ('{{ nowhere() }}', '42883'), ('{% if false %}{{ nowhere }}{% endif %}', '42703'), ('{{ {}.a }}', '42703'),
    ("{{ filter_values('a')[0] }}", '42703'), ('{{ 1|nowhere }}', '42883'), ('{{ 1 is nowhere }}', '42883'), ('{% if %}', '42601'), ('{{ 1/0 }}', '22012'),
    ('{{ 1 + "a" }}', '22023'), ('{{ nowhere is defined }}', 'False'), ("{{ nowhere|default('d') }}", 'd')])
def test_errors(sql, template, expected):
    assert sql(template) == expected


def test_an_error_names_the_line():
    with pytest.raises(RenderError, match='^line 3: division by zero'):
        render('a\nb\n{{ 1 / 0 }}', {}, {}, Host())
