"""CSS selectors against Soup Sieve on the same trees: reads what the program css prints from standard input."""

import json
import sys
import warnings

import bs4
import soupsieve

# What Soup Sieve defines in another way, each checked by a unit test against the standard.
OTHER = {
    ':read-write': 'takes no type of input that it does not know',
    ':read-only': 'is the opposite of :read-write',
    ':disabled': 'leaves out hidden inputs',
    ':enabled': 'is the opposite of :disabled',
    'input:disabled': 'leaves out hidden inputs',
    ':lang("")': 'matches where no language is known',
    ':empty': 'takes white space for nothing', 'li:empty': 'the same', 'div:empty': 'the same', 'p:not(:empty)': 'the same',
    ':optional': 'leaves out nothing but form controls that can be required', ':required': 'the same',
    ':checked': 'knows a select without a choice',
    '[href^=""]': 'matches every value', '[href$=""]': 'the same', '[href*=""]': 'the same',
    '[rel=Next]': 'knows no attribute without case but type',
    '* > *': 'takes the document for an element',
}


def tree_of(nodes):
    """A Beautiful Soup tree and the number of each of its elements."""
    soup = bs4.BeautifulSoup('', 'html.parser')
    made = [soup]
    numbers = {}
    for number, (kind, parent, text, attributes) in enumerate(nodes[1:], 1):
        if kind == 'element':
            node = soup.new_tag(text)
            for name, value in attributes:
                node.attrs.setdefault(name, value)
        else:
            node = (bs4.Comment if kind == 'comment' else bs4.NavigableString)(text)
        made[parent].append(node)
        made.append(node)
        numbers[id(node)] = number
    for node in made:
        if isinstance(node, bs4.Tag):
            node.append(bs4.Comment(''))  # its an+b misses an element that is the last child of all
    return soup, numbers, made


def main():
    warnings.simplefilter('ignore')
    pages = compared = selecting = different = 0
    refused = set()
    for line in sys.stdin:
        page = json.loads(line)
        if sum(node[0] == 'element' and node[1] == 0 for node in page['nodes']) > 1:
            continue  # no tree of HTML: it has no :root
        soup, numbers, made = tree_of(page['nodes'])
        pages += 1
        for selector, ours in page['results'].items():
            if selector in OTHER:
                continue
            try:
                peer = sorted(numbers[id(node)] for node in soupsieve.select(selector, soup))
            except (soupsieve.SelectorSyntaxError, ValueError):
                refused.add(selector)
                continue
            compared += 1
            selecting += bool(ours)
            if ours != peer:
                different += 1
                if different <= 20:
                    print(f'page {pages}, {selector}: only ours {sorted(set(ours) - set(peer))[:5]}, '
                          f'only Soup Sieve {sorted(set(peer) - set(ours))[:5]}')
    print(f'css: {pages} pages, {compared} comparisons ({selecting} select something), {different} differences; '
          f'Soup Sieve {soupsieve.__version__} refuses {len(refused)}: {", ".join(sorted(refused))}')
    return 1 if different or not selecting else 0


if __name__ == '__main__':
    sys.exit(main())
