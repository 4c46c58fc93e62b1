#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/fetch/request.hpp"
#include "core/fetch/url.hpp"

namespace webwrap {

/* Inside fetch/: the parts of HTTP that need no connection, what to send on each hop and how to read what came back. */

/* One hop of a request, checked and ready to send. */
struct Hop {
    Url url;
    std::string method;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string user_agent;
    Access access;
};

/* Whether the text can be the name of a header. */
[[nodiscard]] bool is_header_name(std::string_view text) noexcept;

/* Throws kInvalidArgument for a header that must not be sent; the message never repeats the value. */
void check_header(const std::string &name, const std::string &value);

/* Throws kInvalidUrl, and kInvalidArgument for a method, header or user agent that must not be sent. */
[[nodiscard]] Hop first_hop(const Request &request);

/* The headers by which a response may vary, names in lower case: those of the hop and those that are added on the wire. */
[[nodiscard]] Headers sent_headers(const Hop &hop);

/* Under which identity the response of a hop is kept in the shared cache; nothing when it is not for others: when headers
 * of the caller's own or a cookie jar may say who asks, or when the hop is no plain GET. */
[[nodiscard]] std::optional<std::string> cache_identity(const Hop &hop);

/* The request for the robots.txt of a hop's origin, with what of the request's own manner it shares: its way
 * and client certificate, but no secret header and no renderer. */
[[nodiscard]] Request robots_request(const Request &request, const Hop &hop);

inline constexpr std::string_view kUrlPlace = "{url}";

/* What a renderer is asked for one page. */
struct Rendering {
    Url url;
    std::string body; /* empty: GET */
    std::string content_type;
};
/* Throws kInvalidUrl. */
[[nodiscard]] Rendering rendering_of(const Renderer &renderer, const Url &page);

/* The hop that a response asks for, or nothing when it is no redirect or a renderer gave it. A changed origin drops the credentials and all
 * headers but the few that cannot carry a secret; 301, 302 and 303 turn POST into GET. Throws kInvalidUrl. */
[[nodiscard]] std::optional<Hop> next_hop(const Hop &hop, int status, std::string_view location);

/* Header lines of one hop as they arrive. Informational responses before the final one and trailers leave no trace. */
class HeaderBlock {
  public:
    void add_line(std::string_view line);
    [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
    /* How the response says that its body is compressed, in the order in which that was done; lower case. */
    struct Codings {
        std::vector<std::string> content;  /* without "identity", and "none" as some servers write it */
        std::vector<std::string> transfer; /* without "chunked" and "identity" */
    };
    [[nodiscard]] Codings codings() const;
    /* The bytes of the last header of that name (lower case), or empty. */
    [[nodiscard]] std::string_view last_value(std::string_view name) const;
    /* All headers as valid UTF-8; bytes that are not are read as latin1. */
    [[nodiscard]] Headers to_text() const;

  private:
    Headers headers_;
    bool is_informational_ = false;
    bool is_complete_ = false;
};

struct ContentType {
    std::string media_type; /* lower case, without parameters */
    std::string charset;    /* as written; empty when absent */
};

[[nodiscard]] ContentType parse_content_type(std::string_view value);

} // namespace webwrap
