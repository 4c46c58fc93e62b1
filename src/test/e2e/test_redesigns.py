"""docs/examples/film/redesigns.py: twelve redesigns of rising violence, each of the first design and as a chain."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[3] / 'docs/examples/film'
COUNT = 12
# In the chain nothing is left of the design before when all films are others: neither a value nor a label.
REFUSED = {'each': {'dropped'}, 'chain': {'dropped', 'other'}}


@pytest.fixture(scope='module')
def run(tmp_path_factory):
    """(what it prints, series and name -> outcome)."""
    path = tmp_path_factory.mktemp('redesigns') / 'outcomes.json'
    done = subprocess.run([sys.executable, EXAMPLE / 'redesigns.py', '--json', path], stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stdout
    outcomes = {'each': {}, 'chain': {}}
    for outcome in json.loads(path.read_text()):
        outcomes[outcome['series']][outcome['name']] = outcome
    return done.stdout, outcomes


@pytest.mark.parametrize('series', ['each', 'chain'])
def test_no_value_is_wrong(run, series):
    outcomes = run[1][series]
    assert len(outcomes) == COUNT
    for outcome in outcomes.values():
        assert outcome['defect'] is None and outcome['wrong'] == 0
        assert outcome['is_read'] != (outcome['refusal'] is not None)


@pytest.mark.parametrize('series', ['each', 'chain'])
def test_what_can_be_adapted_is(run, series):
    outcomes = run[1][series]
    assert {name for name, outcome in outcomes.items() if outcome['verdict'] != 'adapted'} == REFUSED[series]
    for name in set(outcomes) - REFUSED[series]:
        assert outcomes[name]['adapted'] > 0 and outcomes[name]['confidence'] >= 0.7


@pytest.mark.parametrize('series', ['each', 'chain'])
def test_the_dropped_column_is_named(run, series):
    refusal = run[1][series]['dropped']['refusal']
    assert 'could not be adapted' in refusal and '"gross"' in refusal


def test_one_line_tells_each_outcome(run):
    text, outcomes = run
    for number, name in enumerate(outcomes['each'], 1):
        assert text.count(f' {number:>2} {name:<9} ') == 2
