"""Pages as trees, and the keys by which elements are compared: those of the scorer (EVOLUTION/keys.py).

Trees are HTML5 trees, because the XPaths of the cases are to be right on those.
"""

import html
import re
import unicodedata
import warnings
from dataclasses import dataclass, field

import html5lib

warnings.filterwarnings('ignore', module='html5lib')
SKIP = {'script', 'style', 'noscript', 'template', 'svg', 'iframe', 'head', 'title'}
IMAGE_ATTRIBUTES = ('src', 'srcset', 'data-src', 'data-srcset', 'data-lazy-src', 'data-original')
LONGEST_KEY = 4000
CONTROL = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]')


def text_key(text):
    text = unicodedata.normalize('NFKC', html.unescape(text))
    return ''.join(c for c in text.lower() if c.isalnum())


def image_name(address):
    return address.split('?')[0].rstrip('/').rsplit('/', 1)[-1].lower()


@dataclass
class Field:
    """What a page says: one text, a list of texts, or the file names of images, known from the source of the page."""
    values: list
    kind: str = 'text'
    also: tuple = ()  # texts that an XPath for it may select besides: they count neither way
    keys: list = field(init=False)
    also_keys: set = field(init=False)

    def __post_init__(self):
        self.keys = [image_name(v) if self.kind == 'image' else text_key(v) for v in self.values]
        self.also_keys = {text_key(v) for v in self.also}


class Page:
    """A page's tree, with elements by key."""

    def __init__(self, markup):
        self.markup = CONTROL.sub(' ', markup)
        tree = html5lib.parse(self.markup, treebuilder='lxml', namespaceHTMLElements=False)
        self.root = tree.getroot() if hasattr(tree, 'getroot') else tree
        self.order = [e for e in self.root.iter() if isinstance(e.tag, str)]
        self.texts, self.element_to_key, self.key_to_elements, self.image_to_elements = {}, {}, {}, {}
        self.read_keys()

    def read_keys(self):
        texts = self.texts
        for e in reversed(self.order):
            if e.tag in SKIP:
                texts[e] = ''
                continue
            parts = [e.text or '', ' ' if e.tag == 'br' else '']
            for child in e:
                parts.append(texts.get(child, ''))
                parts.append(child.tail or '')
            texts[e] = ''.join(parts)
        for e in self.order:
            if e.tag == 'img':
                for name in IMAGE_ATTRIBUTES:
                    for part in re.split(r'[\s,]+', e.get(name) or ''):
                        if '.' in image_name(part) and not part.startswith('data:'):
                            self.image_to_elements.setdefault(image_name(part), []).append(e)
            if e.tag in SKIP or len(texts[e]) > LONGEST_KEY or any(a.tag in SKIP for a in e.iterancestors()):
                continue
            key = text_key(texts[e])
            self.element_to_key[e] = key
            if key:
                self.key_to_elements.setdefault(key, []).append(e)

    def elements(self, key, kind):
        return (self.image_to_elements if kind == 'image' else self.key_to_elements).get(key, [])

    def text_of(self, element):
        return ' '.join(self.texts.get(element, '').replace('¶', ' ').split())

    def key_of(self, element, kind):
        if kind != 'image':
            return self.element_to_key.get(element, '')
        return next((k for k, found in self.image_to_elements.items() if element in found), '')


def path_of(element):
    """Steps (tag, position or None) from the root; a position only where siblings share the tag."""
    steps = []
    while element is not None:
        parent = element.getparent()
        alike = [c for c in parent if c.tag == element.tag] if parent is not None else [element]
        steps.append((element.tag, alike.index(element) + 1 if len(alike) > 1 else None))
        element = parent
    return steps[::-1]


def write_path(steps):
    return ''.join(f'/{tag}' + (f'[{position}]' if position else '') for tag, position in steps)
