#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/* Minutes of an ISO 8601 duration of days, hours, minutes and seconds, such as PT1H30M, as metadata state them; nullopt for
 * other texts. */
[[nodiscard]] std::optional<std::int32_t> minutes_of_duration(std::string_view text);

} // namespace webwrap
