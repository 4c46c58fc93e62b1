/* Encoding cases: bytes and the encoding that sniffing must find in them. */

#include "core/base/text.hpp"
#include "core/parse/charset.hpp"
#include "test/conformance/conformance.hpp"

namespace webwrap::conformance {

void run_encoding_file(const std::string &path, Tally &tally) {
    for (const Case &c : read_cases(read_file(path))) {
        const std::string &input = *find_section(c, "#data");
        const std::string *expected = find_section(c, "#encoding");
        if (expected != nullptr)
            report(tally, path, input, ascii_lower(encoding_for_label(trim(*expected))),
                   ascii_lower(sniff_encoding(input, {})));
    }
}

} // namespace webwrap::conformance
