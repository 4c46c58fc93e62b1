#include "core/wrap/classify.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kStructureShare = 0.7; /* of the similarity when the wrapper does not fit at all */
constexpr double kBareWeight = 0.35;    /* of a pattern by tags alone, to one by names or labels */
constexpr double kTypeWeight = 0.5;     /* that a type or a regular expression adds */
constexpr double kDoubt = 1.0;          /* weight of the patterns at which a wrapper alone is half sure */
constexpr double kFilledShare = 0.5;    /* records that must have a value for a column to be found */
constexpr NodeId kPollEvery = 1024;

enum Relation : std::uint64_t { kChild = 1, kGrandchild, kNeighbour, kPath };

/* Labels of an element: its tag, and its tag with each class that looks chosen by people. */
std::vector<std::uint64_t> labels_of(const Document &page, NodeId element) {
    const std::hash<std::string_view> hash;
    const std::uint64_t tag = hash(page.name(element));
    std::vector<std::uint64_t> labels{tag};
    for (const std::string_view token : class_tokens(page.attribute_value(element, "class")))
        if (is_stable_token(token))
            labels.push_back(mix(tag, hash(token)));
    return labels;
}

[[noreturn]] void fail(const std::string &name, const std::string &message) {
    throw Error(ErrorKind::kInvalidOption, "template \"" + abbreviate(name, 60) + "\" " + message, {},
                "A template is a wrapper, or {\"wrapper\": {...}, \"example\": \"<html>...\", \"options\": {...}}.");
}

PageTemplate template_from(const std::string &name, const Json &json) {
    PageTemplate result;
    result.name = name;
    if (!json.is_object())
        fail(name, "is not a JSON object");
    const bool is_entry = json.contains("wrapper");
    if (is_entry)
        for (const auto &[key, value] : json.items()) {
            if (key == "example" && value.is_string())
                result.example = value.get<std::string>();
            else if (key == "options" && value.is_object())
                result.options_json = value.dump();
            else if (key == "example" || key == "options")
                fail(name, "has an \"" + key + "\" of the wrong type");
            else if (key != "wrapper")
                fail(name, "has an unknown key \"" + abbreviate(key, 60) + "\"");
        }
    try {
        result.wrapper = wrapper_from_json((is_entry ? json["wrapper"] : json).dump());
    } catch (const Error &error) {
        throw Error(error.kind(), error.message(),
                    "The wrapper belongs to template \"" + abbreviate(name, 60) + "\"." +
                        (error.detail().empty() ? "" : " " + error.detail()),
                    error.hint());
    }
    return result;
}

/* How telling a pattern is where it is found. */
double weight_of(const std::string &xpath) {
    return xpath.find('@') != std::string::npos || xpath.find("=") != std::string::npos ? 1.0 : kBareWeight;
}

double weight_of(const Column &column) {
    const bool is_bound = column.type != CellType::kText || !column.pattern.empty();
    return weight_of(column.xpath) + (is_bound ? kTypeWeight : 0);
}

/* What a wrapper finds on the page. */
struct Fit {
    double found = 0;  /* weight of the patterns that are found */
    double wanted = 0; /* weight of those that are found or should be */
    bool has_values = false;
};

Fit fit_of(const Wrapper &wrapper, const Extraction &extraction) {
    Fit fit;
    const auto is_violated = [&](const std::string &pattern) {
        return std::any_of(extraction.violations.begin(), extraction.violations.end(), [&](const Violation &one) {
            return one.pattern == pattern || one.pattern.starts_with(pattern + ".");
        });
    };
    const std::size_t records = extraction.records.size();
    if (wrapper.rows) {
        const double weight = weight_of(wrapper.rows->xpath);
        fit.wanted += weight;
        fit.found += records > 0 && !is_violated("rows") ? weight : 0;
    }
    for (std::size_t column = 0; column < wrapper.columns.size(); ++column) {
        const double weight = weight_of(wrapper.columns[column]);
        std::size_t filled = 0;
        for (const Record &record : extraction.records)
            filled += record.cells[column].value ? 1 : 0;
        fit.has_values = fit.has_values || filled > 0;
        fit.wanted += weight;
        if (filled > 0 && !is_violated(wrapper.columns[column].name))
            fit.found +=
                weight * std::min(1.0, static_cast<double>(filled) / (kFilledShare * static_cast<double>(records)));
    }
    return fit;
}

/* Likeness of signatures, 2 * common / both; a tree-gram weighs one divided by the examples that have it. */
class SignatureMatcher {
  public:
    void add(const PageSignature &signature) {
        for (const std::uint64_t gram : signature)
            ++gram_to_count_[gram];
    }
    [[nodiscard]] double similarity(const PageSignature &a, const PageSignature &b) const {
        double common = 0, of_a = 0, of_b = 0;
        for (const std::uint64_t gram : a) {
            of_a += weight(gram);
            common += std::binary_search(b.begin(), b.end(), gram) ? weight(gram) : 0;
        }
        for (const std::uint64_t gram : b)
            of_b += weight(gram);
        return of_a + of_b > 0 ? 2 * common / (of_a + of_b) : 0;
    }

  private:
    [[nodiscard]] double weight(std::uint64_t gram) const {
        const auto found = gram_to_count_.find(gram);
        return found == gram_to_count_.end() ? 1.0 : 1.0 / static_cast<double>(found->second);
    }
    std::unordered_map<std::uint64_t, std::size_t> gram_to_count_;
};

} // namespace

std::vector<PageTemplate> templates_from_json(std::string_view json) {
    const Json object = Json::parse(json, nullptr, false);
    if (!object.is_object())
        throw Error(ErrorKind::kInvalidOption, "wrappers must be a JSON object", {},
                    "Its members are the templates by their names.");
    std::vector<PageTemplate> templates;
    for (const auto &[name, value] : object.items())
        templates.push_back(template_from(name, value));
    return templates;
}

PageSignature signature_of(const Document &page) {
    std::unordered_set<std::uint64_t> signature;
    std::vector<std::vector<std::uint64_t>> node_to_labels(static_cast<std::size_t>(page.size()));
    std::vector<std::uint64_t> node_to_path(static_cast<std::size_t>(page.size()), kPath);
    std::unordered_map<NodeId, NodeId> parent_to_last; /* child element met last */
    const auto labels = [&](NodeId node) -> const std::vector<std::uint64_t> & {
        return node_to_labels[static_cast<std::size_t>(node)];
    };
    const auto add_pairs = [&](Relation relation, NodeId a, NodeId b) {
        for (const std::uint64_t of_a : labels(a))
            for (const std::uint64_t of_b : labels(b))
                signature.insert(mix(mix(relation, of_a), of_b));
    };
    for (NodeId node = 1; node < page.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!page.is_element(node))
            continue;
        node_to_labels[static_cast<std::size_t>(node)] = labels_of(page, node);
        const NodeId parent = page.parent(node);
        const std::uint64_t path = mix(node_to_path[static_cast<std::size_t>(parent)], labels(node).front());
        node_to_path[static_cast<std::size_t>(node)] = path;
        signature.insert(path);
        if (parent <= 0)
            continue;
        add_pairs(kChild, parent, node);
        if (const NodeId grandparent = page.parent(parent); grandparent > 0)
            add_pairs(kGrandchild, grandparent, node);
        const auto [last, is_first] = parent_to_last.try_emplace(parent, node);
        if (!is_first) {
            add_pairs(kNeighbour, last->second, node);
            last->second = node;
        }
    }
    PageSignature sorted(signature.begin(), signature.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

std::vector<TemplateMatch> classify_page(const std::function<const Document &(HtmlParser)> &page,
                                         const std::vector<PageTemplate> &templates, const Limits &limits) {
    SignatureMatcher matcher;
    std::vector<PageSignature> examples;
    bool has_examples = false;
    for (const PageTemplate &one : templates) {
        examples.emplace_back();
        if (one.example.empty())
            continue;
        has_examples = true;
        examples.back() = signature_of(*parse_html(one.example, limits));
        matcher.add(examples.back());
    }
    PageSignature signature;
    if (has_examples)
        signature = signature_of(page(HtmlParser::kHtml5));
    std::vector<TemplateMatch> matches;
    for (std::size_t i = 0; i < templates.size(); ++i) {
        Interrupt::poll();
        const Wrapper &wrapper = templates[i].wrapper;
        const Extraction extraction = Extractor(wrapper).extract(page(wrapper.parser), limits);
        const Fit fit = fit_of(wrapper, extraction);
        TemplateMatch match;
        match.index = i;
        match.records = extraction.records.size();
        match.is_valid = extraction.violations.empty() && fit.has_values;
        match.fit = fit.wanted > 0 ? fit.found / fit.wanted : 0;
        if (!extraction.violations.empty())
            match.problem = extraction.violations.front().pattern + ": " + extraction.violations.front().detail;
        if (templates[i].example.empty()) {
            match.similarity = match.fit * fit.wanted / (fit.wanted + kDoubt);
        } else {
            match.structure = matcher.similarity(signature, examples[i]);
            match.similarity = *match.structure * (kStructureShare + (1 - kStructureShare) * match.fit);
        }
        matches.push_back(std::move(match));
    }
    std::stable_sort(matches.begin(), matches.end(), [](const TemplateMatch &a, const TemplateMatch &b) {
        return std::tuple(a.similarity, a.is_valid) > std::tuple(b.similarity, b.is_valid);
    });
    return matches;
}

} // namespace webwrap
