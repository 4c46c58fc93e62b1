#include "core/wrap/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

namespace webwrap {

namespace {

using nlohmann::json;

constexpr std::array<const char *, kTargetKinds> kKindNames{"text", "list", "media"};

[[noreturn]] void refuse(const std::string &what) {
    throw Error(ErrorKind::kInvalidOption, "option \"model\" is malformed", what);
}

/* Calls `take` with the index of each key among the names, and its number. */
template <typename Names, typename Take> void read_numbers(const json &object, const Names &names, Take take) {
    if (!object.is_object())
        refuse("Weights must be a JSON object.");
    for (const auto &[key, value] : object.items()) {
        const json &number = value;
        if (!number.is_number() || !std::isfinite(number.get<double>()))
            refuse("The weight of \"" + key + "\" must be a number.");
        const auto found = std::find(names.begin(), names.end(), key);
        if (found == names.end())
            refuse("There is no feature \"" + key + "\".");
        take(static_cast<std::size_t>(found - names.begin()), number.get<float>());
    }
}

ConfidenceModel confidence_from_json(json object) {
    ConfidenceModel model;
    if (const auto found = object.find("intercept"); found != object.end()) {
        if (!found->is_number())
            refuse("\"intercept\" must be a number.");
        model.intercept = found->get<float>();
        object.erase(found);
    }
    read_numbers(object, trust_names(), [&model](std::size_t at, float weight) { model.weights[at] = weight; });
    return model;
}

} // namespace

double ConfidenceModel::probability(const TrustVector &trust) const {
    double sum = intercept;
    for (std::size_t i = 0; i < trust.size(); ++i)
        sum += static_cast<double>(weights[i]) * static_cast<double>(trust[i]);
    return 1 / (1 + std::exp(-sum));
}

const std::array<std::string, kTrustCount> &trust_names() {
    static const std::array<std::string, kTrustCount> names{
        "share",         "lead",         "share back", "lead back",     "log share",      "log share back",
        "mutual",        "likeness",     "rarity",     "whole",         "count",          "lengths",
        "shapes",        "vocabulary",   "heading",    "margin",        "worst",          "name",
        "tag",           "data",         "address",    "share of path", "share of class", "known texts",
        "not elsewhere", "names own",    "label own",  "is list",       "is media",       "texts stay",
        "names stay",    "around stays", "texts lost", "likeness lost", "around lost",    "data lost",
        "other markup",  "tag lost"};
    return names;
}

AdaptationModel model_from_json(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object())
        refuse("It must be a JSON object.");
    AdaptationModel model;
    for (const auto &[key, value] : object.items()) {
        if (key == "answer" || key == "holds") {
            if (!value.is_object())
                refuse("\"" + key + "\" must be a JSON object.");
            (key == "answer" ? model.answer : model.holds) = confidence_from_json(value);
            continue;
        }
        if (key != "ranking" || !value.is_object())
            refuse("Its keys are ranking, answer and holds, each a JSON object.");
        for (const auto &[name, weights] : value.items()) {
            const auto kind = std::find(kKindNames.begin(), kKindNames.end(), name);
            if (kind == kKindNames.end())
                refuse("The kinds of \"ranking\" are text, list and media.");
            RankVector &own = model.ranking.weights[static_cast<std::size_t>(kind - kKindNames.begin())];
            read_numbers(weights, rank_feature_names(), [&own](std::size_t at, float weight) { own[at] = weight; });
        }
    }
    return model;
}

} // namespace webwrap
