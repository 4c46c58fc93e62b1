"""The film catalogue: 8,068 invented films with the 15 attributes of the table they are read into.

catalogue(seed) is deterministic: the same seed gives the same films in the same order on every machine.
"""

import random
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import accumulate
from typing import Optional

import words

FILM_COUNT = 8068
PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 1986, 2021
MAX_LENGTH = {'name': 83, 'rating': 9, 'genre': 9, 'director': 32, 'writer': 32, 'star': 27, 'country': 30, 'company': 63}

# Share of films without a value, and the first listing page where one may be missing. What is only missing on late pages
# is never missing on the page a scan sees first.
MISSING = {'rating': (.012, 1), 'released': (.02, 1), 'score': (.014, 1), 'votes': (.013, 1), 'writer': (.03, 1),
           'star': (.015, 31), 'country': (.02, 61), 'budget': (.27, 1), 'gross': (.045, 1), 'company': (.022, 1),
           'runtime': (.03, 101)}


@dataclass
class Film:
    name: str
    rating: Optional[str]
    genre: str
    year: int
    released: Optional[date]
    score: Optional[float]
    votes: Optional[int]
    director: str
    writer: Optional[str]
    star: Optional[str]
    country: Optional[str]
    budget: Optional[int]
    gross: Optional[int]
    company: Optional[str]
    runtime: Optional[int]
    # Decoration, part of no truth
    tagline: str = ''
    id: int = 0
    page: int = 0
    position: int = 0

    @property
    def url(self):
        return f'/film/{self.id}.html'

    def attributes(self):
        return tuple(getattr(self, column) for column in COLUMNS)


COLUMNS = [field.name for field in fields(Film)][:15]


def catalogue(seed):
    """All films in listing order; film.id counts from 1, film.page and film.position say where it is listed."""
    rng = random.Random(f'webwrap film catalogue {seed}')
    people, companies, names = _People(rng), _Companies(rng), _names(rng)
    films, seen = [], set()
    for name, year in zip(names, _years(rng)):
        film = _film(rng, name, year, people, companies)
        number = len(films)
        film.id, film.page, film.position = number + 1, number // PAGE_SIZE + 1, number % PAGE_SIZE + 1
        _drop_values(rng, film)
        while film.attributes() in seen:
            film.votes = rng.randrange(7, 1_000_000)
        seen.add(film.attributes())
        films.append(film)
    return films


class _Weighted:
    """Draws keys of a dict of weights."""

    def __init__(self, key_to_weight):
        self.keys, self.cum_weights = list(key_to_weight), list(accumulate(key_to_weight.values()))

    def pick(self, rng):
        return rng.choices(self.keys, cum_weights=self.cum_weights)[0]


_country, _genre = _Weighted(words.COUNTRIES), _Weighted(words.GENRES)
_rating, _child_rating = _Weighted(words.RATINGS), _Weighted(words.CHILD_RATINGS)


def _film(rng, name, year, people, companies):
    genre = _genre.pick(rng)
    company, country = companies.pick(rng)
    director = people.pick(rng, 'director')
    writer = director if rng.random() < .28 else people.pick(rng, 'writer')
    star = people.pick(rng, 'star')
    if rng.random() < .04 and len(director) <= MAX_LENGTH['star']:
        star = director
    budget = _between(3_017, 356_000_000, lambda: rng.lognormvariate(16.5, 1.4))
    success = _between(-3, 3, lambda: rng.gauss(0, 1), round_to=2)
    gross = _between(309, 2_900_000_000, lambda: budget * 2.718281828 ** (.25 + 1.1 * success) * rng.lognormvariate(0, .2))
    score = _between(1.9, 9.6, lambda: 6.35 + .35 * success + rng.gauss(0, .9), round_to=1)
    votes = _between(7, 2_450_000, lambda: gross ** .62 * rng.lognormvariate(-.4, .8))
    ratings = _child_rating if genre in ('Animation', 'Family') else _rating
    return Film(name=name, rating=ratings.pick(rng), genre=genre, year=year, released=_release(rng, year), score=score,
                votes=votes, director=director, writer=writer, star=star, country=country, budget=budget, gross=gross,
                company=company, runtime=_between(55, 366, lambda: rng.gauss(104, 17) + 10 * (genre in ('Drama', 'Biography'))),
                tagline=_fill(rng, rng.choice(words.TAGLINES)))


def _drop_values(rng, film):
    for column, (share, first_page) in MISSING.items():
        # Fewer pages, higher share on each of them, so that the share over all films stays.
        last_page = (FILM_COUNT - 1) // PAGE_SIZE + 1
        chance = share * last_page / (last_page - first_page + 1)
        if rng.random() < chance and film.page >= first_page:
            setattr(film, column, None)


def _years(rng):
    weights = {year: 170 + 3 * (year - FIRST_YEAR) for year in range(FIRST_YEAR, LAST_YEAR + 1)}
    weights[2020], weights[2021] = 95, 60
    years = list(weights)  # every year occurs
    years += rng.choices(list(weights), cum_weights=list(accumulate(weights.values())), k=FILM_COUNT - len(years))
    rng.shuffle(years)
    return years


def _release(rng, year):
    """Most films open in their year, some in the next ones."""
    late = rng.choices([0, 1, 2], cum_weights=[82, 97, 100])[0]
    return date(min(year + late, LAST_YEAR + 1), 1, 1) + timedelta(days=rng.randrange(365))


def _names(rng):
    """One name a film. Remakes share a name; the odd names appear once each."""
    names = list(words.ODD_NAMES)
    while len(names) < FILM_COUNT:
        if rng.random() < .06:
            name = rng.choice(names[len(words.ODD_NAMES):] or names)
            if name in words.ODD_NAMES:
                continue
        else:
            name = _name(rng)
        if len(name) <= MAX_LENGTH['name']:
            names.append(name)
    rng.shuffle(names)
    return names


_name_form = _Weighted({
    'The {adjective} {noun}': 20, '{adjective} {noun}': 16, '{adjective} {noun}s': 6, 'The {noun} of {place}': 7,
    '{noun} & {noun2}': 5, "The {noun}'s {noun2}": 8, "{given}'s {noun}": 5, '{noun} in {place}': 4, 'The {noun}': 3,
    '{noun}': 2, '{given}': 1, '{given} and {given2}': 2, '{noun} {number}': 4, 'The {adjective} {noun} {number}': 3,
    '{noun}: The {noun2}': 4, 'The {noun} Who Knew the {noun2}': 2, '{place}, {place2}': 1,
    'A {noun} for the {adjective} {noun2}': 3, '{adjective}, {adjective2}': 2, '{noun} – {noun2}': 1,
    '{noun} < {noun2}': .4, '"{adjective}" {noun}': .8, 'Dr. {noun}': .6, '{foreign}': 3, '{phrase}': 6})


def _name(rng):
    form = _name_form.pick(rng)
    if form == '{foreign}':
        form = rng.choice(words.FOREIGN_NAMES)
    elif form == '{phrase}':
        form = rng.choice(words.PHRASES)
    return _fill(rng, form)


def _fill(rng, form):
    return form.format(
        adjective=rng.choice(words.ADJECTIVES), adjective2=rng.choice(words.ADJECTIVES), noun=rng.choice(words.NOUNS),
        noun2=rng.choice(words.NOUNS), place=rng.choice(words.PLACES), place2=rng.choice(words.PLACES),
        given=rng.choice(words.GIVEN_NAMES), given2=rng.choice(words.GIVEN_NAMES),
        number=rng.choice(['2', '2', 'II', '3', 'III', 'IV', '2000', 'Forever']))


class _People:
    """Three overlapping guilds. A few members work a lot, most of them once or twice."""

    def __init__(self, rng):
        everybody = [_person(rng) for _ in range(9000)]
        everybody = list(dict.fromkeys(everybody))
        self.guilds = {}
        for guild, size, exponent in (('director', 2900, .62), ('writer', 4300, .55), ('star', 2700, .72)):
            members = [person for person in rng.sample(everybody, size) if len(person) <= MAX_LENGTH[guild]]
            self.guilds[guild] = members, list(accumulate((rank + 6) ** -exponent for rank in range(len(members))))

    def pick(self, rng, guild):
        members, cum_weights = self.guilds[guild]
        return rng.choices(members, cum_weights=cum_weights)[0]


def _person(rng):
    family = rng.choice(words.FAMILY_STARTS) + rng.choice(words.FAMILY_ENDS)
    if rng.random() < .09:
        family = rng.choice(words.FAMILY_PARTICLES) + family
    given = rng.choice(words.GIVEN_NAMES)
    middle = rng.random()
    if middle < .07:
        given += f' {rng.choice("ABCDEFGHJKLMNPRSTW")}.'
    elif middle < .1:
        given += f' "{rng.choice(words.NOUNS)}"'
    elif middle < .13:
        family += f'-{rng.choice(words.FAMILY_STARTS)}{rng.choice(words.FAMILY_ENDS)}'
    return f'{given} {family}{" Jr." if rng.random() < .01 else ""}'


class _Companies:
    """Fifteen majors make half of the films; a long tail makes one or two each. A company mostly stays in its country."""

    def __init__(self, rng):
        tail = {_company(rng) for _ in range(3400)} - set(words.MAJORS)
        companies = words.MAJORS + [name for name in sorted(tail) if len(name) <= MAX_LENGTH['company']]
        head = len(words.MAJORS)
        weights = [420 / (rank + 1) ** .6 if rank < head else 9 / (rank - head + 5) ** .35 for rank in range(len(companies))]
        tail_order = companies[head:]
        rng.shuffle(tail_order)
        self.companies = companies[:head] + tail_order
        self.cum_weights = list(accumulate(weights))
        self.company_to_country = {name: _country.pick(rng) for name in self.companies}
        self.company_to_country.update(dict.fromkeys(words.MAJORS, 'United States'), **words.FOREIGN_MAJORS)

    def pick(self, rng):
        company = rng.choices(self.companies, cum_weights=self.cum_weights)[0]
        loyalty = rng.random()
        if loyalty < .85:
            return company, self.company_to_country[company]
        return company, _country.pick(rng) if loyalty < .985 else rng.choice(list(words.COUNTRIES))


def _company(rng):
    head, tail = rng.choice(words.COMPANY_HEADS), rng.choice(words.COMPANY_TAILS)
    form = rng.random()
    if form < .3:
        head = rng.choice(words.FAMILY_STARTS) + rng.choice(words.FAMILY_ENDS)
    elif form < .45:
        head = f'{head} & {rng.choice(words.FAMILY_STARTS)}{rng.choice(words.FAMILY_ENDS)}'
    elif form < .6:
        head = f'{rng.choice(words.ADJECTIVES)} {rng.choice(words.NOUNS)}'
    elif form < .65:
        head = f'{head} {rng.choice(words.PLACES)}'
    return f'{head} {tail}'


def _between(low, high, draw, round_to=None):
    """Draws again rather than clips: no value of ours stands out by being the limit."""
    while not low <= (value := round(draw(), round_to)) <= high:
        pass
    return value
