"""The seven kinds of pages of the paper's Table 1 as makers of one record and of what stands around the list."""

from dataclasses import dataclass
from typing import Callable
from xml.etree.ElementTree import Element

WORDS = ('amber anchor basin birch cedar chapel cinder clover copper coral delta ember falcon fern garnet glacier harbor hazel heron '
         'indigo island jasper juniper lagoon lantern linen maple marble meadow mirror nickel oak ocean olive onyx opal orchard pearl '
         'pebble pine plum quartz raven reef river saffron sage shadow silver slate stone summit thistle tide timber topaz valley velvet '
         'violet walnut willow winter').split()


@dataclass
class Scenario:
    name: str
    threshold: float  # of tree matching, as in the paper
    records: int  # on a page
    record: Callable  # random -> element
    around: Callable  # (random, list of records) -> the children of body


def node(tag, *children, **attributes):
    """An element; texts among the children become its text and their tails."""
    element = Element(tag, {name.rstrip('_').replace('_', '-'): value for name, value in attributes.items()})
    for child in children:
        if not isinstance(child, str):
            element.append(child)
        elif len(element):
            element[-1].tail = (element[-1].tail or '') + child
        else:
            element.text = (element.text or '') + child
    return element


def words(random, least, most):
    return ' '.join(random.choice(WORDS) for _ in range(random.randint(least, most)))


def title(random):
    return f'{words(random, 2, 6).capitalize()} {random.randint(100, 9999)}'


def link(random, text, **attributes):
    return node('a', text, href=f'/{random.choice(WORDS)}/{random.randint(1, 99999)}', **attributes)


def picture(random, **attributes):
    return node('img', src=f'/i/{random.randint(1, 99999)}.jpg', alt='', **attributes)


def maybe(random, share, element):
    return [element] if random.random() < share else []


def header(random, *names):
    return node('div', node('h1', link(random, words(random, 1, 2).title())),
                node('ul', *[node('li', link(random, name)) for name in names], class_='menu'), id='header')


def footer(random):
    return node('div', node('p', *[link(random, name, class_='small') for name in ('About', 'Help', 'Terms')]), id='footer')


def bookmark(random):
    tags = [node('li', link(random, random.choice(WORDS), class_='tag')) for _ in range(random.randint(2, 5))]
    return node('li', node('div', node('h4', link(random, title(random), class_='taggedlink')),
                           node('p', words(random, 6, 18), class_='note'), class_='data'),
                node('div', node('span', str(random.randint(2, 900)), class_='count'), node('span', 'saved by ', link(random, random.choice(WORDS))),
                     class_='meta'),
                node('ul', *tags, class_='tags'), class_='post')


def auction(random):
    return node('tr', node('td', picture(random, class_='thumb'), class_='pic'),
                node('td', node('h3', link(random, title(random))), *maybe(random, 0.6, node('p', words(random, 3, 8), class_='sub')), class_='details'),
                node('td', node('span', f'{random.randint(0, 30)} bids'), class_='bids'),
                node('td', node('b', f'${random.randint(1, 900)}.{random.randint(10, 99)}'), *maybe(random, 0.5, node('span', 'free shipping')),
                     class_='price'),
                node('td', f'{random.randint(1, 6)}d {random.randint(1, 23)}h', class_='left'), class_='item')


def status(random):
    comments = [node('div', picture(random), node('p', link(random, random.choice(WORDS).title()), ' ' + words(random, 3, 12)), class_='comment')
                for _ in range(random.choice((0, 0, 1, 2)))]
    return node('div', link(random, '', class_='avatar'),
                node('div', node('h5', link(random, words(random, 2, 2).title(), class_='actor'), ' ' + title(random)),
                     *maybe(random, 0.3, node('div', picture(random), node('span', words(random, 2, 5)), class_='attachment')),
                     node('div', node('span', f'{random.randint(2, 59)} minutes ago', class_='when'), node('span', ' ', link(random, 'Comment')),
                          node('span', ' ', link(random, 'Like')), class_='actions'),
                     node('div', *comments, class_='comments'), class_='body'), class_='story')


def article(random):
    return node('div', node('table', node('tbody', node('tr', node('td', node('div', *maybe(random, 0.8, picture(random))), class_='photo'), node(
        'td', node('h2', link(random, title(random))), node('div', node('span', words(random, 1, 2).title(), class_='source'), f' - {random.randint(2, 23)} hours ago'),
        node('p', words(random, 12, 30)), *maybe(random, 0.8, node('div', link(random, words(random, 3, 6)), class_='related')),
        node('a', f'all {random.randint(20, 900)} articles', href='/all'), class_='text')))), class_='story')


def result(random):
    return node('li', node('div', node('h3', link(random, title(random), class_='l')),
                           node('div', node('div', words(random, 14, 30), class_='st'),
                                node('span', node('cite', f'{random.choice(WORDS)}.example/{random.choice(WORDS)}'), ' - ', link(random, 'Cached'),
                                     *maybe(random, 0.6, link(random, 'Similar'))),
                                *maybe(random, 0.15, node('table', node('tbody', *[node('tr', node('td', link(random, words(random, 1, 3))),
                                                                                       node('td', link(random, words(random, 1, 3))))
                                                                                  for _ in range(2)]))), class_='s'), class_='vsc'), class_='g')


def offer(random):
    shops = [node('li', link(random, words(random, 1, 2).title()), node('em', f' {random.randint(10, 900)} EUR')) for _ in range(random.randint(2, 4))]
    return node('div', node('div', picture(random), class_='image'),
                node('div', node('h3', link(random, title(random))), node('p', words(random, 8, 16)), node('ul', *shops, class_='shops'), class_='info'),
                node('div', node('p', node('strong', f'{random.randint(10, 900)} EUR')), node('p', f'{random.randint(2, 40)} offers'),
                     link(random, 'Compare', class_='button'), class_='buy'), class_='product')


def post(random):
    paragraphs = [node('p', words(random, 20, 50)) for _ in range(random.randint(2, 3))]
    return node('div', node('h2', link(random, title(random), class_='headline')),
                node('div', node('span', 'by ', link(random, words(random, 2, 2).title())), node('span', f' on May {random.randint(1, 28)}'), class_='byline'),
                node('div', picture(random, class_='wide'), *paragraphs, class_='entry'),
                node('div', link(random, 'Read more'), link(random, f'{random.randint(0, 80)} comments'), class_='foot'), class_='post')


def side(random, count, item):
    return node('div', node('h4', words(random, 1, 2).title()), *[item() for _ in range(count)], class_='box')


def plain_list(random, count):
    return node('ul', *[node('li', link(random, words(random, 1, 3))) for _ in range(count)])


def around_bookmarks(random, records):
    ad = lambda: node('li', node('div', node('h4', link(random, words(random, 2, 3)))), class_='promo')  # noqa: E731
    return [header(random, 'Home', 'Bookmarks', 'People'), node('div', node('ul', *records, id='bookmarks'), id='main'),
            node('div', side(random, 1, lambda: plain_list(random, 6)), node('ul', ad(), ad()), id='side'), footer(random)]


def around_auctions(random, records):
    head = node('tr', *[node('th', name) for name in ('', 'Item', 'Bids', 'Price', 'Time left')])
    seller = lambda: node('tr', node('td', link(random, words(random, 1, 2))), node('td', str(random.randint(1, 99))))  # noqa: E731
    featured = node('table', node('tbody', *[auction(random) for _ in range(1)]), class_='featured')
    return [header(random, 'Buy', 'Sell', 'My page'), node('div', side(random, 1, lambda: plain_list(random, 9)), featured, id='left'),
            node('div', node('table', node('thead', head), node('tbody', *records), id='results'), id='center'),
            node('table', node('tbody', seller(), seller()), class_='sellers'), footer(random)]


def around_statuses(random, records):
    friend = lambda: node('div', link(random, '', class_='avatar'), node('div', link(random, words(random, 2, 2).title())), class_='friend')  # noqa: E731
    event = lambda: node('div', link(random, '', class_='avatar'), node('div', node('h5', link(random, words(random, 2, 3))),  # noqa: E731
                                                                        node('div', node('span', 'tomorrow'), node('span', link(random, 'Reply')), class_='x')), class_='event')
    return [header(random, 'Home', 'Profile', 'Friends'), node('div', *[friend() for _ in range(6)], id='friends'),
            node('div', node('div', *records, id='stream'), id='content'), node('div', *[event() for _ in range(4)], id='events'), footer(random)]


def around_articles(random, records):
    half = (len(records) + 1) // 2
    return [header(random, 'World', 'Business', 'Sport'), node('div', plain_list(random, 8), id='nav'),
            node('div', node('div', *records[:half], class_='column'), node('div', *records[half:], class_='column'), id='clusters'),
            node('div', side(random, 6, lambda: node('p', link(random, words(random, 3, 6)))), id='popular'), footer(random)]


def around_results(random, records):
    ad = lambda: node('li', node('h3', link(random, words(random, 2, 4))), node('cite', 'shop.example'), class_='ad')  # noqa: E731
    return [header(random, 'Web', 'Images', 'Maps'), node('div', node('p', 'About 31,000 results'), id='stats'),
            node('div', node('ol', *records, id='rso'), id='res'), node('ol', ad(), ad(), ad(), id='ads'), footer(random)]


def around_offers(random, records):
    return [header(random, 'Computers', 'Home', 'Garden'), node('div', plain_list(random, 12), id='filters'),
            node('div', *records, id='products'), node('div', side(random, 3, lambda: node('p', picture(random), link(random, words(random, 2, 3)))), id='seen'),
            footer(random)]


def around_posts(random, records):
    short = lambda: node('div', node('h2', link(random, words(random, 2, 4))), node('p', words(random, 6, 12)), class_='teaser')  # noqa: E731
    return [header(random, 'News', 'Reviews', 'Events'), node('div', *records, id='posts'),
            node('div', short(), short(), side(random, 1, lambda: plain_list(random, 7)), id='sidebar'), footer(random)]


SCENARIOS = (
    Scenario('bookmarks', 0.40, 10, bookmark, around_bookmarks),
    Scenario('auction list', 0.85, 20, auction, around_auctions),
    Scenario('social feed', 0.65, 24, status, around_statuses),
    Scenario('news cluster', 0.90, 64, article, around_articles),
    Scenario('search results', 0.80, 16, result, around_results),
    Scenario('price comparison', 0.40, 6, offer, around_offers),
    Scenario('blog', 0.85, 8, post, around_posts),
)
