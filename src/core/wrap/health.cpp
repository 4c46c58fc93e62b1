#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/alignment.hpp"
#include "core/wrap/layout.hpp"
#include "core/wrap/places.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxSharing = 16;        /* records with one value; a more common one aligns nothing */
constexpr std::size_t kMaxIndexedBytes = 1024; /* of a text that known values are looked for in */
constexpr std::size_t kMinAligned = 3;         /* shared records that values can be compared on */
constexpr double kExplainedShare = 0.6;        /* of disagreements that another place must explain */
constexpr double kMostlyLost = 0.5, kMostlyChanged = 0.7;
constexpr double kBroken = 0.02, kDoubtful = 0.3;

/* The same record as the old wrapper read it and as the new one does. */
struct SharedRecord {
    std::size_t before;
    std::size_t after;
};

/* Disagreements of one column over the shared records. */
struct ColumnDiff {
    std::size_t equal = 0;
    std::vector<SharedRecord> lost, gained, changed;
    std::set<std::string> gained_texts;
};

class HealthCheck {
  public:
    HealthCheck(const Wrapper &before, const Wrapper &after, const PagePair &pages, const Limits &limits)
        : before_(before), after_(after), pages_(pages), limits_(limits), is_strict_(!same_xpaths(before, after)),
          old_(Extractor(before).extract(*pages.old_page, limits, true)),
          new_(Extractor(after).extract(*pages.new_page, limits, true)) {
        for (const Column &column : before.columns)
            values_.emplace_back(column);
        old_view_.emplace(*pages.old_page, old_);
        new_view_.emplace(*pages.new_page, new_);
        old_values_ = intern(old_);
        new_values_ = intern(new_);
    }

    std::vector<PatternHealth> run();

  private:
    static bool same_xpaths(const Wrapper &a, const Wrapper &b);
    std::vector<std::vector<ValueId>> intern(const Extraction &extraction);
    void align();
    PatternHealth check_rows();
    std::size_t strangers() const;
    bool may_be_elsewhere();
    PatternHealth check_column(std::size_t column);
    PatternHealth check_values(std::size_t column);
    ColumnDiff compare(std::size_t column) const;
    bool is_explained_elsewhere(std::size_t column, const ColumnDiff &diff, std::string &where);
    bool is_swapped(std::size_t column, const SharedRecord &shared, std::string &with) const;
    bool is_cut(std::size_t column, const SharedRecord &shared);
    const std::string &text(std::size_t column, ValueId value) { return values_[column].value(value); }

    const Wrapper &before_;
    const Wrapper &after_;
    const PagePair &pages_;
    const Limits &limits_;
    bool is_strict_;
    Extraction old_, new_;
    std::optional<LayoutView> old_view_, new_view_;
    std::vector<ColumnValues> values_;
    std::vector<std::vector<ValueId>> old_values_, new_values_; /* by record and column */
    std::vector<SharedRecord> shared_;
    std::unique_ptr<PageIndex> index_;
};

bool HealthCheck::same_xpaths(const Wrapper &a, const Wrapper &b) {
    if (a.rows.has_value() != b.rows.has_value() || (a.rows && a.rows->xpath != b.rows->xpath))
        return false;
    for (std::size_t i = 0; i < a.columns.size() && i < b.columns.size(); ++i)
        if (a.columns[i].xpath != b.columns[i].xpath)
            return false;
    return true;
}

std::vector<std::vector<ValueId>> HealthCheck::intern(const Extraction &extraction) {
    std::vector<std::vector<ValueId>> all;
    for (const Record &record : extraction.records) {
        Interrupt::poll();
        std::vector<ValueId> values;
        for (std::size_t column = 0; column < record.cells.size(); ++column)
            values.push_back(record.cells[column].value ? values_[column].intern(*record.cells[column].value)
                                                        : kNullValue);
        all.push_back(std::move(values));
    }
    return all;
}

/* Pairs up records by the values they share, rare ones weighing more; only clear pairs count. */
void HealthCheck::align() {
    if (!before_.rows) {
        if (!old_values_.empty() && !new_values_.empty())
            shared_.push_back({0, 0});
        return;
    }
    const std::size_t columns = values_.size();
    std::vector<std::map<ValueId, std::vector<std::size_t>>> value_to_records(columns);
    for (std::size_t i = 0; i < new_values_.size(); ++i)
        for (std::size_t column = 0; column < columns; ++column)
            if (new_values_[i][column] > 0)
                value_to_records[column][new_values_[i][column]].push_back(i);
    std::map<std::size_t, std::pair<double, std::size_t>> after_to_best; /* score and old record */
    for (std::size_t i = 0; i < old_values_.size(); ++i) {
        Interrupt::poll();
        std::map<std::size_t, std::pair<double, int>> scores;
        for (std::size_t column = 0; column < columns; ++column) {
            const auto found = value_to_records[column].find(old_values_[i][column]);
            if (old_values_[i][column] <= 0 || found == value_to_records[column].end() ||
                found->second.size() > kMaxSharing)
                continue;
            for (const std::size_t record : found->second) {
                scores[record].first += std::log2(1 + static_cast<double>(new_values_.size() + 1) /
                                                          static_cast<double>(found->second.size()));
                ++scores[record].second;
            }
        }
        double best = 0, second = 0;
        std::size_t winner = 0;
        int equal = 0;
        for (const auto &[record, score] : scores) {
            if (score.first > best) {
                second = best;
                best = score.first;
                winner = record;
                equal = score.second;
            } else {
                second = std::max(second, score.first);
            }
        }
        /* Different records may agree in common values: most values must be shared. */
        const auto known = std::count_if(old_values_[i].begin(), old_values_[i].end(), [](ValueId v) { return v > 0; });
        if (best <= second || equal < (columns > 2 ? 2 : 1) || equal * 2 < known)
            continue;
        auto &taken = after_to_best.try_emplace(winner, 0.0, i).first->second;
        if (best > taken.first)
            taken = {best, i};
    }
    for (const auto &[after, entry] : after_to_best)
        shared_.push_back({entry.second, after});
}

std::vector<PatternHealth> HealthCheck::run() {
    align();
    std::vector<PatternHealth> health;
    if (before_.rows)
        health.push_back(check_rows());
    for (std::size_t column = 0; column < values_.size(); ++column)
        health.push_back(check_column(column));
    return health;
}

/* True when telling texts of many old records are on the new page: a cheap look before a thorough one. */
bool HealthCheck::may_be_elsewhere() {
    if (index_ == nullptr)
        index_ = std::make_unique<PageIndex>(*pages_.new_page, kMaxIndexedBytes);
    std::unordered_set<std::string_view> texts;
    for (std::size_t i = 0; i < index_->text_count(); ++i)
        texts.insert(index_->text(static_cast<TextId>(i)));
    std::set<std::size_t> shared;
    for (const SharedRecord &record : shared_)
        shared.insert(record.before);
    std::size_t present = 0;
    for (std::size_t i = 0; i < old_.records.size(); ++i) {
        Interrupt::poll();
        std::size_t cells = 0, found = 0;
        for (const Cell &cell : old_.records[i].cells) {
            if (!cell.value || cell.nodes.size() != 1)
                continue;
            const std::string text = fold_space(string_value(*pages_.old_page, cell.nodes.front()));
            ++cells;
            found += texts.contains(text) ? 1 : 0;
        }
        present += !shared.contains(i) && found * 2 > cells ? 1 : 0;
    }
    return present >= kMinAligned && present * 2 >= old_.records.size();
}

/* How the list is built that an element stands in: tags, ids and classes of all that is around it. */
std::string surroundings(const Document &page, NodeId element) {
    std::string all;
    for (NodeId node = page.parent(element); node > 0; node = page.parent(node)) {
        all += "/" + std::string(page.name(node));
        for (const char *attribute : {"id", "class"})
            if (const std::string_view value = page.attribute_value(node, attribute); !value.empty())
                all += "[" + std::string(value) + "]";
    }
    return all;
}

/* Selected rows in a list of another build than that of the known records, which are all in one, as they were before: the
 * XPath selects a second list, too. 0 where the known records are few or not clearly in one list. */
std::size_t HealthCheck::strangers() const {
    if (shared_.size() < kMinAligned || shared_.size() * 2 < old_values_.size() ||
        new_values_.size() < shared_.size() + kMinAligned)
        return 0;
    std::set<std::string> before, now;
    for (const Record &record : old_.records)
        before.insert(surroundings(*pages_.old_page, record.row.node));
    for (const SharedRecord &shared : shared_)
        now.insert(surroundings(*pages_.new_page, new_.records[shared.after].row.node));
    if (before.size() != 1 || now.size() != 1)
        return 0;
    const auto others = std::count_if(new_.records.begin(), new_.records.end(), [&](const Record &record) {
        return !now.contains(surroundings(*pages_.new_page, record.row.node));
    });
    return static_cast<std::size_t>(others) >= kMinAligned ? static_cast<std::size_t>(others) : 0;
}

/* When the known records are on the page, but not among the selected ones, the row pattern selects another list. */
PatternHealth HealthCheck::check_rows() {
    PatternHealth health{"rows", 1, {}};
    if (const std::size_t others = strangers(); others > 0)
        return {"rows", kBroken, std::to_string(others) + " rows stand in another list than the known records"};
    if (old_values_.empty() || shared_.size() * 2 >= old_values_.size())
        return health;
    if (new_values_.empty())
        return {"rows", 0, "it selects nothing"};
    if (!may_be_elsewhere())
        return health; /* the same list with other content */
    Evidence evidence(before_, {&pages_, 1}, limits_);
    std::set<NodeId> selected;
    for (const Record &record : new_.records)
        selected.insert(record.row.node);
    for (const RecordLevel &level : align_records(evidence)) {
        std::size_t elsewhere = 0;
        for (const AlignedRecord &aligned : level.aligned) {
            const Document &page = *pages_.new_page;
            const auto inside = selected.lower_bound(aligned.element);
            bool is_selected = inside != selected.end() && *inside < page.end_of(aligned.element);
            for (NodeId node = aligned.element; node > 0 && !is_selected; node = page.parent(node))
                is_selected = selected.contains(node);
            elsewhere += is_selected || aligned.share < 0.6 ? 0 : 1;
        }
        if (elsewhere >= kMinAligned && elsewhere * 2 >= old_values_.size() && level.missed * 4 < old_values_.size())
            return {"rows", kBroken,
                    std::to_string(elsewhere) + " known records stand on the page outside of the selected ones"};
    }
    return health;
}

PatternHealth HealthCheck::check_column(std::size_t column) {
    if (new_values_.empty())
        return {before_.columns[column].name, before_.rows ? 1.0 : 0.0, {}};
    const bool has_known = before_.rows ? shared_.size() >= kMinAligned : !shared_.empty();
    if (!before_.columns[column].columns.empty())
        return {before_.columns[column].name, 1, {}};
    if (has_known && before_.rows)
        return check_values(column);
    return compare_column(*old_view_, *new_view_, before_, column);
}

ColumnDiff HealthCheck::compare(std::size_t column) const {
    ColumnDiff diff;
    for (const SharedRecord &shared : shared_) {
        const ValueId was = old_values_[shared.before][column], is = new_values_[shared.after][column];
        if (was == is)
            ++diff.equal;
        else if (was == kNullValue)
            diff.gained.push_back(shared);
        else if (is == kNullValue)
            diff.lost.push_back(shared);
        else
            diff.changed.push_back(shared);
    }
    return diff;
}

PatternHealth HealthCheck::check_values(std::size_t column) {
    PatternHealth health{before_.columns[column].name, 1, {}};
    ColumnDiff diff = compare(column);
    const std::size_t count = shared_.size();
    if (diff.equal == count)
        return health;
    std::string where;
    if (is_explained_elsewhere(column, diff, where))
        return {health.pattern, kBroken, "known values now stand " + where};
    const CellType type = before_.columns[column].type;
    const bool is_number = type == CellType::kInteger || type == CellType::kNumeric;
    for (const SharedRecord &shared : diff.gained)
        diff.gained_texts.insert(text(column, new_values_[shared.after][column]));
    for (const std::string &gained : diff.gained_texts)
        if (type == CellType::kText && !has_letter_or_digit(gained))
            return {health.pattern, kBroken, "\"" + abbreviate(gained, 20) + "\" stands where there was no value"};
    if (type == CellType::kText && diff.gained.size() >= 2 && diff.gained_texts.size() == 1)
        return {health.pattern, kBroken,
                "\"" + abbreviate(*diff.gained_texts.begin(), 20) + "\" stands where there was no value"};
    std::size_t cut = 0;
    for (const SharedRecord &shared : diff.changed)
        cut += is_cut(column, shared) ? 1 : 0;
    if (cut > 0 && (is_strict_ || cut * 2 > diff.changed.size()))
        return {health.pattern, kBroken, std::to_string(cut) + " known values are cut short"};
    if (diff.lost.size() >= kMinAligned &&
        static_cast<double>(diff.lost.size()) > kMostlyLost * static_cast<double>(count - diff.gained.size()))
        return {health.pattern, kDoubtful, std::to_string(diff.lost.size()) + " known values are gone"};
    if (!is_number && count >= 5 &&
        static_cast<double>(diff.changed.size()) > kMostlyChanged * static_cast<double>(count))
        return {health.pattern, kDoubtful, std::to_string(diff.changed.size()) + " known values have changed"};
    if (is_strict_ && (!diff.gained.empty() || diff.lost.size() > 1 || (!is_number && diff.changed.size() > 1)))
        return {health.pattern, kDoubtful,
                std::to_string(diff.gained.size() + diff.lost.size() + diff.changed.size()) +
                    " known records do not agree with the adapted column"};
    return health;
}

/* True when old values that are no longer in the column stand at one other place of their records. */
bool HealthCheck::is_explained_elsewhere(std::size_t column, const ColumnDiff &diff, std::string &where) {
    std::vector<SharedRecord> missing = diff.changed;
    missing.insert(missing.end(), diff.lost.begin(), diff.lost.end());
    if (missing.size() == 1)
        return is_swapped(column, missing.front(), where);
    if (missing.empty())
        return false;
    if (index_ == nullptr)
        index_ = std::make_unique<PageIndex>(*pages_.new_page, kMaxIndexedBytes);
    const Document &page = *pages_.new_page;
    std::map<std::string, std::size_t> place_to_count;
    for (const SharedRecord &shared : missing) {
        Interrupt::poll();
        const Record &record = new_.records[shared.after];
        const std::string top = positional_path(page, record.row);
        std::set<std::string> places;
        const std::vector<NodeRef> &own = record.cells[column].nodes;
        for (const PageItem &item : index_->items_in(record.row.node, page.end_of(record.row.node))) {
            if (values_[column].read(index_->text(item.text)) != old_values_[shared.before][column])
                continue;
            const NodeRef inner = innermost(page, item.ref);
            if (std::any_of(own.begin(), own.end(), [&](NodeRef ref) { return innermost(page, ref) == inner; }))
                continue;
            std::string path = positional_path(page, inner);
            places.insert(path.starts_with(top) ? path.substr(top.size()) : path);
        }
        for (const std::string &place : places)
            ++place_to_count[place];
    }
    for (const auto &[place, explained] : place_to_count) {
        if (explained < 2 || static_cast<double>(explained) < kExplainedShare * static_cast<double>(missing.size()))
            continue;
        const XPath xpath(place.empty() ? "." : "." + place);
        std::size_t agreeing = 0;
        for (const SharedRecord &shared : shared_) {
            const Selection there = xpath.evaluate(page, new_.records[shared.after].row.node, limits_);
            agreeing += values_[column].read_nodes(page, there) == old_values_[shared.before][column] ? 1 : 0;
        }
        if (agreeing > diff.equal) {
            where = "at " + (place.empty() ? std::string("the record itself") : "." + place);
            return true;
        }
    }
    return false;
}

/* A single disagreement counts when another column of the record has changed places with this one. */
bool HealthCheck::is_swapped(std::size_t column, const SharedRecord &shared, std::string &with) const {
    for (std::size_t other = 0; other < values_.size(); ++other) {
        if (other == column || before_.columns[other].type != before_.columns[column].type)
            continue;
        const std::vector<Cell> &was = old_.records[shared.before].cells, &is = new_.records[shared.after].cells;
        if (was[column].value && was[other].value && was[column].value == is[other].value &&
            was[other].value == is[column].value && was[column].value != is[column].value) {
            with = "in column \"" + before_.columns[other].name + "\"";
            return true;
        }
    }
    return false;
}

/* True for a text of which only the beginning is left. */
bool HealthCheck::is_cut(std::size_t column, const SharedRecord &shared) {
    if (before_.columns[column].type != CellType::kText)
        return false;
    const std::string &was = text(column, old_values_[shared.before][column]);
    const std::string &is = text(column, new_values_[shared.after][column]);
    std::size_t common = 0;
    while (common < was.size() && common < is.size() && was[common] == is[common])
        ++common;
    return common >= 3 && common < was.size() && !has_letter_or_digit(std::string_view(is).substr(common));
}

} // namespace

std::vector<PatternHealth> check_health(const Wrapper &before, const Wrapper &after, const PagePair &pages,
                                        const Limits &limits) {
    return HealthCheck(before, after, pages, limits).run();
}

std::vector<PatternHealth> check_health(const Wrapper &wrapper, const PagePair &pages, const Limits &limits) {
    return check_health(wrapper, wrapper, pages, limits);
}

} // namespace webwrap
