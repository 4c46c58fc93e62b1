#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/text.hpp"
#include "core/wrap/structure_columns.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr double kSeldom = 0.05, kMostly = 0.5; /* shares of values with a character */
constexpr std::size_t kSampleBytes = 40;

/* Share of the values that hold each kind of ASCII character but letters and blanks; digits are one kind. */
std::map<char, double> marks_in(const std::vector<std::string> &values) {
    std::map<char, double> shares;
    for (const std::string &value : values) {
        std::set<char> own;
        for (const char c : value) {
            const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (c > ' ' && c < 127 && !is_letter)
                own.insert(c >= '0' && c <= '9' ? '9' : c);
        }
        for (const char c : own)
            shares[c] += 1 / static_cast<double>(values.size());
    }
    return shares;
}

template <typename Test>
const std::string *first_new(const std::vector<std::string> &before, const std::vector<std::string> &now, Test test) {
    if (std::any_of(before.begin(), before.end(), test))
        return nullptr;
    const auto found = std::find_if(now.begin(), now.end(), test);
    return found == now.end() ? nullptr : &*found;
}

std::string quoted(const std::string &value) { return "\"" + abbreviate(value, kSampleBytes) + "\""; }

} // namespace

bool is_cut_short(const std::string &value) { return value.ends_with("\xE2\x80\xA6") || value.ends_with("..."); }

std::string strange_values(const Column &column, const std::vector<std::string> &before, bool had_nulls,
                           const std::vector<std::string> &now, bool has_nulls) {
    if (column.type != CellType::kText)
        return {};
    if (const std::string *mark = first_new(before, now, [](const std::string &v) { return !has_letter_or_digit(v); }))
        return quoted(*mark) + " looks like a mark for no value";
    if (const std::string *cut = first_new(before, now, is_cut_short))
        return quoted(*cut) + " looks like the beginning of a text";
    const std::map<char, double> was = marks_in(before), is = marks_in(now);
    for (const auto &[mark, share] : is) {
        const auto known = was.find(mark);
        if (share > kMostly && (known == was.end() || known->second < kSeldom))
            return "most values are such as " + quoted(now.front()) + ", which none was";
    }
    for (const auto &[mark, share] : was)
        if (const auto known = is.find(mark); share > kMostly && (known == is.end() || known->second < kSeldom))
            return "few values are such as " + quoted(before.front()) + ", as most were";
    if (had_nulls && !has_nulls) {
        std::map<std::string_view, std::size_t> counts;
        for (const std::string &value : now)
            ++counts[value];
        const std::set<std::string_view> known(before.begin(), before.end());
        for (const auto &[value, count] : counts)
            if (count > 1 && !known.contains(value))
                return quoted(std::string(value)) + " may stand for no value";
    }
    return {};
}

} // namespace webwrap
