#!/usr/bin/env python3
"""Writes src/core/wrap/fitted_model.cpp from the two models that fit.py made: fitted ranking, and equal weights."""

import json
import sys

TEMPLATE = '''#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {{

namespace {{

constexpr std::string_view kFitted =
    R"json({fitted})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual =
    R"json({equal})json";

}} // namespace

const AdaptationModel &fitted_model() {{
    static const AdaptationModel model = model_from_json(kFitted);
    return model;
}}

const AdaptationModel &equal_model() {{
    static const AdaptationModel model = [] {{
        AdaptationModel equal = model_from_json(kEqual);
        equal.ranking = equal_weights();
        return equal;
    }}();
    return model;
}}

}} // namespace webwrap
'''


def lines(value, width=112):
    """JSON with lines of at most `width` characters."""
    out, line = [], ''
    for piece in json.dumps(value).replace(', "', ',\n"').split('\n'):
        if line and len(line) + 1 + len(piece) > width:  # only between members: names hold spaces
            out.append(line)
            line = piece
        else:
            line = f'{line} {piece}' if line else piece
    return '\n'.join([*out, line])


def main():
    fitted, equal = (json.load(open(path, encoding='utf-8')) for path in sys.argv[1:3])
    equal.pop('ranking')
    with open(sys.argv[3], 'w', encoding='utf-8') as out:
        out.write(TEMPLATE.format(fitted=lines(fitted), equal=lines(equal)))


if __name__ == '__main__':
    main()
