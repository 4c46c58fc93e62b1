#include "core/separate/maintainability.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/error.hpp"
#include "core/separate/source_layout.hpp"

namespace webwrap {

double maintainability_index(const MaintainabilityCounts &counts) {
    const double volume = counts.distinct < 2
                              ? 1.0
                              : static_cast<double>(counts.symbols) * std::log2(static_cast<double>(counts.distinct));
    const double lines = static_cast<double>(std::max<std::int64_t>(counts.lines, 1));
    return 171.0 - 5.2 * std::log(volume) - 0.23 * static_cast<double>(counts.branches) - 16.2 * std::log(lines);
}

bool MaintainabilityCounter::is_new(std::vector<std::uint32_t> &seen, std::int32_t id) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= seen.size())
        seen.resize(std::max(at + 1, seen.size() * 2), 0);
    return std::exchange(seen[at], round_) != round_;
}

MaintainabilityCounts MaintainabilityCounter::count(std::span<const LayoutId> forest) {
    ++round_;
    MaintainabilityCounts counts;
    stack_.assign(forest.begin(), forest.end());
    while (!stack_.empty()) {
        const LayoutId id = stack_.back();
        stack_.pop_back();
        const LayoutNode &node = pool_.node(id);
        std::int64_t own = 0;
        switch (node.kind) {
        case LayoutKind::kText:
            own = is_new(value_to_round_, node.label) ? 1 : 0;
            ++counts.symbols;
            ++counts.lines;
            break;
        case LayoutKind::kReference:
            own = 1;
            ++counts.symbols;
            ++counts.lines;
            break;
        case LayoutKind::kElement:
            if (pool_.frame_of(node.label).name.empty())
                break;
            own = is_new(name_to_round_, pool_.frame_name(node.label)) ? 1 : 0;
            ++counts.symbols;
            counts.lines += 2;
            break;
        case LayoutKind::kFor:
        case LayoutKind::kIf:
            own = 1;
            ++counts.symbols;
            ++counts.branches;
            counts.lines += 2;
            break;
        }
        counts.distinct += own;
        const auto slots = pool_.slots(id);
        for (std::size_t slot = 0; slot < slots.size(); ++slot) {
            if (slots[slot] != kVariable)
                continue;
            ++counts.symbols;
            ++counts.distinct;
            counts.lines += slot == 0 || slot + 1 == slots.size() ? 1 : 0;
        }
        const auto children = pool_.children(id);
        stack_.insert(stack_.end(), children.begin(), children.end());
    }
    return counts;
}

MaintainabilityCounts count_markup(std::string_view markup, const Limits &limits) {
    LayoutPool pool;
    LayoutId layout = kNoLayout;
    try {
        layout = layout_of_template(pool, markup, limits);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kInvalidArgument)
            throw;
        layout = layout_of_page(pool, markup, limits); /* a page that has something like a template's syntax */
    }
    return MaintainabilityCounter(pool).count(layout);
}

} // namespace webwrap
