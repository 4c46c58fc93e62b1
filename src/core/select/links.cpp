#include "core/select/links.hpp"

#include <optional>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/fetch/url.hpp"

namespace webwrap {

namespace {

/* The resolved reference, or nothing when it is no http(s) URL: a page may link to anything. */
std::optional<Url> try_resolve(const Url &base, std::string_view reference) {
    try {
        return resolve_url(base, reference);
    } catch (const Error &) {
        return std::nullopt;
    }
}

/* The page's base element overrides the address it came from (HTML standard, document base URL). */
Url base_of(const Document &document, std::string_view base_url) {
    Url base = parse_url(base_url);
    for (NodeId node = 0; node < document.size(); ++node) {
        if (!document.is_element(node) || document.name(node) != "base")
            continue;
        const std::string_view href = document.attribute_value(node, "href");
        if (href.data() != nullptr)
            return try_resolve(base, href).value_or(base);
    }
    return base;
}

std::vector<std::string> split_tokens(std::string_view text) {
    std::vector<std::string> tokens;
    std::string folded = ascii_lower(fold_space(text));
    for (std::size_t at = 0; at < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', at), folded.size());
        tokens.emplace_back(folded.substr(at, end - at));
        at = end + 1;
    }
    return tokens;
}

} // namespace

std::vector<Link> find_links(const Document &document, std::string_view base_url) {
    const Url base = base_of(document, base_url);
    std::vector<Link> links;
    for (NodeId node = 0; node < document.size(); ++node) {
        if (node % 1024 == 0)
            Interrupt::poll();
        if (!document.is_element(node) || (document.name(node) != "a" && document.name(node) != "area"))
            continue;
        const std::string_view href = document.attribute_value(node, "href");
        if (href.data() == nullptr)
            continue;
        const std::optional<Url> url = try_resolve(base, trim(href));
        if (!url)
            continue;
        std::string anchor = document.name(node) == "area" ? std::string(document.attribute_value(node, "alt"))
                                                           : fold_space(document.string_value(node));
        links.push_back({url->text, std::move(anchor), split_tokens(document.attribute_value(node, "rel"))});
    }
    return links;
}

} // namespace webwrap
