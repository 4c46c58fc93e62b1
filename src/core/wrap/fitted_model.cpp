#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {

namespace {

constexpr std::string_view kFitted =
    R"json({"ranking": {"text": {"data": 0.5437, "words": 0.7217, "shape": 0.2651, "ancestors": 0.01764, "before": 0.4251,
"after": 0.4288, "label": 0.4084, "next text": 0.1741, "heading": 0.1574, "address": 0.634, "children": 0.1673,
"child names": 0.03668, "length": 0.5585, "digits": 0.3513, "size": 0.02384, "position": 0.6374,
"siblings": 0.1208, "links": 0.1846, "title": 0.548, "tag": 0.2487, "equal text": 0.1398, "same path": 0.1358,
"path": 0.1157, "rarity of name": 0.3965, "rarity of whole names": 0.5385, "rarity of data": 1.955,
"rarity of words": 0.9538, "rarity of shape": 0.9469, "rarity of parent": 0.2563, "rarity of ancestors": 0.9809,
"rarity of before": 0.4474, "rarity of after": 0.5254, "rarity of label": 0.4481, "rarity of heading": 0.5918,
"rarity of attributes": 0.2262, "rarity of address": 1.533, "rarity of children": 0.2206,
"rarity of length": 0.9107, "rarity of digits": 1.107, "rarity of size": 0.5671, "rarity of position": 0.4213,
"rarity of links": 0.4925, "rarity of title": 1.595, "rarity of tag": 2.476, "rarity of equal text": 0.2898,
"rarity of same path": 0.3493, "rarity of path": 0.5579, "count": 0.0007943, "count closeness": 0.0007943,
"lengths": 0.5585, "shapes": 0.3242, "vocabulary": 0.9313, "heading before": 0.1574, "words before": 0.4251,
"words after": 0.4288, "one path": 0.0007943, "one class": 0.0007943, "span": 0.07615, "density": 0.0007943,
"share of path": 0.5957, "share of class": 0.4567, "container name": 0.06765, "container size": 0.05263,
"distinct": 0.0007943, "adjacent": 0.0007943, "known texts": 0.1398, "not elsewhere": 0.2077,
"names own": 0.4419, "label own": 0.5018, "margin": 1.455, "worst": 3.561}, "list": {"words": 0.6624,
"shape": 0.5706, "ancestors": 0.1199, "before": 0.1597, "after": 0.561, "heading": 0.2249, "address": 0.6881,
"child names": 0.3584, "length": 0.7401, "size": 0.1106, "depth": 0.2723, "links": 0.9173, "title": 0.8384,
"path": 0.1676, "rarity of name": 0.2592, "rarity of whole names": 0.05886, "rarity of data": 0.8966,
"rarity of words": 0.6916, "rarity of own text": 0.379, "rarity of shape": 0.6793, "rarity of parent": 0.3706,
"rarity of ancestors": 1.028, "rarity of before": 0.3068, "rarity of after": 0.7038, "rarity of label": 0.1868,
"rarity of next text": 0.001475, "rarity of heading": 0.3991, "rarity of address": 1.874,
"rarity of child names": 0.3169, "rarity of subtree": 0.188, "rarity of length": 0.7496,
"rarity of digits": 0.4625, "rarity of size": 0.07616, "rarity of siblings": 0.4554, "rarity of links": 1.54,
"rarity of path": 0.005329, "count": 0.9964, "count closeness": 0.9935, "lengths": 1.42, "shapes": 1.313,
"vocabulary": 2.738, "heading before": 0.3172, "words before": 0.8415, "words after": 1.234, "one path": 2.461,
"one class": 1.503, "span": 0.6895, "density": 0.7178, "share of path": 1.073, "share of class": 1.498,
"coverage": 0.9119, "container name": 0.4152, "container size": 0.6245, "distinct": 0.4638, "adjacent": 0.2614,
"complete": 0.6851, "known texts": 0.02978, "not elsewhere": 0.1107, "names own": 0.3534, "label own": 0.3271,
"margin": 2.752, "worst": 0.01183}, "media": {"name": 0.3899, "whole names": 0.02408, "data": 0.2935,
"words": 0.2509, "own text": 0.2377, "shape": 0.2182, "ancestors": 0.8678, "after": 0.2753, "next text": 0.7213,
"heading": 0.6724, "attributes": 1.692, "address": 1.682, "children": 0.2927, "child names": 0.2455,
"subtree": 0.2927, "length": 0.1529, "digits": 0.005059, "size": 0.2221, "position": 0.3263, "siblings": 0.6644,
"links": 0.267, "title": 0.1447, "tag": 0.5784, "path": 0.6798, "rarity of name": 0.9811,
"rarity of whole names": 0.7359, "rarity of data": 0.01939, "rarity of words": 0.1812,
"rarity of own text": 0.4951, "rarity of shape": 0.1507, "rarity of ancestors": 1.312,
"rarity of after": 0.5607, "rarity of heading": 1.207, "rarity of attributes": 0.4724,
"rarity of address": 1.538, "rarity of children": 1.092, "rarity of child names": 0.7009,
"rarity of subtree": 1.092, "rarity of length": 0.08661, "rarity of size": 1.406, "rarity of position": 0.01479,
"rarity of siblings": 3.045, "rarity of links": 0.1215, "rarity of title": 0.03765, "rarity of tag": 1.26,
"rarity of path": 2.394, "lengths": 0.1529, "shapes": 0.2182, "vocabulary": 0.2509, "heading before": 0.6724,
"words after": 0.2753, "span": 0.143, "share of path": 1.379, "share of class": 0.9589,
"container name": 0.9447, "container above": 0.3205, "complete": 0.6122, "not elsewhere": 0.51,
"names own": 0.4518, "margin": 1.36, "worst": 3.676}}, "answer": {"intercept": -3.528, "share": 0.6614,
"lead": 0.1359, "share back": 0.8188, "lead back": 0.05616, "log share": 0.2974, "log share back": 0.293,
"mutual": 0.8903, "rarity": 0.891, "whole": 0.3937, "count": 0.7941, "lengths": 0.6854, "shapes": 0.7645,
"vocabulary": 0.5832, "heading": 0.4138, "worst": 0.01256, "tag": 0.142, "data": 0.2366, "address": 1.284,
"share of path": 0.5234, "share of class": 0.2229, "known texts": 0.2593, "not elsewhere": 0.1297,
"names own": 0.2807, "label own": 0.0566, "is list": 0.09394, "is media": 0.05932, "texts stay": -0.1699,
"names stay": -0.3772, "around stays": -0.3752, "texts lost": -0.657, "likeness lost": -0.9417,
"around lost": -1.81, "data lost": -0.5453, "tag lost": -1.417}, "holds": {"intercept": -7.502, "share": 2.338,
"lead": 0.1512, "share back": 0.6322, "log share": 0.4036, "log share back": 0.1478, "mutual": 0.8529,
"rarity": 1.915, "count": 1.035, "lengths": 3.629, "margin": 0.7128, "worst": 0.8975, "name": 0.08425,
"tag": 0.2772, "data": 1.026, "share of class": 0.2785, "known texts": 1.256, "is list": 0.2958,
"is media": 1.247, "texts stay": 1.007, "names stay": -0.781, "around stays": -0.6113, "texts lost": -2.806,
"likeness lost": -1.91, "tag lost": -0.3287}})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual =
    R"json({"answer": {"intercept": -8.009, "lead": 1.252, "share back": 2.046, "lead back": 1.103,
"log share back": 0.2903, "mutual": 1.499, "rarity": 2.005, "whole": 1.379, "count": 1.421, "lengths": 0.9774,
"shapes": 1.21, "vocabulary": 0.9899, "heading": 0.389, "margin": 1.331, "tag": 0.4266, "data": 0.4432,
"address": 1.633, "share of path": 0.8845, "share of class": 0.759, "known texts": 0.3854,
"not elsewhere": 0.7193, "names own": 0.2405, "label own": 0.1202, "is list": 0.2409, "is media": 0.2232,
"texts stay": -0.114, "names stay": -0.4325, "around stays": -0.2346, "texts lost": -0.8866,
"likeness lost": -0.3134, "around lost": -1.908, "data lost": -0.9892, "tag lost": -1.686},
"holds": {"intercept": -13.23, "share": 2.741, "lead": 1.986, "lead back": 0.08266, "log share": 0.5016,
"mutual": 1.707, "rarity": 0.5198, "whole": 1.446, "count": 1.731, "lengths": 6.573, "margin": 1.531,
"worst": 2.313, "name": 0.4394, "tag": 0.6023, "data": 0.9856, "share of class": 1.153, "known texts": 0.7073,
"names own": 0.8804, "is list": 0.616, "is media": 1.114, "texts stay": 1.29, "names stay": -0.1435,
"around stays": -1.033, "texts lost": -2.409, "likeness lost": -0.6107, "around lost": -1.424,
"tag lost": -1.058}})json";

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
