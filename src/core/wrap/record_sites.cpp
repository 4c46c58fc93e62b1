#include "core/wrap/record_sites.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <unordered_set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxContainers = 8;
constexpr std::size_t kMaxValues = 64; /* of a record that decide on its container */
constexpr int kMaxFields = 8;          /* elements that may be a record's bare fields */

constexpr std::size_t kMaxLevels = 24; /* around the values of a record that may be its row */
constexpr NodeId kPollEvery = 4096;

using Mask = std::uint64_t;

/* The smallest element with all values of a record. */
struct Container {
    NodeId element;
    std::size_t parts;
};

/* Bits of the values below each node: in whole texts (and named nodes), in whole texts and attributes, in any way. */
struct ValueMasks {
    std::vector<Mask> texts, whole, any;
};

ValueMasks masks_of(const Document &page, const std::vector<ValueSpots> &values) {
    const auto size = static_cast<std::size_t>(page.size());
    ValueMasks masks{std::vector<Mask>(size, 0), std::vector<Mask>(size, 0), std::vector<Mask>(size, 0)};
    for (std::size_t i = 0; i < values.size() && i < kMaxValues; ++i) {
        const Mask bit = Mask{1} << i;
        const bool only_parts =
            std::all_of(values[i].spots.begin(), values[i].spots.end(), [](const Spot &spot) { return spot.is_part; });
        for (const Spot &spot : values[i].spots) {
            const auto node = static_cast<std::size_t>(spot.ref.node);
            const bool is_text = !spot.is_part && (values[i].is_exact_node || !spot.ref.is_attribute());
            masks.texts[node] |= is_text ? bit : 0;
            masks.whole[node] |= only_parts || !spot.is_part ? bit : 0;
            masks.any[node] |= bit;
        }
    }
    for (NodeId node = page.size() - 1; node > 0; --node)
        for (std::vector<Mask> *one : {&masks.texts, &masks.whole, &masks.any})
            (*one)[static_cast<std::size_t>(page.parent(node))] |= (*one)[static_cast<std::size_t>(node)];
    return masks;
}

std::vector<Container> containers_of(const Document &page, const std::vector<ValueSpots> &values) {
    const std::size_t count = std::min(values.size(), kMaxValues);
    const Mask all = count == kMaxValues ? ~Mask{0} : (Mask{1} << count) - 1;
    const ValueMasks masks = masks_of(page, values);
    std::vector<Container> found;
    std::unordered_set<NodeId> known;
    for (const std::vector<Mask> *mask : {&masks.whole, &masks.any})
        for (NodeId node = 1; node < page.size(); ++node) {
            if (node % kPollEvery == 0)
                Interrupt::poll();
            if ((*mask)[static_cast<std::size_t>(node)] != all || all == 0)
                continue;
            bool is_least = true;
            for (NodeId child = page.first_child(node); child != kNoNode && is_least; child = page.next_sibling(child))
                is_least = (*mask)[static_cast<std::size_t>(child)] != all;
            const NodeId element = page.is_element(node) ? node : page.parent(node);
            if (is_least && known.insert(element).second)
                found.push_back({element, count - static_cast<std::size_t>(
                                                      std::popcount(masks.texts[static_cast<std::size_t>(element)]))});
        }
    std::stable_sort(found.begin(), found.end(), [&](const Container &a, const Container &b) {
        return std::pair(a.parts, page.subtree_size(a.element)) < std::pair(b.parts, page.subtree_size(b.element));
    });
    if (found.size() > kMaxContainers)
        found.resize(kMaxContainers);
    return found;
}

bool is_cell(const Document &page, NodeId element) { return page.name(element) == "td" || page.name(element) == "th"; }

std::vector<NodeId> like_siblings(const Document &page, NodeId element) {
    std::vector<NodeId> alike;
    for (NodeId sibling = page.first_child(page.parent(element)); sibling != kNoNode;
         sibling = page.next_sibling(sibling))
        if (sibling == element || (page.is_element(sibling) && are_alike(page, element, sibling)))
            alike.push_back(sibling);
    return alike;
}

NodeId previous_element(const Document &page, NodeId element) {
    NodeId previous = kNoNode;
    for (NodeId sibling = page.first_child(page.parent(element)); sibling < element;
         sibling = page.next_sibling(sibling))
        if (page.is_element(sibling))
            previous = sibling;
    return previous;
}

struct FieldLabel {
    std::string text; /* empty when there is none */
    NodeId node = kNoNode;
};

/* The text at the start of an element, or right before a description, that names what follows. */
FieldLabel field_label(const Document &page, NodeId element) {
    if (page.name(element) == "dd") {
        const NodeId term = previous_element(page, element);
        return term != kNoNode && page.name(term) == "dt" ? FieldLabel{fold_space(page.string_value(term)), term}
                                                          : FieldLabel{};
    }
    for (NodeId node = element + 1; node < page.end_of(element); ++node) {
        if (page.kind(node) != NodeKind::kText || trim(page.text(node)).empty())
            continue;
        bool is_header = false;
        for (NodeId up = page.parent(node); up != element && up > 0; up = page.parent(up))
            is_header = is_header || page.name(up) == "th" || page.name(up) == "dt";
        const std::string text = fold_space(page.text(node));
        return is_header || text.ends_with(":") || text.ends_with("：") ? FieldLabel{text, node} : FieldLabel{};
    }
    return {};
}

/* Finds the sites of all records. */
class SiteFinder {
  public:
    SiteFinder(const Document &page, const std::vector<std::vector<ValueSpots>> &records)
        : page_(page), records_(records) {}

    std::vector<RecordSite> find();

  private:
    [[nodiscard]] bool is_level(const std::vector<NodeId> &heads, const std::vector<NodeId> &family) const;
    [[nodiscard]] bool are_bare_fields(NodeId element) const;
    [[nodiscard]] bool are_labelled_fields(const std::vector<NodeId> &heads, const std::vector<NodeId> &family) const;
    [[nodiscard]] std::vector<NodeId> family_of(const std::vector<NodeId> &heads) const;
    void add_flat(const Container &container, const std::vector<NodeId> &containers);
    void add_levels(const Container &container, const std::vector<NodeId> &containers);
    /* The first of the children of `container` that hold the record's values closest together. */
    [[nodiscard]] std::pair<NodeId, NodeId> window(NodeId container, const std::vector<ValueSpots> &values) const;
    void add(RecordSite site);
    [[nodiscard]] std::vector<NodeId> chain_to(NodeId element) const;
    [[nodiscard]] std::size_t shared_levels(NodeId a, NodeId b) const;
    [[nodiscard]] std::vector<NodeId> cousins_of(NodeId element) const;
    [[nodiscard]] bool shared_path(NodeId node, const std::vector<NodeId> &chain) const;

    const Document &page_;
    const std::vector<std::vector<ValueSpots>> &records_;
    std::vector<RecordSite> sites_;
};

void SiteFinder::add(RecordSite site) {
    for (const RecordSite &known : sites_)
        if (known.heads == site.heads && known.is_flat == site.is_flat && known.is_page == site.is_page &&
            !known.is_page)
            return;
    sites_.push_back(std::move(site));
}

std::vector<NodeId> SiteFinder::family_of(const std::vector<NodeId> &heads) const {
    std::vector<NodeId> family;
    for (const NodeId head : heads)
        if (std::find(family.begin(), family.end(), head) == family.end()) {
            std::vector<NodeId> alike = like_siblings(page_, head);
            if (alike.size() == 1)
                alike = cousins_of(head);
            family.insert(family.end(), alike.begin(), alike.end());
        }
    std::sort(family.begin(), family.end());
    family.erase(std::unique(family.begin(), family.end()), family.end());
    return family;
}

/* True for one of a few siblings without content of their own, equally many in each of several parents. */
bool SiteFinder::are_bare_fields(NodeId element) const {
    const NodeId parent = page_.parent(element);
    if (parent <= 0 || page_.subtree_size(element) > 3)
        return false;
    const auto count_in = [&](NodeId one) {
        int count = 0;
        for (NodeId child = page_.first_child(one); child != kNoNode; child = page_.next_sibling(child))
            count += page_.is_element(child) && page_.name_id(child) == page_.name_id(element) ? 1 : 0;
        return count;
    };
    const int count = count_in(parent);
    const std::vector<NodeId> parents = like_siblings(page_, parent);
    return count >= 2 && count <= kMaxFields && parents.size() >= 3 &&
           std::all_of(parents.begin(), parents.end(), [&](NodeId one) { return count_in(one) == count; });
}

/* True where each member of the family begins with a label, and most labels differ: one record's fields. */
bool SiteFinder::are_labelled_fields(const std::vector<NodeId> &heads, const std::vector<NodeId> &family) const {
    const FieldLabel label = field_label(page_, heads.front());
    const bool is_shared = std::all_of(heads.begin(), heads.end(),
                                       [&](NodeId head) { return field_label(page_, head).text == label.text; });
    if (label.text.empty() || !is_shared)
        return false;
    for (const ValueSpots &value :
         records_.front()) /* a header cell may be a column itself, a text begin with a label */
        for (const Spot &spot : value.spots)
            if (!spot.is_part && spot.ref.node <= label.node && label.node < page_.end_of(spot.ref.node))
                return false;
    std::size_t same = 0;
    for (const NodeId one : family)
        same += field_label(page_, one).text == label.text ? 1 : 0;
    return 2 * same < family.size() + heads.size();
}

bool SiteFinder::is_level(const std::vector<NodeId> &heads, const std::vector<NodeId> &family) const {
    if (is_cell(page_, heads.front()))
        return false;
    for (const NodeId head : heads)
        if (!std::binary_search(family.begin(), family.end(), head))
            return false;
    if (records_.front().size() == 1 && are_bare_fields(heads.front()))
        return false;
    return (heads.size() > 1 || family.size() > 1) && !are_labelled_fields(heads, family);
}

std::pair<NodeId, NodeId> SiteFinder::window(NodeId container, const std::vector<ValueSpots> &values) const {
    std::vector<NodeId> children;
    for (NodeId child = page_.first_child(container); child != kNoNode; child = page_.next_sibling(child))
        children.push_back(child);
    std::vector<std::vector<std::size_t>> places; /* by value: children that hold it */
    for (const ValueSpots &value : values) {
        std::vector<std::size_t> places_of_value;
        for (const Spot &spot : value.spots)
            if (spot.ref.node > container && spot.ref.node < page_.end_of(container)) {
                const auto after = std::upper_bound(children.begin(), children.end(), spot.ref.node);
                places_of_value.push_back(static_cast<std::size_t>(after - children.begin()) - 1);
            }
        places.push_back(std::move(places_of_value));
    }
    std::pair<NodeId, NodeId> best{kNoNode, kNoNode};
    std::size_t best_length = std::numeric_limits<std::size_t>::max();
    for (std::size_t first = 0; first < children.size(); ++first) {
        std::size_t last = first;
        bool is_full = true, starts = false;
        for (const auto &of_value : places) {
            const auto next = std::lower_bound(of_value.begin(), of_value.end(), first);
            is_full = is_full && next != of_value.end();
            if (next == of_value.end())
                break;
            starts = starts || *next == first;
            last = std::max(last, *next);
        }
        if (is_full && starts && last - first < best_length) {
            best_length = last - first;
            best = {children[first], children[last]};
        }
    }
    return best;
}

/* Records without an element of their own: a head and the siblings after it. */
void SiteFinder::add_flat(const Container &container, const std::vector<NodeId> &containers) {
    if (std::any_of(containers.begin(), containers.end(), [&](NodeId one) { return one != container.element; }))
        return;
    RecordSite site;
    site.is_flat = true;
    site.container = container.element;
    site.parts = container.parts;
    std::vector<NodeId> lasts;
    for (const std::vector<ValueSpots> &values : records_) {
        const auto [first, last] = window(container.element, values);
        if (first == kNoNode || !page_.is_element(first) || first == last)
            return;
        site.heads.push_back(first);
        lasts.push_back(last);
    }
    site.family = family_of(site.heads);
    if (site.family.size() < 2 || is_cell(page_, site.heads.front()))
        return;
    for (std::size_t i = 0; i < lasts.size(); ++i)
        for (const NodeId head : site.family)
            if (head > site.heads[i] && head <= lasts[i])
                return;
    for (std::size_t i = 1; i < site.heads.size(); ++i)
        if (site.heads[i] == site.heads[0] || !are_alike(page_, site.heads[0], site.heads[i]))
            return;
    add(std::move(site));
}

void SiteFinder::add_levels(const Container &container, const std::vector<NodeId> &containers) {
    std::vector<std::vector<NodeId>> chains; /* by record: the elements around its values, outermost first */
    for (const NodeId element : containers)
        chains.push_back(chain_to(element));
    std::vector<RecordSite> with_siblings, others;
    const std::size_t innermost = chains.front().size();
    for (std::size_t depth = innermost; depth-- > 2 && depth + kMaxLevels >= innermost;) {
        Interrupt::poll();
        RecordSite site;
        site.container = container.element;
        site.parts = container.parts;
        for (const auto &chain : chains)
            if (depth < chain.size() && page_.name_id(chain[depth]) == page_.name_id(chains.front()[depth]) &&
                std::find(site.heads.begin(), site.heads.end(), chain[depth]) == site.heads.end())
                site.heads.push_back(chain[depth]);
        if (site.heads.size() != chains.size())
            continue;
        site.family = family_of(site.heads);
        if (!is_level(site.heads, site.family))
            continue;
        const bool has_siblings =
            like_siblings(page_, site.heads.front()).size() > 1 || cousins_of(site.heads.front()).size() > 1;
        (has_siblings ? with_siblings : others).push_back(std::move(site));
    }
    for (RecordSite &site : with_siblings)
        add(std::move(site));
    for (auto site = others.rbegin(); site != others.rend(); ++site)
        add(std::move(*site));
}

std::vector<NodeId> SiteFinder::chain_to(NodeId element) const {
    std::vector<NodeId> chain;
    for (NodeId up = element; up > 0; up = page_.parent(up))
        chain.push_back(up);
    std::reverse(chain.begin(), chain.end());
    return chain;
}

/* Levels from the root on which two elements have the same ancestors, twice as much as levels of the same tags. */
std::size_t SiteFinder::shared_levels(NodeId a, NodeId b) const {
    const std::vector<NodeId> of_a = chain_to(a), of_b = chain_to(b);
    std::size_t levels = 0;
    for (std::size_t i = 0; i < of_a.size() && i < of_b.size() && page_.name_id(of_a[i]) == page_.name_id(of_b[i]); ++i)
        levels += of_a[i] == of_b[i] ? 2 : 1;
    return levels;
}

/* Elements elsewhere on the same path of tags that are like an element without like siblings, if some of them have: the
 * list that it is the only member of here is longer in other places. */
std::vector<NodeId> SiteFinder::cousins_of(NodeId element) const {
    const std::vector<NodeId> chain = chain_to(element);
    std::vector<NodeId> cousins;
    bool has_siblings = false;
    for (NodeId node = chain.front(); node < page_.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!page_.is_element(node) || page_.name_id(node) != page_.name_id(element) ||
            page_.depth(node) != page_.depth(element))
            continue;
        const bool is_cousin = node == element || (shared_classes(page_, node, element) > 0 &&
                                                   shared_path(node, chain) && are_alike(page_, node, element));
        if (!is_cousin)
            continue;
        has_siblings = has_siblings || (!cousins.empty() && page_.parent(cousins.back()) == page_.parent(node));
        cousins.push_back(node);
    }
    return has_siblings ? cousins : std::vector<NodeId>{element};
}

/* True when the tags of a node's ancestors are those of the chain. */
bool SiteFinder::shared_path(NodeId node, const std::vector<NodeId> &chain) const {
    for (std::size_t i = chain.size(); i-- > 0 && node > 0; node = page_.parent(node))
        if (page_.name_id(node) != page_.name_id(chain[i]))
            return false;
    return true;
}

std::vector<RecordSite> SiteFinder::find() {
    std::vector<std::vector<Container>> containers;
    for (const std::vector<ValueSpots> &values : records_)
        containers.push_back(containers_of(page_, values));
    for (const Container &first : containers.front()) {
        Interrupt::poll();
        std::vector<NodeId> chosen{first.element};
        for (std::size_t i = 1; i < containers.size(); ++i) {
            NodeId best = kNoNode;
            std::size_t most = 0;
            for (const Container &one : containers[i]) {
                const std::size_t shared = shared_levels(first.element, one.element);
                if (best == kNoNode || shared > most) {
                    best = one.element;
                    most = shared;
                }
            }
            chosen.push_back(best);
        }
        if (std::find(chosen.begin(), chosen.end(), kNoNode) != chosen.end())
            continue;
        add_flat(first, chosen);
        add_levels(first, chosen);
        if (records_.size() == 1) {
            RecordSite site;
            site.heads = site.family = {0};
            site.is_page = true;
            site.container = first.element;
            site.parts = first.parts;
            add(std::move(site));
        }
    }
    return std::move(sites_);
}

} // namespace

NodeId RecordSite::end_of_record(const Document &page, NodeId row, std::span<const NodeId> rows) const {
    if (is_page)
        return page.size();
    if (!is_flat)
        return page.end_of(row);
    const NodeId end = page.end_of(page.parent(row));
    const auto next = std::upper_bound(rows.begin(), rows.end(), row);
    return next == rows.end() ? end : std::min(end, *next);
}

std::vector<RecordSite> record_sites(const Document &page, const std::vector<std::vector<ValueSpots>> &records) {
    return SiteFinder(page, records).find();
}

} // namespace webwrap
