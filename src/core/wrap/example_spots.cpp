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
std::vector<Spot> without_outer_parts(const Document &page, std::vector<Spot> spots) {
    std::vector<Spot> kept;
    for (std::size_t i = 0; i < spots.size(); ++i) {
        const NodeRef ref = spots[i].ref;
        const bool has_inner =
            !ref.is_attribute() &&
            std::any_of(spots.begin() + static_cast<std::ptrdiff_t>(i) + 1, spots.end(), [&](const Spot &later) {
                return !later.ref.is_attribute() && later.ref.node > ref.node && later.ref.node < page.end_of(ref.node);
            });
        if (!spots[i].is_part || !has_inner)
            kept.push_back(spots[i]);
    }
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

std::vector<Spot> SpotFinder::find(const std::string &column, const ExampleValue &value) const {
    if (value.kind == ExampleValue::Kind::kXPath)
        return find_node(column, value.text);
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
    spots = without_outer_parts(page_, std::move(spots));
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
