#include "core/wrap/evidence.hpp"

#include <algorithm>
#include <array>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/number.hpp"

namespace webwrap {

namespace {

constexpr ValueId kUnread = -2;
constexpr std::size_t kMinTextBytes = 256;   /* texts up to here are always looked at */
constexpr std::size_t kMaxTextBytes = 16384; /* longer ones never: no cell is that long on purpose */
constexpr int kPollEvery = 256;

/* For each node the number of bytes of text below it. */
std::vector<std::size_t> text_sizes(const Document &document) {
    std::vector<std::size_t> sizes(static_cast<std::size_t>(document.size()), 0);
    for (NodeId node = document.size() - 1; node > 0; --node) {
        const auto at = static_cast<std::size_t>(node);
        if (document.kind(node) == NodeKind::kText)
            sizes[at] = document.text(node).size();
        sizes[static_cast<std::size_t>(document.parent(node))] += sizes[at];
    }
    return sizes;
}

/* True for a text node that shares its parent with elements. */
bool stands_between_elements(const Document &document, NodeId text) {
    return document.subtree_size(document.parent(text)) > 2;
}

} // namespace

bool is_hidden_content(std::string_view tag) {
    constexpr std::array<std::string_view, 4> kHidden{"script", "style", "template", "noscript"};
    return std::find(kHidden.begin(), kHidden.end(), tag) != kHidden.end();
}

PageIndex::PageIndex(const Document &document, std::size_t max_text_bytes) : document_(&document) {
    const std::vector<std::size_t> sizes = text_sizes(document);
    for (NodeId node = 1; node < document.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (document.kind(node) == NodeKind::kComment)
            continue;
        if (document.is_element(node) && is_hidden_content(document.name(node))) {
            node = document.end_of(node) - 1;
            continue;
        }
        const std::size_t size = sizes[static_cast<std::size_t>(node)];
        if (size > 0 && size <= max_text_bytes &&
            (document.is_element(node) || stands_between_elements(document, node)))
            add({node, -1}, fold_space(document.string_value(node)));
        if (!document.is_element(node))
            continue;
        for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at) {
            const Attribute &attribute = document.attribute(at);
            const std::string_view name = document.name_text(attribute.name);
            if (name != "class" && name != "style" && attribute.value.size() <= max_text_bytes)
                add({node, at}, fold_space(attribute.value));
        }
    }
}

void PageIndex::add(NodeRef ref, std::string text) {
    if (text.empty())
        return;
    const auto [found, is_new] = text_to_id_.try_emplace(std::move(text), static_cast<TextId>(texts_.size()));
    if (is_new)
        texts_.push_back(found->first);
    items_.push_back({ref, found->second});
}

std::span<const PageItem> PageIndex::items_in(NodeId first, NodeId end) const {
    const auto before = [](const PageItem &item, NodeId node) { return item.ref.node < node; };
    const auto from = std::lower_bound(items_.begin(), items_.end(), first, before);
    const auto to = std::lower_bound(from, items_.end(), end, before);
    return {from, to};
}

ColumnValues::ColumnValues(const Column &column) : column_(&column), reader_(column) {}

ValueId ColumnValues::intern(const std::string &canonical) {
    const bool is_number = column_->type == CellType::kInteger || column_->type == CellType::kNumeric;
    std::string key = is_number && column_->columns.empty() ? normal_number(canonical) : canonical;
    const auto [found, is_new] = value_to_id_.try_emplace(std::move(key), static_cast<ValueId>(values_.size()));
    if (is_new)
        values_.push_back(canonical);
    return found->second;
}

ValueId ColumnValues::read(const std::string &text) {
    const auto [found, is_new] = text_to_value_.try_emplace(text, kNoValue);
    if (!is_new)
        return found->second;
    const CellValue value = reader_.read(text);
    ValueId id = kNullValue;
    if (!value.problem.empty())
        id = kNoValue;
    else if (value.text)
        id = intern(*value.text);
    return found->second = id;
}

ValueId ColumnValues::read_nodes(const Document &document, const Selection &selection) {
    if (!selection.is_node_set)
        return read(fold_space(selection.value));
    if (column_->max_occurs >= 0 && selection.nodes.size() > static_cast<std::size_t>(column_->max_occurs))
        return kNoValue;
    if (selection.nodes.size() == 1)
        return read(fold_space(string_value(document, selection.nodes.front())));
    std::string joined;
    std::size_t count = 0;
    for (const NodeRef &node : selection.nodes) {
        const ValueId id = read(fold_space(string_value(document, node)));
        if (id == kNoValue)
            return kNoValue;
        if (id == kNullValue)
            continue;
        joined += (count++ == 0 ? "" : column_->separator) + value(id);
    }
    if (count > 1 && column_->type != CellType::kText)
        return kNoValue;
    return count == 0 ? kNullValue : intern(joined);
}

Evidence::Evidence(const Wrapper &wrapper, std::span<const PagePair> pages, const Limits &limits)
    : wrapper_(&wrapper), pages_(pages), limits_(limits) {
    columns_.reserve(wrapper.columns.size());
    for (const Column &column : wrapper.columns)
        columns_.emplace_back(column);
    const Extractor extractor(wrapper);
    for (std::size_t pair = 0; pair < pages.size(); ++pair)
        read_records(pair, extractor);
    std::size_t longest = kMinTextBytes;
    for (const KnownRecord &record : records_)
        for (const std::vector<NodeRef> &nodes : record.nodes)
            for (const NodeRef &node : nodes)
                longest = std::max(longest, 2 * string_value(old_page(record.pair), node).size());
    longest = std::min(longest, kMaxTextBytes);
    for (std::size_t pair = 0; pair < pages.size(); ++pair) {
        indexes_.push_back(std::make_unique<PageIndex>(new_page(pair), longest));
        text_to_value_.emplace_back(wrapper.columns.size(),
                                    std::vector<ValueId>(indexes_.back()->text_count(), kUnread));
    }
}

void Evidence::read_records(std::size_t pair, const Extractor &extractor) {
    Extraction extraction = extractor.extract(old_page(pair), limits_, true);
    for (Record &record : extraction.records) {
        KnownRecord known;
        known.pair = pair;
        known.row = record.row;
        for (std::size_t column = 0; column < record.cells.size(); ++column) {
            Cell &cell = record.cells[column];
            known.values.push_back(cell.value ? columns_[column].intern(*cell.value) : kNullValue);
            std::vector<ValueId> parts;
            if (cell.nodes.size() > 1 && columns_[column].column().columns.empty())
                for (const NodeRef &node : cell.nodes)
                    parts.push_back(columns_[column].read(fold_space(string_value(old_page(pair), node))));
            known.parts.push_back(std::move(parts));
            known.nodes.push_back(std::move(cell.nodes));
        }
        records_.push_back(std::move(known));
    }
}

ValueId Evidence::value_of(std::size_t pair, std::size_t column, TextId text) {
    ValueId &known = text_to_value_[pair][column][static_cast<std::size_t>(text)];
    if (known == kUnread)
        known = columns_[column].read(indexes_[pair]->text(text));
    return known;
}

} // namespace webwrap
