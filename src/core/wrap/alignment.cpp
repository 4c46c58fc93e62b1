#include "core/wrap/alignment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxOccurrences = 64; /* a value that stands in more places tells nothing about records */
constexpr std::size_t kMaxLevels = 6;
constexpr double kLevelShare = 0.7;    /* of the most records at one level that another one needs */
constexpr double kEnoughShare = 0.75;  /* of all that could be found: the records stand in one element each */
constexpr double kPresentShare = 0.25; /* of a record's values that its element holds, or it stands there by chance */
constexpr double kWholeShare = 0.6;    /* of a record's values that make it a record, not a mention */
constexpr double kRivalShare = 0.85;   /* of the best held record that makes another one a rival for the element */
constexpr double kAbsentShare = 0.5;   /* of what the other records' elements hold that a record's own must */
constexpr double kHoldShares[] = {0.5, 0.25, 0.1};

using Cover = std::unordered_map<NodeId, double>;

/* How much of one old record each element of a new page holds. */
struct RecordCover {
    Cover element_to_weight;
    double total = 0; /* of the values that are found on the page at all */
    double all = 0;   /* of all its values */
    std::size_t found = 0;
};

class Aligner {
  public:
    explicit Aligner(Evidence &evidence) : evidence_(evidence) {}

    std::vector<RecordLevel> run();

  private:
    void find_occurrences(std::size_t pair, std::size_t column);
    void cover_record(std::size_t record, std::size_t column, const std::vector<NodeId> &nodes, double weight);
    std::vector<RecordLevel> levels(double hold_share) const;
    void drop_absent(RecordLevel &level) const;
    static bool is_known(const std::vector<RecordLevel> &levels, const RecordLevel &level);
    static void set_regions(const Evidence &evidence, RecordLevel &level);

    Evidence &evidence_;
    std::vector<RecordCover> covers_;
};

std::vector<RecordLevel> Aligner::run() {
    covers_.resize(evidence_.records().size());
    for (std::size_t pair = 0; pair < evidence_.pages().size(); ++pair)
        for (std::size_t column = 0; column < evidence_.column_count(); ++column)
            if (evidence_.wrapper().columns[column].columns.empty())
                find_occurrences(pair, column);
    std::size_t present = 0;
    for (const RecordCover &cover : covers_)
        present += cover.found > 0 ? 1 : 0;
    std::vector<RecordLevel> found;
    for (const double hold_share : kHoldShares) {
        for (RecordLevel &level : levels(hold_share))
            if (found.size() < kMaxLevels && !is_known(found, level))
                found.push_back(std::move(level));
        /* Records that stand in one element each need no further look. */
        if (!found.empty() && found.front().support >= kEnoughShare * static_cast<double>(present))
            break;
    }
    for (RecordLevel &level : found) {
        drop_absent(level);
        set_regions(evidence_, level);
    }
    return found;
}

/* A record that has left the page is still found where a like one stands, by values that many records share. It holds far
 * less of it than elements hold of the records that are there. */
void Aligner::drop_absent(RecordLevel &level) const {
    const auto held = [&](const AlignedRecord &aligned) {
        const RecordCover &cover = covers_[aligned.record];
        return aligned.share * cover.total / cover.all;
    };
    std::vector<double> shares;
    for (const AlignedRecord &aligned : level.aligned)
        shares.push_back(held(aligned));
    const auto median = shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2);
    std::nth_element(shares.begin(), median, shares.end());
    const double usual = *median;
    std::erase_if(level.aligned, [&](const AlignedRecord &aligned) { return held(aligned) < kAbsentShare * usual; });
    level.support = 0;
    for (const AlignedRecord &aligned : level.aligned)
        level.support += aligned.share;
}

bool Aligner::is_known(const std::vector<RecordLevel> &levels, const RecordLevel &level) {
    return std::any_of(levels.begin(), levels.end(), [&](const RecordLevel &known) {
        return std::equal(known.aligned.begin(), known.aligned.end(), level.aligned.begin(), level.aligned.end(),
                          [](const AlignedRecord &a, const AlignedRecord &b) { return a.element == b.element; });
    });
}

/* Where the column's old values stand on the new page. Rare values weigh more. */
void Aligner::find_occurrences(std::size_t pair, std::size_t column) {
    std::unordered_map<ValueId, std::vector<std::size_t>> value_to_records;
    for (std::size_t i = 0; i < evidence_.records().size(); ++i) {
        const KnownRecord &record = evidence_.records()[i];
        if (record.pair != pair)
            continue;
        if (record.values[column] > 0)
            value_to_records[record.values[column]].push_back(i);
        for (const ValueId part : record.parts[column])
            if (part > 0 && (value_to_records[part].empty() || value_to_records[part].back() != i))
                value_to_records[part].push_back(i);
    }
    std::unordered_map<ValueId, std::vector<NodeId>> value_to_nodes;
    const PageIndex &index = evidence_.new_index(pair);
    for (const PageItem &item : index.items()) {
        const ValueId value = evidence_.value_of(pair, column, item.text);
        if (value > 0 && value_to_records.contains(value))
            value_to_nodes[value].push_back(item.ref.node);
    }
    double count = 0;
    for (const KnownRecord &record : evidence_.records())
        count += record.pair == pair ? 1 : 0;
    for (const auto &[value, records] : value_to_records) {
        Interrupt::poll();
        const std::vector<NodeId> &nodes = value_to_nodes[value];
        const double weight = std::log2(1 + (count + 1) / static_cast<double>(records.size()));
        for (const std::size_t record : records)
            covers_[record].all += weight;
        if (nodes.empty() || nodes.size() > kMaxOccurrences)
            continue;
        for (const std::size_t record : records)
            cover_record(record, column, nodes, weight);
    }
}

void Aligner::cover_record(std::size_t record, std::size_t, const std::vector<NodeId> &nodes, double weight) {
    const Document &page = evidence_.new_page(evidence_.records()[record].pair);
    RecordCover &cover = covers_[record];
    std::unordered_map<NodeId, bool> seen;
    for (const NodeId start : nodes)
        for (NodeId node = start; node > 0 && seen.try_emplace(node, true).second; node = page.parent(node))
            if (page.is_element(node))
                cover.element_to_weight[node] += weight;
    cover.total += weight;
    ++cover.found;
}

/* Groups the elements that hold one record each by their path of tags. */
std::vector<RecordLevel> Aligner::levels(double hold_share) const {
    /* By pair and element: the greatest share of a record that it holds, then how many records it holds so much of. */
    std::map<std::pair<std::size_t, NodeId>, std::pair<double, int>> holders;
    const auto for_each = [&](const auto &visit) {
        for (std::size_t i = 0; i < covers_.size(); ++i)
            for (const auto &[element, weight] : covers_[i].element_to_weight)
                if (weight >= hold_share * covers_[i].total)
                    visit(holders[{evidence_.records()[i].pair, element}], weight / covers_[i].total);
    };
    for_each([](auto &holder, double share) { holder.first = std::max(holder.first, share); });
    for_each([](auto &holder, double share) { holder.second += share >= kRivalShare * holder.first ? 1 : 0; });
    struct Best {
        std::map<std::size_t, AlignedRecord> record_to_element;
        NodeId depth = 0;
    };
    std::unordered_map<std::uint64_t, Best> path_to_best;
    for (std::size_t i = 0; i < covers_.size(); ++i) {
        Interrupt::poll();
        const std::size_t pair = evidence_.records()[i].pair;
        const Document &page = evidence_.new_page(pair);
        for (const auto &[element, weight] : covers_[i].element_to_weight) {
            const double share = weight / covers_[i].total;
            if (share < hold_share)
                continue;
            const auto &[greatest, count] = holders.at({pair, element});
            if (count != 1 || share < greatest)
                continue;
            /* By tags alone, and by tags and names: rows of two kinds may make one record. */
            const std::uint64_t path = tag_path_hash(page, element);
            const std::string_view names = page.attribute_value(element, "class");
            for (const std::uint64_t key : {path, path ^ (std::hash<std::string_view>{}(names) | 1U)}) {
                Best &best = path_to_best[key];
                best.depth = page.depth(element);
                AlignedRecord &aligned = best.record_to_element[i];
                if (share > aligned.share || (share == aligned.share && element < aligned.element))
                    aligned = {i, element, page.end_of(element), share};
            }
        }
    }
    std::set<std::size_t> whole; /* records that one element holds most of */
    for (const auto &[path, best] : path_to_best)
        for (const auto &[record, aligned] : best.record_to_element)
            if (aligned.share * covers_[record].total >= kWholeShare * covers_[record].all)
                whole.insert(record);
    std::vector<std::pair<NodeId, RecordLevel>> by_depth;
    std::size_t most = 0;
    for (const auto &[path, best] : path_to_best) {
        RecordLevel level;
        for (const auto &[record, aligned] : best.record_to_element) {
            level.aligned.push_back(aligned);
            level.support += aligned.share;
            level.present += aligned.share * covers_[record].total >= kPresentShare * covers_[record].all ? 1 : 0;
        }
        for (const std::size_t record : whole)
            level.missed += best.record_to_element.contains(record) ? 0 : 1;
        most = std::max(most, level.aligned.size());
        by_depth.emplace_back(best.depth, std::move(level));
    }
    std::erase_if(by_depth, [&](const auto &entry) {
        return static_cast<double>(entry.second.aligned.size()) < kLevelShare * static_cast<double>(most);
    });
    std::sort(by_depth.begin(), by_depth.end(), [](const auto &a, const auto &b) {
        return a.second.support != b.second.support ? a.second.support > b.second.support : a.first < b.first;
    });
    std::vector<RecordLevel> levels;
    for (auto &[depth, level] : by_depth)
        if (levels.size() < kMaxLevels && !is_known(levels, level))
            levels.push_back(std::move(level));
    return levels;
}

/* A record's region ends where its parent's next record begins, or where most such regions end: between the known records
 * new ones may stand. */
void Aligner::set_regions(const Evidence &evidence, RecordLevel &level) {
    std::set<std::pair<std::size_t, NodeId>> elements;
    for (const AlignedRecord &aligned : level.aligned)
        elements.emplace(evidence.records()[aligned.record].pair, aligned.element);
    /* Calls `visit` for each sibling up to the next record; true when there is a next one. */
    const auto walk = [&](const AlignedRecord &aligned, const auto &visit) {
        const std::size_t pair = evidence.records()[aligned.record].pair;
        const Document &page = evidence.new_page(pair);
        NodeId sibling = page.next_sibling(aligned.element);
        for (; sibling != kNoNode && !elements.contains({pair, sibling}); sibling = page.next_sibling(sibling))
            visit(page, sibling);
        return sibling != kNoNode;
    };
    std::vector<std::size_t> lengths; /* elements of each region that a record ends */
    for (const AlignedRecord &aligned : level.aligned) {
        std::size_t length = 0;
        if (walk(aligned, [&](const Document &page, NodeId node) { length += page.is_element(node) ? 1 : 0; }))
            lengths.push_back(length);
    }
    std::size_t longest = std::numeric_limits<std::size_t>::max();
    if (!lengths.empty()) {
        const auto most = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() * 3 / 4);
        std::nth_element(lengths.begin(), most, lengths.end());
        longest = *most;
    }
    for (AlignedRecord &aligned : level.aligned) {
        std::size_t length = 0;
        walk(aligned, [&](const Document &page, NodeId node) {
            length += page.is_element(node) ? 1 : 0;
            if (length <= longest)
                aligned.end = page.end_of(node);
        });
    }
}

} // namespace

std::uint64_t tag_path_hash(const Document &document, NodeId element) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (NodeId node = element; node > 0; node = document.parent(node)) {
        for (const char c : document.name(node))
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
        hash = (hash ^ 0x2fU) * 0x100000001b3U;
    }
    return hash;
}

std::vector<RecordLevel> align_records(Evidence &evidence) { return Aligner(evidence).run(); }

} // namespace webwrap
