#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"

namespace webwrap {

/* One page of a report: what of it is looked at. */
struct ReportSide {
    const Document *page = nullptr;
    std::vector<NodeId> records; /* elements of the row pattern */
    std::vector<NodeId> targets; /* elements that the pattern selects, in document order */
};

/* Nodes known to correspond: indexes into `records` of both sides. */
struct RecordPair {
    std::size_t old_record = 0;
    std::size_t new_record = 0;
};

struct ReportRegions {
    std::string old_html;
    std::string new_html;
    std::size_t pairs = 0; /* nodes that are marked as corresponding */
};

/* The region of both pages around the targets, as lists of escaped markup without anything live: a line for each tag or text,
 * indented by depth, bounded. Lines of corresponding nodes have ids old-N and new-N, the same colour (custom property --h, a hue),
 * and link to each other. Nodes correspond as targets and records of a pair, else by flexible matching, first inside pairs of
 * records, then of whole pages. Polls. */
[[nodiscard]] ReportRegions report_regions(const ReportSide &old_side, const ReportSide &new_side,
                                           const std::vector<RecordPair> &record_pairs, const Limits &limits);

} // namespace webwrap
