#include "core/wrap/places.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxSamples = 6; /* records whose places make candidates */
constexpr std::size_t kMaxPlacesInRecord = 24;
constexpr std::size_t kMaxEvaluations = 160;
constexpr std::size_t kMaxDisagreeing = 12; /* candidates that are looked at in full when none agrees */
constexpr std::size_t kMaxReported = 5;
constexpr std::size_t kMaxDescribed = 6;

std::string in_quotes(const std::string &text) { return "\"" + abbreviate(text, 40) + "\""; }

} // namespace

NodeRef innermost(const Document &document, NodeRef ref) {
    if (ref.is_attribute())
        return ref;
    if (!document.is_element(ref.node))
        return document.subtree_size(document.parent(ref.node)) == 2 ? NodeRef{document.parent(ref.node), -1} : ref;
    for (;;) {
        NodeId only = kNoNode;
        int contents = 0;
        for (NodeId child = document.first_child(ref.node); child != kNoNode; child = document.next_sibling(child)) {
            const bool is_blank = document.kind(child) == NodeKind::kComment ||
                                  (document.kind(child) == NodeKind::kText && trim(document.text(child)).empty());
            if (is_blank)
                continue;
            only = child;
            ++contents;
        }
        if (contents != 1 || !document.is_element(only))
            return ref;
        ref.node = only;
    }
}

bool same_place(const Place &a, const Place &b) {
    bool compared = false;
    for (std::size_t i = 0; i < a.refs.size() && i < b.refs.size(); ++i) {
        if (a.refs[i].node == kNoNode || b.refs[i].node == kNoNode)
            continue;
        if (a.refs[i] != b.refs[i])
            return false;
        compared = true;
    }
    return compared;
}

PlaceNames common_names(const std::vector<PlaceNames> &all) {
    PlaceNames common;
    if (all.empty())
        return common;
    common = all.front();
    for (const PlaceNames &one : all) {
        const auto missing_in = [](const std::vector<std::string> &words) {
            return [&words](const std::string &word) {
                return std::find(words.begin(), words.end(), word) == words.end();
            };
        };
        std::erase_if(common.labels, missing_in(one.labels));
        std::erase_if(common.names, missing_in(one.names));
        if (one.label != common.label)
            common.label.clear();
    }
    return common;
}

std::vector<PlaceFinder::Seed> PlaceFinder::seeds(std::size_t column) {
    std::unordered_map<std::string, Seed> path_to_seed;
    std::vector<std::size_t> with_value;
    for (std::size_t i = 0; i < level_.aligned.size(); ++i)
        if (evidence_.records()[level_.aligned[i].record].values[column] > 0)
            with_value.push_back(i);
    const std::size_t step = std::max<std::size_t>(1, with_value.size() / kMaxSamples);
    for (std::size_t s = 0; s < with_value.size(); s += step) {
        Interrupt::poll();
        const AlignedRecord &aligned = level_.aligned[with_value[s]];
        const KnownRecord &record = evidence_.records()[aligned.record];
        const Document &page = evidence_.new_page(record.pair);
        std::size_t places = 0;
        for (const PageItem &item : evidence_.new_index(record.pair).items_in(aligned.element, aligned.end)) {
            const ValueId value = evidence_.value_of(record.pair, column, item.text);
            const std::vector<ValueId> &parts = record.parts[column];
            const bool is_part = value > 0 && std::find(parts.begin(), parts.end(), value) != parts.end();
            if (value != record.values[column] && !is_part)
                continue;
            if (++places > kMaxPlacesInRecord)
                break;
            const NodeRef inner = innermost(page, item.ref);
            for (PathCandidate &path : relative_paths(page, aligned.element, item.ref)) {
                if (aligned.element == 0 && path.xpath.starts_with("./"))
                    path.xpath.erase(0, 1);
                Seed &seed = path_to_seed.try_emplace(path.xpath, Seed{path, 0, {}, false}).first->second;
                seed.path.cost = std::min(seed.path.cost, path.cost);
                seed.path.shifts = seed.path.shifts || path.shifts;
                ++seed.count;
                seed.origins.emplace_back(with_value[s], inner);
            }
        }
    }
    std::vector<Seed> seeds;
    Seed kept{{evidence_.wrapper().columns[column].xpath, 0, false}, 0, {}, true};
    path_to_seed.erase(kept.path.xpath);
    seeds.push_back(std::move(kept));
    for (auto &[xpath, seed] : path_to_seed)
        seeds.push_back(std::move(seed));
    std::sort(seeds.begin() + 1, seeds.end(), [](const Seed &a, const Seed &b) {
        if (a.path.cost != b.path.cost)
            return a.path.cost < b.path.cost;
        if (a.count != b.count)
            return a.count > b.count;
        return a.path.xpath.size() != b.path.xpath.size() ? a.path.xpath.size() < b.path.xpath.size()
                                                          : a.path.xpath < b.path.xpath;
    });
    return seeds;
}

std::vector<Place> PlaceFinder::find(std::size_t column) {
    const std::vector<Seed> all = seeds(column);
    std::vector<Place> exact;
    std::size_t evaluated = 0;
    for (const Seed &seed : all) {
        /* A place that is already explained needs no second path. */
        const bool is_known =
            !seed.origins.empty() && std::all_of(seed.origins.begin(), seed.origins.end(), [&](const auto &origin) {
                return std::any_of(exact.begin(), exact.end(), [&](const Place &place) {
                    return place.refs[origin.first] == origin.second && (!place.path.shifts || seed.path.shifts);
                });
            });
        if (is_known)
            continue;
        if (++evaluated > kMaxEvaluations)
            break;
        Interrupt::poll();
        Place place = evaluate(seed, column, 0);
        if (place.agreement.disagreeing() > 0 || place.agreement.equal == 0)
            continue;
        bool is_new = true;
        for (Place &other : exact)
            if (same_place(other, place)) {
                if (other.path.shifts && !place.path.shifts)
                    other = place;
                is_new = false;
            }
        if (is_new)
            exact.push_back(std::move(place));
    }
    if (exact.empty()) {
        for (std::size_t i = 0; i < all.size() && i < kMaxDisagreeing; ++i) {
            Place place = evaluate(all[i], column, level_.aligned.size());
            if (place.agreement.equal > 0)
                exact.push_back(std::move(place));
        }
        std::stable_sort(exact.begin(), exact.end(), [](const Place &a, const Place &b) {
            return a.agreement.disagreeing() < b.agreement.disagreeing();
        });
        if (exact.size() > kMaxReported)
            exact.resize(kMaxReported);
    }
    for (Place &place : exact)
        describe(place, column);
    return exact;
}

Place PlaceFinder::evaluate(const Seed &seed, std::size_t column, std::size_t max_disagreeing) {
    Place place;
    place.path = seed.path;
    place.is_kept = seed.is_kept;
    place.refs.resize(level_.aligned.size());
    const XPath xpath(seed.path.xpath);
    std::unordered_set<ValueId> distinct;
    for (std::size_t i = 0; i < level_.aligned.size(); ++i) {
        const AlignedRecord &aligned = level_.aligned[i];
        const std::size_t pair = evidence_.records()[aligned.record].pair;
        const Document &page = evidence_.new_page(pair);
        const Selection selection = xpath.evaluate(page, aligned.element, evidence_.limits());
        const ValueId got = evidence_.values(column).read_nodes(page, selection);
        if (!selection.nodes.empty())
            place.refs[i] = innermost(page, selection.nodes.front());
        compare(place.agreement, column, aligned, got, selection);
        if (got > 0 && got == evidence_.records()[aligned.record].values[column])
            distinct.insert(got);
        if (place.agreement.disagreeing() > max_disagreeing)
            break;
    }
    place.agreement.distinct = distinct.size();
    return place;
}

void PlaceFinder::compare(Agreement &agreement, std::size_t column, const AlignedRecord &aligned, ValueId got,
                          const Selection &selection) {
    const KnownRecord &record = evidence_.records()[aligned.record];
    const ValueId want = record.values[column];
    if (got == want) {
        ++(want == kNullValue ? agreement.both_null : agreement.equal);
        return;
    }
    std::string shown = selection.value;
    if (!selection.nodes.empty())
        shown = fold_space(string_value(evidence_.new_page(record.pair), selection.nodes.front()));
    const std::string known = want > 0 ? evidence_.values(column).value(want) : std::string();
    if (agreement.sample.empty())
        agreement.sample = (want == kNullValue ? "a record known to have no value has " + in_quotes(shown)
                            : shown.empty()    ? in_quotes(known) + " is not there"
                                               : in_quotes(known) + " is now " + in_quotes(shown));
    if (want == kNullValue) {
        ++agreement.gained;
        return;
    }
    ++(got == kNoValue ? agreement.unreadable : got == kNullValue ? agreement.lost : agreement.changed);
    agreement.misplaced += stands_elsewhere(column, aligned, want) ? 1 : 0;
}

bool PlaceFinder::stands_elsewhere(std::size_t column, const AlignedRecord &aligned, ValueId value) {
    const std::size_t pair = evidence_.records()[aligned.record].pair;
    const auto items =
        evidence_.new_index(pair).items_in(aligned.element, evidence_.new_page(pair).end_of(aligned.element));
    return std::any_of(items.begin(), items.end(),
                       [&](const PageItem &item) { return evidence_.value_of(pair, column, item.text) == value; });
}

void PlaceFinder::describe(Place &place, std::size_t column) {
    std::vector<PlaceNames> before, after;
    for (std::size_t i = 0; i < level_.aligned.size() && after.size() < kMaxDescribed; ++i) {
        const KnownRecord &record = evidence_.records()[level_.aligned[i].record];
        if (place.refs[i].node == kNoNode || record.nodes[column].empty())
            continue;
        after.push_back(place_names(evidence_.new_page(record.pair), level_.aligned[i].element, place.refs[i]));
        const Document &old_page = evidence_.old_page(record.pair);
        before.push_back(place_names(old_page, record.row.node, innermost(old_page, record.nodes[column].front())));
    }
    place.names = common_names(after);
    place.name_match = name_similarity(common_names(before), place.names);
}

} // namespace webwrap
