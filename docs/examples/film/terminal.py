"""How the demo looks: headings, steps with their seconds, wrapped paragraphs. Plain text unless on a terminal."""

import os
import sys
import textwrap
import time
from contextlib import contextmanager

WIDTH = 98
IS_TERMINAL = sys.stdout.isatty() and os.environ.get('TERM') != 'dumb' and 'NO_COLOR' not in os.environ
CAN_DRAW = (sys.stdout.encoding or '').lower().startswith('utf')
GOOD, BAD, NOTE = ('✓', '✗', '·') if CAN_DRAW else ('ok', 'NO', '-')
ARROW = '→' if CAN_DRAW else '->'


def style(text, code):
    return f'\033[{code}m{text}\033[0m' if IS_TERMINAL else text


def bold(text):
    return style(text, '1')


def dim(text):
    return style(text, '2')


def good(text):
    return style(text, '32')


def bad(text):
    return style(text, '1;31')


def say(text='', indent=0):
    """A paragraph, folded to the width."""
    margin = ' ' * indent
    print(textwrap.fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False,
                        break_on_hyphens=False) if text else '', flush=True)


def heading(text):
    print(f'\n{bold(text)}\n{dim(("─" if CAN_DRAW else "-") * WIDTH)}', flush=True)


@contextmanager
def step(text):
    """Shows what is being done while it is done, and the seconds when it is. Yields a list of notes to show after it."""
    notes = []
    started = time.monotonic()
    if IS_TERMINAL:
        print(f'  {dim(NOTE)} {text} ...', end='', flush=True)
    try:
        yield notes
    except BaseException:
        print(f'\r  {bad(BAD)} {text}    ' if IS_TERMINAL else f'  {BAD} {text}', flush=True)
        raise
    seconds = f'{time.monotonic() - started:.1f} s'
    mark = good(GOOD) if IS_TERMINAL else GOOD
    gap = ' ' * max(2, WIDTH - 4 - len(text) - len(seconds))
    print(f'{chr(13) if IS_TERMINAL else ""}  {mark} {text}{gap}{dim(seconds)}', flush=True)
    for note in notes:
        say(note, indent=4)


def verdict(is_good, text):
    mark, paint = (GOOD, good) if is_good else (BAD, bad)
    for index, line in enumerate(textwrap.wrap(text, WIDTH - 4)):
        print(f'  {paint(mark) if index == 0 else " " * len(mark)} {paint(line)}', flush=True)


def block(text, indent=2, limit=None):
    """Text as it is, indented; lines beyond the width are cut, lines beyond the limit counted."""
    lines = [line.rstrip() for line in text.rstrip('\n').split('\n')]
    for line in lines[:limit]:
        whole = (' ' * indent + line).rstrip()
        print(whole if len(whole) <= WIDTH else whole[:WIDTH - 1] + ('…' if CAN_DRAW else '~'))
    if limit is not None and len(lines) > limit:
        print(' ' * indent + dim(f'({len(lines) - limit} more lines)'))
    sys.stdout.flush()


def message(text, indent=2, limit=40):
    """A server message: its lines folded, not cut; lines beyond the limit counted."""
    folded = []
    for line in text.splitlines():
        hang = ' ' * (len(line) - len(line.lstrip()) + 4)
        folded += textwrap.wrap(line, WIDTH - indent, subsequent_indent=hang, break_on_hyphens=False) or ['']
    block('\n'.join(folded), indent, limit)
