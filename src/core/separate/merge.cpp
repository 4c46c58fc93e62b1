#include "core/separate/merge.hpp"

#include <algorithm>
#include <limits>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
constexpr double kTie = 1e-9;

} // namespace

AlignmentResult align_globally(std::span<const double> matches, std::span<const double> a_gaps,
                               std::span<const double> b_gaps) {
    const std::size_t rows = a_gaps.size() + 1;
    const std::size_t columns = b_gaps.size() + 1;
    AlignmentResult result;
    std::vector<double> &cells = result.cells;
    cells.assign(rows * columns, 0);
    for (std::size_t i = 1; i < rows; ++i)
        cells[i * columns] = cells[(i - 1) * columns] + a_gaps[i - 1];
    for (std::size_t j = 1; j < columns; ++j)
        cells[j] = cells[j - 1] + b_gaps[j - 1];
    for (std::size_t i = 1; i < rows; ++i)
        for (std::size_t j = 1; j < columns; ++j)
            cells[i * columns + j] =
                std::max({cells[(i - 1) * columns + j - 1] + matches[(i - 1) * (columns - 1) + j - 1],
                          cells[(i - 1) * columns + j] + a_gaps[i - 1], cells[i * columns + j - 1] + b_gaps[j - 1]});
    result.score = cells.back();
    for (std::size_t i = rows - 1, j = columns - 1; i > 0 || j > 0;) {
        const double here = cells[i * columns + j];
        if (i > 0 && j > 0 &&
            cells[(i - 1) * columns + j - 1] + matches[(i - 1) * (columns - 1) + j - 1] >= here - kTie) {
            result.pairs.emplace_back(static_cast<std::int32_t>(--i), static_cast<std::int32_t>(--j));
        } else if (j == 0 || (i > 0 && cells[(i - 1) * columns + j] + a_gaps[i - 1] >= here - kTie)) {
            result.pairs.emplace_back(static_cast<std::int32_t>(--i), -1);
        } else {
            result.pairs.emplace_back(-1, static_cast<std::int32_t>(--j));
        }
    }
    std::ranges::reverse(result.pairs);
    return result;
}

AlignmentResult align_locally(std::span<const double> matches, std::size_t a_size, std::size_t b_size) {
    const std::size_t columns = b_size + 1;
    constexpr double kGap = -1;
    AlignmentResult result;
    std::vector<double> &cells = result.cells;
    cells.assign((a_size + 1) * columns, 0);
    std::size_t best = 0;
    for (std::size_t i = 1; i <= a_size; ++i)
        for (std::size_t j = 1; j <= b_size; ++j) {
            const std::size_t at = i * columns + j;
            cells[at] = std::max({0.0, cells[at - columns - 1] + matches[(i - 1) * b_size + j - 1],
                                  cells[at - columns] + kGap, cells[at - 1] + kGap});
            if (cells[at] > cells[best])
                best = at;
        }
    result.score = cells[best];
    std::size_t i = best / columns;
    std::size_t j = best % columns;
    for (std::size_t k = b_size; k > j; --k)
        result.pairs.emplace_back(-1, static_cast<std::int32_t>(k - 1));
    for (std::size_t k = a_size; k > i; --k)
        result.pairs.emplace_back(static_cast<std::int32_t>(k - 1), -1);
    while (i > 0 && j > 0 && cells[i * columns + j] > 0) {
        const double here = cells[i * columns + j];
        if (cells[(i - 1) * columns + j - 1] + matches[(i - 1) * b_size + j - 1] >= here - kTie)
            result.pairs.emplace_back(static_cast<std::int32_t>(--i), static_cast<std::int32_t>(--j));
        else if (cells[(i - 1) * columns + j] + kGap >= here - kTie)
            result.pairs.emplace_back(static_cast<std::int32_t>(--i), -1);
        else
            result.pairs.emplace_back(-1, static_cast<std::int32_t>(--j));
    }
    while (j > 0)
        result.pairs.emplace_back(-1, static_cast<std::int32_t>(--j));
    while (i > 0)
        result.pairs.emplace_back(static_cast<std::int32_t>(--i), -1);
    std::ranges::reverse(result.pairs);
    return result;
}

LayoutId Merger::optional(LayoutId id) {
    if (options_.bare_iterations && pool_.node(id).kind == LayoutKind::kFor)
        return id;
    return pool_.condition(id);
}

LayoutId Merger::merge(LayoutId a, LayoutId b) {
    if (a == b)
        return a;
    const std::uint64_t key =
        static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
    if (const auto found = merged_.find(key); found != merged_.end())
        return found->second;
    if ((++steps_ & 0x3FF) == 0)
        Interrupt::poll();
    const LayoutId merged = merge_new(a, b);
    merged_.emplace(key, merged);
    return merged;
}

LayoutId Merger::merge_new(LayoutId a, LayoutId b) {
    const LayoutKind a_kind = pool_.node(a).kind;
    const LayoutKind b_kind = pool_.node(b).kind;
    if (a_kind == LayoutKind::kIf || b_kind == LayoutKind::kIf) { /* operation (2) */
        const LayoutId inner = merge(a_kind == LayoutKind::kIf ? pool_.children(a)[0] : a,
                                     b_kind == LayoutKind::kIf ? pool_.children(b)[0] : b);
        return inner == kNoLayout ? kNoLayout : optional(inner);
    }
    if (a_kind == LayoutKind::kFor || b_kind == LayoutKind::kFor)
        return merge_iteration(a, b);
    if (a_kind == LayoutKind::kElement && b_kind == LayoutKind::kElement)
        return merge_elements(a, b);
    if (a_kind == LayoutKind::kElement || b_kind == LayoutKind::kElement)
        return kNoLayout;
    const ValueId a_lead = pool_.slots(a)[0];
    const ValueId lead = a_lead == pool_.slots(b)[0] ? a_lead : kVariable;
    if (a_kind == LayoutKind::kText && b_kind == LayoutKind::kText && pool_.node(a).label == pool_.node(b).label)
        return pool_.text(lead, pool_.node(a).label);
    return pool_.reference(lead); /* operation (4) */
}

LayoutId Merger::merge_iteration(LayoutId a, LayoutId b) {
    const auto unit_of = [&](LayoutId id) {
        const auto children = pool_.children(id);
        return pool_.node(id).kind == LayoutKind::kFor ? std::vector<LayoutId>(children.begin(), children.end())
                                                       : std::vector<LayoutId>{id};
    };
    const std::vector<LayoutId> a_unit = unit_of(a);
    const std::vector<LayoutId> b_unit = unit_of(b);
    std::vector<LayoutId> merged;
    if (a_unit.size() == 1 && b_unit.size() == 1) {
        const LayoutId one = merge(a_unit[0], b_unit[0]);
        if (one == kNoLayout)
            return kNoLayout;
        merged.push_back(one);
    } else if (pool_.node(a).kind != pool_.node(b).kind || !merge_lists(a_unit, b_unit, merged)) {
        return kNoLayout;
    }
    return pool_.iteration(merged);
}

LayoutId Merger::merge_elements(LayoutId a, LayoutId b) { /* operation (3) */
    if (pool_.node(a).label != pool_.node(b).label)
        return kNoLayout;
    const auto a_slots = pool_.slots(a);
    const auto b_slots = pool_.slots(b);
    std::vector<ValueId> slots(a_slots.begin(), a_slots.end());
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (slots[i] != b_slots[i])
            slots[i] = kVariable;
    const auto a_children = pool_.children(a);
    const auto b_children = pool_.children(b);
    const std::vector<LayoutId> a_list(a_children.begin(), a_children.end());
    const std::vector<LayoutId> b_list(b_children.begin(), b_children.end());
    std::vector<LayoutId> merged;
    if (!merge_lists(a_list, b_list, merged))
        return kNoLayout;
    return pool_.element(pool_.node(a).label, slots, merged);
}

bool Merger::merge_lists(std::span<const LayoutId> a, std::span<const LayoutId> b, std::vector<LayoutId> &merged) {
    merged.clear();
    const auto is_same_shape = [&](LayoutId x, LayoutId y) { return pool_.node(x).skeleton == pool_.node(y).skeleton; };
    if (a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), is_same_shape)) {
        for (std::size_t i = 0; i < a.size(); ++i) {
            const LayoutId one = merge(a[i], b[i]);
            if (one == kNoLayout)
                return false;
            merged.push_back(one);
        }
        return true;
    }
    std::size_t front = 0; /* equal subtrees at both ends need no table */
    std::size_t back = 0;
    if (options_.alignment == Alignment::kGlobal) {
        while (front < std::min(a.size(), b.size()) && a[front] == b[front])
            ++front;
        while (back + front < std::min(a.size(), b.size()) && a[a.size() - 1 - back] == b[b.size() - 1 - back])
            ++back;
    }
    const auto a_middle = a.subspan(front, a.size() - front - back);
    const auto b_middle = b.subspan(front, b.size() - front - back);
    if (a_middle.size() * b_middle.size() > options_.most_cells)
        return false;
    std::vector<double> matches(a_middle.size() * b_middle.size(), kNever);
    std::vector<LayoutId> pairs(matches.size(), kNoLayout);
    for (std::size_t i = 0; i < a_middle.size(); ++i)
        for (std::size_t j = 0; j < b_middle.size(); ++j) {
            const std::size_t at = i * b_middle.size() + j;
            pairs[at] = merge(a_middle[i], b_middle[j]);
            if (pairs[at] != kNoLayout)
                matches[at] = scores_.match(a_middle[i], b_middle[j], pairs[at]);
        }
    AlignmentResult result;
    if (options_.alignment == Alignment::kGlobal) {
        std::vector<double> a_gaps;
        std::vector<double> b_gaps;
        for (const LayoutId id : a_middle)
            a_gaps.push_back(scores_.gap(id));
        for (const LayoutId id : b_middle)
            b_gaps.push_back(scores_.gap(id));
        result = align_globally(matches, a_gaps, b_gaps);
    } else {
        result = align_locally(matches, a_middle.size(), b_middle.size());
    }
    merged.assign(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(front));
    for (const auto &[i, j] : result.pairs) {
        if (i >= 0 && j >= 0)
            merged.push_back(pairs[static_cast<std::size_t>(i) * b_middle.size() + static_cast<std::size_t>(j)]);
        else
            merged.push_back(
                optional(i >= 0 ? a_middle[static_cast<std::size_t>(i)] : b_middle[static_cast<std::size_t>(j)]));
    }
    merged.insert(merged.end(), a.end() - static_cast<std::ptrdiff_t>(back), a.end());
    return true;
}

} // namespace webwrap
