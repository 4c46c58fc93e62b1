#include "core/match/text_similarity.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/match/jaro_winkler.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxQuotedBytes = 64;
constexpr std::array<std::pair<std::string_view, TextMeasure>, 5> kTextMeasures{{
    {"exact", TextMeasure::kExact},
    {"words", TextMeasure::kWords},
    {"bigram", TextMeasure::kBigram},
    {"jaro_winkler", TextMeasure::kJaroWinkler},
    {"edit", TextMeasure::kEdit},
}};

/* Each character's bytes as a number: equal for equal characters, which is all that is asked of them. */
std::vector<std::uint32_t> characters_of(std::string_view text) {
    std::vector<std::uint32_t> characters;
    characters.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool continues = (byte & 0xC0U) == 0x80U && !characters.empty();
        if (continues)
            characters.back() = characters.back() << 8U | byte;
        else
            characters.push_back(byte);
    }
    return characters;
}

/* 2 * common / all of two multisets. */
template <typename T> double dice(std::vector<T> as, std::vector<T> bs) {
    std::sort(as.begin(), as.end());
    std::sort(bs.begin(), bs.end());
    std::size_t common = 0;
    for (auto a = as.begin(), b = bs.begin(); a != as.end() && b != bs.end();) {
        if (*a < *b) {
            ++a;
        } else if (*b < *a) {
            ++b;
        } else {
            ++common;
            ++a;
            ++b;
        }
    }
    return 2.0 * static_cast<double>(common) / static_cast<double>(as.size() + bs.size());
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for_each_token(text, [&words](std::string_view word) {
        words.push_back(word);
        return true;
    });
    return words;
}

std::vector<std::uint64_t> bigrams_of(const std::vector<std::uint32_t> &characters) {
    std::vector<std::uint64_t> bigrams;
    for (std::size_t at = 1; at < characters.size(); ++at)
        bigrams.push_back(std::uint64_t{characters[at - 1]} << 32U | characters[at]);
    return bigrams;
}

double jaro_winkler(const std::vector<std::uint32_t> &as, const std::vector<std::uint32_t> &bs, CellBudget &budget) {
    std::unordered_map<std::uint32_t, LabelId> character_to_label;
    const auto labels_of = [&](const std::vector<std::uint32_t> &characters) {
        std::vector<LabelId> labels;
        for (const std::uint32_t character : characters)
            labels.push_back(
                character_to_label.emplace(character, static_cast<LabelId>(character_to_label.size())).first->second);
        return labels;
    };
    const std::vector<LabelId> labels_a = labels_of(as), labels_b = labels_of(bs);
    return JaroWinklerQuery(labels_a, character_to_label.size()).similarity(labels_b, budget);
}

double edit(std::span<const std::uint32_t> as, std::span<const std::uint32_t> bs, CellBudget &budget) {
    const std::size_t longer = std::max(as.size(), bs.size());
    while (!as.empty() && !bs.empty() && as.front() == bs.front()) {
        as = as.subspan(1);
        bs = bs.subspan(1);
    }
    while (!as.empty() && !bs.empty() && as.back() == bs.back()) {
        as = as.first(as.size() - 1);
        bs = bs.first(bs.size() - 1);
    }
    budget.reserve(static_cast<std::int64_t>(as.size()) * static_cast<std::int64_t>(bs.size()));
    std::vector<std::size_t> row(bs.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = j;
    for (std::size_t i = 0; i < as.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < bs.size(); ++j) {
            const std::size_t replaced = diagonal + (as[i] == bs[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
        budget.tick(static_cast<std::int64_t>(bs.size()));
    }
    return 1.0 - static_cast<double>(row.back()) / static_cast<double>(longer);
}

} // namespace

TextMeasure text_measure_from_name(std::string_view name) {
    std::string known;
    for (const auto &[known_name, measure] : kTextMeasures) {
        if (known_name == name)
            return measure;
        known.append(known.empty() ? "" : ", ").append(known_name);
    }
    throw Error(ErrorKind::kInvalidArgument,
                "text similarity measure \"" + abbreviate(name, kMaxQuotedBytes) + "\" is not known", {},
                "Known measures are " + known + ".");
}

std::string_view name_of(TextMeasure measure) {
    return std::ranges::find(kTextMeasures, measure, &std::pair<std::string_view, TextMeasure>::second)->first;
}

double text_similarity(std::string_view a, std::string_view b, TextMeasure measure, CellBudget &budget) {
    const std::string folded_a = fold_space(a), folded_b = fold_space(b);
    if (folded_a == folded_b)
        return 1;
    if (folded_a.empty() || folded_b.empty() || measure == TextMeasure::kExact)
        return 0;
    const auto read = static_cast<std::int64_t>(folded_a.size() + folded_b.size());
    budget.reserve(read);
    budget.tick(read);
    if (measure == TextMeasure::kWords)
        return dice(words_of(folded_a), words_of(folded_b));
    const std::vector<std::uint32_t> as = characters_of(folded_a), bs = characters_of(folded_b);
    switch (measure) {
    case TextMeasure::kBigram:
        return as.size() + bs.size() == 2 ? 0 : dice(bigrams_of(as), bigrams_of(bs));
    case TextMeasure::kJaroWinkler:
        return jaro_winkler(as, bs, budget);
    default:
        return edit(as, bs, budget);
    }
}

} // namespace webwrap
