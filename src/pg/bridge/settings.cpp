#include <climits>

#include "pg/bridge/settings.hpp"

#include "pg/bridge/compat.hpp"

namespace webwrap::pg {

namespace {

struct IntSetting {
    const char *name;
    const char *description;
    int *value;
    int minimum;
    int maximum;
    int unit;
    GucContext context = PGC_USERSET;
};

constexpr IntSetting kIntSettings[] = {
    {"webwrap.cache_size", "Stored responses of the shared cache; the least used ones go.", &Settings::cache_size_kb, 0,
     INT_MAX, GUC_UNIT_KB, PGC_SUSET},
    {"webwrap.connect_timeout", "Time limit for resolving a host and connecting to it.", &Settings::connect_timeout_ms,
     1, INT_MAX, GUC_UNIT_MS},
    {"webwrap.low_speed_limit", "Bytes per second below which a transfer is too slow.",
     &Settings::low_speed_limit_bytes, 0, INT_MAX, 0},
    {"webwrap.low_speed_time", "How long a transfer may be too slow before it ends.", &Settings::low_speed_time_s, 1,
     INT_MAX, GUC_UNIT_S},
    {"webwrap.max_compression_ratio", "How many times its compressed size a page of more than 1 MB may have.",
     &Settings::max_compression_ratio, 2, 1'000'000, 0},
    {"webwrap.max_concurrent_requests", "Requests under way at a time in one fetch_many.",
     &Settings::max_concurrent_requests, 1, 256, 0},
    {"webwrap.max_connections_per_host", "Requests under way at one origin, over all sessions.",
     &Settings::max_connections_per_host, 1, 64, 0, PGC_SUSET},
    {"webwrap.max_depth", "Nesting of elements in one page.", &Settings::max_depth, 16, 4096, 0},
    {"webwrap.max_document_memory", "Memory of one parsed page.", &Settings::max_document_memory_kb, 64, INT_MAX,
     GUC_UNIT_KB},
    {"webwrap.max_header_size", "Response headers of one request.", &Settings::max_header_size_kb, 1, 16 * 1024,
     GUC_UNIT_KB},
    {"webwrap.max_match_cells", "Cells of dynamic-programming tables of one tree matching.", &Settings::max_match_cells,
     1'000, INT_MAX, 0},
    {"webwrap.max_nodes", "Nodes and attributes of one page.", &Settings::max_nodes, 1, 50'000'000, 0},
    {"webwrap.max_page_size", "Decoded body of one response.", &Settings::max_page_size_kb, 1, 1024 * 1024 - 1,
     GUC_UNIT_KB},
    {"webwrap.max_pages", "Pages that one scan of a foreign table may visit.", &Settings::max_pages, 1, INT_MAX, 0},
    {"webwrap.max_redirects", "Redirects followed for one request.", &Settings::max_redirects, 0, 100, 0},
    {"webwrap.max_retries", "How often a request that failed for a passing reason is made again.",
     &Settings::max_retries, 0, 100, 0},
    {"webwrap.max_xpath_operations", "Operations of one XPath evaluation.", &Settings::max_xpath_operations, 1'000,
     INT_MAX, 0},
    {"webwrap.parsed_page_cache", "Parsed pages that a session keeps for its next expressions; 0 keeps none.",
     &Settings::parsed_page_cache_kb, 0, INT_MAX, GUC_UNIT_KB},
    {"webwrap.request_log_retention", "Days that lines of the request log are kept.",
     &Settings::request_log_retention_days, 1, 36'500, 0, PGC_SUSET},
    {"webwrap.request_timeout", "Time limit for one request with all its redirects.", &Settings::request_timeout_ms, 1,
     INT_MAX, GUC_UNIT_MS},
    {"webwrap.snapshot_interval", "Age at which the kept pages of a table are replaced by newer good ones.",
     &Settings::snapshot_interval_s, 0, INT_MAX, GUC_UNIT_S},
    {"webwrap.snapshot_pages", "Pages kept per table as evidence for adaptation.", &Settings::snapshot_pages, 0, 32, 0},
    {"webwrap.writer_timeout", "How long a scan waits for the background writer to store what it learned.",
     &Settings::writer_timeout_ms, 0, 600'000, GUC_UNIT_MS},
};

bool are_networks(const char *list) noexcept {
    try {
        (void)AddressPolicy(list == nullptr ? "" : list);
        return true;
    } catch (...) {
        return false;
    }
}

/* Called by the server: the exception is gone before anything here can raise. */
bool check_allowed_networks(char **value, void **, GucSource) {
    if (are_networks(*value))
        return true;
    GUC_check_errdetail("Networks are written like 10.0.0.0/8, ::1 or fd00::/8, separated by commas.");
    return false;
}

/* Whether the server has accepted a value for webwrap.enabled other than the default. */
constinit bool is_enabled_given = false;

bool note_enabled(bool *, void **, GucSource source) {
    is_enabled_given = is_enabled_given || source > PGC_S_DEFAULT;
    return true;
}

/* The same for webwrap.log_requests. */
constinit bool is_logging_given = false;

bool note_logging(bool *, void **, GucSource source) {
    is_logging_given = is_logging_given || source > PGC_S_DEFAULT;
    return true;
}

/* Until the library is loaded the server takes values for the name from anyone, also in place of the administrator's. Now
 * it refuses those of an ordinary role and falls back to the default, which must not open what the administrator closed. */
void define_enabled() {
    const bool is_preset = GetConfigOption("webwrap.enabled", true, false) != nullptr;
    DefineCustomBoolVariable("webwrap.enabled", "Allows network use.",
                             "When off, every fetch and every scan of a foreign table fails at once.",
                             &Settings::enabled, true, PGC_SUSET, 0, note_enabled, nullptr, nullptr);
    if (is_preset && !is_enabled_given)
        SetConfigOption("webwrap.enabled", "off", PGC_SUSET, PGC_S_OVERRIDE);
}

/* Nor must it keep what a role does out of a log that the administrator wants. A value of a session's own start takes the
 * place of the administrator's; one that SET gave does not, so it says nothing. */
void define_log_requests() {
    const char *start = GetConfigOption("webwrap.log_requests", true, false) == nullptr
                            ? ""
                            : GetConfigOptionResetString("webwrap.log_requests");
    const bool is_preset = start != nullptr && *start != '\0';
    DefineCustomBoolVariable("webwrap.log_requests", "Keeps a line for each request in webwrap.request_log.", nullptr,
                             &Settings::log_requests, false, PGC_SUSET, 0, note_logging, nullptr, nullptr);
    if (is_preset && !is_logging_given)
        SetConfigOption("webwrap.log_requests", "on", PGC_SUSET, PGC_S_OVERRIDE);
}

} // namespace

void define_settings() {
    define_enabled();
    define_log_requests();
    DefineCustomStringVariable(
        "webwrap.allowed_networks", "Networks that may be connected to though they are not public.",
        "Loopback, private, link-local and other special-purpose addresses are refused unless "
        "they lie in one of these.",
        &Settings::allowed_networks, "", PGC_SUSET, GUC_LIST_INPUT, check_allowed_networks, nullptr, nullptr);
    DefineCustomBoolVariable("webwrap.offline", "Serves pages from the cache only, however old, and makes no request.",
                             nullptr, &Settings::offline, false, PGC_USERSET, 0, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("webwrap.user_agent", "User-Agent header of requests.", nullptr, &Settings::user_agent,
                               "", PGC_USERSET, 0, nullptr, nullptr, nullptr);
    DefineCustomRealVariable("webwrap.adaptation_threshold",
                             "Confidence below which an adaptation is not used and the scan fails.", nullptr,
                             &Settings::adaptation_threshold, 0.7, 0.0, 1.0, PGC_USERSET, 0, nullptr, nullptr, nullptr);
    for (const IntSetting &s : kIntSettings)
        DefineCustomIntVariable(s.name, s.description, nullptr, s.value, *s.value, s.minimum, s.maximum, s.context,
                                s.unit, nullptr, nullptr, nullptr);
    reserve_setting_prefix("webwrap");
}

Limits current_limits() {
    Limits limits;
    limits.max_page_size_bytes = static_cast<std::size_t>(Settings::max_page_size_kb) << 10;
    limits.max_compression_ratio = Settings::max_compression_ratio;
    limits.max_header_size_bytes = static_cast<std::size_t>(Settings::max_header_size_kb) << 10;
    limits.max_redirects = Settings::max_redirects;
    limits.max_nodes = Settings::max_nodes;
    limits.max_depth = Settings::max_depth;
    limits.max_xpath_operations = Settings::max_xpath_operations;
    limits.max_match_cells = Settings::max_match_cells;
    limits.max_document_memory_bytes = static_cast<std::size_t>(Settings::max_document_memory_kb) << 10;
    limits.connect_timeout_ms = Settings::connect_timeout_ms;
    limits.request_timeout_ms = Settings::request_timeout_ms;
    limits.low_speed_bytes_per_s = Settings::low_speed_limit_bytes;
    limits.low_speed_time_s = Settings::low_speed_time_s;
    return limits;
}

AddressPolicy current_address_policy() {
    return AddressPolicy(Settings::allowed_networks == nullptr ? "" : Settings::allowed_networks);
}

} // namespace webwrap::pg
