#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webwrap {

using Headers = std::vector<std::pair<std::string, std::string>>; /* names in lower case, in order of arrival */

/* The last value of a name, or empty. */
[[nodiscard]] inline std::string_view header_value(const Headers &headers, std::string_view name) {
    for (auto header = headers.rbegin(); header != headers.rend(); ++header)
        if (header->first == name)
            return header->second;
    return {};
}

} // namespace webwrap
