#include "core/match/options.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/match/text_pattern.hpp"

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

constexpr std::string_view kValidOptions =
    "Valid options are labels, text_nodes, text, text_pattern, order, leaf, root.";

struct LabelFlags {
    bool id, classes, attributes, path;
};
constexpr std::array<std::pair<std::string_view, LabelFlags>, 6> kLabels{{
    {"tag", {false, false, false, false}},
    {"tag+id", {true, false, false, false}},
    {"tag+class", {false, true, false, false}},
    {"tag+id+class", {true, true, false, false}},
    {"tag+attributes", {true, true, true, false}},
    {"path", {false, false, false, true}},
}};
struct TextRule {
    bool counts;
    TextMeasure measure;
};
constexpr std::array<std::pair<std::string_view, TextRule>, 6> kTextRules{{
    {"any", {false, TextMeasure::kExact}},
    {"exact", {true, TextMeasure::kExact}},
    {"words", {true, TextMeasure::kWords}},
    {"bigram", {true, TextMeasure::kBigram}},
    {"jaro_winkler", {true, TextMeasure::kJaroWinkler}},
    {"edit", {true, TextMeasure::kEdit}},
}};
constexpr std::array<std::pair<std::string_view, LeafRule>, 2> kLeafRules{{
    {"printed", LeafRule::kPrinted},
    {"both", LeafRule::kBoth},
}};
constexpr std::array<std::pair<std::string_view, RootRule>, 2> kRootRules{{
    {"one", RootRule::kOne},
    {"printed", RootRule::kPrinted},
}};

bool boolean(const std::string &key, const nlohmann::json &value) {
    if (!value.is_boolean())
        throw_invalid_value(key, value, "true, false");
    return value.get<bool>();
}

void set_labels(TreeOptions &tree, const std::string &key, const nlohmann::json &value) {
    LabelFlags flags{};
    tree.attributes.clear();
    if (value.is_array()) {
        for (const auto &name : value) {
            if (!name.is_string())
                throw_invalid_value(key, name, "names of attributes in an array");
            const auto &text = name.get_ref<const std::string &>();
            if (text == "id")
                flags.id = true;
            else if (text == "class")
                flags.classes = true;
            else
                tree.attributes.push_back(text);
        }
    } else {
        flags = choose(key, value, kLabels);
    }
    tree.id_labels = flags.id;
    tree.class_labels = flags.classes;
    tree.attribute_labels = flags.attributes;
    tree.path_labels = flags.path;
}

void set_option(SimilarityOptions &options, const std::string &key, const nlohmann::json &value) {
    if (key == "labels") {
        set_labels(options.tree, key, value);
    } else if (key == "text_nodes") {
        options.tree.text_nodes = boolean(key, value);
    } else if (key == "text") {
        const TextRule rule = choose(key, value, kTextRules);
        options.tree.text_labels = rule.counts;
        options.text_measure = rule.measure;
    } else if (key == "text_pattern") {
        if (!value.is_string())
            throw_invalid_value(key, value, "regular expressions");
        options.tree.text_pattern = std::make_shared<TextPattern>(value.get_ref<const std::string &>());
    } else if (key == "order") {
        options.is_ordered = boolean(key, value);
    } else if (key == "leaf") {
        options.leaf_rule = choose(key, value, kLeafRules);
    } else if (key == "root") {
        options.root_rule = choose(key, value, kRootRules);
    } else {
        throw Error(ErrorKind::kInvalidOption,
                    "tree similarity option \"" + abbreviate(key, kMaxQuotedBytes) + "\" is not known", {},
                    std::string(kValidOptions));
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
                    std::string(kValidOptions));
    SimilarityOptions options = defaults;
    for (const auto &[key, value] : parsed.items())
        set_option(options, key, value);
    if (options.tree.text_pattern != nullptr && !options.tree.text_labels) {
        if (parsed.contains("text"))
            throw Error(ErrorKind::kInvalidOption, "tree similarity option \"text_pattern\" needs texts that count", {},
                        "Leave \"text\" out, or set it to something other than any.");
        options.tree.text_labels = true;
    }
    return options;
}

void check_options(const SimilarityOptions &options, Measure measure) {
    if (options.is_plain() || measure == Measure::kSimple || measure == Measure::kClustered)
        return;
    throw Error(ErrorKind::kInvalidOption,
                std::string(options.is_ordered ? "texts that are partly similar" : "children in any order") +
                    " are not known to tree similarity measure \"" + std::string(name_of(measure)) + "\"",
                {}, "Measures with them are simple, clustered.");
}

} // namespace webwrap
