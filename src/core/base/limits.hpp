#pragma once

#include <cstddef>
#include <cstdint>

namespace webwrap {

/* Named limits of everything whose size a page or a server decides. Each has a setting webwrap.<name>; the defaults
 * here are the settings' defaults. */
struct Limits {
    std::size_t max_page_size_bytes = std::size_t{10} << 20; /* decoded body of one response */
    int max_compression_ratio = 200; /* of a body of more than 1 MB to what came over the wire */
    std::size_t max_header_size_bytes = std::size_t{64} << 10;
    int max_redirects = 10;
    int max_nodes = 2'000'000; /* nodes and attributes of one document */
    int max_depth = 512;       /* nesting of elements */
    std::int64_t max_xpath_operations = 50'000'000;
    std::int64_t max_match_cells = 200'000'000; /* cells of dynamic-programming tables of one matching */
    std::size_t max_document_memory_bytes = std::size_t{512} << 20;
    long connect_timeout_ms = 10'000;
    long request_timeout_ms = 30'000;
    long low_speed_bytes_per_s = 16;
    long low_speed_time_s = 20;
};

} // namespace webwrap
