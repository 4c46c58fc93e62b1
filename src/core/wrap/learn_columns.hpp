#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/error.hpp"
#include "core/wrap/example_spots.hpp"
#include "core/wrap/place_choice.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

struct LearnedColumn {
    Column column;
    NodeRef ref;             /* in the first example record that has it */
    std::size_t present = 0; /* rows that have a value */
    bool is_positional = false;
};

struct LearnedColumns {
    std::vector<LearnedColumn> columns; /* in the page's order; those before the failure */
    std::optional<Error> failure;       /* why a column has no place, or more than one */
    bool is_ambiguous = false;          /* more than one, or two notations */
};

/* Learns the columns of records whose rows are known. The finders and what the view refers to must outlive it. */
class ColumnLearner {
  public:
    ColumnLearner(RecordView view, ValueFinder &finder, const SpotFinder &spots)
        : view_(std::move(view)), finder_(finder), spots_(spots) {}

    /* `heads` are the rows of the example records. Columns that could have several places take what others leave. Polls. */
    [[nodiscard]] LearnedColumns learn(const std::vector<ExampleRecord> &examples, const std::vector<NodeId> &heads);

  private:
    struct Pending {
        std::string name;
        std::vector<ColumnPlace> places; /* that are equally good */
    };
    [[nodiscard]] std::vector<ColumnPlace> rivals_of(std::vector<ColumnPlace> places) const;
    void learn_scalar(const std::string &name, const std::vector<ColumnExample> &examples);
    void learn_several(const std::string &name, const std::vector<ColumnExample> &examples);
    [[nodiscard]] std::optional<LearnedColumn>
    nested_column(const std::string &name, const std::vector<ColumnExample> &examples, std::optional<Error> &failure);
    void settle();
    void fail_ambiguous(Error failure);
    void take(const std::string &name, const ColumnPlace &place);
    [[nodiscard]] std::vector<Spot> spots_in(const std::string &name, const ExampleValue &value, NodeId head) const;

    RecordView view_;
    ValueFinder &finder_;
    const SpotFinder &spots_;
    std::vector<Pending> pending_;
    LearnedColumns learned_;
};

} // namespace webwrap
