#include "core/wrap/groups.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/hash.hpp"
#include "core/base/interrupt.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kSeeds = 220;
constexpr std::size_t kSingles = 60;
constexpr std::size_t kMaxGroup = 500;
constexpr int kFreedLevels = 8, kFreedPairLevels = 7; /* from the element upwards */
constexpr int kContainerLevels = 10;
constexpr std::size_t kMaxClassTokens = 4;
constexpr int kPollEvery = 64;

bool has_nesting(const PageFeatures &page, const ElementGroup &group) {
    for (std::size_t i = 1; i < group.size(); ++i)
        if (page.node(group[i]) < page.end(group[i - 1]))
            return true;
    return false;
}

class GroupFinder {
  public:
    GroupFinder(const PageFeatures &page, std::span<const float> scores)
        : page_(page), seeds_(by_score(scores, kSeeds)) {}

    std::vector<ElementGroup> run();

  private:
    void hash_paths();
    template <typename Visit> void visit_keys(ElementId element, Visit visit) const;
    void add_by_key();
    void add_by_container();
    void add(ElementGroup group);

    const PageFeatures &page_;
    std::vector<ElementId> seeds_;
    std::vector<std::uint64_t> steps_, any_steps_, class_steps_; /* one step of the element's path as a number */
    std::vector<std::uint64_t> paths_;                           /* their sum up to the root */
    std::unordered_set<std::uint64_t> known_;
    std::vector<ElementGroup> groups_;
};

void GroupFinder::hash_paths() {
    for (std::size_t i = 0; i < page_.size(); ++i) {
        const auto element = static_cast<ElementId>(i);
        const std::uint64_t place =
            mix(static_cast<std::uint64_t>(page_.depth(element)), static_cast<std::uint64_t>(page_.tag(element)));
        steps_.push_back(mix(place, static_cast<std::uint64_t>(page_.ordinal(element))));
        any_steps_.push_back(mix(place, 0));
        class_steps_.push_back(mix(mix(place, 1), page_.class_hash(element)));
        const ElementId parent = page_.parent(element);
        paths_.push_back(steps_.back() + (parent == kNoElement ? 0 : paths_[static_cast<std::size_t>(parent)]));
    }
}

/* The general forms of an element's path, each as a number: all elements with the same number have the form. */
template <typename Visit> void GroupFinder::visit_keys(ElementId element, Visit visit) const {
    const auto at = [](ElementId id) { return static_cast<std::size_t>(id); };
    const std::uint64_t path = paths_[at(element)], own_class = mix(page_.class_hash(element), 7);
    int level = 0;
    for (ElementId freed = element; freed != kNoElement && level < kFreedLevels; freed = page_.parent(freed), ++level) {
        const std::uint64_t open = path - steps_[at(freed)] + any_steps_[at(freed)];
        visit(open);
        visit(path - steps_[at(freed)] + class_steps_[at(freed)]);
        if (freed != element) {
            visit(open + own_class);
            /* All of one path of tags below a container. */
            const std::uint64_t below = mix(paths_[at(freed)], static_cast<std::uint64_t>(page_.path(element)));
            visit(below);
            visit(below + own_class);
        }
        int other_level = level + 1;
        for (ElementId other = page_.parent(freed); other != kNoElement && other_level < kFreedPairLevels;
             other = page_.parent(other), ++other_level) {
            const std::uint64_t both = open - steps_[at(other)] + any_steps_[at(other)];
            visit(both);
            visit(both + own_class);
            visit(open - steps_[at(other)] + class_steps_[at(other)]);
        }
    }
}

void GroupFinder::add_by_key() {
    TokenTable keys;
    std::unordered_set<std::uint64_t> kinds; /* depth and tag of the seeds */
    for (const ElementId seed : seeds_) {
        kinds.insert(any_steps_[static_cast<std::size_t>(seed)]);
        visit_keys(seed, [&keys](std::uint64_t key) { (void)keys.intern(key); });
    }
    std::vector<ElementGroup> found(keys.size());
    for (std::size_t i = 0; i < page_.size(); ++i) {
        if (i % kPollEvery == 0)
            Interrupt::poll();
        const auto element = static_cast<ElementId>(i);
        if (!kinds.contains(any_steps_[i]))
            continue;
        visit_keys(element, [&](std::uint64_t key) {
            const TokenId group = keys.find(key);
            if (group < 0)
                return;
            ElementGroup &members = found[static_cast<std::size_t>(group)];
            if (members.size() <= kMaxGroup && (members.empty() || members.back() != element))
                members.push_back(element);
        });
    }
    for (ElementGroup &group : found)
        add(std::move(group));
}

/* container//tag, container//tag[class token]. */
void GroupFinder::add_by_container() {
    std::unordered_map<std::uint64_t, ElementGroup> lists;
    const auto visit_lists = [&](ElementId element, auto visit) {
        const auto tag = static_cast<std::uint64_t>(page_.tag(element));
        visit(mix(tag, 0));
        std::size_t count = 0;
        for (const std::string_view token :
             class_tokens(page_.document().attribute_value(page_.node(element), "class")))
            if (count++ < kMaxClassTokens)
                visit(mix(tag, std::hash<std::string_view>{}(token)));
    };
    for (const ElementId seed : seeds_)
        visit_lists(seed, [&](std::uint64_t list) { lists.try_emplace(list); });
    for (std::size_t i = 0; i < page_.size(); ++i)
        visit_lists(static_cast<ElementId>(i), [&](std::uint64_t list) {
            if (const auto found = lists.find(list); found != lists.end())
                found->second.push_back(static_cast<ElementId>(i));
        });
    std::unordered_set<std::uint64_t> ranges;
    for (const ElementId seed : seeds_) {
        Interrupt::poll();
        visit_lists(seed, [&](std::uint64_t list) {
            const ElementGroup &all = lists.find(list)->second;
            ElementId container = page_.parent(seed);
            for (int level = 0; container != kNoElement && level < kContainerLevels;
                 container = page_.parent(container), ++level) {
                const auto first = std::lower_bound(all.begin(), all.end(), container);
                const auto end = std::lower_bound(first, all.end(), page_.end(container),
                                                  [this](ElementId id, NodeId node) { return page_.node(id) < node; });
                const auto from = static_cast<std::uint64_t>(first - all.begin()),
                           to = static_cast<std::uint64_t>(end - all.begin());
                if (to - from <= kMaxGroup && ranges.insert(mix(mix(list, from), to)).second)
                    add(ElementGroup(first, end));
            }
        });
    }
}

void GroupFinder::add(ElementGroup group) {
    if (group.empty() || group.size() > kMaxGroup || has_nesting(page_, group))
        return;
    std::uint64_t hash = group.size();
    for (const ElementId element : group)
        hash = mix(hash, static_cast<std::uint64_t>(element));
    if (known_.insert(hash).second)
        groups_.push_back(std::move(group));
}

std::vector<ElementGroup> GroupFinder::run() {
    hash_paths();
    for (const ElementId seed : seeds_)
        add({seed});
    add_by_key();
    add_by_container();
    return std::move(groups_);
}

} // namespace

std::vector<ElementId> by_score(std::span<const float> scores, std::size_t most) {
    std::vector<ElementId> ranked(scores.size());
    for (std::size_t i = 0; i < ranked.size(); ++i)
        ranked[i] = static_cast<ElementId>(i);
    const auto better = [&](ElementId a, ElementId b) {
        const float x = scores[static_cast<std::size_t>(a)], y = scores[static_cast<std::size_t>(b)];
        return x != y ? x > y : a < b;
    };
    const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(most, ranked.size()));
    std::partial_sort(ranked.begin(), end, ranked.end(), better);
    ranked.erase(end, ranked.end());
    return ranked;
}

std::vector<ElementGroup> single_groups(std::span<const float> scores) {
    std::vector<ElementGroup> groups;
    for (const ElementId element : by_score(scores, kSingles))
        groups.push_back({element});
    return groups;
}

std::vector<ElementGroup> list_groups(const PageFeatures &page, std::span<const float> scores) {
    return GroupFinder(page, scores).run();
}

} // namespace webwrap
