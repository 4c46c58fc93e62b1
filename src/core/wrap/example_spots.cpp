#include "core/wrap/example_spots.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxTextBytes = 16384;

/* True for attributes that hold content, as opposed to those that say how it looks or works. */
bool holds_content(std::string_view name) {
    constexpr std::array<std::string_view, 10> kContent{"alt",   "aria-label", "content", "datetime", "href",
                                                        "label", "src",        "title",   "value",    "data"};
    return name.starts_with("data-") || std::find(kContent.begin(), kContent.end(), name) != kContent.end();
}

/* Parts of texts count where no element or text inside has the value, too. */
std::vector<Spot> without_outer_parts(const Document &page, const std::vector<Spot> &spots) {
    std::vector<Spot> kept;
    NodeId next = kNoNode; /* the spot after it that is no attribute */
    for (auto spot = spots.rbegin(); spot != spots.rend(); ++spot) {
        const NodeId node = spot->ref.node;
        if (!spot->is_part || spot->ref.is_attribute() || next == kNoNode || next >= page.end_of(node))
            kept.push_back(*spot);
        if (!spot->ref.is_attribute())
            next = node;
    }
    std::reverse(kept.begin(), kept.end());
    return kept;
}

} // namespace

std::string describe_example(const ExampleValue &value) {
    return value.kind == ExampleValue::Kind::kText ? "\"" + abbreviate(value.text, 60) + "\""
                                                   : abbreviate(value.text, 60);
}

SpotFinder::SpotFinder(const Document &page, ValueFinder &finder, const Limits &limits)
    : page_(page), finder_(finder), limits_(limits), index_(page, kMaxTextBytes) {
    for (NodeId node = 1; node < page.size() && body_ == kNoNode; ++node)
        if (page.is_element(node) && page.name(node) == "body")
            body_ = node;
}

const std::vector<Spot> &SpotFinder::find(const std::string &column, const ExampleValue &value) const {
    const auto [known, is_new] = known_.try_emplace({value.kind, value.text});
    if (is_new)
        known->second =
            value.kind == ExampleValue::Kind::kXPath ? find_node(column, value.text) : find_value(column, value);
    return known->second;
}

std::vector<Spot> SpotFinder::find_value(const std::string &column, const ExampleValue &value) const {
    std::vector<Holds> text_to_holds;
    for (std::size_t text = 0; text < index_.text_count(); ++text) {
        if (text % 256 == 0)
            Interrupt::poll();
        text_to_holds.push_back(finder_.holds(value, index_.text(static_cast<TextId>(text))));
    }
    std::vector<Spot> spots;
    for (const PageItem &item : index_.items()) {
        if (item.ref.is_attribute() && !holds_content(page_.name_text(page_.attribute(item.ref.attribute).name)))
            continue;
        const Holds holds = text_to_holds[static_cast<std::size_t>(item.text)];
        /* A part of an address or a style is no value that anybody sees. */
        if (holds == Holds::kWhole || (holds == Holds::kPart && !item.ref.is_attribute()))
            spots.push_back({item.ref, holds == Holds::kPart});
    }
    spots = without_outer_parts(page_, spots);
    if (body_ != kNoNode && std::any_of(spots.begin(), spots.end(), [&](const Spot &s) { return s.ref.node > body_; }))
        std::erase_if(spots, [&](const Spot &spot) { return spot.ref.node <= body_; });
    if (spots.empty())
        throw Error(ErrorKind::kInvalidArgument,
                    "example of column \"" + abbreviate(column, 60) + "\" is not on the page",
                    "No text or attribute holds " + describe_example(value) + ".",
                    "Give the value as the page has it, or name its node as {\"xpath\": \"...\"}.");
    return spots;
}

std::vector<Spot> SpotFinder::find_node(const std::string &column, const std::string &xpath) const {
    const Selection selection = XPath(xpath).evaluate(page_, 0, limits_);
    const bool is_node = selection.is_node_set && selection.nodes.size() == 1 && selection.nodes.front().node > 0;
    if (!is_node)
        throw Error(ErrorKind::kInvalidArgument,
                    "XPath of the example of column \"" + abbreviate(column, 60) + "\" does not select one node",
                    selection.is_node_set ? "It selects " + std::to_string(selection.nodes.size()) + " nodes."
                                          : "It gives a value.",
                    "An example names the node of one record, such as (//h3)[1].");
    return {{selection.nodes.front(), false}};
}

} // namespace webwrap
