#include "core/wrap/reading.hpp"

#include <unicode/uloc.h>

#include <algorithm>
#include <array>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/unicode.hpp"
#include "core/wrap/value.hpp"

namespace webwrap {

namespace {

/* One for each way to write numbers, and for each way to write dates that is common on pages. */
constexpr std::array<const char *, 5> kNumberLocales{"en_US", "de_DE", "fr_FR", "de_CH", "en_IN"};
constexpr std::array<const char *, 14> kDateLocales{"en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR",
                                                    "nl_NL", "pl_PL", "cs_CZ", "sv_SE", "ru_RU", "ja_JP", "zh_CN"};
constexpr std::size_t kMaxPartBytes = 1000; /* longer texts are looked at as a whole only */
constexpr std::size_t kMaxDateWords = 7;

std::string language_of(const Document &page) {
    const NodeId root = page.root_element();
    if (root == kNoNode)
        return {};
    std::string language(page.attribute_value(root, "lang"));
    std::replace(language.begin(), language.end(), '-', '_');
    const bool is_name = language.size() <= 20 && std::all_of(language.begin(), language.end(), [](char c) {
                             return is_letter(c) || is_digit(c) || c == '_';
                         });
    if (!is_name || language.empty() || *uloc_getISO3Language(language.c_str()) == '\0')
        return {};
    return language;
}

template <typename List> std::vector<std::string> locales_from(const std::string &language, const List &others) {
    std::vector<std::string> locales{""};
    if (!language.empty())
        locales.push_back(language);
    for (const char *other : others)
        if (other != language)
            locales.emplace_back(other);
    return locales;
}

bool is_number_byte(char c) { return is_digit(c) || c == '.' || c == ',' || c == '\''; }

bool is_word_byte(char c) { return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; }

/* An apostrophe or sign that takes several bytes and may stand in or before a number. */
std::size_t mark_bytes(std::string_view text, std::size_t at) {
    for (const std::string_view mark : {"’", "−"})
        if (text.substr(at).starts_with(mark))
            return mark.size();
    return 0;
}

bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

} // namespace

std::string canonical_moment(const std::string &text) {
    const MomentReader reader("", moment_type_of(text) == CellType::kTimestamp);
    return reader.read(text).value_or(text);
}

ValueFinder::ValueFinder(const Document &page)
    : has_language_(!language_of(page).empty()), number_locales_(locales_from(language_of(page), kNumberLocales)),
      date_locales_(locales_from(language_of(page), kDateLocales)) {
    for (const std::string &locale : number_locales_)
        numbers_.emplace_back(locale);
}

CellType moment_type_of(std::string_view text) {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-')
        return CellType::kText;
    if (text.size() == 10)
        return MomentReader("", false).read(text) ? CellType::kDate : CellType::kText;
    return MomentReader("", true).read(text) ? CellType::kTimestamp : CellType::kText;
}

bool ValueFinder::is_number(const std::string &normal, std::string_view text) {
    return std::any_of(numbers_.begin(), numbers_.end(), [&](const NumberReader &reader) {
        const std::optional<std::string> read = reader.read(text);
        return read && normal_number(*read) == normal;
    });
}

bool ValueFinder::is_date(const std::string &value, std::string_view text) {
    const bool with_time = moment_type_of(value) == CellType::kTimestamp;
    const std::string canonical = canonical_moment(value);
    for (const std::string &locale : date_locales_) {
        auto found = moments_.find({locale, with_time});
        if (found == moments_.end())
            found = moments_.emplace(std::pair(locale, with_time), MomentReader(locale, with_time)).first;
        if (found->second.read(text) == canonical)
            return true;
    }
    return false;
}

Holds ValueFinder::holds(const ExampleValue &value, std::string_view text) {
    switch (value.kind) {
    case ExampleValue::Kind::kText:
        if (text == value.text)
            return Holds::kWhole;
        if (moment_type_of(value.text) != CellType::kText && text.find(value.text.substr(0, 4)) != text.npos &&
            is_date(value.text, text))
            return Holds::kWhole;
        break;
    case ExampleValue::Kind::kNumber:
        if (!has_digit(text))
            return Holds::kNo;
        if (is_number(normal_number(value.text), text))
            return Holds::kWhole;
        break;
    case ExampleValue::Kind::kBoolean: {
        Column column;
        column.type = CellType::kBoolean;
        return text.size() <= 5 && CellReader(column).read(text).text == value.text ? Holds::kWhole : Holds::kNo;
    }
    default:
        return Holds::kNo;
    }
    return text.size() <= kMaxPartBytes && !spans(value, text).empty() ? Holds::kPart : Holds::kNo;
}

std::optional<std::pair<std::size_t, std::size_t>> ValueFinder::part(const ExampleValue &value, std::string_view text) {
    const std::vector<Span> found = spans(value, text);
    return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

std::vector<ValueFinder::Span> ValueFinder::spans(const ExampleValue &value, std::string_view text) {
    if (value.kind == ExampleValue::Kind::kNumber)
        return number_spans(normal_number(value.text), text);
    std::vector<Span> found;
    for (std::size_t at = text.find(value.text); at != text.npos; at = text.find(value.text, at + 1)) {
        const std::size_t end = at + value.text.size();
        const bool starts = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(text[at]);
        const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(text[end - 1]);
        if (starts && ends)
            found.emplace_back(at, end);
    }
    if (found.empty() && moment_type_of(value.text) != CellType::kText)
        return date_spans(value.text, text);
    return found;
}

/* Runs of digits and marks that are the number under some convention. */
std::vector<ValueFinder::Span> ValueFinder::number_spans(const std::string &value, std::string_view text) {
    std::vector<Span> runs;
    for (std::size_t at = 0; at < text.size();) {
        if (!is_digit(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        while (at < text.size() && (is_number_byte(text[at]) || mark_bytes(text, at) > 0))
            at += std::max<std::size_t>(1, mark_bytes(text, at));
        std::size_t end = at;
        while (end > begin && !is_digit(text[end - 1]))
            --end;
        runs.emplace_back(begin, end);
    }
    std::vector<Span> found;
    const auto try_span = [&](std::size_t begin, std::size_t end) {
        if (end < text.size() && std::string_view("KkMB").find(text[end]) != std::string_view::npos &&
            (end + 1 == text.size() || !is_word_byte(text[end + 1])))
            ++end;
        if (value.starts_with("-") && begin > 0) {
            const std::size_t sign = text[begin - 1] == '-'                           ? 1
                                     : begin >= 3 && mark_bytes(text, begin - 3) == 3 ? 3
                                                                                      : 0;
            begin -= sign;
        }
        if (!is_number(value, text.substr(begin, end - begin)))
            return false;
        found.emplace_back(begin, end);
        return true;
    };
    for (std::size_t i = 0; i < runs.size(); ++i) {
        /* Groups that spaces separate: three digits each after the first. */
        std::size_t last = i;
        while (last + 1 < runs.size() && runs[last + 1].first == runs[last].second + 1 &&
               text[runs[last].second] == ' ' && runs[last + 1].second - runs[last + 1].first >= 3)
            ++last;
        bool is_found = false;
        for (std::size_t to = last + 1; to-- > i && !is_found;)
            if (try_span(runs[i].first, runs[to].second)) {
                is_found = true;
                i = to;
            }
    }
    return found;
}

std::vector<ValueFinder::Span> ValueFinder::date_spans(const std::string &value, std::string_view text) {
    if (text.find(value.substr(0, 4)) == text.npos)
        return {};
    std::vector<Span> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        while (at < text.size() && text[at] != ' ')
            ++at;
        words.emplace_back(begin, at);
        at += at < text.size() ? 1 : 0;
    }
    std::vector<Span> found;
    for (std::size_t first = 0; first < words.size(); ++first) {
        for (std::size_t last = std::min(words.size(), first + kMaxDateWords); last-- > first;) {
            std::size_t begin = words[first].first, end = words[last].second;
            while (begin < end && !is_word_byte(text[begin]))
                ++begin;
            while (begin < end && !is_word_byte(text[end - 1]))
                --end;
            const std::string_view window = text.substr(begin, end - begin);
            if (window.find(value.substr(0, 4)) == window.npos || !is_date(value, window))
                continue;
            found.emplace_back(begin, end);
            first = last;
            break;
        }
    }
    return found;
}

} // namespace webwrap
