#include "core/fetch/public_url.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/fetch/host.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMostBytes = 2'000;
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kHidden = "***";

constexpr std::array<std::string_view, 13> kSecretParts = {
    "token",      "secret",    "passw",      "passphrase", "pwd",    "apikey", "accesskey",
    "privatekey", "signature", "credential", "sessionid",  "sessid", "jwt"};
constexpr std::array<std::string_view, 12> kSecretNames = {
    "key", "sig", "auth", "authorization", "session", "sid", "code", "pass", "pin", "otp", "hmac", "bearer"};

/* Letters in lower case and digits; "api-key", "api_key" and "API.Key" are one name. */
std::string bare_name(std::string_view name) {
    std::string bare = ascii_lower(name);
    std::erase_if(bare, [](char c) { return !is_letter(c) && !is_digit(c); });
    return bare;
}

bool is_secret(std::string_view escaped_name) {
    const std::string name = percent_decode(escaped_name);
    const std::string whole = bare_name(name);
    const std::string last = bare_name(std::string_view(name).substr(name.rfind('[') + 1)); /* npos + 1 is 0 */
    return std::ranges::find(kSecretNames, last) != kSecretNames.end() ||
           std::ranges::any_of(kSecretParts, [&](auto part) { return whole.find(part) != std::string::npos; });
}

/* Where the authority begins in a text that is a URL, or may be one without its scheme. */
std::size_t authority_start(std::string_view url) {
    const std::size_t colon = url.find_first_of(":/\\?#");
    std::size_t start = 0;
    if (colon != std::string_view::npos && url[colon] == ':') {
        const std::string scheme = ascii_lower(trim(url.substr(0, colon)));
        const bool has_slashes = url.substr(colon + 1).starts_with("//");
        if (has_slashes || scheme == "http" || scheme == "https") /* browsers take these without slashes, too */
            start = colon + 1;
    }
    return std::min(url.find_first_not_of("/\\", start), url.size());
}

/* Copies a text and leaves out what nobody but its owner should see. */
class Redactor {
  public:
    explicit Redactor(std::string_view url) : url_(url) { out_.reserve(std::min(url.size(), 2 * kMostBytes)); }

    std::string result() && {
        copy(authority_start(url_));
        skip_userinfo();
        while (at_ < url_.size())
            step();
        return std::move(out_);
    }

  private:
    /* One character, written as itself or escaped. */
    void step() {
        char c = url_[at_];
        const bool is_escape =
            c == '%' && at_ + 2 < url_.size() && hex_value(url_[at_ + 1]) >= 0 && hex_value(url_[at_ + 2]) >= 0;
        const std::size_t length = is_escape ? 3 : 1;
        if (is_escape)
            c = static_cast<char>(hex_value(url_[at_ + 1]) * 16 + hex_value(url_[at_ + 2]));
        const bool ends_name = c == '=' && is_in_name_;
        const std::string_view name = url_.substr(name_start_, at_ - name_start_);
        copy(length);
        if (c == '?' || c == '&' || c == ';' || c == '#') {
            is_in_path_ = is_in_path_ && c == ';';
            is_in_name_ = true;
            name_start_ = at_;
        } else if (ends_name) {
            is_in_name_ = false;
            if (is_secret(name))
                hide_value(is_escape);
        } else if (c == '/' && !is_escape && out_.ends_with("://")) {
            skip_userinfo();
        }
    }

    /* A semicolon ends a value in the path only: in a query it may be part of the secret. An escaped separator ends it
     * only where the equals sign was escaped, too: then all of it is inside the value of another parameter. */
    void hide_value(bool is_nested) {
        const std::size_t start = at_;
        const std::string_view ends = is_in_path_ ? "/?;&#" : "&#";
        while (at_ < url_.size() && ends.find(url_[at_]) == std::string_view::npos &&
               !(is_nested && (url_.substr(at_).starts_with("%26") || url_.substr(at_).starts_with("%23"))))
            ++at_;
        if (at_ > start)
            out_.append(kHidden);
    }

    void skip_userinfo() {
        const std::string_view rest = url_.substr(at_);
        const std::string_view ends = is_in_path_ ? "/\\?#" : "/\\?#&;"; /* of the URL itself, of one in a value */
        const std::size_t at_sign = rest.substr(0, rest.find_first_of(ends)).rfind('@');
        if (at_sign != std::string_view::npos)
            at_ += at_sign + 1;
    }

    void copy(std::size_t length) {
        out_.append(url_.substr(at_, length));
        at_ += length;
    }

    std::string_view url_;
    std::string out_;
    std::size_t at_ = 0;
    std::size_t name_start_ = 0;
    bool is_in_name_ = false;
    bool is_in_path_ = true;
};

} // namespace

std::string public_url(std::string_view url) {
    std::string shown = Redactor(url).result();
    return shown.size() <= kMostBytes ? shown : abbreviate(shown, kMostBytes - kEllipsis.size());
}

} // namespace webwrap
