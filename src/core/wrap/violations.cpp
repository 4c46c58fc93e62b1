#include <algorithm>

#include "core/wrap/extract.hpp"

namespace webwrap {

std::string describe_violations(const std::vector<Violation> &violations) {
    constexpr std::size_t kShown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(violations.size(), kShown); ++i) {
        text += i == 0 ? "" : "\n";
        text += violations[i].pattern + " (" + violations[i].constraint_name + "): " + violations[i].detail;
    }
    if (violations.size() > kShown)
        text += "\nand " + std::to_string(violations.size() - kShown) + " more";
    return text;
}

} // namespace webwrap
