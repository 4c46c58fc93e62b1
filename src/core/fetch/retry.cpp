#include "core/fetch/retry.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/text.hpp"
#include "core/fetch/http_date.hpp"

namespace webwrap {

namespace {

constexpr std::array<std::string_view, 5> kIdempotentMethods = {"get", "head", "options", "put", "delete"};
constexpr std::int64_t kMostRetryAfterSeconds = 86'400;
constexpr std::int64_t kFirstBackoffMs = 500;
constexpr std::int64_t kMostBackoffMs = 30'000;

} // namespace

bool is_retryable_method(std::string_view method) {
    return std::ranges::find(kIdempotentMethods, ascii_lower(method)) != kIdempotentMethods.end();
}

bool is_retryable_status(int status) { return status == 429 || status == 503; }

std::optional<std::int64_t> retry_after_ms(std::string_view value, std::int64_t now_s) {
    const std::string_view text = trim(value);
    std::int64_t wait_s = 0;
    if (!text.empty() && std::ranges::all_of(text, is_digit)) {
        for (const char digit : text)
            wait_s = std::min(wait_s * 10 + (digit - '0'), kMostRetryAfterSeconds);
    } else {
        const std::optional<std::int64_t> date_s = parse_http_date(text, now_s);
        if (!date_s)
            return std::nullopt;
        /* Dates end at year 9999, so only the clock could overflow. */
        const std::int64_t earliest_s = *date_s - kMostRetryAfterSeconds;
        wait_s = *date_s - std::clamp(now_s, earliest_s, *date_s);
    }
    return wait_s * 1000;
}

std::int64_t backoff_ms(int attempt, double random) {
    std::int64_t most_ms = kFirstBackoffMs;
    for (int doubled = 1; doubled < attempt && most_ms < kMostBackoffMs; ++doubled)
        most_ms = std::min(most_ms * 2, kMostBackoffMs);
    const double share = random > 0 ? std::min(random, 1.0) : 0; /* also for what is no number */
    const std::int64_t half_ms = most_ms / 2;
    return half_ms + static_cast<std::int64_t>(share * static_cast<double>(half_ms));
}

} // namespace webwrap
