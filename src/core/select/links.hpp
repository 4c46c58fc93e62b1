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

/* http(s) links of a and area elements in document order, resolved against the page's base element or `base_url`.
 * Links that cannot be resolved or lead elsewhere (mailto, javascript) are left out. */
[[nodiscard]] std::vector<Link> find_links(const Document &document, std::string_view base_url);

} // namespace webwrap
