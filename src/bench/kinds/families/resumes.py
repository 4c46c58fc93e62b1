"""Résumés in several languages by the themes of jsonresume."""

import json

from families.common import HERE, Field, folder_pages, pairings, run

LOCALES = ('en_US', 'de_DE', 'fr_FR', 'es_ES', 'ja_JP', 'pl_PL', 'ru_RU', 'zh_CN', 'it_IT', 'pt_BR')
PAIRS = 2  # of each language
RESUMES = 4


def person(fake):
    word = lambda: fake.word().capitalize()  # noqa: E731
    text = lambda n: fake.text(n).strip()  # noqa: E731
    year = fake.random_int(1995, 2010)
    name = fake.name()
    return {
        'basics': {'name': name, 'label': fake.job(), 'email': fake.email(), 'phone': fake.phone_number(), 'summary': text(200),
                   'website': f'https://{fake.domain_name()}/', 'url': f'https://{fake.domain_name()}/',
                   'image': f'https://{fake.domain_name()}/{fake.uuid4()[:8]}.jpg', 'picture': f'https://{fake.domain_name()}/p.jpg',
                   'location': {'address': fake.street_address(), 'postalCode': fake.postcode(), 'city': fake.city(),
                                'countryCode': 'XX', 'region': fake.city()},
                   'profiles': [{'network': n, 'username': fake.user_name(), 'url': f'https://{fake.domain_name()}/{fake.user_name()}'}
                                for n in ('Twitter', 'GitHub')]},
        'work': [{'name': c, 'company': c, 'position': fake.job(), 'url': f'https://{fake.domain_name()}/', 'website': 'https://x.example/',
                  'startDate': f'{year + 4 * i}-0{i + 2}-01', 'endDate': f'{year + 4 * i + 3}-1{i % 3}-01', 'summary': text(120),
                  'highlights': [text(60) for _ in range(fake.random_int(2, 3))]}
                 for i, c in enumerate(fake.company() for _ in range(fake.random_int(3, 5)))],
        'volunteer': [{'organization': fake.company(), 'position': fake.job(), 'url': 'https://x.example/', 'website': 'https://x.example/',
                       'startDate': '2012-01-01', 'endDate': '2013-01-01', 'summary': text(80), 'highlights': [text(50)]}
                      for _ in range(2)],
        'education': [{'institution': fake.company() + ' ' + fake.city(), 'area': word() + ' ' + fake.word(), 'studyType': word(),
                       'startDate': f'{year - 5 + i}-06-01', 'endDate': f'{year - 4 + i}-01-01', 'gpa': '1.7', 'score': '1.7',
                       'courses': [text(40), text(40)]} for i in range(2)],
        'awards': [{'title': text(40), 'date': '2014-11-01', 'awarder': fake.company(), 'summary': text(60)} for _ in range(2)],
        'publications': [{'name': text(50), 'publisher': fake.company(), 'releaseDate': '2014-10-01', 'website': 'https://x.example/',
                          'url': 'https://x.example/', 'summary': text(80)} for _ in range(2)],
        'skills': [{'name': f'{word()} {word()}', 'level': word(), 'keywords': [word() for _ in range(3)]} for _ in range(4)],
        'languages': [{'language': word(), 'fluency': word()} for _ in range(3)],
        'interests': [{'name': f'{word()} {word()}', 'keywords': [word(), word()]} for _ in range(2)],
        'references': [{'name': fake.name(), 'reference': text(120)} for _ in range(2)],
        'projects': [],
    }


def fields_of(p):
    work = p['work']
    return {
        'name': Field([p['basics']['name']]), 'label': Field([p['basics']['label']]), 'email': Field([p['basics']['email']]),
        'phone': Field([p['basics']['phone']]), 'summary': Field([p['basics']['summary']]),
        'picture': Field([p['basics']['image']], 'image'), 'city': Field([p['basics']['location']['city']]),
        'companies': Field([w['name'] for w in work]), 'positions': Field([w['position'] for w in work]),
        'job_summaries': Field([w['summary'] for w in work]), 'highlights': Field([h for w in work for h in w['highlights']]),
        'institutions': Field([e['institution'] for e in p['education']]), 'skills': Field([s['name'] for s in p['skills']]),
        'keywords': Field([k for s in p['skills'] for k in s['keywords']]), 'awards': Field([a['title'] for a in p['awards']]),
        'publications': Field([a['name'] for a in p['publications']]), 'referees': Field([r['name'] for r in p['references']]),
        'statements': Field([r['reference'] for r in p['references']]),
    }


def sites(tools, work):
    from faker import Faker
    fields = {}
    (work / 'json').mkdir(parents=True, exist_ok=True)
    for locale in LOCALES:
        fake = Faker(locale)
        fake.seed_instance(locale)
        for number in range(RESUMES):
            made = person(fake)
            fields[f'{locale}-{number}'] = fields_of(made)
            (work / f'json/{locale}-{number}.json').write_text(json.dumps(made))
    run(['node', HERE / 'render_resumes.js', tools / 'npm/node_modules', work / 'json', work / 'html'])
    designs = {d.name: folder_pages(d) for d in sorted((work / 'html').iterdir())}
    for locale in LOCALES:
        of_locale = {d: {n: m for n, m in pages.items() if n.startswith(locale)} for d, pages in designs.items()}
        yield from pairings(f'resume-{locale[:2]}', of_locale, {n: f for n, f in fields.items() if n.startswith(locale)}, PAIRS)
