"""The methods of strings and the formatting of Python, over tracked strings."""

import re
import string

from webwrap_jinja.errors import BAD_VALUE, LIMIT, NOT_SUPPORTED, RenderError
from webwrap_jinja.tracked import (VALUE, Tracked, build, check_size, concat, kind_within, marked, pieces_of, plain, repr_of,
                                   text_of)

MAX_WIDTH = 10_000
_PERCENT = re.compile(r'%(?:\(([^)]*)\))?([-#0 +]*)(\d+|\*)?(?:\.(\d+|\*))?[hlL]?(.)', re.S)


def check_width(width):
    if width > MAX_WIDTH:
        raise RenderError(LIMIT, f'width is more than {MAX_WIDTH}')


def as_tracked(text):
    """A Tracked even when all of it is trusted."""
    if isinstance(text, Tracked):
        return text
    made = str.__new__(Tracked, plain(text))
    made.pieces = pieces_of(text)
    return made


def slices(text, parts):
    """Parts of the text that follow one another, as tracked slices."""
    found, at = [], 0
    whole = plain(text)
    for part in parts:
        begin = whole.index(part, at) if part else at
        found.append(text[begin:begin + len(part)])
        at = begin + len(part)
    return found


def mapped(text, change):
    """Upper case and the like: character by character where the length stays, else piece by piece."""
    whole = change(plain(text))
    if len(whole) == len(text):
        found, at = [], 0
        for kind, piece in pieces_of(text):
            found.append((kind, whole[at:at + len(piece)]))
            at += len(piece)
        return build(found)
    return build((kind, change(piece)) for kind, piece in pieces_of(text))


def joined(separator, items):
    parts = []
    for item in items:
        if not isinstance(item, str):
            raise TypeError(f'sequence item {len(parts)}: expected str instance, {type(item).__name__} found')
        if parts:
            parts.append(separator)
        parts.append(item)
    return concat(parts)


def replaced(text, old, new, count=-1):
    whole, old = plain(text), plain(old)
    if count < 0:
        count = len(whole) + 1
    check_size(len(whole) + min(count, whole.count(old)) * max(len(new) - len(old), 0))
    parts, at = [], 0
    if not old:
        for index, character in enumerate(as_tracked(text)):
            parts += [new, character] if index < count else [character]
        return concat(parts + ([new] if len(whole) < count else []))
    while count > 0 and (found := whole.find(old, at)) >= 0:
        parts += [text[at:found], new]
        at, count = found + len(old), count - 1
    return concat([*parts, text[at:]])


def stripped(text, characters=None, left=True, right=True):
    whole = plain(text)
    characters = None if characters is None else plain(characters)
    begin = len(whole) - len(whole.lstrip(characters)) if left else 0
    end = len(whole.rstrip(characters)) if right else len(whole)
    return text[begin:max(end, begin)]


def padded(text, width, fill, pad):
    check_width(width)
    place = pad('\0' * len(text), width, plain(fill))
    left = place.index('\0') if text else len(place)
    fill = as_tracked(fill)
    return concat([fill * left, text, fill * (len(place) - left - len(text))])


def partitioned(text, separator, last):
    whole = plain(text)
    at = (whole.rfind if last else whole.find)(plain(separator))
    if at < 0:
        return ('', '', text[:]) if last else (text[:], '', '')
    return text[:at], text[at:at + len(separator)], text[at + len(separator):]


def split(text, method, separator=None, maxsplit=-1):
    parts = getattr(plain(text), method)(None if separator is None else plain(separator), maxsplit)
    return slices(text, parts)


def without_end(text, end, is_prefix):
    whole, end = plain(text), plain(end)
    if is_prefix:
        return text[len(end):] if whole.startswith(end) else text[:]
    return text[:len(whole) - len(end)] if end and whole.endswith(end) else text[:]


METHODS = {
    'capitalize': lambda text: mapped(text, str.capitalize),
    'casefold': lambda text: mapped(text, str.casefold),
    'center': lambda text, width, fill=' ': padded(text, width, fill, str.center),
    'join': joined,
    'ljust': lambda text, width, fill=' ': padded(text, width, fill, str.ljust),
    'lower': lambda text: mapped(text, str.lower),
    'lstrip': lambda text, characters=None: stripped(text, characters, right=False),
    'partition': lambda text, separator: partitioned(text, separator, False),
    'removeprefix': lambda text, end: without_end(text, end, True),
    'removesuffix': lambda text, end: without_end(text, end, False),
    'replace': replaced,
    'rjust': lambda text, width, fill=' ': padded(text, width, fill, str.rjust),
    'rpartition': lambda text, separator: partitioned(text, separator, True),
    'rsplit': lambda text, sep=None, maxsplit=-1: split(text, 'rsplit', sep, maxsplit),
    'rstrip': lambda text, characters=None: stripped(text, characters, left=False),
    'split': lambda text, sep=None, maxsplit=-1: split(text, 'split', sep, maxsplit),
    'splitlines': lambda text, keepends=False: slices(text, plain(text).splitlines(keepends)),
    'strip': stripped,
    'swapcase': lambda text: mapped(text, str.swapcase),
    'title': lambda text: mapped(text, str.title),
    'upper': lambda text: mapped(text, str.upper),
}
# Results without text.
PREDICATES = ('count', 'endswith', 'find', 'index', 'isalnum', 'isalpha', 'isascii', 'isdecimal', 'isdigit', 'isidentifier',
              'islower', 'isnumeric', 'isprintable', 'isspace', 'istitle', 'isupper', 'rfind', 'rindex', 'startswith')
# Kinds are lost, all of the result is from outside.
OPAQUE = ('expandtabs', 'zfill')
ALLOWED = {*METHODS, *PREDICATES, *OPAQUE, 'format', 'format_map'}


class Method:
    """A method of a string, called through the sandbox."""

    def __init__(self, environment, text, name):
        self.environment, self.text, self.name = environment, text, name

    def __call__(self, *arguments, **named):
        text, name = self.text, self.name
        if name in ('format', 'format_map'):
            if name == 'format_map':
                (named,), arguments = arguments, ()
            return formatted(self.environment, text, arguments, named)
        if name in OPAQUE + ('center', 'ljust', 'rjust') and arguments and isinstance(arguments[0], int):
            check_width(arguments[0])
        if name == 'join' and len(arguments) == 1 and not named:
            arguments = (list(arguments[0]),)
        kind = kind_within([text, arguments, named])
        if name in PREDICATES or kind is None and name != 'replace':
            return getattr(str if type(text) in (str, Tracked) else type(text), name)(text, *arguments, **named)
        if name in METHODS and type(text) in (str, Tracked):
            return METHODS[name](text, *arguments, **named)
        result = getattr(type(text) if type(text) is not Tracked else str, name)(text, *arguments, **named)
        return marked(result, kind) if kind and isinstance(result, str) else result


def percent(text, arguments):
    """text % arguments."""
    for match in _PERCENT.finditer(plain(text)):
        for number in match.group(3, 4):
            if number == '*':
                raise RenderError(NOT_SUPPORTED, 'a width that is an argument is not supported')
            check_width(int((number or '0')[:9]))
    if kind_within(text):
        raise RenderError(BAD_VALUE, 'a value from outside cannot be a format')
    if not isinstance(text, Tracked) and type(text) is not str:  # markup escapes its arguments
        kind = kind_within(arguments)
        result = text % arguments
        return marked(result, kind) if kind else result
    named = arguments if isinstance(arguments, dict) else None
    given = list(arguments) if isinstance(arguments, tuple) else [arguments]
    parts, at, used = [], 0, 0
    for match in _PERCENT.finditer(plain(text)):
        parts.append(plain(text)[at:match.start()])
        at = match.end()
        name, flags, width, precision, letter = match.groups()
        if letter == '%':
            parts.append('%')
            continue
        if name is not None:
            if named is None:
                raise TypeError('format requires a mapping')
            value = named[name]
        elif used < len(given):
            value, used = given[used], used + 1
        else:
            raise TypeError('not enough arguments for format string')
        parts.append(_percent_one(match.group(), value, letter, bool(flags or width or precision)))
    if named is None and used < len(given):
        raise TypeError('not all arguments converted during string formatting')
    rest = plain(text)[at:]
    if '%' in rest:
        raise ValueError('incomplete format')
    return concat([*parts, rest])


def _percent_one(spec, value, letter, is_shaped):
    spec = re.sub(r'\([^)]*\)', '', spec)
    if letter in 'sr':
        text = text_of(value) if letter == 's' else repr_of(value)
        if not is_shaped:
            return text
        kind = kind_within(text)
        made = re.sub('r$', 's', spec) % (plain(text),)
        return marked(made, kind) if kind else made
    made = spec % (plain(value) if isinstance(value, str) else value,)
    if kind := kind_within(value):
        return marked(made, kind)
    return made if not made.startswith('-') else marked(made, 'number')


def formatted(environment, text, arguments, named):
    """text.format(...), with the sandbox's own look-up of attributes."""
    if kind_within(text):
        raise RenderError(BAD_VALUE, 'a value from outside cannot be a format')
    parts, automatic = [], 0
    for literal, field, spec, conversion in string.Formatter().parse(plain(text)):
        parts.append(literal)
        if field is None:
            continue
        first, rest = _field(field)
        if first == '':
            first, automatic = automatic, automatic + 1
        value = arguments[first] if isinstance(first, int) else named[first]
        for is_attribute, key in rest:
            value = environment.getattr(value, key) if is_attribute else environment.getitem(value, key)
        for digits in re.findall(r'\d+', spec):
            check_width(int(digits[:9]))
        if '{' in spec:
            raise RenderError(NOT_SUPPORTED, f'format "{spec}" is not supported')
        value = repr_of(value) if conversion in ('r', 'a') else text_of(value) if conversion == 's' else value
        if not spec:
            parts.append(text_of(value))
            continue
        kind = kind_within(value)
        made = format(plain(value) if isinstance(value, str) else value, spec)
        parts.append(marked(made, kind or ('number' if made.startswith('-') else 'trusted')))
    made = concat(parts)
    return made if type(text) in (str, Tracked) else marked(made, VALUE)


def _field(field):
    match = re.match(r'[^.\[]*', field)
    first = match.group()
    rest = [(bool(name), name or (int(key) if key.isdigit() else key))
            for name, key in re.findall(r'\.([^.\[]+)|\[([^\]]*)\]', field[match.end():])]
    return int(first) if first.isdigit() else first, rest
