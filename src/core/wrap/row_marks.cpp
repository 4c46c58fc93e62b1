#include "core/wrap/row_marks.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxMarkBytes = 60;
constexpr std::size_t kMaxMarks = 12;
constexpr int kMaxSteps = 8; /* levels between the element and its mark */
constexpr int kMarkCost = 9;

/* "./div/span[normalize-space(.)='Genre']" for each short text inside the element. */
std::set<std::string> marks_of(const Document &page, NodeId element) {
    std::set<std::string> marks;
    for (NodeId node = element + 1; node < page.end_of(element); ++node) {
        if (!page.is_element(node) || page.subtree_size(node) != 2)
            continue;
        const std::string text = fold_space(page.string_value(node));
        if (text.empty() || text.size() > kMaxMarkBytes || !has_letter_or_digit(text))
            continue;
        std::string steps;
        int count = 0;
        for (NodeId at = node; at != element && count <= kMaxSteps; at = page.parent(at), ++count)
            steps = "/" + std::string(page.name(at)) + steps;
        if (count <= kMaxSteps)
            marks.insert("." + steps + "[normalize-space(.)=" + xpath_literal(text) + "]");
    }
    return marks;
}

} // namespace

std::vector<PathCandidate> marked_paths(std::span<const ElementSet> sets) {
    std::set<std::string> common;
    std::string tag;
    for (const ElementSet &set : sets)
        for (const NodeId element : set.elements) {
            Interrupt::poll();
            std::set<std::string> marks = marks_of(*set.document, element);
            if (tag.empty()) {
                tag = set.document->name(element);
                common = std::move(marks);
            } else if (tag != set.document->name(element)) {
                return {};
            } else {
                std::erase_if(common, [&marks](const std::string &mark) { return !marks.contains(mark); });
            }
            if (common.empty())
                return {};
        }
    std::vector<PathCandidate> paths;
    for (const std::string &mark : common)
        paths.push_back({"//" + tag + "[" + mark + "]",
                         kMarkCost + static_cast<int>(std::count(mark.begin(), mark.end(), '/')), false});
    std::stable_sort(paths.begin(), paths.end(), [](const auto &a, const auto &b) { return a.cost < b.cost; });
    if (paths.size() > kMaxMarks)
        paths.resize(kMaxMarks);
    return paths;
}

} // namespace webwrap
