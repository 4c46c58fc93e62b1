"""Puts the pieces of a rendered text together as SQL.

What the author wrote is followed with the server's lexical rules (literals of all kinds, quoted identifiers, dollar quotes,
nested comments). Where a piece from outside lands, it is escaped if that is a literal, and refused where it could be
anything but data.
"""

import math
import re

from webwrap_jinja.errors import BAD_VALUE, RenderError
from webwrap_jinja.tracked import FRAGMENT, NAME, NUMBER, PARAMETER, TRUSTED, VALUE

BARE, LITERAL, ESCAPES, UNICODE, IDENTIFIER, UNICODE_IDENTIFIER, LINE_COMMENT, COMMENT, TAG, DOLLAR = range(10)
_PLACES = {BARE: 'outside of a literal', IDENTIFIER: 'in a quoted identifier', UNICODE_IDENTIFIER: 'in a quoted identifier',
           LINE_COMMENT: 'in a comment', COMMENT: 'in a comment', TAG: 'in a dollar quote', DOLLAR: 'in a dollar quote'}
_LITERALS = (LITERAL, ESCAPES, UNICODE)
_IDENTIFIERS = (IDENTIFIER, UNICODE_IDENTIFIER)
_PLAIN_NUMBER = re.compile(r'-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)\Z')
_PLAIN_NAME = re.compile(r'[A-Za-z_][A-Za-z0-9_]*\Z')
_SPACE = ' \t\n\r\f\v'
_HINT_VALUE = 'Put it between single quotes, or use the filter where_in, literal, identifier or int.'
_HINT_NAME = 'Use the filter identifier.'


def starts_word(character):
    return character.isascii() and character.isalpha() or character == '_' or character >= '\x80'


def goes_on_word(character):
    return starts_word(character) or character.isdigit() or character == '$'


class Landing:
    """Takes pieces in their order; text() is the SQL."""

    def __init__(self, is_reserved, escape_strings=False):
        self.is_reserved = is_reserved
        self.plain_literal = ESCAPES if escape_strings else LITERAL
        self.out = []
        self.state = BARE
        self.previous = ''         # character before, while bare
        self.word = ''             # identifier or key word that ends here
        self.is_unicode = False    # after U&
        self.closing = None        # kind of a literal or identifier whose quote has just been read: it may be doubled
        self.is_nested = False     # in a literal: between quotes that are doubled
        self.has_backslash = False
        self.depth = 0             # of comments
        self.tag = self.tail = ''
        self.before = None         # kind of the literal before, while only white space follows
        self.has_newline = False
        self.is_sealed = False     # the piece before must not be gone on with

    def take(self, kind, text):
        if kind == TRUSTED or kind == PARAMETER and self.state not in _LITERALS + _IDENTIFIERS or self._is_data(kind):
            for character in text:
                self._read(character)
            self.out.append(text)
        elif kind == PARAMETER or kind == VALUE and self._in(_LITERALS) or kind == NAME and self._in(_LITERALS + _IDENTIFIERS):
            self.out.append(self._escaped(text))
        else:
            self._bare(kind, text)

    def text(self):
        return ''.join(self.out)

    def _in(self, states):
        return self.closing is None and self.state in states

    def _is_data(self, kind):
        return kind == NUMBER and self.state not in (BARE, TAG) and self.closing is None

    # -- what is from outside

    def _escaped(self, text):
        if self.closing is not None:
            raise self._refused(text, 'directly after a quote', 'Put a space between them.')
        if self.state in _IDENTIFIERS:
            if '\\' in text and self.state == UNICODE_IDENTIFIER:
                raise self._refused(text, 'in U&"..."', _HINT_NAME)
            return text.replace('"', '""')
        if self.has_backslash:
            raise self._refused(text, 'after a backslash', 'Use an ordinary literal.')
        if self.is_nested and ("'" in text or '\\' in text):
            raise self._refused(text, 'in a literal within a literal', 'Give the inner statement a parameter.')
        if '\\' in text:
            if self.state == UNICODE:
                raise self._refused(text, "in U&'...'", 'Use an ordinary literal.')
            if self.state == ESCAPES:
                text = text.replace('\\', '\\\\')
        return text.replace("'", "''")

    def _bare(self, kind, text):
        previous = self.previous
        if self.state == TAG:
            previous = '$'
        elif self.state != BARE:
            if kind == FRAGMENT and self.state in _LITERALS:
                raise self._refused(text, 'in a literal, being one', 'Leave out the quotes around it.')
            raise self._refused(text, _PLACES[self.state], _HINT_NAME if kind == NAME else _HINT_VALUE)
        elif self.closing is not None:
            previous = "'"
        follows_word = previous != '' and (goes_on_word(previous) or previous in '\'"&')
        if kind == NUMBER:
            if not math.isfinite(float(text) if _is_float(text) else 0):
                raise self._refused(text, _PLACES[BARE], 'Only finite numbers can be written as such.')
            if previous == '-' and text.startswith('-'):
                raise self._refused(text, 'after a minus', 'Put it between parentheses.')
        elif kind == FRAGMENT:
            if not text.startswith('(') and (follows_word or self.is_sealed):
                raise self._refused(text, 'directly after a word or quote', 'Put a space between them.')
            if text.startswith("'") and self.before is not None and self.has_newline:
                raise self._refused(text, 'directly after a literal', 'Put something between them.')
            if text.startswith('-') and previous == '-':
                raise self._refused(text, 'after a minus', 'Put it between parentheses.')
        elif kind == NAME and _PLAIN_NAME.match(text):
            if follows_word or self.is_sealed or self.is_reserved(text.lower()):
                raise self._refused(text, _PLACES[BARE], _HINT_NAME)
        elif _PLAIN_NUMBER.match(text):
            if follows_word or self.is_sealed or previous == '.' or previous == '-' and text.startswith('-'):
                raise self._refused(text, 'directly after something else', 'Put a space or parentheses between them.')
        else:
            raise self._refused(text, _PLACES[BARE], _HINT_NAME if kind == NAME else _HINT_VALUE)
        self._read(' ')  # ends what stood before
        self.before = LITERAL if kind == FRAGMENT and text.endswith("'") else None
        self.has_newline = False
        self.previous = text[-1]
        self.is_sealed = kind not in (NUMBER,) and not text.endswith(')')
        self.out.append(text)

    def _refused(self, text, place, hint):
        shown = text if len(text) <= 60 else text[:57] + '...'
        return RenderError(BAD_VALUE, f'value from outside cannot stand {place}: {shown}', hint)

    # -- what the author wrote

    def _read(self, character):
        if self.closing is not None:
            kind, self.closing = self.closing, None
            if character == ('"' if kind in _IDENTIFIERS else "'"):
                self.state = kind
                self.is_nested = not self.is_nested
                return
            self.before, self.has_newline = (kind, False) if kind in _LITERALS else (None, False)
            self.previous = '"' if kind in _IDENTIFIERS else "'"
            self.word = ''
        if self.state == TAG:
            if character == '$':
                self.state, self.tail = DOLLAR, ''
                return
            if goes_on_word(character) and character != '$' and (self.tag or starts_word(character)):
                self.tag += character
                return
            # The server takes the dollar alone and reads the rest again.
            self.state, self.previous, self.word = BARE, (self.tag or '$')[-1], self.tag
        _READERS[self.state](self, character)

    def _read_bare(self, character):
        if self.is_sealed and (goes_on_word(character) or character in '\'"'):
            raise RenderError(BAD_VALUE, 'value from outside cannot stand directly before a word or quote',
                              'Put a space between them.')
        self.is_sealed = False
        previous, word, is_unicode = self.previous, self.word, self.is_unicode
        self.previous, self.is_unicode = character, False
        if character == "'":
            if self.before is not None and self.has_newline:
                self._open(self.before)
            else:
                self._open(UNICODE if is_unicode else ESCAPES if word.lower() == 'e' else self.plain_literal)
            return
        if character == '"':
            self._open(UNICODE_IDENTIFIER if is_unicode else IDENTIFIER)
            return
        if previous == '-' and character == '-':
            self.state, self.word = LINE_COMMENT, ''
            return
        if previous == '/' and character == '*':
            self.state, self.depth, self.previous, self.word = COMMENT, 1, '', ''
            return
        if character == '$' and not word:
            self.state, self.tag = TAG, ''
            return
        if previous == '-' or character not in _SPACE + '-':  # a minus may begin a comment
            self.before = None
        self.has_newline |= character in '\n\r'
        self.is_unicode = character == '&' and word.lower() == 'u'
        self.word = word + character if word and goes_on_word(character) or starts_word(character) else ''

    def _open(self, kind):
        self.state = kind
        self.word, self.before, self.is_nested, self.has_backslash = '', None, False, False

    def _read_literal(self, character):
        if self.has_backslash:
            self.has_backslash = False
        elif character == '\\' and self.state == ESCAPES:
            self.has_backslash = True
        elif character == "'":
            self.closing, self.state = self.state, BARE

    def _read_identifier(self, character):
        if character == '"':
            self.closing, self.state = self.state, BARE

    def _read_line_comment(self, character):
        if character in '\n\r':
            self.state, self.previous, self.has_newline = BARE, character, True

    def _read_comment(self, character):
        pair, self.previous = self.previous + character, character
        if pair in ('/*', '*/'):
            self.depth += 1 if pair == '/*' else -1
            self.previous = ''
            if self.depth == 0:
                self.state, self.before, self.previous = BARE, None, ' '

    def _read_dollar(self, character):
        end = f'${self.tag}$'
        self.tail = (self.tail + character)[-len(end):]
        if self.tail == end:
            self.state, self.previous, self.word, self.before = BARE, '$', '', None


_READERS = {BARE: Landing._read_bare, LITERAL: Landing._read_literal, ESCAPES: Landing._read_literal,
            UNICODE: Landing._read_literal, IDENTIFIER: Landing._read_identifier,
            UNICODE_IDENTIFIER: Landing._read_identifier, LINE_COMMENT: Landing._read_line_comment,
            COMMENT: Landing._read_comment, DOLLAR: Landing._read_dollar}


def _is_float(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def as_sql(pieces, is_reserved, escape_strings=False):
    """The SQL of (kind, text) pieces."""
    landing = Landing(is_reserved, escape_strings)
    for kind, text in pieces:
        landing.take(kind, text)
    return landing.text()
