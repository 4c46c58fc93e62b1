#include "core/match/jaro_winkler.hpp"

#include <algorithm>

namespace webwrap {

namespace {

constexpr double kBoostFrom = 0.7;
constexpr double kBoostPerLabel = 0.1;
constexpr std::size_t kMaxPrefix = 4;

double boost(double jaro, std::size_t prefix) {
    return jaro > kBoostFrom ? jaro + static_cast<double>(prefix) * kBoostPerLabel * (1 - jaro) : jaro;
}

std::size_t common_prefix(std::span<const LabelId> a, std::span<const LabelId> b) {
    const std::size_t longest = std::min({a.size(), b.size(), kMaxPrefix});
    std::size_t length = 0;
    while (length < longest && a[length] == b[length])
        ++length;
    return length;
}

} // namespace

JaroWinklerQuery::JaroWinklerQuery(std::span<const LabelId> example, std::size_t label_count)
    : example_(example), label_to_first_(label_count + 1, 0), positions_(example.size()), is_matched_(example.size()) {
    for (const LabelId label : example)
        ++label_to_first_[static_cast<std::size_t>(label) + 1];
    for (std::size_t label = 0; label < label_count; ++label)
        label_to_first_[label + 1] += label_to_first_[label];
    label_to_next_ = label_to_first_;
    for (std::size_t at = 0; at < example.size(); ++at)
        positions_[static_cast<std::size_t>(label_to_next_[static_cast<std::size_t>(example[at])]++)] =
            static_cast<std::int32_t>(at);
}

double JaroWinklerQuery::similarity(std::span<const LabelId> labels, CellBudget &budget) {
    const auto steps = static_cast<std::int64_t>(labels.size() + example_.size());
    budget.reserve(steps);
    budget.tick(steps);
    if (std::ranges::equal(labels, example_))
        return 1.0;

    const auto longer = static_cast<std::int32_t>(std::max(labels.size(), example_.size()));
    const std::int32_t window = std::max(longer / 2 - 1, 0);
    label_to_next_ = label_to_first_;
    is_matched_.assign(example_.size(), false);
    matched_.clear();
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(labels.size()); ++at) {
        const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(at)]);
        std::int32_t &next = label_to_next_[label];
        while (next < label_to_first_[label + 1] && positions_[static_cast<std::size_t>(next)] < at - window)
            ++next;
        if (next == label_to_first_[label + 1] || positions_[static_cast<std::size_t>(next)] > at + window)
            continue;
        is_matched_[static_cast<std::size_t>(positions_[static_cast<std::size_t>(next++)])] = true;
        matched_.push_back(static_cast<LabelId>(label));
    }
    if (matched_.empty())
        return 0.0;
    const auto matched = static_cast<double>(matched_.size());
    const double transpositions = static_cast<double>(count_transposed(matched_)) / 2;
    const double shares = matched / static_cast<double>(labels.size()) + matched / static_cast<double>(example_.size());
    return boost((shares + (matched - transpositions) / matched) / 3, common_prefix(labels, example_));
}

double JaroWinklerQuery::upper_bound(std::size_t length, std::int64_t common) const {
    if (common == 0)
        return 0.0;
    const auto matched = static_cast<double>(common);
    const double jaro =
        (matched / static_cast<double>(length) + matched / static_cast<double>(example_.size()) + 1) / 3;
    return boost(jaro, kMaxPrefix);
}

/* Places at which the matched labels of the two sequences, each in its own order, differ. */
std::int64_t JaroWinklerQuery::count_transposed(std::span<const LabelId> matched_labels) const {
    std::int64_t transposed = 0;
    std::size_t at = 0;
    for (std::size_t position = 0; position < example_.size(); ++position)
        if (is_matched_[position])
            transposed += example_[position] != matched_labels[at++];
    return transposed;
}

} // namespace webwrap
