#include "core/wrap/flow.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/fetch/form.hpp"
#include "core/fetch/url.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/adapt_options.hpp"

namespace webwrap {

namespace {

struct StepName {
    std::string_view name;
    FlowStep step;
};
constexpr std::array<StepName, 4> kSteps{{{"refresh", FlowStep::kRefresh},
                                          {"consent", FlowStep::kConsent},
                                          {"back", FlowStep::kBack},
                                          {"alternatives", FlowStep::kAlternatives}}};
constexpr std::size_t kMaxAlternatives = 16;
constexpr std::size_t kMaxFields = 1000;

std::string_view attribute(const Document &page, NodeId node, std::string_view name) {
    return page.attribute_value(node, name);
}

bool has_attribute(const Document &page, NodeId node, std::string_view name) {
    return page.attribute_value(node, name).data() != nullptr;
}

std::optional<FlowHop> hop_to(const std::string &base, std::string_view reference) {
    try {
        return FlowHop{resolve_url(parse_url(base), reference).text, "GET", {}};
    } catch (const Error &) {
        return std::nullopt; /* mailto, javascript and the like */
    }
}

/* The address in "5; url='x'" (HTML standard, shared declarative refresh steps); empty without one. */
std::string_view refresh_address(std::string_view value) {
    value = trim(value);
    std::size_t at = value.find_first_not_of("0123456789.");
    if (at == 0 || at == std::string_view::npos)
        return {};
    at = value.find_first_not_of(" \t\n\f\r;,", at);
    if (at == std::string_view::npos)
        return {};
    std::string_view rest = value.substr(at);
    if (ascii_lower(rest.substr(0, 3)) == "url") {
        const std::size_t equals = rest.find_first_not_of(" \t\n\f\r", 3);
        if (equals != std::string_view::npos && rest[equals] == '=')
            rest = trim(rest.substr(equals + 1));
    }
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
        const char quote = rest.front();
        rest.remove_prefix(1);
        rest = rest.substr(0, rest.find(quote));
    }
    return rest;
}

/* The form that an element stands in, or kNoNode. */
NodeId form_around(const Document &page, NodeId node) {
    while (node > 0 && page.name(node) != "form")
        node = page.parent(node);
    return node > 0 ? node : kNoNode;
}

bool is_submit_button(const Document &page, NodeId node) {
    const std::string type = ascii_lower(attribute(page, node, "type"));
    if (page.name(node) == "button")
        return type.empty() || type == "submit";
    return page.name(node) == "input" && (type == "submit" || type == "image");
}

/* What a browser sends of a form (HTML standard, constructing the entry list): fields with a name that are neither disabled
 * nor buttons, boxes that are checked, chosen options, and the button that submits. */
class FormReader {
  public:
    FormReader(const Document &page, NodeId form, NodeId button) : page_(page), button_(button) {
        for (NodeId node = form + 1; node < page.end_of(form) && count_ < kMaxFields; ++node)
            if (page.is_element(node))
                read(node);
    }

    [[nodiscard]] const nlohmann::json &fields() const { return fields_; }

  private:
    void read(NodeId node) {
        const std::string name(attribute(page_, node, "name"));
        const std::string_view tag = page_.name(node);
        if (name.empty() || has_attribute(page_, node, "disabled"))
            return;
        if (is_submit_button(page_, node)) {
            if (node == button_)
                add(name, attribute(page_, node, "value"));
        } else if (tag == "input") {
            const std::string type = ascii_lower(attribute(page_, node, "type"));
            const bool is_box = type == "checkbox" || type == "radio";
            if (type == "button" || type == "reset" || type == "file" ||
                (is_box && !has_attribute(page_, node, "checked")))
                return;
            add(name, is_box && !has_attribute(page_, node, "value") ? "on" : attribute(page_, node, "value"));
        } else if (tag == "textarea") {
            add(name, page_.string_value(node));
        } else if (tag == "select") {
            read_select(name, node);
        }
    }

    void read_select(const std::string &name, NodeId select) {
        NodeId chosen = kNoNode;
        bool is_selected = false;
        for (NodeId node = select + 1; node < page_.end_of(select); ++node) {
            if (!page_.is_element(node) || page_.name(node) != "option" || has_attribute(page_, node, "disabled"))
                continue;
            const bool selected = has_attribute(page_, node, "selected");
            if (selected && has_attribute(page_, select, "multiple"))
                add_option(name, node);
            if (chosen == kNoNode || (selected && !is_selected))
                chosen = node;
            is_selected = is_selected || selected;
        }
        if (chosen != kNoNode && !has_attribute(page_, select, "multiple"))
            add_option(name, chosen);
    }

    void add_option(const std::string &name, NodeId option) {
        if (has_attribute(page_, option, "value"))
            add(name, attribute(page_, option, "value"));
        else
            add(name, fold_space(page_.string_value(option)));
    }

    void add(const std::string &name, std::string_view value) {
        ++count_;
        fields_[name].push_back(std::string(value));
    }

    const Document &page_;
    NodeId button_;
    std::size_t count_ = 0;
    nlohmann::json fields_ = nlohmann::json::object();
};

std::optional<FlowHop> submit(const Document &page, NodeId form, NodeId button, const std::string &url) {
    std::string_view action = attribute(page, form, "action");
    std::string_view method = attribute(page, form, "method");
    if (button != kNoNode && has_attribute(page, button, "formaction"))
        action = attribute(page, button, "formaction");
    if (button != kNoNode && has_attribute(page, button, "formmethod"))
        method = attribute(page, button, "formmethod");
    std::optional<FlowHop> hop = hop_to(url, action);
    if (!hop)
        return std::nullopt;
    const std::string body = form_text("form", FormReader(page, form, button).fields());
    if (ascii_lower(method) == "post") {
        hop->method = "POST";
        hop->body = body;
    } else {
        const std::string bare = hop->url.substr(0, hop->url.find_first_of("?#"));
        hop->url = parse_url(body.empty() ? bare : bare + "?" + body).text;
    }
    return hop;
}

} // namespace

bool FlowRules::has(FlowStep step) const { return std::find(steps.begin(), steps.end(), step) != steps.end(); }

std::vector<FlowStep> flow_steps_from_text(std::string_view text) {
    std::vector<FlowStep> steps;
    for (const std::string &part : parts_of_list(text)) {
        const auto *known =
            std::find_if(kSteps.begin(), kSteps.end(), [&](const StepName &step) { return step.name == part; });
        if (known == kSteps.end())
            throw Error(ErrorKind::kInvalidOption, "step \"" + abbreviate(part, 60) + "\" of \"flow\" is not known", {},
                        "Known steps are refresh, consent, back, alternatives.");
        if (std::find(steps.begin(), steps.end(), known->step) != steps.end())
            throw Error(ErrorKind::kInvalidOption, "step \"" + part + "\" of \"flow\" is named twice");
        steps.push_back(known->step);
    }
    return steps;
}

std::string flow_steps_to_text(const std::vector<FlowStep> &steps) {
    std::string text;
    for (const FlowStep step : steps)
        for (const StepName &known : kSteps)
            if (known.step == step)
                text += (text.empty() ? "" : ", ") + std::string(known.name);
    return text;
}

std::vector<UrlTemplate> alternatives_from_text(std::string_view text) {
    std::vector<UrlTemplate> alternatives;
    for_each_token(text, [&alternatives](std::string_view one) {
        alternatives.emplace_back(one);
        return true;
    });
    if (alternatives.empty() || alternatives.size() > kMaxAlternatives)
        throw Error(ErrorKind::kInvalidOption, "option \"alternatives\" names no URL or more than 16", {},
                    "URLs are separated by blanks.");
    return alternatives;
}

std::optional<FlowHop> refresh_hop(const Document &page, std::string_view refresh_header, const std::string &url) {
    std::string_view address = refresh_address(refresh_header);
    for (NodeId node = 1; node < page.size() && address.empty(); ++node)
        if (page.is_element(node) && page.name(node) == "meta" &&
            ascii_lower(attribute(page, node, "http-equiv")) == "refresh")
            address = refresh_address(attribute(page, node, "content"));
    return address.empty() ? std::nullopt : hop_to(url, address);
}

std::optional<FlowHop> consent_hop(const Document &page, const std::string &xpath, const std::string &url,
                                   const Limits &limits) {
    const Selection found = XPath(xpath).evaluate(page, 0, limits);
    if (!found.is_node_set || found.nodes.empty())
        return std::nullopt;
    const NodeRef ref = found.nodes.front();
    if (ref.is_attribute())
        return hop_to(url, trim(page.attribute(ref.attribute).value));
    if (!page.is_element(ref.node))
        return std::nullopt;
    if (page.name(ref.node) == "form")
        return submit(page, ref.node, kNoNode, url);
    if (is_submit_button(page, ref.node)) {
        const NodeId form = form_around(page, ref.node);
        return form == kNoNode ? std::nullopt : submit(page, form, ref.node, url);
    }
    return has_attribute(page, ref.node, "href") ? hop_to(url, attribute(page, ref.node, "href")) : std::nullopt;
}

} // namespace webwrap
