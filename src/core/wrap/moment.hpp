#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace webwrap {

/* Reads dates and timestamps: ISO 8601 always; dates with a month name, which no DateStyle can misread;
 * with a locale also its four ICU styles and its month names. Strict: the whole text counts, impossible days and two-digit years are refused. */
class MomentReader {
  public:
    /* Throws kInvalidOption for a locale that ICU does not know. */
    MomentReader(const std::string &locale, bool with_time);
    ~MomentReader();
    MomentReader(MomentReader &&) noexcept;
    MomentReader &operator=(MomentReader &&) noexcept;

    /* "1986-05-12", or "1986-05-12 20:15:00+02:00" with the text's own offset if it has one; nullopt when the text is
     * neither. */
    [[nodiscard]] std::optional<std::string> read(std::string_view text) const;

  private:
    struct Formats;
    std::unique_ptr<Formats> formats_;
    bool with_time_;
};

} // namespace webwrap
