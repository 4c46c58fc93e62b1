"""Templates of ours: benign ones, which Superset renders alike, and hostile values for each way to use a value."""

SEED = """SELECT * FROM DoAn4.movie
{% if filter_values('jcountry')|length ==0 and filter_values('jcompany')|length ==0 %}
where country LIKE '%'
{% else %}
where (country in ({{"'"+ "', '".join(filter_values('jcountry'))+ "'"}})
or company in ({{"'"+ "', '".join(filter_values('jcompany'))+ "'"}}))
{% endif %}
{% if from_dttm != None %}
and ( year >= year('{{from_dttm }}') and year < year('{{ to_dttm }}'))
{% endif %}"""

CONTEXT = {
    '_filters': [{'col': 'country', 'op': 'IN', 'val': ['Japan', 'Norway']}, {'col': 'star', 'op': 'LIKE', 'val': 'Mifune%'},
                 {'col': 'gross', 'op': '>=', 'val': 1000}, {'col': 'company', 'op': 'IS NULL', 'val': None},
                 {'col': 'action_type', 'op': 'IN', 'val': ['click', 'view']},
                 {'col': 'full_name', 'op': 'IN', 'val': ['Ada', 'Grace']},
                 {'col': 'released', 'op': 'TEMPORAL_RANGE', 'val': '2019-01-01 : 2020-06-01'}],
    'url_params': {'foo': 'bar', 'year': '2020', 'quoted': "O'Hara"},
    'time_range': '2018-01-01 : 2018-07-01',
    'from_dttm': '2018-01-01T00:00:00', 'to_dttm': '2018-07-01T00:00:00',
    'columns': ['country', 'genre'], 'groupby': ['country'], 'metrics': ['count'], 'row_limit': 100, 'row_offset': 0,
    'time_column': 'released', 'time_grain': 'P1Y',
    'user': {'id': 7, 'username': 'ada', 'email': 'ada@example.org'},
    'ds': '2020-01-01',
}

_COUNTRY = {'_filters': [{'col': 'jcountry', 'op': 'IN', 'val': ['Japan', 'Norway']}]}
_COMPANY = {'_filters': [{'col': 'jcompany', 'op': 'IN', 'val': ['Toho']}]}
_BOTH = {'_filters': _COUNTRY['_filters'] + _COMPANY['_filters']}
_NO_DATES = {'from_dttm': None, 'to_dttm': None}

BENIGN = [
    *((SEED, {**filters, **dates}) for filters in ({'_filters': []}, _COUNTRY, _COMPANY, _BOTH) for dates in ({}, _NO_DATES)),
    *((text, {}) for text in (
        "SELECT 1",
        "{{ 1 + 1 }} {{ 7 // 2 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 7 % 4 }} {{ 3 * 'ab' }}",
        "{% for i in range(5) %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for c in filter_values('country') %}{{ loop.index0 }}:'{{ c }}'{{ ',' if not loop.last }}{% else %}none{% endfor %}",
        "{% for c in filter_values('nothing') %}x{% else %}none{% endfor %}",
        "c IN {{ filter_values('country')|where_in }}",
        "c IN {{ filter_values('nothing')|where_in }}",
        "{{ filter_values('nothing')|where_in(default_to_none=True) }}",
        "{{ [1, 2.5, true, none, 'a', \"O'Hara\"]|where_in }}",
        "{{ filter_values('nothing', 'all')|where_in }}",
        "c IN ('{{ \"','\".join(filter_values('country')) }}')",
        "c IN ({{ \"'\" ~ filter_values('country')|join(\"', '\") ~ \"'\" }})",
        "c = '{{ filter_values('country')[0] }}' OR c = '{{ filter_values('country')|last }}'",
        "gross >= {{ filter_values('gross')[0] }}",
        "gross >= {{ filter_values('gross')|first|int + 1 }}",
        "{% for f in get_filters('country') %}{{ f.op }} {{ f['val']|where_in }} {{ f.get('col') }}{% endfor %}",
        "{% for f in get_filters('star') %}{% if f.get('op') == 'LIKE' %}star LIKE '{{ f.val }}'{% endif %}{% endfor %}",
        "{% for f in get_filters('company') %}company {{ f.op }}{% endfor %}",
        "{% for f in get_filters('star', remove_filter=True) %}'{{ f.val|upper }}'{% endfor %}",
        "'{{ url_param('foo') }}'",
        "'{{ url_param('missing', 'fallback') }}'",
        "{{ url_param('missing') }}",
        "year = {{ url_param('year') }}",
        "year = {{ url_param('year')|int }}",
        "name = '{{ url_param('quoted') }}'",
        "t >= {{ get_time_filter('released', target_type='DATE').from_expr }}",
        "t < {{ get_time_filter('released', target_type='TIMESTAMP').to_expr }}",
        "t < '{{ get_time_filter('released', strftime='%Y%m%d').to_expr }}'",
        "t >= '{{ get_time_filter(strftime='%Y-%m-%d').from_expr }}'",
        "{{ get_time_filter('nothing', default='2001-01-01 : 2002-01-01', target_type='DATE').to_expr }}",
        "'{{ get_time_filter('released').time_range }}'",
        "{{ get_time_filter('released').from_expr }}",
        "{% set t = get_time_filter('released', target_type='DATE') %}{% if t.from_expr %}x >= {{ t.from_expr }}{% endif %}",
        "{{ '2020-01-05 10:00:00'|to_datetime }}",
        "'{{ from_dttm|to_datetime('%Y-%m-%dT%H:%M:%S') }}'",
        "{{ (to_dttm|to_datetime('%Y-%m-%dT%H:%M:%S') - from_dttm|to_datetime('%Y-%m-%dT%H:%M:%S')).days }}",
        "'{{ (from_dttm|to_datetime('%Y-%m-%dT%H:%M:%S')).strftime('%Y/%m') }}'",
        "{{ none|to_datetime }}",
        "{{ current_user_id() }} '{{ current_username() }}' '{{ current_user_email() }}'",
        "{{ cache_key_wrapper('abc') }} '{{ cache_key_wrapper(current_username()) }}'",
        "SELECT {{ columns|join(', ') }} FROM t GROUP BY {{ groupby|join(', ') }} LIMIT {{ row_limit }} OFFSET {{ row_offset }}",
        "{% if 'genre' in columns %}genre{% endif %} {{ columns|length }}",
        "{{ metrics[0] }} '{{ time_grain }}' {{ time_column }}",
        "{% if filter is none %}nothing{% else %}something{% endif %}",
        "{% set x = 'a' %}{% set y %}b{{ x }}{% endset %}{{ y }}",
        "{% macro q(v) %}'{{ v }}'{% endmacro %}{{ q(url_param('foo')) }}, {{ q('x') }}",
        "{% macro list(items) %}{% for i in items %}'{{ i }}'{{ ',' if not loop.last }}{% endfor %}{% endmacro %}{{ list(filter_values('country')) }}",
        "{% macro wrap() %}({{ caller(1) }}){% endmacro %}{% call(v) wrap() %}{{ v }}{% endcall %}",
        "{% raw %}{{ not rendered }}{% endraw %}",
        "a {#- gone -#} b",
        "  {%- if true -%}  x  {%- endif -%}  ",
        "{{ [3, 1, 2]|sort|join('-') }} {{ [1, 1, 2]|unique|list }} {{ [1, 2, 3]|sum }} {{ [1, 2, 3]|max }}",
        "'{{ filter_values('country')|map('upper')|join(', ') }}' '{{ filter_values('country')|map('length')|list }}'",
        "'{{ filter_values('country')|reject('equalto', 'Japan')|join }}'",
        "'{{ filter_values('country')|sort(reverse=true)|first }}' {{ filter_values('country')|length }}",
        "'{{ url_param('foo')|replace('b', 'c')|title|trim|lower }}'",
        "'{{ url_param('foo')|default('x') }}' {{ none|default('y', true) }}",
        "'{{ url_param('foo').upper() }}' '{{ url_param('foo').replace('a', 'o') }}' '{{ url_param('foo')[1:] }}'",
        "'{{ '%s-%s' % (url_param('foo'), 3) }}' '{{ '{}:{x}'.format(url_param('foo'), x=2) }}'",
        "'{{ '%05.2f|%s'|format(3.14159, url_param('foo')) }}'",
        "'{{ url_param('foo').split('a')|join('|') }}' '{{ 'a,b'.split(',')[1] }}' '{{ url_param('foo').strip('b') }}'",
        "'{{ url_param('foo')|center(9) }}' '{{ url_param('foo')|capitalize }}' '{{ url_param('foo')|reverse }}'",
        "'{{ url_param('foo')|truncate(2, true, '') }}' '{{ 'a b c'|wordcount }}' {{ 3.7|round|int }} {{ -3|abs }}",
        "{{ {'a': 1}.items()|list }} {{ {'a': 1, 'b': 2}|dictsort }} {{ {'a': {'b': 2}}.a.b }}",
        "{{ [1, 'a', none, true] }} {{ (1, 2) }} {{ {'k': 'v'} }}",
        "IN {{ ('a', 'b') }}",
        "{% set ns = namespace(n=0) %}{% for i in [1, 2, 3] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
        "{% set l = [] %}{% for i in [1, 2] %}{% set _ = l.append(i * 2) %}{% endfor %}{{ l }}",
        "{{ cycler('a', 'b').next() }} {% set j = joiner('+') %}{{ j() }}a{{ j() }}b",
        "{% for g in [{'k': 1, 'v': 2}, {'k': 1, 'v': 3}]|groupby('k') %}{{ g.grouper }}:{{ g.list|map(attribute='v')|join(',') }}{% endfor %}",
        "{% for b in [1, 2, 3]|batch(2) %}{{ b }}{% endfor %} {% for s in [1, 2, 3]|slice(2) %}{{ s }}{% endfor %}",
        "{{ 'x' if url_param('foo') == 'bar' else 'y' }} {{ 'yes' if 'Japan' in filter_values('country') }}",
        "{{ url_param('foo') is string }} {{ none is none }} {{ 3 is odd }} {{ [] is iterable }} {{ missing is defined }}",
        "{{ {'bar': 'col_a'}[url_param('foo')] }}",
        "{% filter upper %}select{% endfilter %} {% with a = 1 %}{{ a }}{% endwith %}",
        "{{ not true or 1 < 2 <= 2 and 3 != 4 }} {{ 'a' ~ 1 ~ none }} {{ 1.0 }} {{ 10 / 4 }}",
        "'{{ [1, 2]|tojson }}' '{{ 'a&b'|e }}' '{{ 'a b'|urlencode }}'",
        "$tag$ trusted '{{ 1 }}' $tag$ -- it's {{ 2 }}\n/* it's /* {{ 3 }} */ */ '{{ url_param('foo') }}'",
        "E'\\\\' '{{ url_param('foo') }}' \"it's\" '{{ url_param('foo') }}' 'it''s' '{{ url_param('foo') }}'",
        "x LIKE '%{{ url_param('foo') }}%'",
        "'{{ ds }}'::date",
        "{% for row in [[1, [2, [3]]]] recursive %}{{ row[0] }}{% if row|length > 1 %}({{ loop([row[1]]) }}){% endif %}{% endfor %}",
    )),
]

# Values that want to be more than data.
HOSTILE = ["'", "''", "'; DROP TABLE movie; --", "x') OR 1=1 --", "\\", "\\'", "\\' OR 1=1 --", "a\nb'", "*/ '", "$$", "$tag$'", "--",
           "1 OR 1=1", "1; SELECT 2", "id", "NULL", "current_user", "pg_sleep(9)", "\"", "a\" OR \"a\"=\"a", "{{ 7 * 7 }}", "%s%s", "{0}",
           "é'ü", "' || (SELECT secret) || '", "-1", "/*", "E'", "\u2019'", "'\n'"]
# Each way to use the value x; 'literal' ways give it as data, 'bare' ones must refuse whatever is no plain number.
WAYS_LITERAL = ["'{{ x }}'", "E'{{ x }}'", "'a {{ x }} b'", "'{{ x|upper }}'", "'{{ x ~ x }}'", "{{ \"'\" + x + \"'\" }}",
                "{{ \"'\" ~ [x, x]|join(\"', '\") ~ \"'\" }}", "{{ [x]|where_in }}", "{{ x|literal }}", "'{{ '%s' % x }}'",
                "'{{ '{}'.format(x) }}'", "'{{ x.replace('a', 'b') }}'", "'{{ x[::-1] }}'", "'{{ x|tojson }}'", "'{{ x|e }}'",
                "{% macro m(v) %}'{{ v }}'{% endmacro %}{{ m(x) }}", "{% set s %}'{{ x }}'{% endset %}{{ s }}",
                "'{% for c in x %}{{ c }}{% endfor %}'", "'{{ x|list|join }}'", "'{{ x|truncate(20) }}'", "'{{ [x] }}'", "'{{ x.title().swapcase() }}'", "'{{ x.partition('=')|join }}'", "'{{ x|indent }}'"]
WAYS_BARE = ["{{ x }}", "SELECT {{ x|lower }}", "$$ {{ x }} $$", "-- {{ x }}\n", "/* {{ x }} */", "\"{{ x }}\"",
             "{{ x.split(' ')|join(' ') }}", "{{ '%s' % x }}", "{% set n = namespace(v=x) %}{{ n }}", "{{ x|safe }}",
             "t{{ x }}", "'a'{{ x }}", "{{ x }}'a'", "E'\\{{ x }}'"]
# Lists of Python, in which strings stand quoted.
WAYS_LISTS = ["{{ [x] }}", "{{ {'a': x}.values()|list }}", "{{ x|list }}", "{{ [[x], [x]] }}", "{{ [x, 'a']|sort }}"]
