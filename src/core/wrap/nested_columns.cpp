#include "core/wrap/nested_columns.hpp"

#include <algorithm>
#include <memory>

#include "core/base/interrupt.hpp"
#include "core/wrap/priorities.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxPairs = 200;  /* records that show where their sub-records are; all of them check it */
constexpr double kKeptConfidence = 0.9; /* of a column that still gives all known values */

/* What is inside an element as a page of its own: XPaths relative to the element are relative to its document node. */
std::unique_ptr<Document> page_inside(const Document &page, NodeId element, const Limits &limits) {
    DocumentBuilder builder(limits);
    std::vector<NodeId> open; /* ends of the elements that are open */
    for (NodeId node = element + 1; node < page.end_of(element); ++node) {
        for (; !open.empty() && open.back() <= node; open.pop_back())
            builder.close_element();
        if (page.kind(node) == NodeKind::kText) {
            builder.add_text(page.text(node));
        } else if (page.is_element(node)) {
            builder.open_element(page.name(node));
            open.push_back(page.end_of(node));
            for (std::int32_t at = page.first_attribute(node); at < page.first_attribute(node + 1); ++at)
                builder.add_attribute(page.name_text(page.attribute(at).name), page.attribute(at).value);
        }
    }
    return builder.finish(page.is_xml(), nullptr);
}

/* The column as a wrapper: its sub-records are the records. */
Wrapper wrapper_of(const Column &column) {
    Wrapper wrapper;
    wrapper.rows =
        RowPattern{column.xpath, column.min_occurs, column.max_occurs, column.min_children, column.max_children};
    wrapper.columns = column.columns;
    return wrapper;
}

/* Pages inside the records: both sides, kept alive. */
struct InnerPages {
    std::vector<std::unique_ptr<Document>> documents;
    std::vector<PagePair> pairs;
};

InnerPages inner_pages(const Evidence &evidence, const RecordLevel &level, std::size_t column) {
    InnerPages inner;
    for (const AlignedRecord &aligned : level.aligned) {
        if (inner.pairs.size() == kMaxPairs)
            break;
        const KnownRecord &record = evidence.records()[aligned.record];
        if (record.nodes[column].empty())
            continue;
        Interrupt::poll();
        const auto add = [&](const Document &page, NodeId element) {
            return inner.documents.emplace_back(page_inside(page, element, evidence.limits())).get();
        };
        const Document *before = add(evidence.old_page(record.pair), record.row.node);
        inner.pairs.push_back({before, add(evidence.new_page(record.pair), aligned.element), false});
    }
    return inner;
}

/* Whether the column reads on the new pages what it reads on the old ones. */
bool still_reads(const Column &column, std::span<const PagePair> pairs, const Limits &limits) {
    Wrapper wrapper;
    wrapper.columns = {column};
    const Extractor extractor(wrapper);
    const auto value_on = [&](const Document &page) {
        return extractor.extract(page, limits).records.front().cells.front().value;
    };
    return !pairs.empty() && std::ranges::all_of(pairs, [&](const PagePair &pair) {
        Interrupt::poll();
        return value_on(*pair.old_page) == value_on(*pair.new_page);
    });
}

} // namespace

NestedAdaptation adapt_nested(const Evidence &evidence, const RecordLevel &level, std::size_t column,
                              const AdaptOptions &options) {
    NestedAdaptation nested;
    nested.column = evidence.wrapper().columns[column];
    const std::string &name = nested.column.name;
    AdaptOptions own = options;
    own.patterns.clear();
    own.threshold = options.threshold_of(name);
    own.similarity_threshold = options.similarity_threshold_of(name);
    const bool has_rows = evidence.wrapper().rows.has_value();
    InnerPages inner;
    if (has_rows)
        inner = inner_pages(evidence, level, column);
    const std::span<const PagePair> pairs = has_rows ? std::span<const PagePair>(inner.pairs) : evidence.pages();
    WrapperAdaptation adaptation = adapt_by_records(wrapper_of(nested.column), pairs, own,
                                                    {.keeps_rows = false, .structure = false}, evidence.limits());
    nested.patterns = std::move(adaptation.patterns);
    for (PatternAdaptation &pattern : nested.patterns) {
        const bool is_own = &pattern == &nested.patterns.front();
        if (is_own && has_rows && pattern.new_xpath != pattern.old_xpath && pattern.new_xpath.starts_with('/'))
            pattern.new_xpath.insert(pattern.new_xpath.begin(), '.'); /* from the top of an inner page */
        pattern.pattern = is_own ? name : name + "." + pattern.pattern;
    }
    const bool is_kept = still_reads(nested.column, pairs, evidence.limits());
    PatternAdaptation &whole = nested.patterns.front();
    for (PatternAdaptation &pattern : nested.patterns) {
        if (is_kept || !adaptation.is_sure)
            pattern.new_xpath = pattern.old_xpath;
        if (is_kept) {
            pattern.confidence = std::max(pattern.confidence, kKeptConfidence);
            pattern.reason.clear();
        }
        if (pattern.confidence < whole.confidence)
            whole.reason = pattern.pattern + ": " + pattern.reason;
        whole.confidence = std::min(whole.confidence, pattern.confidence);
    }
    if (adaptation.is_sure && !is_kept) {
        nested.column.xpath = whole.new_xpath;
        nested.column.columns = std::move(adaptation.wrapper.columns);
    }
    return nested;
}

} // namespace webwrap
