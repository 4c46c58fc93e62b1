#include "core/separate/record_lists.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/visible_text.hpp"
#include "core/separate/separation.hpp"

namespace webwrap {

namespace {

constexpr std::string_view kNoElement = "its records have no element";
constexpr std::size_t kMinNestedTurns = 4; /* in a record on average: fewer are its fields */

/* A turn of an iteration and the bytes of the page that it stands for. */
struct Turn {
    std::int32_t iteration = 0;
    std::size_t parent = kNoTurn; /* the turn around it */
    std::size_t begin_bytes = 0, end_bytes = 0;

    static constexpr std::size_t kNoTurn = static_cast<std::size_t>(-1);
};

class TurnCollector final : public RestoreObserver {
  public:
    void begin_turn(std::int32_t iteration, const TemplateData &, const std::string &page) override {
        turns.push_back({iteration, open_.empty() ? Turn::kNoTurn : open_.back(), page.size(), page.size()});
        open_.push_back(turns.size() - 1);
    }
    void end_turn(const std::string &page) override {
        turns[open_.back()].end_bytes = page.size();
        open_.pop_back();
    }

    std::vector<Turn> turns;

  private:
    std::vector<std::size_t> open_;
};

bool is_cell(std::string_view tag) { return tag == "td" || tag == "th"; }

class ListFinder {
  public:
    ListFinder(const Document &page, std::string_view html, std::size_t min_records, const Limits &limits)
        : page_(page), html_(html), min_records_(min_records), limits_(limits) {}

    std::vector<RecordList> find();

  private:
    void find_tables();
    void add_table(NodeId table);
    [[nodiscard]] bool spans(NodeId row) const;
    void find_iterations();
    void add_list(const std::vector<std::size_t> &turns, bool is_nested);
    /* Appends the record that stands in the bytes; says what is wrong, or nothing. */
    [[nodiscard]] std::string add_record(const Turn &turn, RecordList &list) const;
    [[nodiscard]] bool is_in_table(NodeId node) const;

    const Document &page_;
    std::string_view html_;
    std::size_t min_records_;
    const Limits &limits_;
    std::vector<RecordList> lists_;
    std::vector<std::pair<NodeId, NodeId>> tables_; /* nodes [begin, end) of those with header cells */
    std::vector<Turn> turns_;
};

void ListFinder::add_table(NodeId table) {
    RecordList list;
    list.table = table;
    bool has_header = false;
    for (NodeId node = table + 1; node < page_.end_of(table); ++node) {
        if (!page_.is_element(node))
            continue;
        if (page_.name(node) == "table")
            return; /* around other tables: layout */
        if (page_.name(node) != "tr")
            continue;
        std::size_t cells = 0, headers = 0;
        for (NodeId cell = page_.first_child(node); cell != kNoNode; cell = page_.next_sibling(cell)) {
            cells += page_.is_element(cell) && is_cell(page_.name(cell)) ? 1 : 0;
            headers += page_.is_element(cell) && page_.name(cell) == "th" ? 1 : 0;
        }
        const bool is_header =
            list.heads.empty() && ((cells > 0 && cells == headers) || page_.name(page_.parent(node)) == "thead");
        has_header = has_header || (is_header && cells > 1);
        const bool is_band = cells == 1 && spans(node) && !list.heads.empty(); /* an advertisement, a section's title */
        if (is_header || cells == 0 || is_band)
            continue;
        if (spans(node))
            list.problem = "cells of its rows span several rows or columns";
        list.heads.push_back(node);
        list.ends.push_back(page_.end_of(node));
    }
    if (!has_header)
        return;
    tables_.emplace_back(table, page_.end_of(table));
    if (list.heads.size() >= min_records_)
        lists_.push_back(std::move(list));
}

/* True for a row with a cell that spans rows or columns. */
bool ListFinder::spans(NodeId row) const {
    for (NodeId cell = page_.first_child(row); cell != kNoNode; cell = page_.next_sibling(cell))
        for (const std::string_view name : {"colspan", "rowspan"})
            if (const std::string_view span = trim(page_.attribute_value(cell, name));
                page_.is_element(cell) && !span.empty() && span != "1")
                return true;
    return false;
}

void ListFinder::find_tables() {
    for (NodeId node = 1; node < page_.size(); ++node) {
        if ((node & 0xFFF) == 0)
            Interrupt::poll();
        if (page_.is_element(node) && page_.name(node) == "table" && page_.space(node) == NodeSpace::kHtml &&
            !is_layout_table(page_, node))
            add_table(node);
    }
}

std::string ListFinder::add_record(const Turn &turn, RecordList &list) const {
    const auto tokens = page_.source_tokens();
    auto token = std::ranges::lower_bound(tokens, turn.begin_bytes, {}, &SourceToken::begin_bytes);
    NodeId head = kNoNode, end = kNoNode;
    for (; token != tokens.end() && token->begin_bytes < turn.end_bytes; ++token) {
        const NodeId node = token->node;
        const bool is_text = token->kind == SourceToken::Kind::kText;
        if (node == kNoNode || (!is_text && token->kind != SourceToken::Kind::kStartTag))
            continue;
        if (node >= page_.size())
            return "its records are inside a template element";
        if (is_text && trim(page_.text(node)).empty())
            continue;
        if (node < end && node >= head)
            continue;
        if (head == kNoNode && is_text)
            return "its records begin with text that no element holds";
        if (head == kNoNode)
            head = node;
        else if (node < head || page_.parent(node) != page_.parent(head))
            return "the elements of a record are not next to each other";
        end = page_.end_of(node);
    }
    if (head == kNoNode)
        return std::string(kNoElement);
    if (!list.heads.empty() && head < list.ends.back())
        return "the elements of a record are not next to each other";
    list.heads.push_back(head);
    list.ends.push_back(end);
    return {};
}

bool ListFinder::is_in_table(NodeId node) const {
    return std::ranges::any_of(tables_,
                               [node](const auto &table) { return node >= table.first && node < table.second; });
}

void ListFinder::add_list(const std::vector<std::size_t> &turns, bool is_nested) {
    if (turns.size() < min_records_)
        return;
    RecordList list;
    list.is_nested = is_nested;
    for (const std::size_t turn : turns) {
        Interrupt::poll();
        list.problem = add_record(turns_[turn], list);
        if (!list.problem.empty())
            break;
    }
    if (list.heads.empty() && list.problem == kNoElement)
        return;
    if (!list.heads.empty() && (is_in_table(list.heads.front()) || is_cell(page_.name(list.heads.front()))))
        return;
    lists_.push_back(std::move(list));
}

void ListFinder::find_iterations() {
    const Separation separation = separate(html_, SeparationMethod::kRecords, {}, limits_);
    TurnCollector collector;
    (void)restore(separation.template_text, separation.data, &collector);
    turns_ = std::move(collector.turns);
    /* By iteration: the turns inside each turn of the iteration around it. */
    std::map<std::int32_t, std::map<std::size_t, std::vector<std::size_t>>> iterations;
    for (std::size_t turn = 0; turn < turns_.size(); ++turn)
        iterations[turns_[turn].iteration][turns_[turn].parent].push_back(turn);
    std::vector<std::size_t> turn_to_siblings(turns_.size());
    for (const auto &[iteration, groups] : iterations)
        for (const auto &[parent, turns] : groups)
            for (const std::size_t turn : turns)
                turn_to_siblings[turn] = turns.size();
    for (const auto &[iteration, groups] : iterations) {
        std::vector<std::size_t> of_records; /* turns inside records of a list */
        std::size_t records = 0;
        for (const auto &[parent, turns] : groups) {
            if (parent == Turn::kNoTurn || turn_to_siblings[parent] < min_records_) {
                add_list(turns, false);
                continue;
            }
            of_records.insert(of_records.end(), turns.begin(), turns.end());
            ++records;
        }
        if (of_records.size() >= std::max(kMinNestedTurns, min_records_) * records) {
            std::ranges::sort(of_records);
            add_list(of_records, true);
        }
    }
}

std::vector<RecordList> ListFinder::find() {
    find_tables();
    find_iterations();
    std::ranges::stable_sort(lists_, {},
                             [](const RecordList &list) { return list.heads.empty() ? kNoNode : list.heads.front(); });
    return std::move(lists_);
}

} // namespace

std::vector<RecordList> find_record_lists(const Document &page, std::string_view html, std::size_t min_records,
                                          const Limits &limits) {
    return ListFinder(page, html, min_records, limits).find();
}

} // namespace webwrap
