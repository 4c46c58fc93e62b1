#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

/* Reads numbers exactly, on strings: nothing passes through a double. With no locale only plain SQL notation counts; with
 * one, its digits, grouping and decimal symbols, a currency in front or behind, and K, M or B right after the digits.
 * Text around the number is never skipped. */
class NumberReader {
  public:
    /* Throws kInvalidOption for a locale that ICU does not know. */
    explicit NumberReader(const std::string &locale);

    /* Canonical decimal notation ("-1234.50"; an exponent is kept when the text has one), or nullopt. */
    [[nodiscard]] std::optional<std::string> read(std::string_view text) const;

  private:
    [[nodiscard]] std::optional<std::string> read_localised(std::u16string text) const;

    bool has_locale_ = false;
    std::u16string grouping_;
    std::u16string decimal_;
    std::u16string monetary_grouping_;
    std::u16string monetary_decimal_;
    std::u16string minus_;
    std::vector<std::u16string> currencies_; /* the locale's own symbol and code */
    std::size_t primary_group_ = 3;
    std::size_t secondary_group_ = 3;
};

/* The number without fraction zeros, exponent or sign of zero, so that equal numbers have equal texts. */
[[nodiscard]] std::string normal_number(std::string_view canonical);

/* True for a canonical number without a fraction and without an exponent. */
[[nodiscard]] bool is_whole_number(std::string_view canonical);

} // namespace webwrap
