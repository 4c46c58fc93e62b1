#include "core/select/item_properties.hpp"

#include <string_view>
#include <unordered_map>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kDropped = static_cast<std::size_t>(-1);

struct Group {
    std::size_t rank;
    NodeId last_element;
};

} // namespace

/* By counting: comparisons would take time that cannot be polled. */
std::vector<ItemProperty> group_by_name(std::vector<ItemProperty> properties) {
    std::unordered_map<std::string_view, Group> name_to_group;
    std::vector<std::size_t> rank_to_count;
    std::vector<std::size_t> index_to_rank(properties.size(), kDropped);
    for (std::size_t i = 0; i < properties.size(); ++i) {
        if (i % 1024 == 0)
            Interrupt::poll();
        const auto [found, is_new] =
            name_to_group.try_emplace(properties[i].name, Group{rank_to_count.size(), kNoNode});
        if (is_new)
            rank_to_count.push_back(0);
        else if (found->second.last_element == properties[i].element)
            continue;
        found->second.last_element = properties[i].element;
        index_to_rank[i] = found->second.rank;
        ++rank_to_count[found->second.rank];
    }
    std::size_t kept = 0;
    for (std::size_t &count : rank_to_count) { /* becomes the place of the group's next property */
        const std::size_t begin = kept;
        kept += count;
        count = begin;
    }
    std::vector<ItemProperty> grouped(kept);
    name_to_group.clear(); /* its keys are about to move */
    for (std::size_t i = 0; i < properties.size(); ++i) {
        if (i % 1024 == 0)
            Interrupt::poll();
        if (index_to_rank[i] != kDropped)
            grouped[rank_to_count[index_to_rank[i]]++] = std::move(properties[i]);
    }
    return grouped;
}

} // namespace webwrap
