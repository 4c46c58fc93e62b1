#include "core/wrap/joint.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/drift.hpp"

namespace webwrap {

namespace {

constexpr double kNameMargin = 0.2;       /* by which names must prefer one place to another */
constexpr std::size_t kTellingValues = 8; /* different values that no second place repeats by chance */
constexpr std::size_t kMaxOptions = 8;    /* places of one column that are told apart */
constexpr std::size_t kMaxAssignments = 20'000;
constexpr double kUnsure = 0.4;
constexpr double kShiftingConfidence = 0.6; /* positions among siblings that may be missing elsewhere */
constexpr std::size_t kRigidRecords = 8;    /* records whose structure must be equal to trust such positions */

/* Confidence from the known values that agree at a place. */
double strength_of(const Place &place) {
    const Agreement &agreement = place.agreement;
    double strength = 0.99;
    switch (agreement.distinct) {
    case 0:
        return 0;
    case 1:
        strength = agreement.equal >= 3 ? 0.75 : 0.6;
        break;
    case 2:
        strength = 0.88;
        break;
    case 3:
        strength = 0.94;
        break;
    case 4:
        strength = 0.97;
        break;
    default:
        break;
    }
    strength += (1 - strength) * 0.7 * place.name_match;
    if (place.is_kept)
        strength = std::max(strength, 0.9);
    return strength;
}

class Decider {
  public:
    Decider(Evidence &evidence, const RecordLevel &level) : evidence_(evidence), level_(level) {}

    std::vector<ColumnDecision> run();

  private:
    using Options = std::vector<std::size_t>; /* slots, by place of the column */

    void collect();
    void share_slots();
    [[nodiscard]] bool may_share(std::size_t a, std::size_t b) const;
    void eliminate();
    void resolve(const std::vector<std::size_t> &columns);
    [[nodiscard]] std::vector<std::size_t> component(std::size_t column) const;
    void choose(std::size_t column, std::size_t place);
    void reject_shared();
    void check_shifting(std::size_t column);
    [[nodiscard]] bool is_rigid(std::size_t column) const;
    [[nodiscard]] bool may_vanish(std::size_t aligned, NodeId sibling, std::size_t column) const;
    [[nodiscard]] double preference(std::size_t column, std::size_t place) const;
    [[nodiscard]] bool is_wanted_by_others(std::size_t column, std::size_t slot) const;

    Evidence &evidence_;
    const RecordLevel &level_;
    std::vector<ColumnDecision> decisions_;
    std::vector<Options> column_to_slots_;       /* slot of each place that is still open */
    std::vector<std::vector<std::size_t>> open_; /* places of each column that are still open */
    std::vector<std::optional<std::size_t>> chosen_;
};

std::vector<ColumnDecision> Decider::run() {
    collect();
    share_slots();
    eliminate();
    std::set<std::size_t> done;
    for (std::size_t column = 0; column < decisions_.size(); ++column) {
        if (chosen_[column] || open_[column].empty() || done.contains(column))
            continue;
        const std::vector<std::size_t> group = component(column);
        done.insert(group.begin(), group.end());
        resolve(group);
    }
    reject_shared();
    for (std::size_t column = 0; column < decisions_.size(); ++column)
        if (decisions_[column].is_found)
            check_shifting(column);
    return std::move(decisions_);
}

/* Places of each column; those that only drift are taken as they are. */
void Decider::collect() {
    const std::size_t count = evidence_.column_count();
    decisions_.resize(count);
    column_to_slots_.resize(count);
    open_.resize(count);
    chosen_.resize(count);
    PlaceFinder finder(evidence_, level_);
    for (std::size_t column = 0; column < count; ++column) {
        ColumnDecision &decision = decisions_[column];
        if (!evidence_.wrapper().columns[column].columns.empty())
            continue;
        decision.places = finder.find(column);
        if (decision.places.empty()) {
            decision.reason = "its known values are not found in the new records";
            continue;
        }
        if (decision.places.front().agreement.disagreeing() > 0) {
            judge_drift(evidence_, level_, column, decision);
            if (!decision.is_found)
                continue;
        }
        for (std::size_t place = 0; place < decision.places.size() && place < kMaxOptions; ++place)
            if (place == 0 || !decision.is_found)
                open_[column].push_back(place);
    }
}

bool Decider::may_share(std::size_t a, std::size_t b) const {
    bool compared = false;
    for (const AlignedRecord &aligned : level_.aligned) {
        const KnownRecord &record = evidence_.records()[aligned.record];
        if (record.nodes[a].empty() || record.nodes[b].empty())
            continue;
        const Document &page = evidence_.old_page(record.pair);
        if (innermost(page, record.nodes[a].front()) != innermost(page, record.nodes[b].front()))
            return false;
        compared = true;
    }
    return compared;
}

/* Gives equal places of different columns one slot number. */
void Decider::share_slots() {
    std::vector<const Place *> slots;
    for (std::size_t column = 0; column < decisions_.size(); ++column) {
        for (const Place &place : decisions_[column].places) {
            std::size_t slot = 0;
            while (slot < slots.size() && !same_place(*slots[slot], place))
                ++slot;
            if (slot == slots.size())
                slots.push_back(&place);
            column_to_slots_[column].push_back(slot);
        }
    }
}

bool Decider::is_wanted_by_others(std::size_t column, std::size_t slot) const {
    for (std::size_t other = 0; other < decisions_.size(); ++other)
        if (other != column && !may_share(column, other))
            for (const std::size_t place : open_[other])
                if (column_to_slots_[other][place] == slot)
                    return true;
    return false;
}

/* A column with one place takes it from all others, until nothing changes. */
void Decider::eliminate() {
    for (bool changed = true; changed;) {
        changed = false;
        Interrupt::poll();
        for (std::size_t column = 0; column < decisions_.size(); ++column) {
            if (chosen_[column] || open_[column].size() != 1)
                continue;
            choose(column, open_[column].front());
            changed = true;
            const std::size_t slot = column_to_slots_[column][*chosen_[column]];
            for (std::size_t other = 0; other < decisions_.size(); ++other)
                if (other != column && open_[other].size() > 1 && !chosen_[other] && !may_share(column, other))
                    std::erase_if(open_[other],
                                  [&](std::size_t place) { return column_to_slots_[other][place] == slot; });
        }
    }
}

/* The columns without a choice that are linked by places they both may take. */
std::vector<std::size_t> Decider::component(std::size_t column) const {
    std::vector<std::size_t> group{column};
    for (std::size_t i = 0; i < group.size(); ++i)
        for (std::size_t other = 0; other < decisions_.size(); ++other) {
            if (chosen_[other] || open_[other].empty() || std::find(group.begin(), group.end(), other) != group.end())
                continue;
            const bool linked = std::any_of(open_[other].begin(), open_[other].end(), [&](std::size_t place) {
                return std::any_of(open_[group[i]].begin(), open_[group[i]].end(), [&](std::size_t mine) {
                    return column_to_slots_[group[i]][mine] == column_to_slots_[other][place];
                });
            });
            if (linked)
                group.push_back(other);
        }
    return group;
}

/* Names first; between equal names a small bonus for what looks like the old place. */
double Decider::preference(std::size_t column, std::size_t place) const {
    return decisions_[column].places[place].name_match;
}

/* The best assignment of different places to a group of columns; where another one is as good, nobody knows. */
void Decider::resolve(const std::vector<std::size_t> &group) {
    std::size_t combinations = 1;
    for (const std::size_t column : group)
        combinations = std::min(kMaxAssignments + 1, combinations * open_[column].size());
    if (combinations > kMaxAssignments) {
        for (const std::size_t column : group)
            decisions_[column].reason = "too many places have its known values";
        return;
    }
    std::vector<std::size_t> pick(group.size(), 0);
    double best_total = -1;
    std::vector<std::size_t> best;
    std::vector<std::map<std::size_t, double>> place_to_best(group.size()); /* best total with that place */
    for (std::size_t n = 0; n < combinations; ++n) {
        if (n % 64 == 0)
            Interrupt::poll();
        double total = 0;
        bool is_valid = true;
        for (std::size_t i = 0; i < group.size() && is_valid; ++i) {
            total += preference(group[i], open_[group[i]][pick[i]]);
            for (std::size_t j = 0; j < i && is_valid; ++j)
                is_valid = column_to_slots_[group[i]][open_[group[i]][pick[i]]] !=
                               column_to_slots_[group[j]][open_[group[j]][pick[j]]] ||
                           may_share(group[i], group[j]);
        }
        if (is_valid) {
            for (std::size_t i = 0; i < group.size(); ++i) {
                double &known = place_to_best[i].try_emplace(open_[group[i]][pick[i]], -1).first->second;
                known = std::max(known, total);
            }
            if (total > best_total + 1e-9) {
                best_total = total;
                best = pick;
            }
        }
        for (std::size_t i = 0; i < group.size() && ++pick[i] == open_[group[i]].size(); ++i)
            pick[i] = 0;
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        const std::size_t column = group[i];
        if (best.empty()) {
            decisions_[column].reason = "other columns need the only places that have its known values";
            continue;
        }
        std::size_t place = open_[column][best[i]];
        double rival = -1;
        bool rival_is_wanted = is_wanted_by_others(column, column_to_slots_[column][place]);
        for (const auto &[other, total] : place_to_best[i])
            if (other != place) {
                rival = std::max(rival, total);
                rival_is_wanted = rival_is_wanted || is_wanted_by_others(column, column_to_slots_[column][other]);
            }
        const bool is_told_by_names = best_total - rival >= kNameMargin;
        if (!is_told_by_names && !rival_is_wanted) { /* copies of one datum: the best path will do */
            for (const std::size_t other : open_[column])
                if (decisions_[column].places[other].path.cost < decisions_[column].places[place].path.cost &&
                    preference(column, other) >= preference(column, place) - 1e-9)
                    place = other;
        }
        choose(column, place);
        if (is_told_by_names ||
            (!rival_is_wanted && decisions_[column].places.front().agreement.distinct >= kTellingValues))
            continue;
        decisions_[column].confidence = std::min(decisions_[column].confidence, kUnsure);
        decisions_[column].reason = "several places have its known values and their names do not tell which is meant";
    }
}

/* Makes the place the first one and the answer. */
void Decider::choose(std::size_t column, std::size_t place) {
    ColumnDecision &decision = decisions_[column];
    const double judged = decision.is_found ? decision.confidence : 1.0;
    decision.is_found = true;
    std::rotate(decision.places.begin(), decision.places.begin() + static_cast<std::ptrdiff_t>(place),
                decision.places.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    std::rotate(column_to_slots_[column].begin(), column_to_slots_[column].begin() + static_cast<std::ptrdiff_t>(place),
                column_to_slots_[column].begin() + static_cast<std::ptrdiff_t>(place) + 1);
    open_[column] = {0};
    chosen_[column] = 0;
    decision.confidence = std::min(judged, strength_of(decision.places.front()));
    if (decision.confidence < 0.7 && decision.reason.empty())
        decision.reason = "too few known values to be sure";
}

/* Two columns at one place that had two places: one of them is wrong. */
void Decider::reject_shared() {
    for (std::size_t a = 0; a < decisions_.size(); ++a)
        for (std::size_t b = a + 1; b < decisions_.size(); ++b) {
            if (!decisions_[a].is_found || !decisions_[b].is_found ||
                !same_place(decisions_[a].places.front(), decisions_[b].places.front()) || may_share(a, b))
                continue;
            for (const std::size_t column : {a, b}) {
                decisions_[column].confidence = std::min(decisions_[column].confidence, kUnsure);
                decisions_[column].reason = "the only place with its known values is also that of column \"" +
                                            evidence_.wrapper().columns[column == a ? b : a].name + "\"";
            }
        }
}

/* A sibling that other pages may leave out moves what comes after it. */
bool Decider::may_vanish(std::size_t aligned, NodeId sibling, std::size_t column) const {
    const Document &page = evidence_.new_page(evidence_.records()[level_.aligned[aligned].record].pair);
    for (std::size_t other = 0; other < decisions_.size(); ++other) {
        if (other == column || !decisions_[other].is_found)
            continue;
        const NodeRef ref = decisions_[other].places.front().refs[aligned];
        if (ref.node < sibling || ref.node >= page.end_of(sibling))
            continue;
        const Agreement &agreement = decisions_[other].places.front().agreement;
        if (evidence_.wrapper().columns[other].required || agreement.both_null > 0)
            return false;
    }
    return true;
}

bool Decider::is_rigid(std::size_t column) const {
    const Place &place = decisions_[column].places.front();
    std::optional<std::string> shape;
    std::size_t compared = 0;
    for (std::size_t i = 0; i < level_.aligned.size(); ++i) {
        if (place.refs[i].node == kNoNode)
            continue;
        const Document &page = evidence_.new_page(evidence_.records()[level_.aligned[i].record].pair);
        std::string own;
        for (NodeId node = place.refs[i].node; node > 0 && node != level_.aligned[i].element;
             node = page.parent(node)) {
            own += "|";
            for (NodeId sibling = page.first_child(page.parent(node)); sibling != kNoNode;
                 sibling = page.next_sibling(sibling)) {
                if (!page.is_element(sibling))
                    continue;
                own += std::string(page.name(sibling)) + " ";
                if (i == 0 && sibling < node && page.name_id(sibling) == page.name_id(node) &&
                    may_vanish(i, sibling, column))
                    return false;
            }
        }
        if (!shape)
            shape = own;
        else if (*shape != own)
            return false;
        ++compared;
    }
    return compared >= kRigidRecords;
}

void Decider::check_shifting(std::size_t column) {
    ColumnDecision &decision = decisions_[column];
    if (!decision.places.front().path.shifts || is_rigid(column))
        return;
    decision.confidence = std::min(decision.confidence, kShiftingConfidence);
    if (decision.reason.empty())
        decision.reason = "only its position tells it from its siblings, and those may be missing elsewhere";
}

} // namespace

std::vector<ColumnDecision> decide_columns(Evidence &evidence, const RecordLevel &level) {
    return Decider(evidence, level).run();
}

} // namespace webwrap
