#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

inline constexpr std::size_t kNoItem = static_cast<std::size_t>(-1);

/* A property of a microdata or RDFa item. */
struct ItemProperty {
    std::string name;
    NodeId element;
    std::size_t item = kNoItem; /* of the reader, when the value is one */
};

/* Properties given in the order of their elements, sorted into groups of one name: names in the order of their first
 * appearance, elements in the order given, a name twice on one element dropped. Linear; polls. */
[[nodiscard]] std::vector<ItemProperty> group_by_name(std::vector<ItemProperty> properties);

} // namespace webwrap
