#pragma once

#include "core/base/limits.hpp"
#include "core/fetch/address.hpp"
#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* The settings webwrap.*, read at each use: SET works in the middle of a session. */
struct Settings {
    static inline constinit bool enabled = true;
    static inline constinit bool offline = false;
    static inline constinit bool log_requests = false;
    static inline constinit char *allowed_networks = nullptr;
    static inline constinit char *user_agent = nullptr;
    static inline constinit int max_page_size_kb = 10 * 1024;
    static inline constinit int max_compression_ratio = 200;
    static inline constinit int max_header_size_kb = 64;
    static inline constinit int max_redirects = 10;
    static inline constinit int max_nodes = 2'000'000;
    static inline constinit int max_depth = 512;
    static inline constinit int max_xpath_operations = 50'000'000;
    static inline constinit int max_match_cells = 200'000'000;
    static inline constinit int max_document_memory_kb = 512 * 1024;
    static inline constinit int parsed_page_cache_kb = 32 * 1024;
    static inline constinit int connect_timeout_ms = 10'000;
    static inline constinit int request_timeout_ms = 30'000;
    static inline constinit int low_speed_limit_bytes = 16;
    static inline constinit int low_speed_time_s = 20;
    static inline constinit int max_concurrent_requests = 16;
    static inline constinit int max_connections_per_host = 6;
    static inline constinit int max_retries = 2;
    static inline constinit int cache_size_kb = 1024 * 1024;
    static inline constinit int request_log_retention_days = 30;
    static inline constinit int max_pages = 1'000;
    static inline constinit double adaptation_threshold = 0.7;
    static inline constinit int writer_timeout_ms = 5'000;
    static inline constinit int snapshot_pages = 8;
    static inline constinit int snapshot_interval_s = 3'600;
};

/* Registers all settings; called once from _PG_init. */
void define_settings();

[[nodiscard]] Limits current_limits();

/* The address policy of webwrap.allowed_networks. */
[[nodiscard]] AddressPolicy current_address_policy();

} // namespace webwrap::pg
