#include "core/match/weighted_matcher.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace webwrap {

namespace {

constexpr std::int64_t kFrameCells = 16; /* a frame costs about as much as so many cells */

} // namespace

WeightedMatcher::WeightedMatcher(const SubtreeIndex &index, Measure measure, const SimilarityOptions &options,
                                 CellBudget &budget)
    : index_(index), is_clustered_(measure == Measure::kClustered), leaf_rule_(options.leaf_rule),
      text_measure_(options.text_measure), is_ordered_(options.is_ordered), budget_(budget) {
    read_labels();
}

/* A part that begins with a quotation mark is a word, see TreeOptions. Texts that are equal or not stay in the kind. */
void WeightedMatcher::read_labels() {
    std::unordered_map<std::string, std::int32_t> kinds;
    for (std::size_t label = 0; label < index_.label_count(); ++label) {
        std::string kind, words;
        std::string_view rest = index_.label_text(static_cast<LabelId>(label));
        budget_.tick(1 + static_cast<std::int64_t>(rest.size()));
        while (!rest.empty()) {
            const std::string_view part = rest.substr(0, rest.find('\0'));
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
            if (part.starts_with('"') && text_measure_ != TextMeasure::kExact)
                words.append(words.empty() ? "" : " ").append(part.size() == 1 ? "\1" : part.substr(1));
            else
                kind.append(part).append(1, '\0');
        }
        label_to_kind_.push_back(kinds.emplace(kind, static_cast<std::int32_t>(kinds.size())).first->second);
        label_to_text_.push_back(std::move(words));
    }
    kind_to_stamp_.assign(kinds.size(), 0);
}

double WeightedMatcher::match(SubtreeClass a, SubtreeClass b) {
    if (const auto known = known_value(a, b))
        return *known;
    frames_.clear(); /* an error may have left some */
    children_.clear();
    values_.clear();
    open(a, b);
    while (!frames_.empty()) {
        if (fill(frames_.back()))
            close();
        else
            open(missing_a_, missing_b_);
    }
    return *pair_to_value_.find(a, b);
}

std::optional<double> WeightedMatcher::known_value(SubtreeClass a, SubtreeClass b) {
    const LabelId label_a = index_.label(a), label_b = index_.label(b);
    if (kind_of(label_a) != kind_of(label_b))
        return 0;
    const std::int32_t size_a = index_.subtree_size(a), size_b = index_.subtree_size(b);
    if (a == b)
        return is_clustered_ ? 1 : size_a;
    if (size_a == 1 || size_b == 1) {
        if (is_clustered_ && leaf_rule_ == LeafRule::kBoth && size_a != size_b)
            return 0;
        return text_value(label_a, label_b);
    }
    if (const double *const kept = pair_to_value_.find(a, b))
        return *kept;
    return std::nullopt;
}

double WeightedMatcher::text_value(LabelId a, LabelId b) {
    if (const double *const kept = labels_to_value_.find(a, b))
        return *kept;
    const double value = text_similarity(label_to_text_[static_cast<std::size_t>(a)],
                                         label_to_text_[static_cast<std::size_t>(b)], text_measure_, budget_);
    labels_to_value_.store(a, b, value);
    return value;
}

void WeightedMatcher::open(SubtreeClass a, SubtreeClass b) {
    Frame frame{};
    frame.a = a;
    frame.b = b;
    frame.first_a = children_.size();
    list_children(a, b);
    frame.first_b = children_.size();
    list_children(b, a);
    frame.count_a = static_cast<std::int32_t>(frame.first_b - frame.first_a);
    frame.count_b = static_cast<std::int32_t>(children_.size() - frame.first_b);
    const std::int64_t cells = std::int64_t{frame.count_a} * frame.count_b;
    frame.is_assignment = !is_ordered_ && frame.count_a > 1 && frame.count_b > 1 && cells <= kMaxAssignedPairs;
    budget_.reserve(kFrameCells + (frame.is_assignment ? cells * (1 + std::min(frame.count_a, frame.count_b)) : cells));
    budget_.tick(kFrameCells + static_cast<std::int64_t>(index_.children(a).size() + index_.children(b).size()));
    frame.first_value = values_.size();
    values_.resize(values_.size() + static_cast<std::size_t>(frame.is_assignment ? cells : frame.count_b + 1), 0);
    frames_.push_back(frame);
}

/* Those whose kind occurs among the other's. */
void WeightedMatcher::list_children(SubtreeClass parent, SubtreeClass other) {
    const auto stamp_of = [this](SubtreeClass child) -> std::int64_t & {
        return kind_to_stamp_[static_cast<std::size_t>(kind_of(index_.label(child)))];
    };
    ++stamp_;
    for (const SubtreeClass child : index_.children(other))
        stamp_of(child) = stamp_;
    for (const SubtreeClass child : index_.children(parent))
        if (stamp_of(child) == stamp_)
            children_.push_back(child);
}

/* Goes on with the pairs of children; false when it needs the value of one (missing_a_, missing_b_) first. */
bool WeightedMatcher::fill(Frame &frame) {
    double *const values = values_.data() + frame.first_value;
    for (; frame.i < frame.count_a; ++frame.i, frame.j = 0, frame.diagonal = 0) {
        const SubtreeClass a = children_[frame.first_a + static_cast<std::size_t>(frame.i)];
        for (; frame.j < frame.count_b; ++frame.j) {
            const SubtreeClass b = children_[frame.first_b + static_cast<std::size_t>(frame.j)];
            const auto weight = known_value(a, b);
            if (!weight) {
                missing_a_ = a;
                missing_b_ = b;
                return false;
            }
            if (frame.is_assignment) {
                values[std::int64_t{frame.i} * frame.count_b + frame.j] = *weight;
                continue;
            }
            const double above = values[frame.j + 1];
            values[frame.j + 1] = std::max({above, values[frame.j], frame.diagonal + *weight});
            frame.diagonal = above;
        }
        budget_.tick(frame.count_b);
    }
    return true;
}

void WeightedMatcher::close() {
    const Frame frame = frames_.back();
    const auto values = std::span<const double>(values_).subspan(frame.first_value);
    const double matched =
        frame.is_assignment ? greatest_assignment(values, frame.count_a, frame.count_b, budget_) : values.back();
    const auto degrees = std::max(index_.children(frame.a).size(), index_.children(frame.b).size());
    pair_to_value_.store(frame.a, frame.b, is_clustered_ ? matched / static_cast<double>(degrees) : matched + 1);
    children_.resize(frame.first_a);
    values_.resize(frame.first_value);
    frames_.pop_back();
}

/* The Hungarian method with potentials, one row at a time: each looks for a shortest way to a free column. */
double greatest_assignment(std::span<const double> weights, std::int32_t rows, std::int32_t columns,
                           CellBudget &budget) {
    const bool is_turned = rows > columns;
    const auto weight = [&](std::size_t row, std::size_t column) {
        const auto width = static_cast<std::size_t>(columns);
        return is_turned ? weights[column * width + row] : weights[row * width + column];
    };
    const auto fewer = static_cast<std::size_t>(std::min(rows, columns));
    const auto more = static_cast<std::size_t>(std::max(rows, columns));
    /* Row and column 0 are no real ones. */
    std::vector<double> of_row(fewer + 1, 0), of_column(more + 1, 0), shortest(more + 1);
    std::vector<std::size_t> column_to_row(more + 1, 0), column_to_before(more + 1, 0);
    std::vector<bool> is_reached(more + 1);
    for (std::size_t added = 1; added <= fewer; ++added) {
        std::fill(shortest.begin(), shortest.end(), std::numeric_limits<double>::infinity());
        std::fill(is_reached.begin(), is_reached.end(), false);
        column_to_row[0] = added;
        std::size_t at = 0;
        do {
            budget.tick(static_cast<std::int64_t>(more));
            is_reached[at] = true;
            const std::size_t row = column_to_row[at];
            double least = std::numeric_limits<double>::infinity();
            std::size_t next = 0;
            for (std::size_t column = 1; column <= more; ++column) {
                if (is_reached[column])
                    continue;
                const double cost = -weight(row - 1, column - 1) - of_row[row] - of_column[column];
                if (cost < shortest[column]) {
                    shortest[column] = cost;
                    column_to_before[column] = at;
                }
                if (shortest[column] < least) {
                    least = shortest[column];
                    next = column;
                }
            }
            for (std::size_t column = 0; column <= more; ++column)
                if (is_reached[column]) {
                    of_row[column_to_row[column]] += least;
                    of_column[column] -= least;
                } else {
                    shortest[column] -= least;
                }
            at = next;
        } while (column_to_row[at] != 0);
        for (; at != 0; at = column_to_before[at])
            column_to_row[at] = column_to_row[column_to_before[at]];
    }
    double sum = 0;
    for (std::size_t column = 1; column <= more; ++column)
        if (column_to_row[column] != 0)
            sum += weight(column_to_row[column] - 1, column - 1);
    return sum;
}

} // namespace webwrap
