#include "core/select/links.hpp"

#include <algorithm>
#include <optional>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/fetch/url.hpp"
#include "core/select/output_budget.hpp"
#include "core/select/visible_text.hpp"

namespace webwrap {

namespace {

/* What relative references resolve against; nothing when the page's base element makes that impossible. */
using Base = std::optional<Url>;

NodeId find_base(const Document &document) {
    const NameId base = document.find_name("base");
    const NameId href = document.find_name("href");
    if (base == kNoName || href == kNoName)
        return kNoNode;
    for (NodeId node = 0; node < document.size(); ++node) {
        if (node % 4096 == 0)
            Interrupt::poll();
        if (!document.is_element(node) || document.space(node) != NodeSpace::kHtml)
            continue;
        if (document.name_id(node) == base && document.attribute_value(node, "href").data() != nullptr)
            return node;
        if (is_inert(document, node))
            node = document.end_of(node) - 1;
    }
    return kNoNode;
}

/* The page's base element overrides the address it came from (HTML standard, document base URL). One that is no URL, or a
 * data or javascript one, counts as absent; one in another scheme takes relative links there, out of our sight. */
Base base_of(const Document &document, std::string_view base_url) {
    const Url fallback = parse_url(base_url);
    const NodeId element = find_base(document);
    if (element == kNoNode)
        return fallback;
    const std::string_view href = document.attribute_value(element, "href");
    if (std::optional<Url> url = resolve_link(&fallback, href))
        return url;
    const std::string scheme = scheme_of(href);
    const bool is_ignored =
        scheme.empty() || scheme == "http" || scheme == "https" || scheme == "data" || scheme == "javascript";
    return is_ignored ? Base(fallback) : std::nullopt;
}

std::string alt_texts(const Document &document, NodeId link) {
    std::string texts;
    for (NodeId node = link + 1; node < document.end_of(link); ++node) {
        if (!document.is_element(node) || document.name(node) != "img")
            continue;
        const std::string alt = fold_space(document.attribute_value(node, "alt"));
        if (!alt.empty())
            texts += (texts.empty() ? "" : " ") + alt;
    }
    return texts;
}

std::string anchor_of(const Document &document, NodeId link, VisibleTextReader &reader) {
    if (document.name(link) == "area")
        return fold_space(document.attribute_value(link, "alt"));
    std::string anchor = fold_space(reader.read(link));
    if (anchor.empty())
        anchor = alt_texts(document, link);
    for (const char *name : {"aria-label", "title"})
        if (anchor.empty())
            anchor = fold_space(document.attribute_value(link, name));
    return anchor;
}

/* A null view when the element is no link. A link of an SVG image may use the older attribute. */
std::string_view target_of(const Document &document, NodeId node) {
    const std::string_view name = document.name(node);
    if (name != "a" && name != "area")
        return {};
    const std::string_view href = document.attribute_value(node, "href");
    if (href.data() == nullptr && document.space(node) == NodeSpace::kSvg)
        return document.attribute_value(node, "xlink:href");
    return href;
}

} // namespace

std::vector<Link> find_links(const Document &document, std::string_view base_url, const Limits &limits) {
    const Base base = base_of(document, base_url);
    VisibleTextReader reader(document);
    OutputBudget budget(limits, "links");
    std::vector<Link> links;
    unsigned visited = 0;
    for (NodeId node = 0; node < document.size(); ++node) {
        if (++visited % 1024 == 0)
            Interrupt::poll();
        if (!document.is_element(node))
            continue;
        if (is_inert(document, node)) {
            node = document.end_of(node) - 1;
            continue;
        }
        const std::string_view target = target_of(document, node);
        if (target.data() == nullptr)
            continue;
        Interrupt::poll();
        std::optional<Url> url = resolve_link(base ? &*base : nullptr, target);
        if (!url)
            continue;
        Link link{std::move(url->text), anchor_of(document, node, reader),
                  split_tokens(document.attribute_value(node, "rel"), true)};
        budget.charge(sizeof(Link) + link.url.size() + link.anchor.size() + link.rel.size() * sizeof(std::string));
        links.push_back(std::move(link));
    }
    return links;
}

std::vector<std::string> split_tokens(std::string_view text, bool lower) {
    std::vector<std::string> tokens;
    for_each_token(text, [&](std::string_view token) {
        tokens.push_back(lower ? ascii_lower(token) : std::string(token));
        if (tokens.size() % 1024 == 0)
            Interrupt::poll();
        return true;
    });
    return tokens;
}

bool is_inert(const Document &document, NodeId element) {
    return document.name(element) == "template" && document.space(element) == NodeSpace::kHtml &&
           document.attribute_value(element, "shadowrootmode").data() == nullptr;
}

} // namespace webwrap
