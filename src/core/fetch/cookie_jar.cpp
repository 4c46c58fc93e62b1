#include "core/fetch/cookie_jar.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/error.hpp"

namespace webwrap {

namespace {

struct ListDeleter {
    void operator()(curl_slist *list) const noexcept { curl_slist_free_all(list); }
};

std::size_t cookie_bytes(CURL *easy) {
    curl_slist *cookies = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_COOKIELIST, &cookies) != CURLE_OK)
        throw std::bad_alloc();
    const std::unique_ptr<curl_slist, ListDeleter> owner(cookies);
    std::size_t bytes = 0;
    for (const curl_slist *cookie = cookies; cookie != nullptr; cookie = cookie->next)
        bytes += std::strlen(cookie->data);
    return bytes;
}

} // namespace

void CookieJar::attach(CURL *easy, std::size_t url_bytes) {
    if (url_bytes > kMaxUrlBytes)
        throw Error(ErrorKind::kLimitExceeded, "URL is longer than the " + std::to_string(kMaxUrlBytes) +
                                                   " bytes that a request of a session may have");
    if (share_ == nullptr) {
        share_.reset(curl_share_init());
        if (share_ == nullptr || curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK)
            throw std::bad_alloc();
    }
    /* A file without a name is not read: it only turns the engine on. */
    if (curl_easy_setopt(easy, CURLOPT_SHARE, share_.get()) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_COOKIEFILE, "") != CURLE_OK)
        throw std::bad_alloc();
    if (received_bytes_ <= kMaxBytes)
        return;
    if (cookie_bytes(easy) > kMaxBytes)
        throw Error(ErrorKind::kLimitExceeded, "session keeps more than 1 MB of cookies", {},
                    "End it with webwrap.end_session.");
    received_bytes_ = 0;
}

std::shared_ptr<CookieJar> CookieJars::open(const std::string &name) {
    const auto found = std::ranges::find_if(jars_, [&](const auto &jar) { return jar.first == name; });
    if (found != jars_.end()) {
        jars_.splice(jars_.begin(), jars_, found);
        return jars_.front().second;
    }
    jars_.emplace_front(name, std::make_shared<CookieJar>());
    if (jars_.size() > max_jars_)
        jars_.pop_back();
    return jars_.front().second;
}

bool CookieJars::end(const std::string &name) {
    return std::erase_if(jars_, [&](const auto &jar) { return jar.first == name; }) > 0;
}

} // namespace webwrap
