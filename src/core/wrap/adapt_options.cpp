#include "core/wrap/adapt_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

using nlohmann::json;

constexpr std::size_t kMaxMeasures = 16;
constexpr std::size_t kMaxQuotedBytes = 64;
constexpr std::string_view kMeasureNames = "combined, values, simple, clustered, bigram, jaro_winkler, edit, flexible";
constexpr std::array<std::string_view, 5> kSimilarityKeys{"labels", "text_nodes", "text", "leaf", "root"};

/* Which set of keys is read. */
enum class Scope { kOneXPath, kWrapper, kWrapperCall };

[[noreturn]] void fail(const std::string &message, const std::string &hint = {}) {
    throw Error(ErrorKind::kInvalidOption, message, {}, hint);
}

std::string in_quotes(std::string_view text) { return "\"" + abbreviate(text, kMaxQuotedBytes) + "\""; }

double number_of(const json &object, const char *key, double fallback) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (!found->is_number() || found->get<double>() < 0 || found->get<double>() > 1)
        fail(std::string("option \"") + key + "\" must be a number from 0 to 1");
    return found->get<double>();
}

std::string text_of(const json &object, const char *key, std::string fallback) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (!found->is_string())
        fail("option \"" + std::string(key) + "\" must be a string");
    return found->get<std::string>();
}

bool flag_of(const json &object, const char *key, bool fallback) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (!found->is_boolean())
        fail(std::string("option \"") + key + "\" must be true or false");
    return found->get<bool>();
}

/* "fitted", "equal", or a model of one's own. */
std::shared_ptr<const AdaptationModel> model_from_option(const nlohmann::json &model) {
    if (model == "fitted")
        return nullptr;
    if (model == "equal")
        return {std::shared_ptr<void>(), &equal_model()};
    return std::make_shared<const AdaptationModel>(model_from_json(model.dump()));
}

/* A text of "name" or "name threshold". */
AdaptMeasure measure_from_text(std::string_view text) {
    const std::size_t space = text.find_first_of(" \t\n");
    AdaptMeasure measure{std::string(text.substr(0, space)), {}};
    if (measure.name != "combined" && measure.name != "values") {
        try {
            (void)measure_from_name(measure.name);
        } catch (const Error &) {
            fail("measure " + in_quotes(measure.name) + " is not known",
                 "Known measures are " + std::string(kMeasureNames) + ".");
        }
    }
    if (space == std::string_view::npos)
        return measure;
    const std::string_view number = trim(text.substr(space));
    double threshold = -1;
    const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), threshold);
    if (code != std::errc{} || end != number.data() + number.size() || !(threshold >= 0 && threshold <= 1))
        fail("threshold " + in_quotes(number) + " of measure " + in_quotes(measure.name) +
             " is not a number from 0 to 1");
    measure.threshold = threshold;
    return measure;
}

void check_measures(const std::vector<AdaptMeasure> &measures) {
    if (measures.empty())
        fail("option \"measures\" names no measure", "Known measures are " + std::string(kMeasureNames) + ".");
    if (measures.size() > kMaxMeasures)
        fail("option \"measures\" names more than " + std::to_string(kMaxMeasures) + " measures");
}

/* An array of texts, or one text of all. */
std::vector<AdaptMeasure> measures_from(const json &value) {
    if (value.is_string())
        return adapt_measures_from_text(value.get_ref<const std::string &>());
    std::vector<AdaptMeasure> measures;
    if (!value.is_array())
        fail("option \"measures\" must be an array of names");
    for (const json &one : value) {
        if (!one.is_string())
            fail("option \"measures\" must be an array of names");
        measures.push_back(measure_from_text(trim(one.get_ref<const std::string &>())));
    }
    check_measures(measures);
    return measures;
}

TopDown top_down_from(const json &value) {
    if (value.is_string())
        return top_down_from_text(value.get_ref<const std::string &>());
    TopDown top_down{false, {}};
    if (!value.is_array())
        fail("option \"top_down\" must be \"all\", \"none\" or an array of column names");
    for (const json &one : value) {
        if (!one.is_string())
            fail("option \"top_down\" must be \"all\", \"none\" or an array of column names");
        top_down.columns.push_back(one.get<std::string>());
    }
    return top_down;
}

std::string number_text(double number) {
    char text[32];
    return {text, std::to_chars(std::begin(text), std::end(text), number).ptr};
}

AdaptOptions read_options(std::string_view text, Scope scope) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object())
        fail("options must be a JSON object");
    std::vector<std::string_view> keys{"threshold", "similarity_threshold", "measure", "measures"};
    keys.insert(keys.end(), kSimilarityKeys.begin(), kSimilarityKeys.end());
    if (scope == Scope::kOneXPath)
        keys.insert(keys.end(), {"model", "parser"});
    else
        keys.insert(keys.end(), {"top_down", "bottom_up"});
    if (scope != Scope::kWrapper)
        keys.push_back("explain");
    for (const auto &[key, value] : object.items())
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            std::string names;
            for (const std::string_view name : keys)
                names += (names.empty() ? "" : ", ") + std::string(name);
            fail("unknown option " + in_quotes(key), "Valid options are " + names + ".");
        }
    AdaptOptions options;
    options.threshold = number_of(object, "threshold", options.threshold);
    options.similarity_threshold = number_of(object, "similarity_threshold", options.similarity_threshold);
    options.measure = text_of(object, "measure", options.measure);
    try {
        (void)measure_from_name(options.measure);
    } catch (const Error &error) {
        throw Error(ErrorKind::kInvalidOption, error.message(), error.detail(), error.hint());
    }
    options.parser = html_parser_from_name(text_of(object, "parser", "html5"));
    if (const auto model = object.find("model"); model != object.end())
        options.model = model_from_option(*model);
    if (const auto found = object.find("measures"); found != object.end())
        options.measures = measures_from(*found);
    json similarity = json::object();
    for (const std::string_view key : kSimilarityKeys)
        if (const auto found = object.find(key); found != object.end())
            similarity[std::string(key)] = *found;
    options.similarity = similarity_options_from_json(similarity.dump());
    if (const auto found = object.find("top_down"); found != object.end())
        options.top_down = top_down_from(*found);
    options.bottom_up = flag_of(object, "bottom_up", options.bottom_up);
    options.explain = flag_of(object, "explain", options.explain);
    return options;
}

} // namespace

std::optional<Measure> AdaptMeasure::tree_measure() const {
    if (name == "combined" || name == "values")
        return std::nullopt;
    return measure_from_name(name);
}

bool TopDown::forces(std::string_view column) const {
    return all || std::find(columns.begin(), columns.end(), column) != columns.end();
}

bool is_in_column(std::string_view pattern, std::string_view column) {
    return pattern.starts_with(column) && (pattern.size() == column.size() || pattern[column.size()] == '.');
}

PatternThresholds AdaptOptions::thresholds_of(const std::string &pattern) const {
    auto found = patterns.find(pattern);
    if (found == patterns.end())
        found = std::ranges::find_if(patterns, [&](const auto &one) { return is_in_column(pattern, one.first); });
    return found == patterns.end() ? PatternThresholds{} : found->second;
}

double AdaptOptions::threshold_of(const std::string &pattern) const {
    return thresholds_of(pattern).threshold.value_or(threshold);
}

double AdaptOptions::similarity_threshold_of(const std::string &pattern) const {
    return thresholds_of(pattern).similarity_threshold.value_or(similarity_threshold);
}

double AdaptOptions::tree_threshold_of(const std::string &pattern, const AdaptMeasure &own) const {
    if (own.threshold)
        return *own.threshold;
    const double of_similarity = similarity_threshold_of(pattern);
    return of_similarity > 0 ? of_similarity : threshold_of(pattern);
}

AdaptOptions adapt_options_from_json(std::string_view json) { return read_options(json, Scope::kOneXPath); }

AdaptOptions wrapper_adapt_options_from_json(std::string_view json) { return read_options(json, Scope::kWrapper); }

AdaptOptions call_adapt_options_from_json(std::string_view text, const AdaptOptions &of_wrapper) {
    const json own = json::parse(text, nullptr, false);
    if (!own.is_object())
        fail("options must be a JSON object");
    json object = json::parse(wrapper_adapt_options_to_json(of_wrapper));
    object.update(own);
    AdaptOptions options = read_options(object.dump(), Scope::kWrapperCall);
    options.patterns = of_wrapper.patterns;
    return options;
}

std::string wrapper_adapt_options_to_json(const AdaptOptions &options) {
    const AdaptOptions defaults;
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    const auto put = [&object](const char *key, const auto &value, const auto &usual) {
        if (value != usual)
            object[key] = value;
    };
    put("threshold", options.threshold, defaults.threshold);
    put("similarity_threshold", options.similarity_threshold, defaults.similarity_threshold);
    put("measure", options.measure, defaults.measure);
    put("measures", adapt_measures_to_text(options.measures), std::string());
    if (options.similarity.tree.attributes.empty())
        put("labels", labels_name(options.similarity.tree), labels_name({}));
    else
        object["labels"] = options.similarity.tree.attributes;
    put("text_nodes", options.similarity.tree.text_nodes, false);
    if (options.similarity.tree.text_labels)
        object["text"] = name_of(options.similarity.text_measure);
    if (options.similarity.leaf_rule != defaults.similarity.leaf_rule)
        object["leaf"] = "both";
    if (options.similarity.root_rule != defaults.similarity.root_rule)
        object["root"] = "printed";
    if (!options.top_down.all)
        object["top_down"] = options.top_down.columns;
    put("bottom_up", options.bottom_up, true);
    return object.dump();
}

std::string labels_name(const TreeOptions &tree) {
    std::string names;
    for (const std::string &name : tree.attributes)
        names.append(names.empty() ? "@" : ", @").append(name);
    if (!names.empty())
        return names;
    if (tree.attribute_labels)
        return "tag+attributes";
    if (tree.path_labels)
        return "path";
    return std::string("tag") + (tree.id_labels ? "+id" : "") + (tree.class_labels ? "+class" : "");
}

TreeOptions labels_from_name(std::string_view name) {
    json labels = std::string(name);
    if (name.starts_with('@')) {
        labels = json::array();
        for (const std::string &part : parts_of_list(name)) {
            if (part.size() < 2 || part.front() != '@')
                fail("attribute " + in_quotes(part) + " of labels does not begin with @");
            labels.push_back(part.substr(1));
        }
    }
    return similarity_options_from_json(
               json{{"labels", std::move(labels)}}.dump(-1, ' ', false, json::error_handler_t::replace))
        .tree;
}

std::vector<std::string> parts_of_list(std::string_view list) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        parts.emplace_back(trim(list.substr(at, end - at)));
        at = end + 1;
    }
    return parts;
}

std::vector<AdaptMeasure> adapt_measures_from_text(std::string_view text) {
    std::vector<AdaptMeasure> measures;
    if (!trim(text).empty())
        for (const std::string &part : parts_of_list(text))
            measures.push_back(measure_from_text(part));
    check_measures(measures);
    return measures;
}

std::string adapt_measures_to_text(const std::vector<AdaptMeasure> &measures) {
    std::string text;
    for (const AdaptMeasure &measure : measures) {
        text += (text.empty() ? "" : ", ") + measure.name;
        if (measure.threshold)
            text += " " + number_text(*measure.threshold);
    }
    return text;
}

TopDown top_down_from_text(std::string_view text) {
    if (trim(text) == "all")
        return {};
    if (trim(text) == "none")
        return {false, {}};
    TopDown top_down{false, parts_of_list(text)};
    for (const std::string &column : top_down.columns)
        if (column.empty())
            fail("option \"top_down\" has an empty column name", "It is all, none, or names of columns.");
    return top_down;
}

std::string top_down_to_text(const TopDown &top_down) {
    if (top_down.all)
        return "all";
    std::string text;
    for (const std::string &column : top_down.columns)
        text += (text.empty() ? "" : ", ") + column;
    return text.empty() ? "none" : text;
}

} // namespace webwrap
