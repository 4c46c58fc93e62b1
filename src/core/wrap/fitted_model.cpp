#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {

namespace {

constexpr std::string_view kFitted =
    R"json({"ranking": {"text": {"data": 0.5436, "words": 0.7216, "shape": 0.2653, "ancestors": 0.01754, "before": 0.425,
"after": 0.4288, "label": 0.408, "next text": 0.1744, "heading": 0.1574, "address": 0.6339, "children": 0.1668,
"child names": 0.03663, "length": 0.5584, "digits": 0.3517, "size": 0.02284, "position": 0.6375,
"siblings": 0.124, "links": 0.1837, "title": 0.5479, "tag": 0.2484, "equal text": 0.1397, "same path": 0.1357,
"path": 0.116, "rarity of name": 0.3975, "rarity of whole names": 0.5387, "rarity of data": 1.956,
"rarity of words": 0.9538, "rarity of shape": 0.9472, "rarity of parent": 0.2566, "rarity of ancestors": 0.9804,
"rarity of before": 0.4467, "rarity of after": 0.5253, "rarity of label": 0.4477, "rarity of heading": 0.5914,
"rarity of attributes": 0.227, "rarity of address": 1.536, "rarity of children": 0.2207,
"rarity of length": 0.9101, "rarity of digits": 1.107, "rarity of size": 0.5677, "rarity of position": 0.4212,
"rarity of links": 0.4952, "rarity of title": 1.593, "rarity of tag": 2.476, "rarity of equal text": 0.2897,
"rarity of same path": 0.3493, "rarity of path": 0.5579, "count": 0.000769, "count closeness": 0.000769,
"lengths": 0.5584, "shapes": 0.3241, "vocabulary": 0.9313, "heading before": 0.1574, "words before": 0.425,
"words after": 0.4288, "one path": 0.000769, "one class": 0.000769, "span": 0.07814, "density": 0.000769,
"share of path": 0.5945, "share of class": 0.4573, "container name": 0.06736, "container size": 0.05228,
"distinct": 0.000769, "adjacent": 0.000769, "known texts": 0.1397, "not elsewhere": 0.2077, "names own": 0.4421,
"label own": 0.5022, "margin": 1.456, "worst": 3.563}, "list": {"words": 0.6641, "shape": 0.5714,
"parent": 0.003213, "ancestors": 0.1208, "before": 0.1652, "after": 0.5622, "heading": 0.2251,
"address": 0.6906, "child names": 0.3621, "length": 0.7378, "size": 0.1132, "depth": 0.2822, "links": 0.9174,
"title": 0.8367, "path": 0.174, "rarity of name": 0.2632, "rarity of whole names": 0.07017,
"rarity of data": 0.8959, "rarity of words": 0.6921, "rarity of own text": 0.3791, "rarity of shape": 0.6797,
"rarity of parent": 0.3755, "rarity of ancestors": 1.029, "rarity of before": 0.3066, "rarity of after": 0.7034,
"rarity of label": 0.1854, "rarity of next text": 0.00299, "rarity of heading": 0.3992,
"rarity of address": 1.875, "rarity of child names": 0.3167, "rarity of subtree": 0.1919,
"rarity of length": 0.7502, "rarity of digits": 0.4631, "rarity of size": 0.08766, "rarity of siblings": 0.4599,
"rarity of links": 1.541, "rarity of path": 0.016, "count": 0.9953, "count closeness": 0.9958, "lengths": 1.421,
"shapes": 1.319, "vocabulary": 2.741, "heading before": 0.3188, "words before": 0.8459, "words after": 1.24,
"one path": 2.458, "one class": 1.503, "span": 0.692, "density": 0.711, "share of path": 1.073,
"share of class": 1.499, "coverage": 0.9097, "container name": 0.4156, "container size": 0.6249,
"distinct": 0.4614, "adjacent": 0.2631, "complete": 0.6857, "known texts": 0.03026, "not elsewhere": 0.1105,
"names own": 0.3583, "label own": 0.3282, "margin": 2.694, "worst": 0.03042}, "media": {"name": 0.3768,
"data": 0.292, "words": 0.2515, "own text": 0.2386, "shape": 0.2201, "ancestors": 0.8757, "after": 0.2772,
"next text": 0.7192, "heading": 0.6711, "attributes": 1.677, "address": 1.678, "children": 0.2923,
"child names": 0.244, "subtree": 0.2923, "length": 0.1536, "digits": 0.005368, "size": 0.2217,
"position": 0.3275, "siblings": 0.7055, "links": 0.2587, "title": 0.1446, "tag": 0.5779, "path": 0.6783,
"rarity of name": 0.9837, "rarity of whole names": 0.7227, "rarity of data": 0.01977, "rarity of words": 0.1816,
"rarity of own text": 0.4969, "rarity of shape": 0.1511, "rarity of ancestors": 1.301,
"rarity of after": 0.5672, "rarity of heading": 1.221, "rarity of attributes": 0.4758,
"rarity of address": 1.54, "rarity of children": 1.091, "rarity of child names": 0.6994,
"rarity of subtree": 1.091, "rarity of length": 0.08677, "rarity of digits": 0.0004817, "rarity of size": 1.404,
"rarity of position": 0.01799, "rarity of siblings": 3.432, "rarity of links": 0.1183,
"rarity of title": 0.03792, "rarity of tag": 1.259, "rarity of path": 2.396, "count": 0.0003217,
"count closeness": 0.0003217, "lengths": 0.1536, "shapes": 0.2201, "vocabulary": 0.2515,
"heading before": 0.6711, "words after": 0.2772, "one path": 0.0003217, "one class": 0.0003217, "span": 0.1426,
"density": 0.0003217, "share of path": 1.376, "share of class": 0.9562, "container name": 0.9425,
"container above": 0.3281, "distinct": 0.0003217, "adjacent": 0.0003217, "complete": 0.6025,
"not elsewhere": 0.5102, "names own": 0.4564, "margin": 1.363, "worst": 3.683}}, "answer": {"intercept": -3.456,
"share": 0.653, "lead": 0.1346, "share back": 0.8108, "lead back": 0.05577, "log share": 0.2929,
"log share back": 0.2912, "mutual": 0.8976, "rarity": 0.897, "whole": 0.3908, "count": 0.7664,
"lengths": 0.6688, "shapes": 0.7507, "vocabulary": 0.5806, "heading": 0.4147, "worst": 0.00872, "tag": 0.1446,
"data": 0.2399, "address": 1.28, "share of path": 0.4985, "share of class": 0.2269, "known texts": 0.2608,
"not elsewhere": 0.1307, "names own": 0.2845, "label own": 0.06088, "is list": 0.1006, "is media": 0.05235,
"texts stay": -0.1669, "names stay": -0.3732, "around stays": -0.3686, "texts lost": -0.6522,
"likeness lost": -0.9236, "around lost": -1.814, "data lost": -0.5404, "other markup": -0.08892,
"tag lost": -1.417}, "holds": {"intercept": -5.224, "share": 2.843, "lead": 0.2062, "share back": 0.3538,
"log share": 0.4514, "log share back": 0.1941, "mutual": 0.8054, "rarity": 2.529, "count": 1.429,
"lengths": 0.8485, "vocabulary": 0.4048, "heading": 0.02628, "margin": 1.074, "worst": 1.1, "name": 0.02389,
"tag": 0.2311, "data": 0.6983, "share of class": 0.05164, "known texts": 1.044, "is list": 0.2157,
"is media": 1.179, "texts stay": 0.829, "names stay": -0.9297, "around stays": -0.9235, "texts lost": -2.923,
"likeness lost": -2.299, "other markup": -2.97, "tag lost": -0.1795}})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual =
    R"json({"answer": {"intercept": -8.011, "lead": 1.255, "share back": 2.047, "lead back": 1.105,
"log share back": 0.2906, "mutual": 1.501, "rarity": 2.003, "whole": 1.385, "count": 1.424, "lengths": 0.9723,
"shapes": 1.205, "vocabulary": 0.9912, "heading": 0.3878, "margin": 1.319, "tag": 0.4261, "data": 0.4428,
"address": 1.64, "share of path": 0.8845, "share of class": 0.7636, "known texts": 0.387,
"not elsewhere": 0.7227, "names own": 0.2453, "label own": 0.1238, "is list": 0.2514, "is media": 0.2187,
"texts stay": -0.1129, "names stay": -0.4356, "around stays": -0.2321, "texts lost": -0.8897,
"likeness lost": -0.2962, "around lost": -1.916, "data lost": -0.9867, "other markup": -0.07369,
"tag lost": -1.686}, "holds": {"intercept": -9.983, "share": 6.911, "lead": 2.356, "lead back": 0.1769,
"log share": 0.5974, "mutual": 1.533, "rarity": 0.4473, "whole": 1.885, "count": 1.83, "lengths": 4.387,
"vocabulary": 0.2063, "margin": 1.678, "worst": 2.493, "name": 0.3352, "tag": 0.7163, "data": 0.4952,
"address": 0.1, "share of path": 0.02854, "share of class": 1.094, "known texts": 0.4009, "names own": 0.2524,
"is list": 0.3982, "is media": 0.8861, "texts stay": 1.211, "names stay": -0.7426, "around stays": -0.8535,
"texts lost": -2.569, "likeness lost": -0.8596, "around lost": -2.235, "data lost": -0.1963,
"other markup": -3.043, "tag lost": -1.028}})json";

} // namespace

const AdaptationModel &fitted_model() {
    static const AdaptationModel model = model_from_json(kFitted);
    return model;
}

const AdaptationModel &equal_model() {
    static const AdaptationModel model = [] {
        AdaptationModel equal = model_from_json(kEqual);
        equal.ranking = equal_weights();
        return equal;
    }();
    return model;
}

} // namespace webwrap
