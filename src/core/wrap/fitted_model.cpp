#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {

namespace {

constexpr std::string_view kFitted = R"json({"ranking": {"text": {"name": 0.4115, "data": 0.4167, "words": 0.6135, "own text": 0.1024, "shape": 0.3886,
"ancestors": 0.3858, "before": 1.498, "after": 0.6609, "heading": 0.1973, "attributes": 0.01163,
"address": 0.7005, "children": 0.392, "child names": 0.01371, "length": 0.3599, "digits": 0.2043,
"depth": 0.2671, "position": 0.6665, "links": 0.3718, "title": 0.6072, "tag": 0.2054, "equal text": 0.3369,
"path": 0.5329, "rarity of name": 0.6588, "rarity of data": 1.915, "rarity of words": 0.6828,
"rarity of own text": 0.04602, "rarity of shape": 1.246, "rarity of parent": 0.1192,
"rarity of ancestors": 1.448, "rarity of before": 0.6623, "rarity of after": 0.2788,
"rarity of heading": 0.04105, "rarity of attributes": 0.5853, "rarity of address": 1.717,
"rarity of children": 0.7512, "rarity of length": 0.4229, "rarity of digits": 0.9863, "rarity of size": 0.3487,
"rarity of position": 0.2245, "rarity of siblings": 0.9152, "rarity of links": 0.4206, "rarity of title": 1.628,
"rarity of tag": 1.97, "rarity of equal text": 0.502, "rarity of path": 0.6024, "lengths": 0.3599,
"shapes": 0.485, "vocabulary": 0.7937, "heading before": 0.1973, "words before": 1.498, "words after": 0.6609,
"span": 0.07256, "share of path": 0.8124, "share of class": 0.3329, "container above": 0.2018,
"container size": 0.193, "known texts": 0.3369, "margin": 1.654, "worst": 4.762}, "list": {"words": 0.3687,
"shape": 0.7421, "after": 0.5022, "heading": 0.2063, "address": 0.6711, "child names": 0.1228, "length": 0.646,
"digits": 0.3644, "size": 0.05502, "links": 1.398, "title": 0.9215, "equal text": 0.1266,
"rarity of name": 0.6227, "rarity of data": 0.9048, "rarity of words": 0.6797, "rarity of shape": 0.7814,
"rarity of parent": 0.3437, "rarity of ancestors": 0.7418, "rarity of before": 0.3759,
"rarity of after": 0.7247, "rarity of heading": 0.2869, "rarity of address": 1.025,
"rarity of child names": 0.3926, "rarity of length": 0.9588, "rarity of digits": 0.4472,
"rarity of size": 0.554, "rarity of links": 1.134, "count": 0.9633, "count closeness": 1.021, "lengths": 1.628,
"shapes": 1.653, "vocabulary": 2.819, "heading before": 0.3983, "words before": 0.9765, "words after": 1.563,
"one path": 1.976, "one class": 1.487, "span": 0.6805, "density": 0.7626, "share of path": 1.201,
"share of class": 1.629, "coverage": 0.791, "container name": 0.4628, "container size": 0.8484,
"distinct": 0.3322, "complete": 0.78, "known texts": 0.08671, "margin": 2.28}, "media": {"name": 0.6161,
"data": 0.0008919, "words": 0.2748, "own text": 0.326, "shape": 0.2779, "ancestors": 1.102, "after": 0.176,
"heading": 0.9006, "attributes": 2.156, "address": 1.65, "children": 0.2754, "child names": 0.3389,
"subtree": 0.2754, "path steps": 0.1024, "length": 0.1828, "digits": 0.0006337, "size": 0.2162, "depth": 1.086,
"siblings": 0.2484, "title": 0.007921, "tag": 0.5298, "same path": 0.6221, "path": 0.4238,
"rarity of name": 1.118, "rarity of data": 0.0008427, "rarity of words": 0.1765, "rarity of own text": 0.6578,
"rarity of shape": 0.1594, "rarity of ancestors": 1.006, "rarity of heading": 1.227,
"rarity of attributes": 0.7114, "rarity of address": 1.625, "rarity of children": 1.136,
"rarity of child names": 1.108, "rarity of subtree": 1.136, "rarity of length": 0.07137,
"rarity of digits": 0.000823, "rarity of size": 1.5, "rarity of depth": 1.236, "rarity of siblings": 1.353,
"rarity of title": 0.00273, "rarity of tag": 1.179, "rarity of same path": 0.6375, "rarity of path": 2.278,
"lengths": 0.1828, "shapes": 0.2779, "vocabulary": 0.2748, "heading before": 0.9006, "words after": 0.176,
"span": 0.1719, "share of path": 1.314, "share of class": 1.583, "container name": 1.407,
"container above": 0.6507, "complete": 0.2042, "margin": 1.871, "worst": 8.559}},
"answer": {"intercept": -3.128, "share": 1.555, "lead": 0.1208, "share back": 1.048, "lead back": 0.1418,
"mutual": 0.3574, "count": 0.5547, "lengths": 0.186, "shapes": 0.03875, "vocabulary": 0.8297, "heading": 0.1614,
"margin": 0.2503, "data": 0.3475, "address": 1.082, "share of path": 0.7942, "known texts": 0.6181,
"is list": 0.0005211, "is media": -0.0248}, "holds": {"intercept": -11.38, "share": 2.622, "lead": 0.1597,
"share back": 1.086, "lead back": 0.01832, "mutual": 0.9757, "rarity": 1.01, "count": 0.8464, "lengths": 2.465,
"margin": 1.523, "worst": 0.7735, "name": 0.812, "tag": 0.5189, "data": 1.081, "address": 0.6827,
"share of class": 1.373, "known texts": 1.405, "is list": 0.1541, "is media": 0.8138}})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual = R"json({"answer": {"intercept": -3.128, "share": 1.555, "lead": 0.1208, "share back": 1.048, "lead back": 0.1418,
"mutual": 0.3574, "count": 0.5547, "lengths": 0.186, "shapes": 0.03875, "vocabulary": 0.8297, "heading": 0.1614,
"margin": 0.2503, "data": 0.3475, "address": 1.082, "share of path": 0.7942, "known texts": 0.6181,
"is list": 0.0005211, "is media": -0.0248}, "holds": {"intercept": -11.38, "share": 2.622, "lead": 0.1597,
"share back": 1.086, "lead back": 0.01832, "mutual": 0.9757, "rarity": 1.01, "count": 0.8464, "lengths": 2.465,
"margin": 1.523, "worst": 0.7735, "name": 0.812, "tag": 0.5189, "data": 1.081, "address": 0.6827,
"share of class": 1.373, "known texts": 1.405, "is list": 0.1541, "is media": 0.8138}})json";

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
