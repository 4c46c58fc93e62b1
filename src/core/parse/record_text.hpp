#pragma once

#include <string>
#include <string_view>

#include "core/fetch/client.hpp"

namespace webwrap {

/* The text of a document of records. Its encoding is the byte order mark's, else the transport's, else UTF-8: nothing is
 * guessed. UTF-8 is neither copied nor checked here: that is for the reader. */
class RecordText {
  public:
    /* The response has to outlive this. Throws kDecoding with URL and line for bytes that are not in the encoding. */
    explicit RecordText(const Response &response);
    RecordText(const RecordText &) = delete;
    RecordText &operator=(const RecordText &) = delete;

    [[nodiscard]] std::string_view text() const noexcept { return text_; } /* without a byte order mark */

  private:
    std::string converted_;
    std::string_view text_;
};

} // namespace webwrap
