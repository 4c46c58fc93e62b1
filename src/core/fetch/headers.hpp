#pragma once

#include <string>
#include <utility>
#include <vector>

namespace webwrap {

using Headers = std::vector<std::pair<std::string, std::string>>; /* names in lower case, in order of arrival */

} // namespace webwrap
