#pragma once

#include <string>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

/* A text that a page states about itself, and the name under which it does. */
struct DataValue {
    std::string key;
    std::string text;
};

struct PageData {
    std::string title;
    std::vector<DataValue> values;
};

/* The texts of a page's meta elements and JSON-LD scripts with the keys nearest to them, and its title. Broken JSON is left
 * out; so is what exceeds a fixed bound. Polls. */
[[nodiscard]] PageData page_data(const Document &document);

} // namespace webwrap
