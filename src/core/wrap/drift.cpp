#include "core/wrap/drift.hpp"

#include <cmath>
#include <cstdlib>
#include <set>

#include "core/wrap/number.hpp"

namespace webwrap {

namespace {

constexpr double kSameShare = 0.98;      /* of known values that must be equal for texts, dates and keys */
constexpr std::size_t kManyRecords = 30; /* below this one disagreement is too much */
constexpr double kDriftShare = 0.5;      /* of numbers that must be equal where the others changed a little */
constexpr double kSmallChange = 0.25;    /* relative change that a number may have */
constexpr double kNameLikeness = 0.5;
/* What stands for the names where those say nothing: many equal long numbers, and the others hardly changed. */
constexpr std::size_t kTellingNumbers = 20;
constexpr std::size_t kTellingDigits = 3;
constexpr double kTellingShare = 0.6;
constexpr double kTinyChange = 0.05;

std::size_t significant_digits(const std::string &number) {
    std::string digits;
    for (const char c : normal_number(number))
        if (c >= '0' && c <= '9')
            digits.push_back(c);
    while (!digits.empty() && digits.back() == '0')
        digits.pop_back();
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? 0 : digits.size() - first;
}

/* True when the numbers that changed did so by at most that much and are not the old ones rounded. Doubles will do: nothing of
 * them gets into a value. */
bool numbers_drift(Evidence &evidence, const RecordLevel &level, std::size_t column, const Place &place,
                   double max_change) {
    std::size_t changed = 0, coarser = 0;
    const XPath xpath(place.path.xpath);
    for (const AlignedRecord &aligned : level.aligned) {
        const KnownRecord &record = evidence.records()[aligned.record];
        const Document &page = evidence.new_page(record.pair);
        ColumnValues &values = evidence.values(column);
        const ValueId got = values.read_nodes(page, xpath.evaluate(page, aligned.element, evidence.limits()));
        const ValueId want = record.values[column];
        if (got == want)
            continue;
        if (got <= 0 || want <= 0)
            return false;
        const std::string before = values.value(want), after = values.value(got);
        const double a = std::strtod(before.c_str(), nullptr), b = std::strtod(after.c_str(), nullptr);
        if (std::fabs(a - b) > max_change * std::fmax(std::fabs(a), 1))
            return false;
        ++changed;
        coarser += significant_digits(after) < significant_digits(before) ? 1 : 0;
    }
    return coarser * 2 < changed;
}

/* Different long numbers among the equal ones, of which another quantity would not have many. */
std::size_t telling_numbers(Evidence &evidence, const RecordLevel &level, std::size_t column, const Place &place) {
    std::set<ValueId> equal;
    const XPath xpath(place.path.xpath);
    for (const AlignedRecord &aligned : level.aligned) {
        const KnownRecord &record = evidence.records()[aligned.record];
        const Document &page = evidence.new_page(record.pair);
        const ValueId want = record.values[column];
        ColumnValues &values = evidence.values(column);
        if (want > 0 && significant_digits(values.value(want)) >= kTellingDigits &&
            values.read_nodes(page, xpath.evaluate(page, aligned.element, evidence.limits())) == want)
            equal.insert(want);
    }
    return equal.size();
}

} // namespace

void judge_drift(Evidence &evidence, const RecordLevel &level, std::size_t column, ColumnDecision &decision) {
    const Place &place = decision.places.front();
    const Agreement &agreement = place.agreement;
    const Column &declared = evidence.wrapper().columns[column];
    const double share = static_cast<double>(agreement.records() - agreement.disagreeing()) /
                         static_cast<double>(std::max<std::size_t>(1, agreement.records()));
    decision.reason = std::to_string(agreement.disagreeing()) + " of " + std::to_string(agreement.records()) +
                      " known records disagree at the best place: " + agreement.sample;
    decision.confidence = 0.5 * share;
    if (agreement.gained > 0 || agreement.lost > 0 || agreement.unreadable > 0 || agreement.misplaced > 0 ||
        place.path.shifts || agreement.distinct < 3)
        return;
    if (share >= kSameShare && agreement.records() >= kManyRecords) {
        decision.is_found = true;
        decision.confidence = 0.85;
        decision.reason.clear();
        return;
    }
    const bool is_number = declared.type == CellType::kInteger || declared.type == CellType::kNumeric;
    const bool is_named = share >= kDriftShare && place.name_match >= kNameLikeness;
    const bool is_telling =
        share >= kTellingShare && telling_numbers(evidence, level, column, place) >= kTellingNumbers;
    if (is_number && (is_named || is_telling) &&
        numbers_drift(evidence, level, column, place, is_named ? kSmallChange : kTinyChange)) {
        decision.is_found = true;
        decision.confidence = 0.75;
        decision.reason.clear();
    }
}

} // namespace webwrap
