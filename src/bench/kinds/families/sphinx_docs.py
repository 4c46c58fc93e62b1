"""Documents by two versions of Sphinx and their themes: of Python projects, and manual pages in other languages."""

import gzip
import random
import tarfile

from families.common import harvest, pairings, read, run

PROJECTS = ('arrow', 'attrs', 'click', 'flask', 'jinja2', 'requests', 'sqlparse', 'structlog', 'urllib3', 'werkzeug')
LANGUAGES = ('de', 'fr', 'es', 'ja', 'ru', 'zh_CN')
PAGES = 8
NEW = ('alabaster', 'classic', 'nature', 'furo', 'sphinx_rtd_theme', 'pydata_sphinx_theme', 'sphinx_book_theme', 'piccolo_theme')
OLD = ('classic', 'haiku', 'sphinxdoc', 'traditional', 'cloud', 'bootstrap', 'pyramid', 'agogo')
SIZES = range(1_500, 40_000)
REFERENCE = ('new', 'basic')
CONF = """import sys
sys.path.insert(0, {source!r})
project = {project!r}
author = copyright = 'The {project} authors'
version = release = {version!r}
extensions = ['sphinx.ext.autodoc']
html_theme = {theme!r}
language = {language!r}
master_doc = root_doc = 'index'
exclude_patterns = ['_build', 'README*']
if html_theme == 'bootstrap':
    import sphinx_bootstrap_theme
    html_theme_path = sphinx_bootstrap_theme.get_html_theme_path()
if html_theme == 'cloud':
    import cloud_sptheme
    html_theme_path = [cloud_sptheme.get_theme_dir()]
"""
RULES = {
    'title': ('//h1', 'text'),
    'sections': ("//div[@class='body']/section/section/h2", 'list'),
    'subsections': ("//div[@class='body']/section/section/section/h3", 'list'),
    'lead': ("//div[@class='body']/section/p[1]", 'text'),
    'bullets': ("(//div[@class='body']//ul[@class='simple'])[1]/li", 'list'),
    'terms': ("//div[@class='body']//dt", 'list'),
    'signatures': ("//dt[contains(@class, 'sig')]", 'list'),
    'next': ("(//li[@class='right']/a[@accesskey='N'])[1]", 'text'),
    'links': ("//div[@class='body']//a[@class='reference external']", 'list'),
    'copyright': ("//div[@class='footer']", 'text'),
}


def build(tools, source, target, side, theme, **conf):
    (source / 'conf.py').write_text(CONF.format(theme=theme, source=str(source.parent / 'src'), **conf))
    python = tools / ('venv' if side == 'new' else 'venv_old') / 'bin/python'
    run([python, '-m', 'sphinx', '-Q', '-b', 'html', '-d', target / 'trees', source, target / 'html'], timeout=300)
    return {p.stem: read(p) for p in sorted((target / 'html').glob('*.html'))
            if p.stem not in ('genindex', 'search', 'py-modindex', 'index', 'license', 'changes', 'changelog')
            and (source / f'{p.stem}.rst').exists() and (source / f'{p.stem}.rst').stat().st_size in SIZES}


def rendered(tools, name, source, work, **conf):
    """Sites of one folder of sources, in three designs drawn by its name."""
    draw = random.Random(name)
    chosen = [('old', theme) for theme in draw.sample(OLD, 1)] + [('new', theme) for theme in draw.sample(NEW, 2)]
    designs = {}
    for side, theme in [REFERENCE, *chosen]:
        designs[f'{side}_{theme}'] = build(tools, source, work / name / f'{side}_{theme}', side, theme, **conf)
    fields = harvest(dict(list(designs.pop('_'.join(REFERENCE)).items())[:PAGES]), RULES)
    yield from pairings(f'sphinx-{name}', designs, fields, 2)


def sites(tools, work):
    for project in PROJECTS:
        for sdist in (tools / 'sdist').glob(f'{project}-*.tar.gz'):
            with tarfile.open(sdist) as archive:
                archive.extractall(work / 'src', filter='data')
            folder = work / 'src' / sdist.name[:-len('.tar.gz')]
            docs = next((folder / d for d in ('docs', 'doc') if (folder / d / 'index.rst').exists()), None)
            if docs:
                yield from rendered(tools, project, docs, work, project=project.title(), language='en',
                                    version=sdist.name[len(project) + 1:-len('.tar.gz')])
    for language in LANGUAGES:
        docs = work / 'src' / language
        docs.mkdir(parents=True, exist_ok=True)
        names = []
        for packed in sorted((tools / f'deb/usr/share/man/{language}').glob('man[18]/[f-z]*.gz')):
            if len(names) == PAGES:
                break
            rst = docs / f'{packed.name.split(".")[0]}.rst'
            source = gzip.decompress(packed.read_bytes())
            if len(source) not in SIZES or source.count(b'.TP') < 3 or source.count(b'.SH') < 5:
                continue
            (docs / 'page.man').write_bytes(source)
            if run(['pandoc', '-f', 'man', '-t', 'rst', '--shift-heading-level-by=1', docs / 'page.man', '-o', rst]):
                title = rst.stem
                rst.write_text(f'{title}\n{"#" * (len(title) + 2)}\n\n' + read(rst))
                names.append(rst.stem)
        (docs / 'index.rst').write_text('Index\n=====\n\n.. toctree::\n\n' + ''.join(f'   {n}\n' for n in names))
        yield from rendered(tools, language, docs, work, project=f'Manual {language}', version='4.18', language=language)
