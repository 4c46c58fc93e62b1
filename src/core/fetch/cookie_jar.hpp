#pragma once

#include <curl/curl.h>

#include <list>
#include <memory>
#include <string>
#include <utility>

namespace webwrap {

/* The cookies of one session. curl keeps and chooses them, by domain, path, secure, expiry and the list of public suffixes
 * (RFC 6265). Not thread-safe. */
class CookieJar {
  public:
    /* All cookies of a jar, as names and values count. */
    static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

    /* curl 7.88 sends a broken header when the request has more than 8,190 bytes up to its first cookie, which may have
     * 4,096; there is no answer to such a request. */
    static constexpr std::size_t kMaxUrlBytes = 3'500;

    /* Makes a transfer use the jar. Throws kLimitExceeded when it holds too much, and for a URL that is too long. */
    void attach(CURL *easy, std::size_t url_bytes);

    /* Counts what a response adds, as its header lines count. */
    void note_received(std::size_t bytes) noexcept { received_bytes_ += bytes; }

  private:
    struct ShareDeleter {
        void operator()(CURLSH *share) const noexcept { curl_share_cleanup(share); }
    };

    std::unique_ptr<CURLSH, ShareDeleter> share_;
    std::size_t received_bytes_ = 0; /* since the jar was last measured */
};

/* Jars by name, the one used last in front; of too many the one goes that was not used for longest. */
class CookieJars {
  public:
    explicit CookieJars(std::size_t max_jars) : max_jars_(max_jars) {}

    /* The jar of that name, a new one if there is none. */
    [[nodiscard]] std::shared_ptr<CookieJar> open(const std::string &name);

    /* Drops the jar; false when there is none. */
    bool end(const std::string &name);

  private:
    std::size_t max_jars_;
    std::list<std::pair<std::string, std::shared_ptr<CookieJar>>> jars_;
};

} // namespace webwrap
