#include "core/fetch/access.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/fetch/message.hpp"
#include "core/fetch/url.hpp"

namespace webwrap {

namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

bool is_base64(char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '='; }

/* Headers of an old encrypted key ("DEK-Info: ...") stand before the base64 text. */
bool is_pem_body(std::string_view body) {
    std::size_t characters = 0;
    while (!body.empty()) {
        const std::size_t end = std::min(body.find('\n'), body.size());
        const std::string_view line = trim(body.substr(0, end));
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.find(':') != std::string_view::npos)
            continue;
        if (!std::ranges::all_of(line, is_base64))
            return false;
        characters += line.size();
    }
    return characters > 0;
}

/* How many blocks with such a label the text has, or -1 when a block is broken. What stands between blocks is comment. */
int count_pem_blocks(std::string_view pem, std::string_view label_end) {
    int count = 0;
    for (std::size_t at = pem.find(kBegin); at != std::string_view::npos; at = pem.find(kBegin)) {
        pem.remove_prefix(at + kBegin.size());
        const std::size_t label_size = std::min(pem.find(kDashes), pem.size());
        const std::string_view label = pem.substr(0, label_size);
        const std::string end = std::string(kEnd) + std::string(label) + std::string(kDashes);
        const std::size_t body_end = pem.find(end);
        if (label.empty() || label.find('\n') != std::string_view::npos || body_end == std::string_view::npos ||
            !is_pem_body(pem.substr(label_size + kDashes.size(), body_end - label_size - kDashes.size())))
            return -1;
        count += label.ends_with(label_end);
        pem.remove_prefix(body_end + end.size());
    }
    return count;
}

} // namespace

Headers parse_header_lines(std::string_view lines) {
    Headers headers;
    for (int number = 1; !lines.empty(); ++number) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view line = trim(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
        if (line.empty())
            continue;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            throw Error(ErrorKind::kInvalidArgument, "line " + std::to_string(number) + " is no header", {},
                        "Write each header as Name: value on a line of its own.");
        const std::string name(trim(line.substr(0, colon)));
        if (!is_header_name(name)) /* which may be a part of a secret */
            throw Error(ErrorKind::kInvalidArgument,
                        "line " + std::to_string(number) + " does not begin with the name of a header", {},
                        "Write each header as Name: value on a line of its own.");
        std::string value(trim(line.substr(colon + 1)));
        check_header(name, value);
        headers.emplace_back(name, std::move(value));
    }
    return headers;
}

void check_certificates(std::string_view pem) {
    if (count_pem_blocks(pem, "CERTIFICATE") < 1)
        throw Error(ErrorKind::kInvalidArgument, "text is no certificate in PEM form", {},
                    "It begins with -----BEGIN CERTIFICATE----- and keeps its line breaks.");
}

void check_private_key(std::string_view pem) {
    if (count_pem_blocks(pem, "PRIVATE KEY") != 1)
        throw Error(ErrorKind::kInvalidArgument, "text is not one private key in PEM form", {},
                    "It begins with -----BEGIN PRIVATE KEY----- or the like and keeps its line breaks.");
}

Access Access::without_credentials() const {
    Access access = *this;
    access.credentials = {};
    return access;
}

void check_proxy(std::string_view url) {
    constexpr std::string_view kHint =
        "Write http://host:port, https://host:port or socks5h://host:port; user name and "
        "password go into options proxy_username and proxy_password of the user mapping.";
    const std::string scheme = scheme_of(url);
    const std::size_t begin = url.find("://");
    if ((scheme != "http" && scheme != "https" && scheme != "socks5h") || begin == std::string_view::npos ||
        url.find('@') != std::string_view::npos)
        throw Error(ErrorKind::kInvalidOption, "text is not the URL of a proxy", {}, std::string(kHint));
    const Url parsed = parse_url("http" + std::string(url.substr(begin)));
    const std::string_view authority = url.substr(begin + 3, url.find('/', begin + 3) - begin - 3);
    const std::size_t colon = authority.rfind(':');
    if (parsed.path != "/" || parsed.has_query || colon == std::string_view::npos || !is_digit(authority.back()))
        throw Error(ErrorKind::kInvalidOption, "a proxy is a host with a port", {}, std::string(kHint));
}

void check_renderer(const Renderer &renderer) {
    const std::string &template_with_place = renderer.body.empty() ? renderer.url : renderer.body;
    if (template_with_place.find(kUrlPlace) == std::string::npos)
        throw Error(ErrorKind::kInvalidOption,
                    "a renderer needs a place {url} in its URL, or in the body if it has one");
    if (!renderer.content_type.empty())
        check_header("Content-Type", renderer.content_type);
    (void)rendering_of(renderer, parse_url("http://example.org/"));
}

void check_combination(const Access &access) {
    if (access.renderer.url.empty())
        return;
    if (!access.proxy.url.empty())
        throw Error(ErrorKind::kInvalidOption, "a renderer and a proxy exclude each other");
    if (!access.credentials.empty())
        throw Error(ErrorKind::kInvalidOption,
                    "a renderer gets no credentials, so a user mapping with them excludes it");
    if (access.cookies != nullptr)
        throw Error(ErrorKind::kInvalidOption, "a renderer gets no cookies, so a session excludes it");
}

std::string name_of_way(const Access &access) {
    if (access.ca_certificates.empty() && !access.has_helper())
        return {};
    /* In full, so that nobody can make another way of the same name; JSON has it in one line. */
    return nlohmann::json({access.ca_certificates, access.proxy.url, access.renderer.url, access.renderer.body,
                           access.renderer.content_type})
        .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

} // namespace webwrap
