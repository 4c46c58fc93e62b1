#include "core/match/options.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxQuotedBytes = 64;

struct MeasureName {
    std::string_view name;
    Measure measure;
};
constexpr std::array kMeasures{
    MeasureName{"simple", Measure::kSimple}, MeasureName{"clustered", Measure::kClustered},
    MeasureName{"bigram", Measure::kBigram}, MeasureName{"jaro_winkler", Measure::kJaroWinkler},
    MeasureName{"edit", Measure::kEdit},     MeasureName{"flexible", Measure::kFlexible},
};

[[noreturn]] void throw_invalid_value(std::string_view key, const nlohmann::json &value, std::string_view valid) {
    const std::string text = value.is_string() ? value.get<std::string>()
                                               : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    throw Error(ErrorKind::kInvalidOption,
                "value \"" + abbreviate(text, kMaxQuotedBytes) + "\" of tree similarity option \"" + std::string(key) +
                    "\" is not valid",
                {}, "Valid values are " + std::string(valid) + ".");
}

/* The second of the pair whose first is the value. */
template <typename T, std::size_t N>
T choose(std::string_view key, const nlohmann::json &value,
         const std::array<std::pair<std::string_view, T>, N> &choices) {
    std::string valid;
    for (const auto &[name, choice] : choices) {
        if (value.is_string() && value.get_ref<const std::string &>() == name)
            return choice;
        valid.append(valid.empty() ? "" : ", ").append(name);
    }
    throw_invalid_value(key, value, valid);
}

struct LabelFlags {
    bool id, classes, attributes, path;
};
constexpr std::array<std::pair<std::string_view, LabelFlags>, 6> kLabels{{
    {"tag", {false, false, false, false}},
    {"tag+id", {true, false, false, false}},
    {"tag+class", {false, true, false, false}},
    {"tag+id+class", {true, true, false, false}},
    {"tag+attributes", {true, true, true, false}},
    {"tag+path", {false, false, false, true}},
}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kTextLabels{{{"any", false}, {"exact", true}}};
constexpr std::array<std::pair<std::string_view, LeafRule>, 2> kLeafRules{{
    {"printed", LeafRule::kPrinted},
    {"both", LeafRule::kBoth},
}};
constexpr std::array<std::pair<std::string_view, RootRule>, 2> kRootRules{{
    {"one", RootRule::kOne},
    {"printed", RootRule::kPrinted},
}};

void set_option(SimilarityOptions &options, const std::string &key, const nlohmann::json &value) {
    if (key == "labels") {
        const LabelFlags flags = choose(key, value, kLabels);
        options.tree.id_labels = flags.id;
        options.tree.class_labels = flags.classes;
        options.tree.attribute_labels = flags.attributes;
        options.tree.path_labels = flags.path;
    } else if (key == "text_nodes") {
        if (!value.is_boolean())
            throw_invalid_value(key, value, "true, false");
        options.tree.text_nodes = value.get<bool>();
    } else if (key == "text") {
        options.tree.text_labels = choose(key, value, kTextLabels);
    } else if (key == "leaf") {
        options.leaf_rule = choose(key, value, kLeafRules);
    } else if (key == "root") {
        options.root_rule = choose(key, value, kRootRules);
    } else {
        throw Error(ErrorKind::kInvalidOption,
                    "tree similarity option \"" + abbreviate(key, kMaxQuotedBytes) + "\" is not known", {},
                    "Valid options are labels, text_nodes, text, leaf, root.");
    }
}

} // namespace

Measure measure_from_name(std::string_view name) {
    std::string known;
    for (const MeasureName &entry : kMeasures) {
        if (entry.name == name)
            return entry.measure;
        known.append(known.empty() ? "" : ", ").append(entry.name);
    }
    throw Error(ErrorKind::kInvalidArgument,
                "tree similarity measure \"" + abbreviate(name, kMaxQuotedBytes) + "\" is not known", {},
                "Known measures are " + known + ".");
}

std::string_view name_of(Measure measure) {
    return std::find_if(kMeasures.begin(), kMeasures.end(), [&](auto &entry) { return entry.measure == measure; })
        ->name;
}

SimilarityOptions similarity_options_from_json(std::string_view json, const SimilarityOptions &defaults) {
    const auto parsed = nlohmann::json::parse(json, nullptr, /* allow_exceptions */ false);
    if (!parsed.is_object())
        throw Error(ErrorKind::kInvalidOption, "tree similarity options are not a JSON object", {},
                    "Valid options are labels, text_nodes, text, leaf, root.");
    SimilarityOptions options = defaults;
    for (const auto &[key, value] : parsed.items())
        set_option(options, key, value);
    return options;
}

} // namespace webwrap
