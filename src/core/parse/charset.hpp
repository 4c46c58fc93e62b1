#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace webwrap {

/* Canonical WHATWG name of an encoding label ("latin1" -> "windows-1252"), or empty when the label is unknown. */
[[nodiscard]] std::string encoding_for_label(std::string_view label);

/* Every label of the standard, in its order. */
[[nodiscard]] std::vector<std::string_view> encoding_labels();

/* The label in "text/html; charset=x" (HTML standard, 2.5.6), empty when there is none. `content_type` is in lower
 * case. */
[[nodiscard]] std::string charset_label_in(std::string_view content_type);

/* The encoding of an HTML page by the WHATWG order: byte order mark, transport charset, meta prescan of the first
 * 1,024 bytes, a meta element further on, then UTF-8 when the bytes are valid UTF-8 and not all ASCII, else windows-1252.
 * `label` is the transport's or empty. */
[[nodiscard]] std::string sniff_encoding(std::string_view bytes, std::string_view label);

struct DecodedText {
    std::string text;     /* valid UTF-8 without a byte order mark, NUL replaced by U+FFFD */
    std::string encoding; /* the one that was used */
};

/* Bytes that the encoding cannot map; kDecoding. */
class InvalidBytes : public Error {
  public:
    InvalidBytes(std::string message, std::size_t offset)
        : Error(ErrorKind::kDecoding, std::move(message)), offset_(offset) {}

    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  private:
    std::size_t offset_;
};

/* Decodes by sniff_encoding. Throws InvalidBytes, naming encoding and offset. */
[[nodiscard]] DecodedText decode_page(std::string_view bytes, std::string_view transport_label);

} // namespace webwrap
