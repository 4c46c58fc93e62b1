#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

/* Values that fill the parameters of a template: each name has one value or several. */
using UrlParameters = std::map<std::string, std::vector<std::string>>;

/* A URL with places to fill: {1..40} and {01..12} ranges, {a,b,c} lists, {name} parameters. The last place varies
 * fastest. Parameter values are percent-encoded; list members are taken as they are. */
class UrlTemplate {
  public:
    /* Throws kInvalidOption for unbalanced braces, empty places, ranges that run backwards. */
    explicit UrlTemplate(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept { return text_; }
    /* Names of the parameters, each once, in order of appearance. */
    [[nodiscard]] const std::vector<std::string> &parameters() const noexcept { return parameters_; }
    /* The number of URLs when each parameter has one value; INT64_MAX when it does not fit. */
    [[nodiscard]] std::int64_t count() const;
    [[nodiscard]] std::int64_t count(const UrlParameters &values) const;
    /* The URL at `index` (0 .. count(values) - 1). All parameters must have values. */
    [[nodiscard]] std::string url_at(std::int64_t index, const UrlParameters &values) const;
    /* The one value that each parameter has in that URL. */
    [[nodiscard]] UrlParameters values_at(std::int64_t index, const UrlParameters &values) const;

  private:
    struct Part {
        enum class Kind { kLiteral, kRange, kList, kParameter } kind = Kind::kLiteral;
        std::string text; /* literal text or parameter name */
        std::vector<std::string> members;
        std::int64_t first = 0;
        std::int64_t last = 0;
        std::size_t width = 0;    /* digits of a range, zero-padded */
        bool is_repeated = false; /* a parameter that an earlier place names too: takes the same value */
    };
    [[nodiscard]] std::vector<std::int64_t> choices_at(std::int64_t index, const UrlParameters &values) const;
    [[nodiscard]] static Part parse_place(std::string_view place);
    [[nodiscard]] static std::int64_t choices(const Part &part, const UrlParameters &values);
    [[nodiscard]] static std::string choice(const Part &part, std::int64_t index, const UrlParameters &values);

    std::string text_;
    std::vector<Part> parts_;
    std::vector<std::string> parameters_;
};

} // namespace webwrap
