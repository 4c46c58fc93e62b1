"""A small site of invented goods in several layouts, and the foreign table over it as its owner wrote it for the first."""

from datetime import date, timedelta
from decimal import Decimal

THINGS = ['Teapot', 'Lamp', 'Stool', 'Kettle', 'Vase', 'Clock', 'Basket', 'Mirror']
MAKERS = ['Smith & Sons', 'Weber', 'Northern Glass', 'Ito', 'Casa Verde']
SHOPS = ['Harbour Store', 'Old Mill', 'Kiosk', 'Market Hall']
PAGES, PER_PAGE, ON_LAST_PAGE = 3, 20, 7

COLUMNS = """
    name text OPTIONS (xpath './td[@class="name"]/a') NOT NULL,
    maker text OPTIONS (xpath './td[2]') NOT NULL,
    shop text OPTIONS (xpath './td[3]'),
    price numeric OPTIONS (xpath './td[@class="price"]', pattern '^\\$(.*)$', locale 'en_US') CHECK (price > 0),
    made date OPTIONS (xpath './td[5]') NOT NULL"""
ROWS = '//table[@id="goods"]/tbody/tr'


def catalogue(first=0, count=PAGES * PER_PAGE - PER_PAGE + ON_LAST_PAGE):
    """(name, maker, shop or None, price or None, made), all different."""
    return [(f'{THINGS[i % 8]} no. {i * 17 % 89 + 10}{i}', MAKERS[i * 3 % 5], None if i % 5 == 4 else SHOPS[i * 7 % 4],
             None if i % 7 == 6 else Decimal(i * 7919 % 180000 + 500) / 100, date(2015, 1, 1) + timedelta(i * 211 % 3000))
            for i in range(first, first + count)]


def money(price):
    return '' if price is None else f'${price:,.2f}'


def escape(text):
    return (text or '').replace('&', '&amp;').replace('<', '&lt;')


def _page(body, style=''):
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>Goods</title>{style}</head>{body}</html>\n'


def table_page(chunk, number, order=(0, 1, 2, 3, 4)):
    """The layout that the table was written for; `order` says which column stands where."""
    def cells(good):
        name, maker, shop, price, made = good
        return ['<td class="name"><a href="/g/%s">%s</a></td>' % (number, escape(name)), f'<td>{escape(maker)}</td>',
                f'<td>{escape(shop)}</td>', f'<td class="price">{money(price)}</td>', f'<td>{made}</td>']

    heads = ['Name', 'Made by', 'Sold at', 'Price', 'Date']
    rows = ''.join('<tr>' + ''.join(cells(good)[i] for i in order) + '</tr>\n' for good in chunk)
    head = ''.join(f'<th>{heads[i]}</th>' for i in order)
    return _page(f'<body><div id="menu"><a href="/">Home</a> <a href="/about">About</a></div><h1>Our goods</h1>'
                 f'<table id="goods"><thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table>'
                 f'<p>Page {number}</p></body>')


def swapped_page(chunk, number):
    """Maker and shop, both text, have changed places."""
    return table_page(chunk, number, (0, 2, 1, 3, 4))


def cards_page(chunk, number):
    def card(good):
        name, maker, shop, price, made = good
        return (f'<article class="card"><header><h3><a href="/goods/{number}">{escape(name)}</a></h3></header>'
                f'<div class="facts"><span class="card-price">{money(price)}</span><time>{made}</time></div>'
                f'<p class="card-maker">{escape(maker)}</p><p class="card-shop">{escape(shop)}</p></article>\n')

    return _page(f'<body class="v2"><nav><ul><li><a href="/">Home</a></li><li><a href="/about">About</a></li></ul></nav><main>'
                 f'<h1>Our goods</h1><div class="offer">Free delivery over $100</div><div class="cards">\n'
                 f'{"".join(map(card, chunk))}</div></main><footer><p>Page {number}</p></footer></body>',
                 '<style>.card { border: 1px solid }</style>')


def labelled_page(chunk, number):
    def item(good):
        name, maker, shop, price, made = good
        pairs = [('Made by', escape(maker)), ('Sold at', escape(shop)), ('Price', money(price)), ('Date', made)]
        listed = ''.join(f'<dt>{label}</dt><dd>{value}</dd>' for label, value in pairs)
        return f'<li class="entry"><h2>{escape(name)}</h2><dl>{listed}</dl></li>\n'

    return _page(f'<body><header><h1>Our goods</h1></header><section><ul class="entries">\n{"".join(map(item, chunk))}</ul>'
                 f'</section><footer>Page {number}</footer></body>')


def without_makers_page(chunk, number):
    """Makers are gone: nothing there can stand for them."""
    return cards_page([(name, '', shop, price, made) for name, _, shop, price, made in chunk], number) \
        .replace('<p class="card-maker"></p>', '')


def pages(layout, listed=None):
    listed = catalogue() if listed is None else listed
    chunks = [listed[start:start + PER_PAGE] for start in range(0, len(listed), PER_PAGE)]
    return [layout(chunk, number) for number, chunk in enumerate(chunks, 1)]


def server_sql(site, name='shop', options=''):
    return f"CREATE SERVER {name} FOREIGN DATA WRAPPER webwrap OPTIONS (base_url '{site.url}'{options})"


def table_sql(name='goods', server='shop', columns=COLUMNS, **options):
    """CREATE FOREIGN TABLE; options of the table may be changed, or left out with None."""
    chosen = {'url': f'{{1..{PAGES}}}', 'rows': ROWS, 'min_rows': 10, **options}
    listed = ', '.join(f"{key} '{value}'" for key, value in chosen.items() if value is not None)
    return f'CREATE FOREIGN TABLE {name} ({columns}) SERVER {server} OPTIONS ({listed})'


SELECT = 'SELECT name, maker, shop, price, made FROM goods'


def read(session, sql=SELECT):
    return sorted(session.rows(sql))


def truth():
    return sorted(catalogue())
