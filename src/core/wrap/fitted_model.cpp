#include "core/wrap/confidence.hpp"

/* Written by src/bench/fit/write_model.py: do not edit. */

namespace webwrap {

namespace {

constexpr std::string_view kFitted = R"json({"ranking": {"text": {"data": 0.165, "words": 0.6741, "own text": 0.04167, "shape": 0.2638,
"ancestors": 0.01103, "before": 0.6741, "after": 0.365, "label": 1.111, "heading": 0.1712, "address": 0.6289,
"children": 0.2148, "length": 0.4126, "digits": 0.4419, "depth": 0.206, "position": 0.6417, "links": 0.3504,
"title": 0.7379, "tag": 0.2172, "equal text": 0.2453, "same path": 0.1638, "path": 0.2923,
"rarity of name": 0.3627, "rarity of whole names": 0.53, "rarity of data": 2.047, "rarity of words": 0.7252,
"rarity of own text": 0.1611, "rarity of shape": 0.9956, "rarity of parent": 0.03292,
"rarity of ancestors": 1.001, "rarity of before": 0.5649, "rarity of after": 0.302, "rarity of label": 0.1682,
"rarity of heading": 0.4027, "rarity of attributes": 0.03317, "rarity of address": 1.908,
"rarity of children": 0.491, "rarity of child names": 0.07177, "rarity of length": 0.6348,
"rarity of digits": 1.221, "rarity of size": 0.275, "rarity of position": 0.4402, "rarity of links": 0.3615,
"rarity of title": 1.65, "rarity of tag": 2.012, "rarity of equal text": 0.4314, "rarity of same path": 0.3983,
"rarity of path": 0.4081, "count": 0.001515, "count closeness": 0.001515, "lengths": 0.4126, "shapes": 0.3033,
"vocabulary": 0.8334, "heading before": 0.1712, "words before": 0.6741, "words after": 0.365,
"one path": 0.001515, "one class": 0.001515, "density": 0.001515, "share of path": 0.6922,
"share of class": 0.5998, "container size": 0.1206, "distinct": 0.001515, "adjacent": 0.001515,
"known texts": 0.2453, "not elsewhere": 0.2798, "margin": 1.53, "worst": 3.524}, "list": {"words": 0.5337,
"own text": 0.2589, "shape": 0.723, "ancestors": 0.1148, "after": 0.4702, "heading": 0.2181, "address": 0.7025,
"child names": 0.2857, "length": 0.8451, "digits": 0.07755, "size": 0.08693, "links": 0.6211, "title": 0.9573,
"equal text": 0.2341, "rarity of name": 0.1734, "rarity of whole names": 0.1932, "rarity of data": 1.099,
"rarity of words": 0.609, "rarity of own text": 0.2658, "rarity of shape": 0.8331, "rarity of parent": 0.2532,
"rarity of ancestors": 0.6783, "rarity of before": 0.3086, "rarity of after": 0.7141,
"rarity of heading": 0.3022, "rarity of address": 2.029, "rarity of child names": 0.3252,
"rarity of length": 0.8756, "rarity of digits": 0.3753, "rarity of size": 0.4098, "rarity of links": 0.6007,
"rarity of equal text": 0.003085, "count": 0.9493, "count closeness": 0.9294, "lengths": 1.514, "shapes": 1.685,
"vocabulary": 2.897, "heading before": 0.39, "words before": 1.121, "words after": 1.213, "one path": 2.293,
"one class": 1.459, "span": 0.7643, "density": 0.7051, "share of path": 1.234, "share of class": 1.69,
"coverage": 0.8991, "container name": 0.5099, "container above": 0.003386, "container size": 0.6599,
"distinct": 0.09267, "complete": 0.6672, "known texts": 0.08875, "margin": 2.376}, "media": {"name": 0.3057,
"data": 0.01071, "words": 0.2822, "own text": 0.3364, "shape": 0.2647, "parent": 0.1852, "ancestors": 1.431,
"after": 0.3368, "next text": 0.4179, "heading": 0.688, "attributes": 2.217, "address": 1.54,
"children": 0.2915, "child names": 0.2968, "subtree": 0.2915, "path steps": 0.3016, "length": 0.1678,
"digits": 0.009036, "size": 0.2166, "depth": 0.5983, "siblings": 0.3236, "title": 0.01672, "tag": 0.4974,
"same path": 0.6444, "path": 0.9728, "rarity of name": 0.5732, "rarity of data": 0.0008976,
"rarity of words": 0.2119, "rarity of own text": 0.7012, "rarity of shape": 0.1802,
"rarity of ancestors": 1.175, "rarity of after": 0.5625, "rarity of heading": 0.9918,
"rarity of attributes": 0.9188, "rarity of address": 1.438, "rarity of children": 1.13,
"rarity of child names": 0.8267, "rarity of subtree": 1.13, "rarity of path steps": 0.02415,
"rarity of length": 0.08753, "rarity of digits": 0.0006643, "rarity of size": 1.392, "rarity of depth": 0.6745,
"rarity of siblings": 1.912, "rarity of title": 0.006117, "rarity of tag": 1.053, "rarity of same path": 0.6607,
"rarity of path": 2.414, "lengths": 0.1678, "shapes": 0.2647, "vocabulary": 0.2822, "heading before": 0.688,
"words after": 0.3368, "span": 0.1739, "share of path": 1.049, "share of class": 0.9342,
"container name": 0.8254, "container above": 1.228, "complete": 0.2241, "not elsewhere": 0.8741,
"margin": 1.564, "worst": 5.969}}, "answer": {"intercept": -4.309, "share": 1.124, "lead": 0.2097,
"share back": 0.5814, "lead back": 0.11, "mutual": 0.9111, "count": 0.7794, "lengths": 0.6825, "shapes": 0.5426,
"vocabulary": 0.6157, "heading": 0.2168, "tag": 0.0225, "data": 0.05861, "address": 1.56,
"share of path": 0.1895, "share of class": 0.5689, "known texts": 0.34, "not elsewhere": 0.726,
"is list": -0.09935, "is media": -0.006024}, "holds": {"intercept": -12.03, "share": 2.772, "lead": 0.1778,
"share back": 0.8912, "mutual": 1.213, "likeness": 0.4528, "rarity": 1.699, "whole": 0.636, "count": 0.8792,
"lengths": 3.062, "margin": 0.9491, "worst": 1.362, "name": 0.4299, "tag": 0.5456, "data": 0.4902,
"address": 0.7347, "share of class": 1.068, "known texts": 1.347, "is list": 0.4025, "is media": 0.3886}})json";

/* The ranking is equal_weights(). */
constexpr std::string_view kEqual = R"json({"answer": {"intercept": -9.778, "lead": 2.616, "share back": 0.3621, "lead back": 1.503, "mutual": 1.65,
"count": 1.469, "lengths": 0.6413, "shapes": 1.295, "vocabulary": 1.414, "heading": 0.1837, "margin": 1.727,
"tag": 0.4219, "address": 2.797, "share of path": 1.697, "share of class": 1.387, "known texts": 0.5686,
"not elsewhere": 0.9243, "is list": -0.2876, "is media": 0.396}, "holds": {"intercept": -17.49, "share": 6.64,
"lead": 2.063, "lead back": 0.4303, "mutual": 2.029, "likeness": 0.5601, "rarity": 1.158, "whole": 2.121,
"count": 1.313, "lengths": 5.765, "shapes": 0.06356, "margin": 2.312, "worst": 2.045, "name": 0.592,
"tag": 0.9741, "data": 0.5422, "address": 0.7375, "share of path": 0.4623, "share of class": 1.771,
"known texts": 0.8251, "is list": 0.7695, "is media": 0.2823}})json";

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
