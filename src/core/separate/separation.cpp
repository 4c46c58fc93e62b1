#include "core/separate/separation.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/separate/fold.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/maintainability.hpp"
#include "core/separate/sibling_methods.hpp"
#include "core/separate/source_layout.hpp"

namespace webwrap {

namespace {

constexpr std::pair<std::string_view, SeparationMethod> kMethods[] = {
    {"synthia", SeparationMethod::kSynthia},     {"max_mi", SeparationMethod::kMaxMi},
    {"max_mi_lcs", SeparationMethod::kMaxMiLcs}, {"mi_dual_tlbo", SeparationMethod::kMiDualTlbo},
    {"optimal", SeparationMethod::kOptimal},     {"records", SeparationMethod::kRecords},
};

std::size_t characters_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_plain(const std::string &text) {
    return !text.empty() && !is_html_space(text.front()) && !is_html_space(text.back()) &&
           text.find_first_of(",:{}[]\"\\\n\r\t\f") == std::string::npos;
}

void append_paper_notation(std::string &out, const TemplateData &value, bool is_outermost) {
    if (value.is_string()) {
        const auto &text = value.get_ref<const std::string &>();
        out += is_plain(text) ? text : value.dump();
    } else if (value.is_array()) {
        out += '[';
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0)
                out += ',';
            append_paper_notation(out, value[i], false);
        }
        out += ']';
    } else if (value.is_object()) {
        if (!is_outermost)
            out += '{';
        bool is_first = true;
        for (const auto &[name, member] : value.items()) {
            if (!is_first)
                out += ',';
            is_first = false;
            out.append(name).append(":");
            append_paper_notation(out, member, false);
        }
        if (!is_outermost)
            out += '}';
    } else {
        out += value.dump();
    }
}

LayoutId fold_by(SeparationMethod method, LayoutPool &pool, LayoutId page, const SeparationOptions &options) {
    switch (method) {
    case SeparationMethod::kOptimal:
        return OptimalFolder(pool).fold(page);
    case SeparationMethod::kRecords:
        return OptimalFolder(pool).fold_eagerly(page);
    default:
        return fold_siblings(pool, page, method, options);
    }
}

} // namespace

SeparationMethod separation_method(std::string_view name) {
    for (const auto &[known, method] : kMethods)
        if (known == name)
            return method;
    throw Error(ErrorKind::kInvalidArgument, "unknown separation method \"" + std::string(name) + "\"", {},
                "Methods are synthia, max_mi, max_mi_lcs, mi_dual_tlbo, optimal and records.");
}

std::string_view separation_method_name(SeparationMethod method) {
    return std::ranges::find(kMethods, method, &std::pair<std::string_view, SeparationMethod>::second)->first;
}

SeparationOptions separation_options_from_json(std::string_view json) {
    SeparationOptions options;
    const auto members = nlohmann::json::parse(json, nullptr, false);
    if (!members.is_object())
        throw Error(ErrorKind::kInvalidOption, "separation options must be a JSON object");
    const auto number = [](const std::string &name, const nlohmann::json &value, std::int64_t least,
                           std::int64_t most) {
        if (!value.is_number() || value.get<double>() < static_cast<double>(least) ||
            value.get<double>() > static_cast<double>(most))
            throw Error(ErrorKind::kInvalidOption, "invalid separation option \"" + name + "\"", {},
                        "It must be a number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
        return value.get<double>();
    };
    for (const auto &[name, value] : members.items()) {
        if (name == "threshold")
            options.threshold = number(name, value, 0, 1);
        else if (name == "population")
            options.population = static_cast<int>(number(name, value, 2, 1000));
        else if (name == "iterations")
            options.iterations = static_cast<int>(number(name, value, 0, 10'000));
        else if (name == "learning_rate")
            options.learning_rate = number(name, value, 0, 1);
        else if (name == "seed")
            options.seed = static_cast<std::uint64_t>(number(name, value, 0, 4294967295));
        else if (name == "scope" && (value == "page" || value == "subtree"))
            options.scope = value == "page" ? SeparationScope::kPage : SeparationScope::kSubtree;
        else if (name == "scope")
            throw Error(ErrorKind::kInvalidOption, "invalid separation option \"scope\"", {},
                        "It must be \"page\" or \"subtree\".");
        else
            throw Error(ErrorKind::kInvalidOption, "unknown separation option \"" + name + "\"", {},
                        "Options are scope, threshold, population, iterations, learning_rate and seed.");
    }
    return options;
}

std::string paper_notation(const TemplateData &data) {
    std::string text;
    append_paper_notation(text, data, true);
    return text;
}

Separation separate(std::string_view page, SeparationMethod method, const SeparationOptions &options,
                    const Limits &limits) {
    LayoutPool pool;
    const LayoutId plain = layout_of_page(pool, page, limits);
    const LayoutId folded = fold_by(method, pool, plain, options);
    auto result = Instantiation(pool).run(folded, plain);
    if (!result.has_value() || restore(result->text, result->data) != page)
        throw Error(ErrorKind::kInternal,
                    "separation by " + std::string(separation_method_name(method)) + " does not give the page back");
    MaintainabilityCounter counter(pool);
    Separation separation;
    separation.page_maintainability = maintainability_index(counter.count(plain));
    separation.maintainability = maintainability_index(counter.count(folded));
    separation.template_text = std::move(result->text);
    separation.data = std::move(result->data);
    separation.data_text = separation.data.dump();
    separation.compression_ratio = page.empty() ? 1.0
                                                : static_cast<double>(characters_of(separation.template_text) +
                                                                      characters_of(paper_notation(separation.data))) /
                                                      static_cast<double>(characters_of(page));
    return separation;
}

} // namespace webwrap
