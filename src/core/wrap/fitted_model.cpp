#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {

namespace {

constexpr std::string_view kFitted =
    R"json({"ranking": {"text": {"data": 0.381, "words": 0.7592, "shape": 0.2495, "ancestors": 0.2188, "before": 0.6663,
"after": 0.1192, "label": 1.066, "next text": 0.005239, "heading": 0.07076, "address": 0.6091,
"children": 0.07667, "child names": 0.2466, "length": 0.5063, "digits": 0.4096, "position": 0.6292,
"siblings": 0.06283, "title": 0.5487, "tag": 0.2886, "equal text": 0.1831, "same path": 0.1704, "path": 0.298,
"rarity of name": 0.4918, "rarity of whole names": 0.2976, "rarity of data": 2.06, "rarity of words": 0.9469,
"rarity of shape": 0.9681, "rarity of parent": 0.1914, "rarity of ancestors": 1.174, "rarity of before": 0.4052,
"rarity of after": 0.3214, "rarity of label": 0.5309, "rarity of heading": 0.3312,
"rarity of attributes": 0.01266, "rarity of address": 1.554, "rarity of children": 0.1293,
"rarity of child names": 0.05083, "rarity of length": 0.6685, "rarity of digits": 1.128,
"rarity of size": 0.5613, "rarity of position": 0.3984, "rarity of title": 1.576, "rarity of tag": 2.505,
"rarity of equal text": 0.3855, "rarity of same path": 0.4381, "rarity of path": 0.6571, "count": 0.0009806,
"count closeness": 0.0009806, "lengths": 0.5063, "shapes": 0.3121, "vocabulary": 0.9539,
"heading before": 0.07076, "words before": 0.6663, "words after": 0.1192, "one path": 0.0009806,
"one class": 0.0009806, "span": 0.1774, "density": 0.0009806, "share of path": 0.5288, "share of class": 0.5055,
"container above": 0.08157, "container size": 0.1109, "distinct": 0.0009806, "adjacent": 0.0009806,
"known texts": 0.1831, "not elsewhere": 0.2488, "margin": 1.348, "worst": 3.446}, "list": {"data": 0.01862,
"words": 0.6893, "shape": 0.5655, "parent": 0.01181, "ancestors": 0.1318, "before": 0.1557, "after": 0.5548,
"heading": 0.2253, "address": 0.7042, "child names": 0.3849, "length": 0.7541, "size": 0.1245, "depth": 0.249,
"links": 0.9133, "title": 0.9146, "path": 0.1704, "rarity of name": 0.2666, "rarity of whole names": 0.1003,
"rarity of data": 0.9554, "rarity of words": 0.693, "rarity of own text": 0.4064, "rarity of shape": 0.6828,
"rarity of parent": 0.4218, "rarity of ancestors": 1.012, "rarity of before": 0.3042, "rarity of after": 0.7037,
"rarity of label": 0.2267, "rarity of next text": 0.01883, "rarity of heading": 0.4009,
"rarity of address": 2.01, "rarity of child names": 0.3498, "rarity of subtree": 0.1705,
"rarity of length": 0.7592, "rarity of digits": 0.4754, "rarity of size": 0.1799, "rarity of siblings": 0.4539,
"rarity of links": 1.525, "rarity of path": 0.009667, "count": 1.005, "count closeness": 0.9883,
"lengths": 1.44, "shapes": 1.326, "vocabulary": 2.779, "heading before": 0.3407, "words before": 0.9238,
"words after": 1.217, "one path": 2.524, "one class": 1.465, "span": 0.7066, "density": 0.7387,
"share of path": 1.095, "share of class": 1.484, "coverage": 0.9167, "container name": 0.4205,
"container size": 0.64, "distinct": 0.4878, "adjacent": 0.2627, "complete": 0.6917, "known texts": 0.02608,
"not elsewhere": 0.1158, "margin": 2.79, "worst": 0.09161}, "media": {"name": 0.4334, "whole names": 0.03035,
"data": 0.2979, "words": 0.2706, "own text": 0.2647, "shape": 0.2318, "ancestors": 0.9122, "after": 0.2686,
"next text": 0.7107, "heading": 0.6864, "attributes": 1.664, "address": 1.685, "children": 0.3002,
"child names": 0.2648, "subtree": 0.3002, "length": 0.165, "digits": 0.007968, "size": 0.2257,
"position": 0.3443, "siblings": 0.7088, "links": 0.2597, "title": 0.1474, "tag": 0.5838, "path": 0.6814,
"rarity of name": 0.9932, "rarity of whole names": 0.7865, "rarity of data": 0.0168, "rarity of words": 0.1739,
"rarity of own text": 0.494, "rarity of shape": 0.1464, "rarity of ancestors": 1.344, "rarity of after": 0.5733,
"rarity of heading": 1.268, "rarity of attributes": 0.4885, "rarity of address": 1.533,
"rarity of children": 1.109, "rarity of child names": 0.7177, "rarity of subtree": 1.109,
"rarity of length": 0.08511, "rarity of digits": 0.0002135, "rarity of size": 1.374,
"rarity of position": 0.02059, "rarity of siblings": 3.187, "rarity of links": 0.1125,
"rarity of title": 0.04069, "rarity of tag": 1.271, "rarity of path": 2.375, "count": 4.529e-05,
"count closeness": 4.529e-05, "lengths": 0.165, "shapes": 0.2318, "vocabulary": 0.2706,
"heading before": 0.6864, "words after": 0.2686, "one path": 4.529e-05, "one class": 4.529e-05, "span": 0.144,
"density": 4.529e-05, "share of path": 1.392, "share of class": 0.9644, "container name": 1.019,
"container above": 0.3247, "distinct": 4.529e-05, "adjacent": 4.529e-05, "complete": 0.6349,
"not elsewhere": 0.5192, "margin": 1.379, "worst": 3.777}}, "answer": {"intercept": -2.769, "share": 0.7987,
"lead": 0.2511, "share back": 0.5665, "lead back": 0.03834, "log share": 0.1948, "log share back": 0.4697,
"mutual": 0.954, "rarity": 1.193, "count": 0.5664, "lengths": 0.5814, "shapes": 0.5832, "vocabulary": 0.384,
"heading": 0.4988, "tag": 0.08621, "data": 0.2639, "address": 2.042, "share of path": 0.3966,
"share of class": 0.2338, "known texts": 0.00335, "not elsewhere": 0.1201, "is list": 0.01291,
"is media": 0.2975, "texts stay": -0.793, "names stay": -0.5019, "texts lost": -1.11, "likeness lost": -1.349},
"holds": {"intercept": -9.218, "share": 4.108, "lead": 0.0003364, "share back": 0.491, "log share": 0.8289,
"log share back": 0.3287, "mutual": 4.305, "rarity": 4.793, "lengths": 2.097, "worst": 1.618, "tag": 0.785,
"data": 0.7431, "share of class": 0.155, "known texts": 1.967, "is list": 0.1985, "is media": 2.472,
"texts stay": 2.081, "names stay": -2.831, "texts lost": -4.118, "likeness lost": -0.5044}})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual =
    R"json({"answer": {"intercept": -9.549, "lead": 2.687, "share back": 0.01539, "lead back": 1.613,
"log share back": 0.1335, "mutual": 1.458, "rarity": 2.016, "count": 1.917, "lengths": 0.661, "shapes": 1.295,
"vocabulary": 1.136, "heading": 0.4474, "margin": 1.833, "tag": 0.4712, "data": 0.4974, "address": 3.049,
"share of path": 1.241, "share of class": 1.076, "known texts": 0.03969, "not elsewhere": 0.8519,
"is list": 0.3735, "is media": 0.783, "texts stay": -0.5374, "names stay": -1.034, "texts lost": -1.462,
"likeness lost": 0.5893}, "holds": {"intercept": -17.48, "lead": 4.841, "log share": 0.2702, "mutual": 3.951,
"count": 0.8699, "lengths": 6.856, "worst": 6.945, "name": 0.337, "tag": 1.828, "data": 0.5603,
"share of class": 2.769, "known texts": 0.5021, "is list": 1.676, "is media": 2.002, "texts stay": 2.279,
"names stay": -1.062, "texts lost": -4.257, "likeness lost": -0.1658}})json";

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
