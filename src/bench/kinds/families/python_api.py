"""The same Python modules documented by pdoc, pdoc3, pydoctor and pydoc."""

import shutil
from pathlib import Path

from families.common import folder_pages, harvest, pairings, run

MODULES = ('textwrap', 'calendar', 'shelve', 'heapq', 'csv', 'queue', 'sched', 'shlex', 'zipapp', 'fractions', 'configparser', 'cmd',
           'pprint', 'string', 'bisect', 'filecmp', 'fileinput', 'getopt', 'gzip', 'mailbox')
PAIRS = 8
RULES = {  # on pdoc's pages
    'module': ("//h1[contains(@class, 'modulename')]", 'text'),
    'functions': ("//main/section/div[contains(@class, 'attr function')]/span[@class='name']", 'list'),
    'classes': ("//main/section/div[contains(@class, 'attr class')]/span[@class='name']", 'list'),
    'methods': ("//main//div[@class='classattr']/div[contains(@class, 'attr function')]/span[@class='name']", 'list'),
    'summaries': ("//main/section/div[@class='docstring']/p[1]", 'list'),
    'introduction': ("//section[@class='module-info']/div[@class='docstring']/p[1]", 'text'),
}


def sites(tools, work):
    bin_ = tools / 'venv/bin'
    source = work / 'source'
    source.mkdir(exist_ok=True)
    for module in MODULES:
        shutil.copy(Path(shutil.__file__).parent / f'{module}.py', source)
    (work / 'pydoc').mkdir(exist_ok=True)
    run([bin_ / 'pdoc', '-o', work / 'pdoc', '--no-show-source', *MODULES])
    run([tools / 'venv_old/bin/pdoc3', '--html', '-f', '-o', work / 'pdoc3', *MODULES])
    run([bin_ / 'python', '-m', 'pydoc', '-w', *MODULES], cwd=work / 'pydoc')
    run([bin_ / 'pydoctor', '--html-output', work / 'pydoctor', '--theme', 'readthedocs', *[source / f'{m}.py' for m in MODULES]])
    run([bin_ / 'pydoctor', '--html-output', work / 'pydoctor2', '--docformat', 'plaintext', '--theme', 'base', '--project-name', 'Library',
         *[source / f'{m}.py' for m in MODULES]])
    designs = {d: {n: m for n, m in folder_pages(work / d).items() if n in MODULES}
               for d in ('pdoc', 'pdoc3', 'pydoc', 'pydoctor', 'pydoctor2')}
    yield from pairings('python-api', designs, harvest(designs['pdoc'], RULES), PAIRS)
