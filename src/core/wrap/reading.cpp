#include "core/wrap/reading.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/value.hpp"

namespace webwrap {

namespace {

bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

bool is_number_type(CellType type) { return type == CellType::kInteger || type == CellType::kNumeric; }

bool is_moment_type(CellType type) { return type == CellType::kDate || type == CellType::kTimestamp; }

} // namespace

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
