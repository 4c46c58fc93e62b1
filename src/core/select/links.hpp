#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

struct Link {
    std::string url; /* absolute, without fragment */
    std::string anchor;
    std::vector<std::string> rel;
};

/* http(s) links of a and area elements in document order, resolved by the URL standard against the page's base element
 * or `base_url`. Links that cannot be resolved or lead elsewhere (mailto, javascript), and those inside a template, are
 * left out. The anchor is the visible text, white space folded; without text the alt of the images inside, else
 * aria-label, else title; of an area its alt. Linear but for links inside links; polls. Throws kInvalidUrl for base_url,
 * kLimitExceeded above max_document_memory. */
[[nodiscard]] std::vector<Link> find_links(const Document &document, std::string_view base_url,
                                           const Limits &limits = {});

/* The tokens of an attribute that is a set of them, in lower case when `lower`, in the order given. Linear; polls. */
[[nodiscard]] std::vector<std::string> split_tokens(std::string_view text, bool lower);

/* Whether a page keeps the subtree of this element for scripts: template, unless it is a declarative shadow root. */
[[nodiscard]] bool is_inert(const Document &document, NodeId element);

} // namespace webwrap
