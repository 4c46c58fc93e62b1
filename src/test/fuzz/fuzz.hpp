#pragma once

/* What the fuzz targets share. A finding is a broken property, a report of a sanitizer, or an exception that is no
 * webwrap::Error. */

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/limits.hpp"
#include "core/base/text.hpp"

namespace webwrap::fuzz {

/* Ends the process with the property that does not hold; libFuzzer keeps the input. */
inline void require(bool holds, const char *property, std::string_view about = {}) {
    if (holds)
        return;
    std::fprintf(stderr, "PROPERTY BROKEN: %s\n%.*s\n", property, static_cast<int>(about.size()), about.data());
    std::abort();
}

/* Small, so that every input is done soon and the limits are hit too. */
inline Limits small_limits() {
    Limits limits;
    limits.max_nodes = 4000;
    limits.max_xpath_operations = 50'000;
    limits.max_document_memory_bytes = std::size_t{4} << 20;
    return limits;
}

/* Runs `work`; whether it came to its end. */
template <typename Work> bool attempt(Work work) {
    try {
        work();
        return true;
    } catch (const Error &error) {
        require(error.kind() != ErrorKind::kInternal, "no error is internal", error.message());
        require(!error.message().empty(), "errors have a message");
        return false;
    }
}

/* The text with U+FFFD for each byte that is no UTF-8: what decoding leaves of a page. */
inline std::string repaired(std::string_view text) {
    std::string out;
    for (;;) {
        const std::size_t bad = find_invalid_utf8(text);
        out += text.substr(0, bad);
        if (bad == std::string_view::npos)
            return out;
        out += "\xEF\xBF\xBD";
        text.remove_prefix(bad + 1);
    }
}

/* The first byte of an input, which chooses how the rest is used; 0 when there is none. */
inline unsigned take_byte(std::string_view &input) {
    if (input.empty())
        return 0;
    const auto byte = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    return byte;
}

/* Text up to the first line feed, which goes with it. */
inline std::string_view take_line(std::string_view &input) {
    const std::size_t end = input.find('\n');
    const std::string_view line = input.substr(0, end);
    input.remove_prefix(end == std::string_view::npos ? input.size() : end + 1);
    return line;
}

} // namespace webwrap::fuzz
