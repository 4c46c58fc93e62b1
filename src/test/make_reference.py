#!/usr/bin/env python3
"""Writes docs/reference.md from what the code declares: control/install/*.sql, control/jinja/*.sql, the settings and the options.

    make_reference.py            write it
    make_reference.py --check    print how it differs and fail when it does

Fails when an object of the install scripts has no COMMENT, a comment names no object, or docs/fdw.md and the option table
of the foreign-data wrapper do not name the same options.
"""

import argparse
import difflib
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INSTALL = ROOT / 'control' / 'install'
JINJA = ROOT / 'control' / 'jinja'
SETTINGS = ROOT / 'src' / 'pg' / 'bridge' / 'settings'
OPTIONS = ROOT / 'src' / 'pg' / 'fdw' / 'options.cpp'
OPTIONS_PAGE = ROOT / 'docs' / 'fdw.md'
REFERENCE = ROOT / 'docs' / 'reference.md'

KINDS = ['FUNCTION', 'PROCEDURE', 'AGGREGATE', 'TYPE', 'TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'DOMAIN', 'ROLE',
         'SCHEMA', 'FOREIGN DATA WRAPPER', 'EVENT TRIGGER', 'OPERATOR', 'CAST']
ROUTINES = ('FUNCTION', 'PROCEDURE', 'AGGREGATE')
RELATIONS = ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'TYPE')
KIND = '|'.join(kind.replace(' ', r'\s+') for kind in KINDS)
# Parts of a table, described with it.
PARTS = re.compile(r'CREATE (UNIQUE )?(INDEX|POLICY|TRIGGER|RULE)\b')
# What ends the declaration of a function's result.
ATTRIBUTES = re.compile(r'\b(AS|LANGUAGE|IMMUTABLE|STABLE|VOLATILE|STRICT|PARALLEL|COST|ROWS|SECURITY|SET)\b')
OBJECTS = {'ForeignServerRelationId': 'server', 'UserMappingRelationId': 'user mapping',
           'ForeignTableRelationId': 'foreign table', 'AttributeRelationId': 'column',
           'kImportOptions': 'schema import'}
UNITS = {'GUC_UNIT_MS': 'ms', 'GUC_UNIT_S': 's', 'GUC_UNIT_KB': 'kB'}


class ReferenceError(Exception):
    """What is wrong with the sources, for people."""


# -- SQL

TOKEN = re.compile(r"""--[^\n]*|/\*.*?\*/ | (?P<tag>\$\w*\$).*?(?P=tag) | '(?:[^']|'')*' | "(?:[^"]|"")*" | . """,
                   re.S | re.X)


def statements(script):
    """The statements of a script without comments; psql's backslash commands are dropped."""
    script = re.sub(r'^\\.*$', '', script, flags=re.M)
    found, now = [], ''
    for match in TOKEN.finditer(script):
        token = match.group()
        if token == ';':
            found.append(now.strip())
            now = ''
        elif not token.startswith(('--', '/*')) or len(token) == 1:
            now += token
    if now.strip():
        raise ReferenceError(f'statement without an end: {now.strip()[:60]}')
    return [statement for statement in found if statement]


def split_top(text):
    """Parts of a list, split at commas outside of parentheses and strings."""
    parts, depth = [''], 0
    for match in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|.""", text, re.S):
        token = match.group()
        depth += (token == '(') - (token == ')')
        if token == ',' and depth == 0:
            parts.append('')
        else:
            parts[-1] += token
    return [' '.join(part.split()) for part in parts if part.strip()]


def parenthesised(text, start):
    """The text between the parenthesis at `start` and its partner, and where the partner stands."""
    depth = 0
    for match in re.finditer(r"'(?:[^']|'')*'|[()]", text[start:]):
        depth += (match.group() == '(') - (match.group() == ')')
        if depth == 0:
            return text[start + 1:start + match.start()], start + match.start()
    raise ReferenceError(f'unbalanced parentheses: {text[:60]}')


def literal(text):
    """The value of a string constant, of which SQL joins the lines."""
    return ''.join(part.replace("''", "'") for part in re.findall(r"'((?:[^']|'')*)'", text))


def argument_types(arguments):
    """Types alone, as COMMENT ON FUNCTION names them."""
    types = []
    for argument in split_top(arguments):
        argument = re.split(r'\bDEFAULT\b|=', argument)[0].split()
        if argument[0].upper() in ('IN', 'VARIADIC', 'INOUT'):
            argument = argument[1:]
        types.append(' '.join(argument[1:] if len(argument) > 1 else argument))
    return ', '.join(types)


@dataclass
class SqlObject:
    kind: str
    name: str
    signature: str                               # arguments of a function, as types
    declaration: str                             # for the reader
    traits: list = field(default_factory=list)   # volatility and the like
    columns: list = field(default_factory=list)  # (name, type, constraints)
    comment: str = ''
    column_comments: dict = field(default_factory=dict)
    is_public: bool = False
    grantees: list = field(default_factory=list)

    @property
    def key(self):
        return self.kind, self.name, self.signature

    def __str__(self):
        return f'{self.kind.lower()} {self.name}' + (f'({self.signature})' if self.kind in ROUTINES else '')


def read_function(statement, kind, name, rest):
    arguments, end = parenthesised(rest, rest.index('('))
    tail = rest[end + 1:]
    ends = ATTRIBUTES.search(tail)
    returns = ' '.join(tail[:ends.start() if ends else len(tail)].split())
    traits = [word for word in ('IMMUTABLE', 'STABLE', 'VOLATILE', 'STRICT', 'SECURITY DEFINER')
              if re.search(rf'\b{word}\b', _without_strings(tail))]
    if parallel := re.search(r'PARALLEL (\w+)', tail):
        traits.append(parallel.group())
    listed = split_top(arguments)
    line = f'{name}({", ".join(listed)}) {returns}'.rstrip()
    if len(line) > 110:
        line = f'{name}(\n    ' + ',\n    '.join(listed) + f'\n) {returns}'
    return SqlObject(kind, name, argument_types(arguments), line, traits, is_public=True)


def read_columns(body):
    columns = []
    for part in split_top(body):
        if re.match(r'(PRIMARY KEY|UNIQUE|CHECK|FOREIGN KEY|CONSTRAINT|EXCLUDE)\b', part):
            columns.append(('', '', part))
            continue
        name, rest = part.split(' ', 1)
        ends = re.search(r'\b(NOT NULL|PRIMARY KEY|DEFAULT|REFERENCES|CHECK|UNIQUE|GENERATED)\b', rest)
        at = ends.start() if ends else len(rest)
        columns.append((name, rest[:at].strip(), rest[at:].strip()))
    return columns


def read_object(statement):
    match = re.match(rf'CREATE (?:OR REPLACE )?({KIND})\s+([\w.]+)(.*)', statement, re.S)
    if not match:
        if statement.startswith('CREATE ') and not PARTS.match(statement):
            raise ReferenceError(f'make_reference.py does not know what this makes: {statement[:60]}')
        return None
    kind, name, rest = ' '.join(match[1].split()), match[2], match[3]
    if kind in ROUTINES:
        return read_function(statement, kind, name, rest)
    columns = []
    if kind in ('TABLE', 'TYPE') and '(' in rest:
        columns = read_columns(parenthesised(rest, rest.index('('))[0])
    return SqlObject(kind, name, '', f'{kind.lower()} {name}', columns=columns)


def _without_strings(text):
    return re.sub(r"(\$\w*\$).*?\1|'(?:[^']|'')*'", '', text, flags=re.S)


class Room:
    """The objects of one install script."""

    def __init__(self, path, known):
        self.name = re.fullmatch(r'\d+-(\w+)', path.stem)[1]
        self.objects = []
        self.known = known  # of all rooms, by key
        for statement in statements(path.read_text(encoding='utf-8')):
            self.read(statement)

    def read(self, statement):
        if statement.startswith('DO '):
            body = re.search(r'(\$\w*\$)(.*)\1', statement, re.S)[2]
            for inner in re.findall(r'((?:CREATE|COMMENT ON) ROLE .*?);', body, re.S):
                self.read(inner)
        elif made := read_object(statement):
            self.objects.append(made)
            self.known[made.key] = made
        elif statement.startswith('COMMENT ON '):
            self.comment(statement)
        elif statement.startswith(('GRANT ', 'REVOKE ')):
            self.access(statement)

    def find(self, kind, name, arguments=''):
        """The object of that kind; of any kind of relation where it is None, as GRANT leaves it out."""
        kinds = [' '.join(kind.split())] if kind else RELATIONS
        keys = [(k, name, ', '.join(split_top(arguments or ''))) for k in kinds]
        for key in keys:
            if key in self.known:
                return self.known[key]
        named = SqlObject(kinds[0], name, keys[0][2], f'{kinds[0].lower()} {name}')
        if kinds[0] != 'SCHEMA':  # that is made by CREATE EXTENSION itself
            raise ReferenceError(f'no statement before makes the {named} that is named')
        self.known[named.key] = named
        self.objects.append(named)
        return named

    def comment(self, statement):
        if column := re.match(r'COMMENT ON COLUMN ([\w.]+)\.(\w+)\s+IS\s+(.*)', statement, re.S):
            owner = self.find(None, column[1])
            if owner.columns and column[2] not in (name for name, _, _ in owner.columns):
                raise ReferenceError(f'a comment names column {column[1]}.{column[2]}, which is not there')
            owner.column_comments[column[2]] = literal(column[3])
            return
        match = re.match(rf'COMMENT ON ({KIND})\s+([\w.]+)\s*(?:\((.*?)\))?\s+IS\s+(.*)', statement, re.S)
        if match:
            self.find(match[1], match[2], match[3]).comment = literal(match[4])

    def access(self, statement):
        match = re.match(rf'(GRANT|REVOKE) (.+?) ON (?:({KIND})\s+)?([\w.]+)\s*(?:\((.*?)\))?\s+(?:TO|FROM) (\w+)$',
                         ' '.join(statement.split()))
        if not match:
            raise ReferenceError(f'not understood: {statement}')
        target = self.find(match[3], match[4], match[5])
        if match[6] == 'PUBLIC' and target.kind in ROUTINES:
            target.is_public = match[1] == 'GRANT'
        elif match[1] == 'GRANT':
            target.grantees.append(f'{match[2]} for {"everyone" if match[6] == "PUBLIC" else "role `" + match[6] + "`"}')


def read_rooms():
    known = {}
    rooms = [Room(path, known) for path in [*sorted(INSTALL.glob('*.sql')), *sorted(JINJA.glob('*.sql'))]]
    silent = [str(made) for made in known.values() if not made.comment]
    if silent:
        raise ReferenceError('no COMMENT for ' + ', '.join(silent))
    return rooms


# -- settings and options

def number_of(expression, names):
    """An integer constant expression of C++."""
    text = re.sub(r'\b[A-Z_]\w*\b', lambda match: str(names[match.group()]), expression.strip())
    if not re.fullmatch(r'[\d\s.+*<()-]+', text):
        raise ReferenceError(f'not a constant: {expression}')
    return eval(text, {'__builtins__': {}})  # digits and operators only


def quantity(number, unit):
    """As the server shows it: 10240 kB is 10 MB."""
    larger = {'ms': (('h', 3_600_000), ('min', 60_000), ('s', 1000)), 's': (('d', 86_400), ('h', 3600), ('min', 60)),
              'kB': (('GB', 1 << 20), ('MB', 1 << 10))}
    for name, factor in larger.get(unit, ()):
        if number and number % factor == 0:
            return f'{number // factor} {name}'
    return f'{number} {unit}'.strip()


def shown_range(low, high, unit):
    most = 'no limit' if high == 2**31 - 1 else quantity(high, unit)
    return f'{quantity(low, unit)} to {most}' if most != 'no limit' else f'{quantity(low, unit)} or more'


def read_settings():
    """(name, default, range, who sets it, description), sorted by name."""
    header = _joined(SETTINGS.with_suffix('.hpp').read_text(encoding='utf-8'))
    source = SETTINGS.with_suffix('.cpp').read_text(encoding='utf-8')
    defaults = {name: value for name, value in
                re.findall(r'static inline constinit \w+ \*?(\w+) = (.+?);', header)}
    limits = {'INT_MAX': 2**31 - 1}
    rows = []
    table = re.search(r'IntSetting kIntSettings\[\] = \{(.*?)\n\};', source, re.S)[1]
    for entry in re.findall(r'\{("webwrap.*?)\}', table, re.S):
        name, description, variable, low, high, unit, *context = split_top(_joined(entry))
        unit = '' if unit == '0' else UNITS[unit]
        default = number_of(defaults[variable.split('::')[1]], limits)
        rows.append((name.strip('"'), quantity(default, unit),
                     shown_range(number_of(low, limits), number_of(high, limits), unit),
                     'superusers' if 'PGC_SUSET' in context else 'everyone', description.strip('"')))
    for kind, call in re.findall(r'DefineCustom(Bool|String|Real)Variable\((.*?)\);', source, re.S):
        parts = split_top(_joined(call))
        words = ['' if part == '""' else part.strip('"') for part in parts]
        description = words[1] + ('' if words[2] == 'nullptr' else ' ' + words[2])
        who = 'superusers' if 'PGC_SUSET' in parts else 'everyone'
        allowed = {'Bool': 'on, off', 'String': 'text', 'Real': f'{words[5]} to {words[6]}' if kind == 'Real' else ''}[kind]
        default = {'Bool': 'on' if words[4] == 'true' else 'off', 'String': words[4] or 'empty', 'Real': words[4]}[kind]
        rows.append((words[0], default, allowed, who, description))
    named = set(re.findall(r'"(webwrap\.\w+)"', source))
    if named != {row[0] for row in rows}:
        raise ReferenceError(f'settings not understood: {sorted(named ^ {row[0] for row in rows})}')
    return sorted(rows)


def _joined(source):
    """C++ with its adjacent string literals joined and the separators in numbers gone."""
    return re.sub(r"(?<=\d)'(?=\d)", '', re.sub(r'"\s*\n\s*"', '', source))


def read_options():
    """Names by object, in order of the table."""
    table = re.search(r'OptionSpec kOptions\[\] = \{(.*?)\n\};', OPTIONS.read_text(encoding='utf-8'), re.S)[1]
    found = {name: [] for name in OBJECTS.values()}
    for option, catalog in re.findall(r'\{"(\w+)",\s*(\w+),', table):
        found[OBJECTS[catalog]].append(option)
    return found


def check_options_page(options):
    """Each object has a table in docs/fdw.md under a heading that names it; both must name the same options."""
    page = OPTIONS_PAGE.read_text(encoding='utf-8')
    for target, names in options.items():
        section = re.search(rf'^### Options of a {target}\n(.*?)(?=^#|\Z)', page, re.S | re.M)
        if not section:
            raise ReferenceError(f'docs/fdw.md has no section "Options of a {target}"')
        listed = set(re.findall(r'^\| `(\w+)`', section[1], re.M))
        if listed != set(names):
            raise ReferenceError(f'docs/fdw.md and options.cpp differ in options of a {target}: '
                                 + ', '.join(sorted(listed ^ set(names))))


# -- the page

def access_of(made):
    if made.kind in ('ROLE', 'SCHEMA', 'EVENT TRIGGER', 'TYPE'):
        return []
    notes = [note.replace('EXECUTE for', 'for') for note in made.grantees]
    if made.kind in ROUTINES:
        return [] if made.is_public else ['; '.join(notes) or 'not public']
    return ['; '.join(notes)] if notes else ['not public']


def cell(text):
    return text.replace('|', '\\|')


def object_lines(made):
    title = made.name.split('.')[-1] if made.kind in ROUTINES else made.declaration
    lines = [f'### {title}', '']
    if made.kind in ROUTINES:
        lines += ['```sql', made.declaration, '```', '']
    lines += [made.comment, '']
    notes = [trait.lower() for trait in made.traits] + [f'access: {note}' for note in access_of(made)]
    if notes:
        lines += ['*' + ', '.join(notes) + '*', '']
    if made.columns:
        lines += ['| column | type | | |', '| --- | --- | --- | --- |']
        lines += [f'| {f"`{name}`" if name else ""} | {kind} | {f"`{cell(rules)}`" if rules else ""} | '
                  f'{cell(made.column_comments.get(name, ""))} |' for name, kind, rules in made.columns]
        lines.append('')
    return lines


def page():
    rooms, settings, options = read_rooms(), read_settings(), read_options()
    check_options_page(options)
    lines = ['# Reference', '',
             'Every SQL object, setting and option. Written by `make docs` from the install scripts and the code; do not edit.',
             'Functions are for everyone unless a line says otherwise.', '']
    for room in rooms:
        if room.objects:
            lines += [f'## {room.name}', '']
            if room.name != 'base':
                lines += [f'More: [{room.name}.md]({room.name}.md)', '']
            for made in room.objects:
                lines += object_lines(made)
    lines += ['## Settings', '',
              'A session knows them once the library is loaded: with the first use of a function or foreign table of webwrap, by a',
              'superuser\'s `LOAD \'webwrap\'`, or from its start where `session_preload_libraries` names webwrap. What was set before',
              'is checked then. `ALTER SYSTEM` needs the library loaded. Times and sizes take units: `\'5s\'`, `\'20MB\'`.', '',
              '| setting | default | values | set by | |', '| --- | --- | --- | --- | --- |']
    lines += [f'| `{name}` | {default} | {allowed} | {who} | {cell(text)} |' for name, default, allowed, who, text in settings]
    lines += ['', '## Options', '', 'Of the foreign-data wrapper; [fdw.md](fdw.md) says what each means.', '',
              '| of a | options |', '| --- | --- |']
    lines += [f'| {target} | {", ".join(f"`{name}`" for name in names)} |' for target, names in options.items()]
    return '\n'.join(lines) + '\n'


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true', help='compare only')
    options = parser.parse_args(argv)
    try:
        made = page()
    except ReferenceError as error:
        print(f'make_reference: {error}', file=sys.stderr)
        return 1
    there = REFERENCE.read_text(encoding='utf-8') if REFERENCE.exists() else ''
    if not options.check:
        REFERENCE.write_text(made, encoding='utf-8')
        return 0
    if there == made:
        print('reference: as the install scripts say')
        return 0
    name = REFERENCE.relative_to(ROOT)
    sys.stdout.writelines(difflib.unified_diff(there.splitlines(True), made.splitlines(True), f'{name} as it is',
                                               f'{name} as it would be written'))
    print(f'{name} is out of date: run make docs', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
