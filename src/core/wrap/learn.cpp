#include "core/wrap/learn.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/example_spots.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/learn_columns.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMinRequiredRows = 3; /* fewer do not show that a value is never missing */
constexpr std::size_t kMaxSizeRatio = 2;    /* a container this much larger than the closest one is another thing */

constexpr std::size_t kAmbiguousRank = 1000; /* an ambiguous column says more than one without a place */
constexpr double kFilledShare = 0.8;         /* of the records have a value in some column of a list */
constexpr double kMeanFilledShare = 0.6;     /* or in all of them on average */

/* A site that explains all examples. */
struct Outcome {
    const RecordSite *site;
    std::vector<NodeId> rows;
    Wrapper wrapper;
};

class WrapperLearner {
  public:
    WrapperLearner(const Document &page, const std::vector<ExampleRecord> &examples, const Limits &limits)
        : page_(page), examples_(examples), limits_(limits), finder_(page), spots_(page, finder_, limits) {}

    Wrapper learn();

  private:
    void find_spots();
    void collect_spots(const std::string &column, const ExampleValue &value, std::vector<ValueSpots> &found);
    std::optional<Outcome> try_site(const RecordSite &site);
    [[nodiscard]] bool gives_examples(const Outcome &outcome) const;
    [[noreturn]] void throw_unexplained() const;
    [[noreturn]] void throw_several(const Outcome &a, const Outcome &b) const;
    [[nodiscard]] bool is_inside_outcome(const RecordSite &site, const std::vector<Outcome> &outcomes) const;
    [[nodiscard]] bool is_same_list(const Outcome &a, const Outcome &b) const;

    const Document &page_;
    const std::vector<ExampleRecord> &examples_;
    Limits limits_;
    ValueFinder finder_;
    SpotFinder spots_;
    std::vector<std::vector<ValueSpots>> found_; /* by record: all values, nested ones too */
    std::optional<Error> failure_;               /* of the site that came furthest */
    std::size_t failure_rank_ = 0;
    bool is_ambiguous_ = false; /* some list explains the examples in several ways */
};

void WrapperLearner::collect_spots(const std::string &column, const ExampleValue &value,
                                   std::vector<ValueSpots> &found) {
    if (value.kind == ExampleValue::Kind::kNull)
        return;
    if (value.is_scalar())
        found.push_back({column, spots_.find(column, value), value.kind == ExampleValue::Kind::kXPath});
    for (const ExampleValue &item : value.items)
        collect_spots(column, item, found);
    for (const ExampleRecord &record : value.records)
        for (const auto &[name, nested] : record.values)
            collect_spots(column + "." + name, nested, found);
}

void WrapperLearner::find_spots() {
    for (const ExampleRecord &record : examples_) {
        std::vector<ValueSpots> found;
        for (const auto &[name, value] : record.values)
            collect_spots(name, value, found);
        if (found.empty())
            throw Error(ErrorKind::kInvalidArgument, "an example record has no value", {},
                        "Leave records out that have only null.");
        found_.push_back(std::move(found));
    }
}

std::optional<Outcome> WrapperLearner::try_site(const RecordSite &site) {
    Outcome outcome;
    outcome.site = &site;
    if (site.is_page) {
        outcome.rows = {0};
    } else {
        RowChoice choice = choose_rows(page_, site, limits_);
        if (choice.xpath.empty() || choice.rows.size() < 2)
            return std::nullopt;
        outcome.rows = std::move(choice.rows);
        outcome.wrapper.rows = RowPattern{std::move(choice.xpath), 1, -1};
    }
    const RecordView view{&page_, &site, outcome.rows, limits_, {}};
    ColumnLearner learner(view, finder_, spots_);
    LearnedColumns learned = learner.learn(examples_, site.heads);
    if (learned.failure) {
        const std::size_t rank = learned.columns.size() + (learned.is_ambiguous ? kAmbiguousRank : 0);
        is_ambiguous_ = is_ambiguous_ || learned.is_ambiguous;
        if (!failure_ || rank > failure_rank_) {
            failure_ = std::move(learned.failure);
            failure_rank_ = rank;
        }
        return std::nullopt;
    }
    double filled = 0;
    bool is_positional = false, is_filled = site.is_page || examples_.size() > 1;
    for (LearnedColumn &one : learned.columns) {
        const double share = static_cast<double>(one.present) / static_cast<double>(outcome.rows.size());
        is_filled = is_filled || share >= kFilledShare;
        filled += share / static_cast<double>(learned.columns.size());
        one.column.required =
            one.present == outcome.rows.size() && (site.is_page || outcome.rows.size() >= kMinRequiredRows);
        is_positional = is_positional || one.is_positional;
        outcome.wrapper.columns.push_back(std::move(one.column));
    }
    is_filled = is_filled || filled >= kMeanFilledShare;
    /* Where a list was not understood, positions on the page are no understanding either. */
    if (!is_filled || (site.is_page && is_positional && failure_) || !gives_examples(outcome))
        return std::nullopt;
    return outcome;
}

/* Runs the wrapper as whoever uses it will. */
bool WrapperLearner::gives_examples(const Outcome &outcome) const {
    const Extraction extraction = Extractor(outcome.wrapper).extract(page_, limits_);
    if (!extraction.violations.empty())
        return false;
    for (std::size_t i = 0; i < examples_.size(); ++i) {
        const auto record = std::find_if(extraction.records.begin(), extraction.records.end(),
                                         [&](const Record &one) { return one.row.node == outcome.site->heads[i]; });
        if (record == extraction.records.end())
            return false;
        for (std::size_t column = 0; column < outcome.wrapper.columns.size(); ++column) {
            const Column &learned = outcome.wrapper.columns[column];
            const ExampleValue *value = examples_[i].find(learned.name);
            if (value != nullptr && value->is_scalar() && !agrees(*value, record->cells[column].value, learned.type))
                return false;
        }
    }
    return true;
}

bool WrapperLearner::is_same_list(const Outcome &a, const Outcome &b) const {
    if (a.site->is_page && b.site->is_page)
        return true;
    if (a.site->is_page || b.site->is_page)
        return false;
    /* One list at two levels. */
    const NodeId head_a = a.site->heads.front(), head_b = b.site->heads.front();
    if ((head_a <= head_b && head_b < page_.end_of(head_a)) || (head_b <= head_a && head_a < page_.end_of(head_b)))
        return true;
    /* One record's value may be another's; it is the same column of the list then, or it is not. */
    return std::binary_search(a.rows.begin(), a.rows.end(), head_b) &&
           std::equal(a.wrapper.columns.begin(), a.wrapper.columns.end(), b.wrapper.columns.begin(),
                      b.wrapper.columns.end(),
                      [](const Column &x, const Column &y) { return x.name == y.name && x.xpath == y.xpath; });
}

void WrapperLearner::throw_several(const Outcome &a, const Outcome &b) const {
    const auto name = [](const Outcome &one) {
        return one.wrapper.rows ? one.wrapper.columns.front().xpath + " of the list " + one.wrapper.rows->xpath
                                : one.wrapper.columns.front().xpath + " of a single record";
    };
    throw Error(ErrorKind::kInvalidArgument,
                "examples fit more than one place: column \"" + abbreviate(a.wrapper.columns.front().name, 60) + "\"",
                "They are " + name(a) + " and " + name(b) + ".",
                "Add a second record of the list, or another column that stands next to \"" +
                    abbreviate(a.wrapper.columns.front().name, 60) + "\", or name the node as {\"xpath\": \"...\"}.");
}

void WrapperLearner::throw_unexplained() const {
    if (failure_)
        throw *failure_;
    const std::string columns = [&] {
        std::string names;
        for (const std::string &name : column_names(examples_))
            names += (names.empty() ? "\"" : ", \"") + abbreviate(name, 60) + "\"";
        return names;
    }();
    throw Error(ErrorKind::kInvalidArgument, "no common structure explains the examples", "Columns: " + columns + ".",
                examples_.size() > 1 ? "Give records of one list, each of another element of it."
                                     : "Name the nodes as {\"xpath\": \"...\"}, or add a second record of the list.");
}

/* True where the same record holds its values twice, as a text and an attribute perhaps. */
bool WrapperLearner::is_inside_outcome(const RecordSite &site, const std::vector<Outcome> &outcomes) const {
    return std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome &one) {
        const NodeId head = one.site->heads.front();
        return !one.site->is_page && site.container >= head &&
               site.container < one.site->end_of_record(page_, head, one.rows);
    });
}

Wrapper WrapperLearner::learn() {
    find_spots();
    const std::vector<RecordSite> sites = record_sites(page_, found_);
    std::vector<Outcome> outcomes;
    NodeId done = kNoNode; /* container that has an outcome */
    for (const RecordSite &site : sites) {
        Interrupt::poll();
        if (site.container == done || (site.is_page && is_ambiguous_) || is_inside_outcome(site, outcomes))
            continue;
        if (!outcomes.empty()) {
            const RecordSite &first = *outcomes.front().site;
            if (site.parts > first.parts ||
                page_.subtree_size(site.container) >
                    static_cast<NodeId>(kMaxSizeRatio) * std::max(page_.subtree_size(first.container), NodeId{3}))
                break;
        }
        std::optional<Outcome> outcome = try_site(site);
        if (!outcome)
            continue;
        done = site.container;
        if (!outcomes.empty() && !is_same_list(outcomes.front(), *outcome))
            throw_several(outcomes.front(), *outcome);
        outcomes.push_back(std::move(*outcome));
    }
    if (outcomes.empty() || is_ambiguous_)
        throw_unexplained();
    return std::move(outcomes.front().wrapper);
}

} // namespace

Wrapper learn_wrapper(const Document &page, const std::vector<ExampleRecord> &examples, const Limits &limits) {
    return WrapperLearner(page, examples, limits).learn();
}

} // namespace webwrap
