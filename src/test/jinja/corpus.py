#!/usr/bin/env python3
"""Renders a corpus of templates with an installed Superset: corpus.py OUT.json, run by Superset's own Python.

Templates are taken at run time from the installed Superset (texts in its sources that have Jinja in them, SQL of its examples and
time grains, calls of each macro that it gives to templates), and from templates.py, which are ours. Each is
rendered by the processor that Superset makes for a PostgreSQL database, and the outcome is written for differential.py.
"""

import ast
import inspect
import json
import logging
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from templates import BENIGN, CONTEXT  # noqa: E402

MACROS = re.compile(r'filter_values|get_filters|get_time_filter|url_param|where_in|to_datetime|current_user|cache_key_wrapper|'
                    r'\bds\b|datetime\(|\{%|from_dttm|to_dttm|groupby|columns|metric')

# Their SQL is lexically ours; others quote with backticks or brackets.
GRAINS_OF = ('postgresql', 'redshift', 'cockroachdb', 'hana', 'snowflake', 'trino', 'duckdb')


def of_sources(root):
    """Jinja in the strings and docstrings of Superset's modules: whole examples, and each expression alone."""
    found = {}
    for path in sorted(root.rglob('*.py')):
        source = path.read_text(encoding='utf-8', errors='replace')
        if '{{' not in source and '{%' not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or not re.search(r'\{\{|\{%', node.value):
                continue
            for block in re.split(r'\n\s*\n', node.value):
                for text in [block.strip(), *re.findall(r'\{\{.*?\}\}', block)]:
                    if re.search(r'\{\{|\{%', text) and MACROS.search(text):
                        found.setdefault(text, f'{path.relative_to(root)}:{node.lineno}')
    return found


def of_examples(root):
    """What datasets and charts of the examples have as SQL, all of which goes through the processor: queries, metrics, calculated
    columns, conditions."""
    import yaml
    found = {}

    def walk(value, where):
        if isinstance(value, dict):
            for key, item in value.items():
                if key in ('sql', 'expression', 'sqlExpression', 'where', 'having', 'fetch_values_predicate') \
                        and isinstance(item, str) and item.strip():
                    found.setdefault(item.strip(), where)
                walk(item, where)
        elif isinstance(value, list):
            for item in value:
                walk(item, where)

    for path in sorted(root.glob('examples/**/*.yaml')):
        walk(yaml.safe_load(path.read_text(encoding='utf-8')), str(path.relative_to(root)))
    return found


def of_grains():
    """The expressions of time grains of its database engines, as charts over a column have them."""
    from superset.db_engine_specs import load_engine_specs
    return {grain.format(col='released', func='', type=''): f'time grain {name} of {spec.engine}'
            for spec in load_engine_specs() for name, grain in spec.get_time_grain_expressions().items()
            if grain and spec.engine in GRAINS_OF}


# A value for each parameter that a macro or filter of Superset has.
ARGUMENTS = {'column': "'released'", 'param': "'foo'", 'key': "'k'", 'default': "'2001-01-01 : 2002-01-01'", 'remove_filter': 'true',
             'target_type': "'DATE'", 'strftime': "'%Y-%m'", 'add_to_cache_keys': 'false', 'escape_result': 'true', 'mark': "'m'",
             'default_to_none': 'true', 'format': "'%Y-%m-%dT%H:%M:%S'"}
PRINTED = ("{% set v = CALL %}{{ v is none }} {{ v is string }} {% if v is string %}'{{ v }}'{% elif v is number %}{{ v }}"
           "{% elif v is iterable %}{{ v|length }} {% for i in v %}{% if i is mapping %}{{ i.op }} {{ i.col }}{% else %}'{{ i }}'{% endif %} "
           "{% endfor %}{% elif v %}'{{ v.time_range }}' {{ v.from_expr is none }}{% endif %}")


def of_macros(database):
    """Each macro that the installed Superset gives to templates, called without options and with each of them."""
    from superset.jinja_context import JinjaTemplateProcessor
    processor = JinjaTemplateProcessor(database=database)
    found = {}
    for name, macro in sorted(processor.get_context().items()):
        if name in ('dataset', 'metric') or not hasattr(macro, 'args'):  # these need its metadata
            continue
        parameters = list(inspect.signature(macro.args[0]).parameters.values())
        needed = [ARGUMENTS[one.name] for one in parameters if one.default is one.empty]
        optional = [one.name for one in parameters if one.default is not one.empty]
        for options in [[], *([one] for one in optional), optional]:
            for first in [needed[0], "'country'", "'nothing'"] if needed else [None]:
                given = ([first] if first else []) + needed[1:] + [f'{one}={ARGUMENTS[one]}' for one in options]
                found.setdefault(PRINTED.replace('CALL', f'{name}({", ".join(given)})'), f'macro {name}')
    return found


CONFIG = """
SECRET_KEY = 'only for rendering templates, with no user and no data'
SQLALCHEMY_DATABASE_URI = 'sqlite://'
FEATURE_FLAGS = {'ENABLE_TEMPLATE_PROCESSING': True}
CACHE_CONFIG = DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {'CACHE_TYPE': 'SimpleCache'}
"""


def application(folder):
    (folder / 'superset_config.py').write_text(CONFIG, encoding='utf-8')
    os.environ['SUPERSET_CONFIG_PATH'] = str(folder / 'superset_config.py')
    logging.disable(logging.CRITICAL)
    from superset.app import create_app
    return create_app()


def form_data(context):
    """What a chart's request has for our context."""
    filters = [{'expressionType': 'SIMPLE', 'clause': 'WHERE', 'subject': one['col'], 'operator': one['op'],
                'comparator': one.get('val')} for one in context.get('_filters', [])]
    data = {'adhoc_filters': filters, 'url_params': context.get('url_params', {})}
    return {**data, **({'time_range': context['time_range']} if 'time_range' in context else {})}


def database():
    from superset.models.core import Database
    return Database(database_name='corpus', sqlalchemy_uri='postgresql://nobody@localhost/nothing')


def rendered(app, template, context):
    from flask import g
    from superset.jinja_context import JinjaTemplateProcessor
    variables = dict.fromkeys(('columns', 'filter', 'from_dttm', 'groupby', 'metrics', 'row_limit', 'row_offset', 'table_columns',
                               'time_column', 'time_grain', 'to_dttm'))
    hidden = ('_filters', 'url_params', 'time_range', 'user', 'column_types', 'now', 'datasource_id')
    variables['filter'] = context.get('_filters') or None
    variables.update((key, value) for key, value in context.items() if key not in hidden)
    with app.test_request_context(data={'form_data': json.dumps(form_data(context))}, method='POST'):
        user = context.get('user')
        if user:
            g.user = type('User', (), {**user, 'is_anonymous': False, 'is_authenticated': True})()
        processor = JinjaTemplateProcessor(database=database())
        try:
            return {'text': processor.process_template(template, **variables)}
        except Exception as error:  # what it cannot render is not compared
            return {'error': f'{type(error).__name__}: {error}'}


def main(out):
    with tempfile.TemporaryDirectory() as folder:
        app = application(Path(folder))
    import superset
    root = Path(superset.__file__).parent
    with app.app_context():
        taken = {**of_sources(root), **of_examples(root), **of_grains(), **of_macros(database())}
        cases = [{'origin': f'superset {where}', 'template': text, 'context': CONTEXT} for text, where in taken.items()]
        cases += [{'origin': 'ours', 'template': text, 'context': {**CONTEXT, **extra}} for text, extra in BENIGN]
        for case in cases:
            case['superset'] = rendered(app, case['template'], case['context'])
    Path(out).write_text(json.dumps(cases, ensure_ascii=False, indent=1), encoding='utf-8')
    print(f'corpus: {len(taken)} templates of the installed Superset, '
          f'{sum("{{" in text or "{%" in text for text in taken)} of them with Jinja; {len(BENIGN)} ours')


if __name__ == '__main__':
    main(sys.argv[1])
