#include "core/select/json_ld.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/json_text.hpp"

namespace webwrap {

namespace {

/* Only the type of a parser that hands over each number's text: no value is ever made. Its floating-point type is as wide
 * as there is, because the parser refuses numbers that it cannot hold. */
using WideJson =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, long double>;

/* What the server's numeric holds (its documentation, numeric types). */
constexpr std::int64_t kMaxDigitsBeforePoint = 131072;
constexpr std::int64_t kMaxDigitsAfterPoint = 16383;
constexpr int kMaxNesting = 512; /* the server reads jsonb by recursion */

bool fits_numeric(std::string_view number) {
    const std::size_t exponent_at = number.find_first_of("eE");
    const std::string_view mantissa = number.substr(0, exponent_at);
    std::int64_t exponent = 0;
    if (exponent_at != std::string_view::npos) {
        std::string_view digits = number.substr(exponent_at + 1);
        if (digits.starts_with('+'))
            digits.remove_prefix(1);
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (result.ec != std::errc{})
            return false;
    }
    const std::size_t point = mantissa.find('.');
    const auto before = static_cast<std::int64_t>(mantissa.substr(0, point).size());
    const auto after = point == std::string_view::npos ? 0 : static_cast<std::int64_t>(mantissa.size() - point - 1);
    if (exponent > kMaxDigitsBeforePoint || exponent < -kMaxDigitsAfterPoint)
        return false;
    return before + std::max<std::int64_t>(exponent, 0) <= kMaxDigitsBeforePoint &&
           after + std::max<std::int64_t>(-exponent, 0) <= kMaxDigitsAfterPoint;
}

/* Writes again what the parser reads. Its callbacks return false to stop. */
class Rewriter final : public nlohmann::json_sax<WideJson> {
  public:
    explicit Rewriter(OutputBudget &budget) : out_(budget) {}

    bool null() override { return put("null"); }
    bool boolean(bool value) override { return put(value ? "true" : "false"); }
    bool number_integer(std::int64_t value) override { return put(std::to_string(value)); }
    bool number_unsigned(std::uint64_t value) override { return put(std::to_string(value)); }
    bool number_float(long double, const std::string &text) override {
        if (!fits_numeric(text)) {
            problem = "number is out of range: " + abbreviate(text, kShownBytes);
            return false;
        }
        return put(text);
    }
    bool string(std::string &value) override {
        poll();
        out_.string(value);
        return true;
    }
    bool binary(WideJson::binary_t &) override { return false; }
    bool start_object(std::size_t) override {
        if (!may_nest())
            return false;
        out_.begin_object();
        return true;
    }
    bool key(std::string &value) override {
        out_.key(value);
        return true;
    }
    bool end_object() override {
        out_.end_object();
        return true;
    }
    bool start_array(std::size_t) override {
        if (!may_nest())
            return false;
        out_.begin_array();
        return true;
    }
    bool end_array() override {
        out_.end_array();
        return true;
    }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &error) override {
        constexpr int kOutOfRange = 406; /* a number beyond long double */
        if (error.id == kOutOfRange)
            problem = "number is out of range";
        else
            problem = "not valid JSON at byte " + std::to_string(position);
        return false;
    }

    [[nodiscard]] std::string take() { return out_.take(); }

    std::string problem;

  private:
    static constexpr std::size_t kShownBytes = 40;

    void poll() {
        if (++events_ % 1024 == 0)
            Interrupt::poll();
    }
    bool put(std::string_view json) {
        poll();
        out_.raw(json);
        return true;
    }
    bool may_nest() {
        poll();
        if (out_.depth() < kMaxNesting)
            return true;
        problem = "nests deeper than " + std::to_string(kMaxNesting) + " levels";
        return false;
    }

    JsonText out_;
    unsigned events_ = 0;
};

/* Removes `mark` from the start, letter case aside. */
bool skip_prefix(std::string_view &text, std::string_view mark) {
    if (ascii_lower(text.substr(0, mark.size())) != mark)
        return false;
    text.remove_prefix(mark.size());
    return true;
}

bool skip_suffix(std::string_view &text, std::string_view mark) {
    if (!text.ends_with(mark))
        return false;
    text.remove_suffix(mark.size());
    return true;
}

std::string_view without_wrappers(std::string_view text) {
    for (bool again = true; again;) {
        text = trim(text);
        again = skip_prefix(text, "\xEF\xBB\xBF") || skip_prefix(text, "<!--") || skip_prefix(text, "<![cdata[") ||
                skip_prefix(text, "//<![cdata[") || skip_prefix(text, "// <![cdata[") ||
                skip_prefix(text, "/*<![cdata[*/") || skip_prefix(text, "/* <![cdata[ */") ||
                skip_prefix(text, "//<!--");
    }
    for (bool again = true; again;) {
        text = trim(text);
        again = skip_suffix(text, "//-->") || skip_suffix(text, "// -->") || skip_suffix(text, "-->") ||
                skip_suffix(text, "/*]]>*/") || skip_suffix(text, "/* ]]> */") || skip_suffix(text, "//]]>") ||
                skip_suffix(text, "// ]]>") || skip_suffix(text, "]]>") || skip_suffix(text, ";");
    }
    return text;
}

/* The code unit of an escape like \u00e4 at `at`, or -1. */
int escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
        return -1;
    unsigned unit = 0;
    const char *end = text.data() + at + 6;
    const auto result = std::from_chars(end - 4, end, unit, 16);
    return result.ec == std::errc{} && result.ptr == end ? static_cast<int>(unit) : -1;
}

/* Escapes of what jsonb cannot hold become escapes of U+FFFD, of the same length, so that positions stay. */
std::string without_impossible_escapes(std::string_view text) {
    constexpr std::string_view kReplacement = "\\ufffd";
    std::string mended(text);
    for (std::size_t at = mended.find('\\'); at != std::string::npos; at = mended.find('\\', at)) {
        const int unit = escaped_unit(mended, at);
        if (unit < 0) {
            at += 2; /* an escaped backslash begins no escape */
            continue;
        }
        const bool is_high = unit >= 0xD800 && unit <= 0xDBFF;
        const int next = is_high ? escaped_unit(mended, at + 6) : -1;
        if (is_high && next >= 0xDC00 && next <= 0xDFFF) {
            at += 12;
            continue;
        }
        if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
            mended.replace(at, kReplacement.size(), kReplacement);
        at += 6;
    }
    return mended;
}

} // namespace

JsonBlock read_json_ld(std::string_view text, const Limits &limits) {
    const std::string_view inner = without_wrappers(text);
    if (inner.empty())
        return {{}, "block is empty"};
    OutputBudget budget(limits, "JSON-LD blocks");
    const std::string mended = without_impossible_escapes(inner);
    Rewriter rewriter(budget);
    const bool is_valid = WideJson::sax_parse(mended, &rewriter, nlohmann::detail::input_format_t::json, true, true);
    if (is_valid)
        return {rewriter.take(), {}};
    return {{}, rewriter.problem.empty() ? "not valid JSON" : rewriter.problem};
}

} // namespace webwrap
