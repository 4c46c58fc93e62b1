"""Runs SQL through psql for the demo and judges what comes back: messages, answers, the comparison with the truth."""

import re
from dataclasses import dataclass, field

from catalogue import COLUMNS, FILM_COUNT

# Errors that say nothing about the site: a defect, a crash, a cancelled or impossible statement. They are no refusal.
FAILURES = ('XX', '57', '58', '53', '42', '08', '0A')


@dataclass
class Message:
    severity: str
    sqlstate: str
    text: str
    lines: list = field(default_factory=list)  # DETAIL, HINT and the like

    def __str__(self):
        return '\n'.join([f'{self.severity}:  {self.text}', *self.lines])


@dataclass
class Answer:
    output: str
    messages: list

    @property
    def errors(self):
        return [message for message in self.messages if message.severity in ('ERROR', 'FATAL', 'PANIC')]

    @property
    def warnings(self):
        return [message for message in self.messages if message.severity == 'WARNING']


class Failure(Exception):
    """The demo cannot go on, or what it must show does not hold."""


def ask(cluster, dbname, sql=None, file=None, variables=None, args=(), go_on=False):
    """Runs SQL or a file. An error of the site's making is part of the answer; any other one raises Failure.

    go_on: statements after an error run as well, each in a savepoint of the surrounding transaction.
    """
    settings = {'VERBOSITY': 'verbose', **(variables or {})}
    if go_on:
        settings.update(ON_ERROR_STOP='0', ON_ERROR_ROLLBACK='on')
    done = cluster.psql(sql, file=file, dbname=dbname, variables=settings, args=args, check=False)
    answer = Answer(done.stdout, list(_messages(done.stderr)))
    for error in answer.errors:
        if error.sqlstate.startswith(FAILURES):
            raise Failure(str(error))
    # psql ends with 1 or 3 after an error in SQL, with 2 when the connection broke.
    if 'server closed the connection' in done.stderr or (done.returncode != 0 and not answer.errors):
        raise Failure(done.stderr.strip() or f'psql ended with {done.returncode}')
    return answer


def require(answer):
    """The answer when it has no error; else Failure."""
    if answer.errors:
        raise Failure(str(answer.errors[0]))
    return answer


def _messages(stderr):
    message = None
    for line in stderr.splitlines():
        start = re.match(r'(?:psql:.*?:\d+: )?(ERROR|WARNING|FATAL|PANIC|NOTICE|INFO|LOG): +([0-9A-Z]{5}): (.*)', line)
        if start:
            if message:
                yield message
            message = Message(*start.groups())
        elif message and line.startswith('LOCATION:'):
            yield message
            message = None
        elif message:
            message.lines.append(line)
    if message:
        yield message


def split_answers(output):
    """Heading -> table below it, of a file of numbered questions."""
    parts = re.split(r'^(\d+\. .*)$', output, flags=re.M)
    return {heading: table.strip('\n') for heading, table in zip(parts[1::2], parts[2::2])}


# -- the truth

def load_truth(cluster, dbname, csv_path):
    names = ', '.join(COLUMNS)
    require(ask(cluster, dbname, sql=[
        'CREATE TABLE truth (LIKE film, page int, position int)',
        f"\\copy truth ({names}, page, position) FROM '{csv_path}' WITH (FORMAT csv, HEADER)"]))
    if int(cluster.value('SELECT count(*) FROM truth', dbname)) != FILM_COUNT:
        raise Failure(f'{csv_path} does not have {FILM_COUNT} films')


@dataclass
class Comparison:
    """What one scan of the whole table gave, held against the truth."""
    refusal: Message = None
    rows: int = 0
    missing: int = 0  # rows of the truth that the scan did not give
    extra: int = 0    # rows of the scan that are not in the truth
    wrong_columns: dict = field(default_factory=dict)
    examples: str = ''
    warnings: list = field(default_factory=list)

    @property
    def is_equal(self):
        return self.refusal is None and self.rows == FILM_COUNT and self.missing == 0 and self.extra == 0

    @property
    def is_wrong(self):
        return self.refusal is None and not self.is_equal


def compare_with_truth(cluster, dbname):
    """Reads the foreign table once, all columns, and compares row by row (EXCEPT ALL, both ways)."""
    require(ask(cluster, dbname, sql='DROP TABLE IF EXISTS reading'))
    read = ask(cluster, dbname, sql='CREATE TABLE reading AS SELECT * FROM film')
    if read.errors:
        return Comparison(refusal=read.errors[0], warnings=read.warnings)
    names = ', '.join(COLUMNS)
    result = Comparison(warnings=read.warnings)
    result.rows = int(cluster.value('SELECT count(*) FROM reading', dbname))
    result.missing = _except(cluster, dbname, names, 'truth', 'reading')
    result.extra = _except(cluster, dbname, names, 'reading', 'truth')
    if result.is_wrong:
        for column in COLUMNS:
            wrong = max(_except(cluster, dbname, column, 'truth', 'reading'), _except(cluster, dbname, column, 'reading', 'truth'))
            if wrong:
                result.wrong_columns[column] = wrong
        result.examples = ask(cluster, dbname, args=['-x'], sql=f'''
            (SELECT 'truth' AS source, {names} FROM truth EXCEPT ALL SELECT 'truth', {names} FROM reading ORDER BY name LIMIT 1)
            UNION ALL
            (SELECT 'scan', {names} FROM reading EXCEPT ALL SELECT 'scan', {names} FROM truth ORDER BY name LIMIT 1)''').output
    return result


def _except(cluster, dbname, names, left, right):
    difference = f'SELECT {names} FROM {left} EXCEPT ALL SELECT {names} FROM {right}'
    return int(cluster.value(f'SELECT count(*) FROM ({difference}) AS difference', dbname))
