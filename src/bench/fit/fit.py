#!/usr/bin/env python3
"""Fits the model of adaptation to a set of page pairs: first the ranking of groups, then the confidence in answers.

The set is a folder as docs/benchmarks.md describes it: cases.jsonl, pages/, and score.py, which cuts the true elements out
of pages to show what an answer looks like where there is none. Sites of one half can be left out (--without 0 or 1), so
that the model can be judged on them.

Ranking: a listwise softmax over the groups considered, one for each kind of target, features standardised, strong l2
penalty, no weight below zero. Confidence: logistic regression, then rescaled on the cases that have an answer and a few
that have none.
"""

import argparse
import collections
import concurrent.futures
import importlib.util
import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

KINDS = ('text', 'list', 'media')
WORKERS = 2
# Of the numbers that a confidence rests on the last ones: those that may count for or against it, and those that count against.
EITHER, AGAINST = 5, 6


def f1(right):
    tp, fp, fn = right
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def run(program, folder, model=None, back=False):
    """What the program writes of all cases of a folder, or of the same cases the other way round."""
    def shard(number):
        command = [program, str(folder), str(number), str(WORKERS), str(model or '-')] + (['back'] if back else [])
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        lines = [line for part in pool.map(shard, range(WORKERS)) for line in part]
    cases = sorted((json.loads(line) for line in lines), key=lambda case: case['case'])
    for case in cases:
        case['half'] = zlib.crc32(case['site'].encode()) % 2
    return cases


def unanswerable(folder, made):
    """The set with nothing to find: the true elements cut out of each new page; for some also next to no page in its place."""
    spec = importlib.util.spec_from_file_location('score', Path(folder, 'score.py'))
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    Path(made, 'pages').mkdir(parents=True)
    with open(Path(made, 'cases.jsonl'), 'w', encoding='utf-8') as out:
        def write(case, name, page):
            Path(made, 'pages', f'{name}.html').write_text(page, encoding='utf-8')
            out.write(json.dumps({**case, 'new_page': name}) + '\n')

        for line in open(Path(folder, 'cases.jsonl'), encoding='utf-8'):
            case = json.loads(line)
            if case['status_on_new'] == 'unbroken' or case['style'] != 'abs':  # the same elements as in style rel
                continue
            for name in {case['old_page'], case['new_page']}:
                here = Path(made, 'pages', f'{name}.html')
                if not here.exists():
                    here.symlink_to(Path(folder, 'pages', f'{name}.html').resolve())
            page = Path(folder, 'pages', f'{case["new_page"]}.html').read_text(encoding='utf-8')
            write(case, f'cut{case["case"]}', score.cut_out(page, case))
            if case['case'] % 7 == 1:
                write(case, f'short{case["case"]}', f'<title>{case["site"]}</title><p>{case["site"]} has closed.</p>')


def fit_ranking(cases, l2):
    """Weights of the features for cases of one kind, each site counting by the square root of its cases."""
    useful = []
    for case in cases:
        x = np.array([c['x'] for c in case['candidates']], dtype=float)
        y = np.array([f1(c['right']) for c in case['candidates']])
        if len(y) > 1 and y.max() >= 0.5:
            useful.append((x, np.where(y >= y.max() - 1e-9)[0], case['site']))
    if not useful:
        return None
    per_site = collections.Counter(site for _, _, site in useful)
    every = np.vstack([x for x, _, _ in useful])
    scale = np.maximum(every.std(axis=0), 0.02)
    data = [(x / scale, good, per_site[site] ** -0.5) for x, good, site in useful]
    total = sum(share for _, _, share in data)

    def loss(w):
        value, gradient = l2 * w @ w, 2 * l2 * w
        for x, good, share in data:
            s = x @ w
            p = np.exp(s - s.max())
            p /= p.sum()
            q = np.zeros_like(p)
            q[good] = p[good]
            mass = q.sum() + 1e-12
            value -= share / total * np.log(mass)
            gradient += share / total * (x.T @ (p - q / mass))
        return value, gradient

    start = np.full(every.shape[1], 0.05)
    found = minimize(loss, start, jac=True, method='L-BFGS-B', bounds=[(0, None)] * len(start))
    return found.x / scale


def fit_logistic(x, y, share, l2):
    """Weights and intercept; only those of the last EITHER + AGAINST columns may be negative, the last AGAINST must be."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])

    def loss(w):
        s = z @ w
        p = 1 / (1 + np.exp(-s))
        value = (share * (np.logaddexp(0, -s) * y + np.logaddexp(0, s) * (1 - y))).sum() / share.sum()
        gradient = z.T @ (share * (p - y)) / share.sum()
        gradient[:-1] += 2 * l2 * w[:-1]
        return value + l2 * w[:-1] @ w[:-1], gradient

    bounds = ([(0, None)] * (x.shape[1] - EITHER - AGAINST) + [(None, None)] * EITHER + [(None, 0)] * AGAINST + [(None, None)])
    w = minimize(loss, np.zeros(z.shape[1]), jac=True, method='L-BFGS-B', bounds=bounds).x
    weights = w[:-1] / scale
    return weights, w[-1] - weights @ mean


def rescale(weights, intercept, x, y, share):
    """The logistic's scale and intercept fitted again, so that probabilities fit these cases."""
    s = x @ weights + intercept

    def loss(q):
        m = q[0] * s + q[1]
        value = (share * (np.logaddexp(0, -m) * y + np.logaddexp(0, m) * (1 - y))).sum() / share.sum()
        return value + 1e-4 * ((q[0] - 1) ** 2 + q[1] ** 2)

    q = minimize(loss, [1.0, 0.0]).x
    return q[0] * weights, q[0] * intercept + q[1]


def best_answers(cases):
    rows = [case for case in cases if case['status'] != 'unbroken' and case.get('answers')]
    x = np.array([case['answers'][0]['t'] for case in rows])
    return x, np.array([f1(case['answers'][0]['right']) >= 0.99 for case in rows], float)


def fit_answer(cases, returns, absent, options):
    x, y = best_answers(cases)
    back, back_y = best_answers(returns)
    none, _ = best_answers(absent)
    weights, intercept = fit_logistic(np.vstack([x, back, none]), np.concatenate([y, back_y, np.zeros(len(none))]),
                                      np.concatenate([np.ones(len(x) + len(back)), np.full(len(none), options.absent)]),
                                      options.trust_l2)
    few = np.full(len(none), options.none * len(x) / max(1, len(none)))
    return rescale(weights, intercept, np.vstack([x, none]), np.concatenate([y, np.zeros(len(none))]),
                   np.concatenate([np.ones(len(x)), few]))


def fit_holds(cases, returns, options):
    """What the old XPath selects, right or wrong, what one of the new page selects on the old one, and other answers as if the
    old XPath selected those."""
    x, y, share = [], [], []

    def add(selected, right, weight):
        x.append(selected['t'])
        y.append(right)
        share.append(weight)

    def add_own(case, right, weight):
        add(case['own'], right, weight * (1.0 if right else options.silent))

    for case in cases:
        if 'own' in case:
            add_own(case, case['status'] == 'unbroken', 1.0)
        for answer in case.get('answers', ())[:2] if case['status'] != 'silently_wrong' else ():
            if f1(answer['right']) < 0.5:
                add(answer, False, options.other)
    for case in returns:
        if 'own' in case:
            add_own(case, f1(case['own']['right']) >= 0.99, options.back)
    weights, intercept = fit_logistic(np.array(x), np.array(y, float), np.array(share), options.holds_l2)
    return weights, intercept


def named(names, weights, intercept=None):
    out = {name: float(f'{weight:.4g}') for name, weight in zip(names, weights) if abs(weight) > 1e-5}
    return out if intercept is None else {'intercept': float(f'{intercept:.4g}'), **out}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('program', help='build/bench/fit/candidates')
    parser.add_argument('folder')
    parser.add_argument('model', help='JSON file to write')
    parser.add_argument('--without', type=int, choices=(0, 1), help='half of the sites to leave out')
    parser.add_argument('--equal', action='store_true', help='equal weights for the ranking')
    parser.add_argument('--l2', type=float, default=0.05)
    parser.add_argument('--trust-l2', type=float, default=0.01)
    parser.add_argument('--holds-l2', type=float, default=0.003)
    parser.add_argument('--absent', type=float, default=6.0, help='weight of a page without the true elements')
    parser.add_argument('--none', type=float, default=0.02, help='such pages for each page with them, when confidence is scaled')
    parser.add_argument('--silent', type=float, default=8.0, help='weight of an XPath that selects something else')
    parser.add_argument('--back', type=float, default=0.5, help='weight of an XPath of the new page on the old one')
    parser.add_argument('--other', type=float, default=0.05, help='weight of a wrong answer as if it were such a one')
    options = parser.parse_args()
    names = json.loads(subprocess.run([options.program, 'names'], check=True, stdout=subprocess.PIPE).stdout)

    def used(cases):
        return [case for case in cases if case['half'] != options.without]

    model = {'ranking': {}}
    if options.equal:
        model['ranking'] = names['equal']
    else:
        cases = [case for back in (False, True) for case in used(run(options.program, options.folder, back=back))
                 if case['status'] != 'unbroken' and case.get('candidates')]
        for kind, name in enumerate(KINDS):
            weights = fit_ranking([case for case in cases if case['kind'] == kind], options.l2)
            model['ranking'][name] = names['equal'][name] if weights is None else named(names['ranking'], weights)
    Path(options.model).write_text(json.dumps(model), encoding='utf-8')
    with tempfile.TemporaryDirectory() as made:
        unanswerable(options.folder, made)
        cases = used(run(options.program, options.folder, options.model))
        returns = used(run(options.program, options.folder, options.model, back=True))
        absent = used(run(options.program, made, options.model))
    model['answer'] = named(names['trust'], *fit_answer(cases, returns, absent, options))
    model['holds'] = named(names['trust'], *fit_holds(cases, returns, options))
    Path(options.model).write_text(json.dumps(model, indent=1), encoding='utf-8')


if __name__ == '__main__':
    main()
