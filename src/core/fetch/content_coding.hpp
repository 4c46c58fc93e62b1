#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace webwrap {

/* The content codings (RFC 9110 section 8.4.1) that can be unpacked, as a request announces them. */
inline constexpr const char *kAcceptedCodings = "gzip, deflate, br, zstd";

/* Unpacks a response body while it arrives, some 64 kB at a time, so that whoever reads can stop at any of them. Give it
 * bytes with feed(), then read() until that returns nothing. */
class ContentDecoder {
  public:
    virtual ~ContentDecoder() = default;

    /* The bytes have to stay where they are until read() has returned nothing. */
    virtual void feed(std::string_view packed) noexcept = 0;

    /* The next unpacked bytes, good until the next call; empty when all that was fed is used up, or is damaged. */
    [[nodiscard]] virtual std::string_view read() = 0;

    [[nodiscard]] bool is_damaged() const noexcept { return is_damaged_; }

    /* Whether the packed bytes could end here: nothing has come, or a whole stream. */
    [[nodiscard]] bool may_end() const noexcept { return may_end_ && !is_damaged_; }

  protected:
    bool is_damaged_ = false;
    bool may_end_ = true;
};

/* Null when the coding (one of Content-Encoding, in any case) is not known; "identity" is none. May throw std::bad_alloc. */
[[nodiscard]] std::unique_ptr<ContentDecoder> make_content_decoder(std::string_view coding);

} // namespace webwrap
