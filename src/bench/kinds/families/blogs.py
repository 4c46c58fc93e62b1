"""A blog of posts in several languages by the themes of Hexo: the posts, and the front page that lists them."""

import gzip
import json
import random
import re
import shutil

from families.common import Field, pairings, read, run

LANGUAGES = {'de': 'de', 'fr': 'fr', 'es': 'es', 'ja': 'ja', 'ru': 'ru', 'zh_CN': 'zh-CN', 'it': 'it', 'pl': 'en', 'pt_BR': 'pt-BR'}
POSTS = 6
DESIGNS = 3  # of each language
PAIRS = 2
TAGS = ('alpha', 'kernel', 'network', 'storage', 'system', 'tools')
AUTHORS = ('Mara Lindqvist', 'Jonas Okafor', 'Aiko Tanabe', 'Pavel Novak', 'Lucía Ferrer')


def posts(tools, language):
    """(slug, title, date, tags, paragraphs, headings, markdown) from manual pages: a title, and sections with text."""
    made, draw = [], random.Random(language)
    for packed in sorted((tools / f'deb/usr/share/man/{language}').glob('man[158]/[a-z]*.gz'))[::7]:
        text = gzip.decompress(packed.read_bytes()).decode('utf-8', 'replace')
        sections = re.split(r'^\.SH +"?([^"\n]+)"?\n', text, flags=re.M)[1:]
        if len(sections) < 8 or len(made) == POSTS:
            continue
        plain = lambda s: re.sub(r'\s+', ' ', re.sub(r'\\f.|\\&|^\.\w+ ?|^\'.*$|"', '', s, flags=re.M)  # noqa: E731
                                 .replace('\\-', '-').replace('\\', '').replace('<', '').replace('*', '').replace('_', '').replace('`', ''))
        title = plain(sections[1]).strip().split(' - ')[-1][:90]
        parts = []
        for heading, body in zip(sections[2::2], sections[3::2]):
            paragraphs = [plain(p).strip() for p in re.split(r'^\.(?:PP|P|LP|TP|IP).*\n', body, flags=re.M)]
            paragraphs = [p for p in paragraphs if 60 < len(p) < 900 and not p.startswith(('-', '#', '['))][:4]
            if paragraphs and len(parts) < 4:
                parts.append((plain(heading).strip().capitalize(), paragraphs))
        if len(parts) < 2 or len(title) < 8 or '{' in str(parts):
            continue
        made.append(dict(slug=f'post-{len(made) + 1}', title=title, tags=draw.sample(TAGS, 2), parts=parts,
                         author=draw.choice(AUTHORS), date=f'20{draw.randint(12, 22)}-{draw.randint(10, 12)}-{draw.randint(10, 28)}'))
    return made


def write_blog(folder, language, theme, made, node):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / 'source/_posts').mkdir(parents=True)
    (folder / 'themes').mkdir()
    (folder / 'package.json').write_text(json.dumps({'name': 'blog', 'version': '1.0.0', 'hexo': {'version': ''}, 'dependencies': {
        p.name: '*' for p in node.glob('hexo-*') if not p.name.startswith('hexo-theme')}}))
    (folder / 'node_modules').symlink_to(node)
    (folder / '_config.yml').write_text(json.dumps({
        'title': 'Notebook', 'author': 'Evening Press', 'language': language, 'url': 'http://blog.example', 'root': '/', 'theme': theme,
        'permalink': ':title/', 'per_page': 10, 'date_format': 'YYYY-MM-DD', 'syntax_highlighter': '', 'source_dir': 'source', 'public_dir': 'public',
        'index_generator': {'per_page': 10, 'order_by': '-date', 'path': ''}}))
    for post in made:
        head = {'title': post['title'], 'date': post['date'] + ' 10:00:00', 'tags': post['tags'], 'author': post['author']}
        body = '\n\n'.join(f'## {h}\n\n' + '\n\n'.join(ps) for h, ps in post['parts'])
        (folder / f'source/_posts/{post["slug"]}.md').write_text(json.dumps(head)[1:-1] + f'\n;;;\n\n{body}\n')


def sites(tools, work):
    node = (tools / 'npm/node_modules').resolve()
    themes = sorted(p.name[len('hexo-theme-'):] for p in node.glob('hexo-theme-*'))
    for language, code in LANGUAGES.items():
        made = posts(tools, language)
        draw = random.Random(language)
        draw.shuffle(themes)
        designs, fields = {}, {}
        for theme in themes:
            if len(designs) == DESIGNS:
                break
            folder = work / language / theme
            write_blog(folder, code, theme, made, node)
            run(['node', node / 'hexo/bin/hexo', 'generate', '--silent'], cwd=folder, timeout=120)
            pages = {p['slug']: read(folder / f'public/{p["slug"]}/index.html') for p in made
                     if (folder / f'public/{p["slug"]}/index.html').exists()}
            if pages and min(map(len, pages.values())) > 2000:
                designs[theme] = pages
        for post in made:
            fields[post['slug']] = {
                'title': Field([post['title']]), 'date': Field([post['date']]), 'tags': Field(post['tags']), 'headings': Field([h for h, _ in post['parts']]),
                'paragraphs': Field([p for _, ps in post['parts'] for p in ps]), 'author': Field([post['author']]), 'lead': Field([post['parts'][0][1][0]])}
        yield from pairings(f'blog-{language}', designs, fields, PAIRS)
