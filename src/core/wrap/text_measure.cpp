#include "core/wrap/text_measure.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/text.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr double kPrefixWeight = 0.1; /* of each equal character at the start, at most four */
constexpr std::size_t kMaxPrefix = 4;

std::u16string characters_of(std::string_view text) {
    std::u16string characters = utf16_from(lower_case(fold_space(text)));
    if (characters.size() > kMaxComparedText)
        characters.resize(kMaxComparedText);
    return characters;
}

/* The text's ends count as characters, so that one character has bigrams too. */
std::vector<std::uint32_t> bigrams_of(const std::u16string &text) {
    std::vector<std::uint32_t> bigrams;
    char16_t before = u'\0';
    for (const char16_t c : text) {
        bigrams.push_back(static_cast<std::uint32_t>(before) << 16 | c);
        before = c;
    }
    bigrams.push_back(static_cast<std::uint32_t>(before) << 16);
    std::sort(bigrams.begin(), bigrams.end());
    return bigrams;
}

double bigram_similarity(const std::u16string &a, const std::u16string &b) {
    const std::vector<std::uint32_t> of_a = bigrams_of(a), of_b = bigrams_of(b);
    std::size_t common = 0;
    for (std::size_t i = 0, j = 0; i < of_a.size() && j < of_b.size();) {
        if (of_a[i] == of_b[j]) {
            ++common;
            ++i;
            ++j;
        } else if (of_a[i] < of_b[j]) {
            ++i;
        } else {
            ++j;
        }
    }
    return 2.0 * static_cast<double>(common) / static_cast<double>(of_a.size() + of_b.size());
}

double edit_similarity(const std::u16string &a, const std::u16string &b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return 1 - static_cast<double>(row[b.size()]) / static_cast<double>(std::max(a.size(), b.size()));
}

double jaro_winkler_similarity(const std::u16string &a, const std::u16string &b) {
    const std::size_t half = std::max(a.size(), b.size()) / 2;
    const std::size_t window = half > 0 ? half - 1 : 0;
    std::vector<bool> a_matched(a.size()), b_matched(b.size());
    std::size_t matches = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = i > window ? i - window : 0; j < std::min(b.size(), i + window + 1); ++j)
            if (!b_matched[j] && a[i] == b[j]) {
                a_matched[i] = b_matched[j] = true;
                ++matches;
                break;
            }
    if (matches == 0)
        return 0;
    std::size_t out_of_order = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if (!a_matched[i])
            continue;
        while (!b_matched[j])
            ++j;
        out_of_order += a[i] != b[j++] ? 1 : 0;
    }
    const auto m = static_cast<double>(matches);
    const double jaro = (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
                         (m - static_cast<double>(out_of_order) / 2) / m) /
                        3;
    std::size_t prefix = 0;
    while (prefix < std::min({a.size(), b.size(), kMaxPrefix}) && a[prefix] == b[prefix])
        ++prefix;
    return jaro + static_cast<double>(prefix) * kPrefixWeight * (1 - jaro);
}

} // namespace

double text_similarity(std::string_view a, std::string_view b, Measure measure) {
    const std::u16string of_a = characters_of(a), of_b = characters_of(b);
    if (of_a == of_b)
        return 1;
    if (of_a.empty() || of_b.empty())
        return 0;
    if (measure == Measure::kEdit)
        return edit_similarity(of_a, of_b);
    /* Matching is greedy from the first text on, so the order of the two could tell. */
    if (measure == Measure::kJaroWinkler)
        return of_a < of_b ? jaro_winkler_similarity(of_a, of_b) : jaro_winkler_similarity(of_b, of_a);
    return bigram_similarity(of_a, of_b);
}

} // namespace webwrap
