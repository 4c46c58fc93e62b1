#include "core/wrap/value.hpp"

#include <unicode/uloc.h>
#include <unicode/uregex.h>

#include <array>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/wrap/moment.hpp"
#include "core/wrap/number.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr int32_t kRegexTimeLimit = 2000; /* ICU's units, some milliseconds each at most */
constexpr int32_t kRegexStackLimitBytes = 1 << 20;
constexpr std::size_t kMaxShownBytes = 60;

struct UregexClose {
    void operator()(URegularExpression *regex) const noexcept { uregex_close(regex); }
};
using RegexHandle = std::unique_ptr<URegularExpression, UregexClose>;

RegexHandle compile(const Column &column) {
    const std::u16string pattern = utf16_from(column.pattern);
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    RegexHandle regex(uregex_open(pattern.data(), static_cast<int32_t>(pattern.size()), UREGEX_ERROR_ON_UNKNOWN_ESCAPES,
                                  &where, &status));
    if (U_FAILURE(status))
        throw Error(ErrorKind::kInvalidOption,
                    "pattern of column \"" + column.name + "\" is not a regular expression: " + u_errorName(status),
                    "The pattern is \"" + abbreviate(column.pattern, 200) + "\".");
    uregex_setTimeLimit(regex.get(), kRegexTimeLimit, &status);
    uregex_setStackLimit(regex.get(), kRegexStackLimitBytes, &status);
    return regex;
}

std::string shown(std::string_view text) { return "\"" + abbreviate(text, kMaxShownBytes) + "\""; }

CellValue problem(std::string_view text, const char *what) { return {std::nullopt, shown(text) + " " + what, false}; }

std::optional<std::string> read_boolean(std::string_view text) {
    const std::string lower = ascii_lower(text);
    for (const char *yes : {"true", "yes", "t", "1"})
        if (lower == yes)
            return "true";
    for (const char *no : {"false", "no", "f", "0"})
        if (lower == no)
            return "false";
    return std::nullopt;
}

} // namespace

struct CellReader::State {
    CellType type = CellType::kText;
    std::vector<std::string> null_values;
    RegexHandle regex;
    std::optional<NumberReader> numbers;
    std::optional<MomentReader> moments;

    [[nodiscard]] bool is_null(std::string_view text) const {
        for (const std::string &value : null_values)
            if (text == value)
                return true;
        return text.empty();
    }
    [[nodiscard]] CellValue match_pattern(std::string &text) const;
    [[nodiscard]] CellValue read_typed(std::string text) const;
};

CellReader::CellReader(const Column &column) : state_(std::make_unique<State>()) {
    /* ICU would quietly read a locale that it does not know as the root one. */
    if (!column.locale.empty() && *uloc_getISO3Language(column.locale.c_str()) == '\0')
        throw Error(ErrorKind::kInvalidOption, "unknown locale \"" + column.locale + "\"", {},
                    "Locales are written like en_US, de or pt_BR.");
    state_->type = column.type;
    for (const std::string &value : column.null_values)
        state_->null_values.push_back(fold_space(value));
    if (!column.pattern.empty())
        state_->regex = compile(column);
    if (column.type == CellType::kInteger || column.type == CellType::kNumeric)
        state_->numbers.emplace(column.locale);
    if (column.type == CellType::kDate || column.type == CellType::kTimestamp)
        state_->moments.emplace(column.locale, column.type == CellType::kTimestamp);
}

CellReader::~CellReader() = default;
CellReader::CellReader(CellReader &&) noexcept = default;
CellReader &CellReader::operator=(CellReader &&) noexcept = default;

CellValue CellReader::read(std::string_view raw) const {
    std::string text = fold_space(raw);
    if (state_->is_null(text))
        return {};
    if (state_->regex != nullptr) {
        CellValue failed = state_->match_pattern(text);
        if (!failed.problem.empty())
            return failed;
        if (state_->is_null(text))
            return {};
    }
    return state_->read_typed(std::move(text));
}

/* Replaces `text` by what the pattern finds in it: its first group, or the whole match. */
CellValue CellReader::State::match_pattern(std::string &text) const {
    const std::u16string wide = utf16_from(text);
    UErrorCode status = U_ZERO_ERROR;
    uregex_setText(regex.get(), wide.data(), static_cast<int32_t>(wide.size()), &status);
    const bool found = uregex_find(regex.get(), 0, &status);
    if (status == U_REGEX_TIME_OUT || status == U_REGEX_STACK_OVERFLOW)
        return {std::nullopt, "the pattern takes too long on " + shown(text), true};
    if (U_FAILURE(status) || !found)
        return {std::nullopt, shown(text) + " does not match the pattern", true};
    const int32_t group = uregex_groupCount(regex.get(), &status) > 0 ? 1 : 0;
    const int32_t start = uregex_start(regex.get(), group, &status);
    const int32_t end = uregex_end(regex.get(), group, &status);
    /* A group that takes no part in the match has no value. */
    text = U_FAILURE(status) || start < 0
               ? std::string()
               : fold_space(utf8_from(std::u16string_view(wide).substr(static_cast<std::size_t>(start),
                                                                       static_cast<std::size_t>(end - start))));
    return {};
}

CellValue CellReader::State::read_typed(std::string text) const {
    std::optional<std::string> value;
    switch (type) {
    case CellType::kText:
        return {std::move(text), {}, false};
    case CellType::kInteger:
        value = numbers->read(text);
        if (!value || !is_whole_number(*value))
            return problem(text, "is not an integer");
        return {std::move(value), {}, false};
    case CellType::kNumeric:
        value = numbers->read(text);
        return value ? CellValue{std::move(value), {}, false} : problem(text, "is not numeric");
    case CellType::kBoolean:
        value = read_boolean(text);
        return value ? CellValue{std::move(value), {}, false} : problem(text, "is not a boolean");
    case CellType::kDate:
        value = moments->read(text);
        return value ? CellValue{std::move(value), {}, false} : problem(text, "is not a date");
    case CellType::kTimestamp:
        value = moments->read(text);
        return value ? CellValue{std::move(value), {}, false} : problem(text, "is not a timestamp");
    }
    return problem(text, "has no type");
}

} // namespace webwrap
