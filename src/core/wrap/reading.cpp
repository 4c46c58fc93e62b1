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

bool is_number_type(CellType type) { return type == CellType::kInteger || type == CellType::kNumeric; }

bool is_moment_type(CellType type) { return type == CellType::kDate || type == CellType::kTimestamp; }

std::string canonical_moment(const std::string &text) {
    const MomentReader reader("", moment_type_of(text) == CellType::kTimestamp);
    return reader.read(text).value_or(text);
}

} // namespace

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

void Reading::apply_to(Column &column) const {
    column.type = type;
    column.pattern = pattern;
    column.locale = locale;
    column.null_values = null_values;
}

bool agrees(const ExampleValue &value, const std::optional<std::string> &read, CellType type) {
    if (value.kind == ExampleValue::Kind::kNull || !read)
        return value.kind == ExampleValue::Kind::kNull && !read;
    if (value.kind == ExampleValue::Kind::kXPath)
        return true;
    if (value.kind == ExampleValue::Kind::kNumber && is_number_type(type))
        return normal_number(*read) == normal_number(value.text);
    if (is_moment_type(type))
        return *read == canonical_moment(value.text);
    return *read == value.text;
}

namespace {

/* Tries ways to read the texts of one place. */
class ReadingLearner {
  public:
    ReadingLearner(ValueFinder &finder, std::span<const ReadingSample> samples, std::span<const std::string> texts,
                   std::span<const std::string> null_texts)
        : finder_(finder), samples_(samples), texts_(texts), null_texts_(null_texts) {}

    std::optional<Reading> learn();

  private:
    std::optional<Reading> learn_type(CellType type, std::span<const std::string> locales);
    std::optional<Reading> learn_unknown();
    std::optional<Reading> try_patterns(CellType type, std::span<const std::string> locales);
    /* Completes the reading with a text that means nothing; false when it does not read the texts. Values of the texts
     * go to `values`. */
    bool accept(Reading &reading, std::vector<std::string> &values) const;
    static Column column_of(const Reading &reading) {
        Column column;
        reading.apply_to(column);
        return column;
    }

    ValueFinder &finder_;
    std::span<const ReadingSample> samples_;
    std::span<const std::string> texts_;
    std::span<const std::string> null_texts_;
};

bool ReadingLearner::accept(Reading &reading, std::vector<std::string> &values) const {
    const CellReader reader(column_of(reading));
    for (const ReadingSample &sample : samples_) {
        const CellValue value = reader.read(sample.text);
        if (!value.problem.empty() || !agrees(*sample.value, value.text, reading.type))
            return false;
    }
    std::string nothing;
    std::size_t count = 0;
    const auto takes = [&](const std::string &text) {
        if (!nothing.empty() && nothing != text)
            return false;
        nothing = text;
        ++count;
        return true;
    };
    for (const std::string &text : null_texts_)
        if (const CellValue value = reader.read(text); (value.text || !value.problem.empty()) && !takes(text))
            return false;
    for (const std::string &text : texts_) {
        const CellValue value = text == nothing ? CellValue{} : reader.read(text);
        if (value.problem.empty())
            values.push_back(!value.text                    ? std::string()
                             : is_number_type(reading.type) ? normal_number(*value.text)
                                                            : *value.text);
        else if (text.size() > 40 || !takes(text) || 2 * count > texts_.size() + 1 ||
                 (is_number_type(reading.type) && has_digit(text)))
            return false;
        else
            values.emplace_back();
    }
    if (!nothing.empty())
        reading.null_values = {nothing};
    return true;
}

std::optional<Reading> ReadingLearner::learn_type(CellType type, std::span<const std::string> locales) {
    std::optional<Reading> best;
    std::vector<std::string> best_values;
    for (const std::string &locale : locales) {
        Interrupt::poll();
        Reading reading;
        reading.type = type;
        reading.locale = locale;
        std::vector<std::string> values;
        if (!accept(reading, values))
            continue;
        if (!best) {
            best = reading;
            best_values = std::move(values);
        } else if (values != best_values) {
            best->rival_locale = locale;
            break;
        }
    }
    if (!best)
        best = try_patterns(type, locales);
    if (best && best->type == CellType::kNumeric && best_values.empty()) {
        Reading again = *best;
        if (!accept(again, best_values))
            best_values.emplace_back(".");
    }
    /* Whole numbers throughout, in the notation of whole numbers. */
    if (best && best->type == CellType::kNumeric &&
        std::all_of(best_values.begin(), best_values.end(), is_whole_number)) {
        Reading whole = *best;
        whole.type = CellType::kInteger;
        std::vector<std::string> values;
        if (accept(whole, values))
            best = whole;
    }
    return best;
}

std::optional<Reading> ReadingLearner::try_patterns(CellType type, std::span<const std::string> locales) {
    std::vector<PatternSample> parts;
    for (const ReadingSample &sample : samples_) {
        if (sample.value->kind == ExampleValue::Kind::kNull)
            continue;
        auto span = finder_.part(*sample.value, sample.text);
        if (!span && finder_.holds(*sample.value, sample.text) == Holds::kWhole)
            span.emplace(0, sample.text.size());
        if (!span)
            return std::nullopt;
        parts.push_back({sample.text, span->first, span->second, is_number_type(type), is_moment_type(type)});
    }
    const std::vector<std::string> patterns = pattern_candidates(parts);
    for (const bool is_optional : {false, true})
        for (const std::string &pattern : patterns) {
            Interrupt::poll();
            for (const std::string &locale : locales) {
                Reading reading;
                reading.type = type;
                reading.locale = locale;
                reading.pattern = is_optional ? pattern + "|$" : pattern;
                reading.is_part = true;
                std::vector<std::string> values;
                if (!accept(reading, values))
                    continue;
                const auto missing = std::count(values.begin(), values.end(), std::string());
                if (reading.null_values.empty() && 2 * static_cast<std::size_t>(missing) <= values.size())
                    return reading;
            }
        }
    return std::nullopt;
}

/* By the texts alone: a type that all of them have, whoever reads them. */
std::optional<Reading> ReadingLearner::learn_unknown() {
    const auto is_plain = [](const std::string &text) {
        return text.size() == 1 || text.front() != '0' || text[1] == '.';
    };
    const std::span<const std::string> plain(finder_.number_locales().data(), 1);
    if (!texts_.empty() && std::all_of(texts_.begin(), texts_.end(), is_plain))
        if (auto reading = learn_type(CellType::kNumeric, plain); reading)
            return reading;
    for (const CellType type : {CellType::kDate, CellType::kTimestamp})
        if (auto reading = learn_type(type, plain); reading && !texts_.empty())
            return reading;
    const bool has_numbers = std::all_of(texts_.begin(), texts_.end(), has_digit);
    if (!texts_.empty() && has_numbers) {
        /* The page's own language is believed where it says one. */
        const auto own = [&](const std::vector<std::string> &locales) {
            return finder_.has_language() ? std::span<const std::string>(locales).subspan(1, 1)
                                          : std::span<const std::string>(locales);
        };
        for (const CellType type : {CellType::kNumeric, CellType::kDate}) {
            const bool is_number = type == CellType::kNumeric;
            auto reading = learn_type(type, own(is_number ? finder_.number_locales() : finder_.date_locales()));
            if (reading && reading->rival_locale.empty())
                return reading;
        }
    }
    const std::string none;
    return learn_type(CellType::kText, {&none, 1});
}

std::optional<Reading> ReadingLearner::learn() {
    using Kind = ExampleValue::Kind;
    bool numbers = true, booleans = true, unknown = true, moments = true;
    CellType moment = CellType::kText;
    for (const ReadingSample &sample : samples_) {
        const Kind kind = sample.value->kind;
        if (kind == Kind::kNull)
            continue;
        unknown = unknown && kind == Kind::kXPath;
        numbers = numbers && (kind == Kind::kNumber || kind == Kind::kXPath);
        booleans = booleans && (kind == Kind::kBoolean || kind == Kind::kXPath);
        const CellType own = kind == Kind::kText ? moment_type_of(sample.value->text) : CellType::kText;
        moments = moments &&
                  (kind == Kind::kXPath || (own != CellType::kText && (moment == CellType::kText || own == moment)));
        moment = own == CellType::kText ? moment : own;
    }
    if (unknown)
        return learn_unknown();
    if (numbers)
        return learn_type(CellType::kNumeric, finder_.number_locales());
    const std::string none;
    if (booleans)
        return learn_type(CellType::kBoolean, {&none, 1});
    if (moments)
        if (auto reading = learn_type(moment, finder_.date_locales()); reading)
            return reading;
    return learn_type(CellType::kText, {&none, 1});
}

} // namespace

std::optional<Reading> learn_reading(ValueFinder &finder, std::span<const ReadingSample> samples,
                                     std::span<const std::string> texts, std::span<const std::string> null_texts) {
    return ReadingLearner(finder, samples, texts, null_texts).learn();
}

} // namespace webwrap
