#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/wrap/evidence.hpp"
#include "core/wrap/examples.hpp"
#include "core/wrap/reading.hpp"
#include "core/wrap/record_sites.hpp"

namespace webwrap {

/* Finds the nodes of a page that may hold example values. Visible text counts before the head of the page. */
class SpotFinder {
  public:
    SpotFinder(const Document &page, ValueFinder &finder, const Limits &limits);

    /* Of a scalar that is not null; throws kInvalidArgument, naming the column, when there are none. */
    [[nodiscard]] const std::vector<Spot> &find(const std::string &column, const ExampleValue &value) const;

  private:
    [[nodiscard]] std::vector<Spot> find_value(const std::string &column, const ExampleValue &value) const;
    [[nodiscard]] std::vector<Spot> find_node(const std::string &column, const std::string &xpath) const;

    const Document &page_;
    ValueFinder &finder_;
    Limits limits_;
    PageIndex index_;
    NodeId body_ = kNoNode;
    mutable std::map<std::pair<ExampleValue::Kind, std::string>, std::vector<Spot>> known_;
};

/* A value for messages. */
[[nodiscard]] std::string describe_example(const ExampleValue &value);

} // namespace webwrap
