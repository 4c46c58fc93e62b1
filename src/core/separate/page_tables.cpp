#include "core/separate/page_tables.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/tables.hpp"
#include "core/separate/list_fields.hpp"
#include "core/separate/list_names.hpp"
#include "core/separate/record_lists.hpp"
#include "core/wrap/learn_columns.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/places.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxExamples = 40; /* records that columns are learned from; all are checked */
constexpr std::size_t kMaxFields = 200;
constexpr std::size_t kMinRequiredRows = 3; /* fewer do not show that a value is never missing */

/* What SQL does not let a column be called. */
const std::vector<std::string_view> kSystemColumns{"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};

/* A list with its wrapper, or with the reason why it has none; names come later. */
struct Attempt {
    PageTable table;
    std::vector<std::string> names; /* candidates */
    std::string problem;
    std::vector<NodeId> rows;
};

class TableLearner {
  public:
    TableLearner(const Document &page, const Limits &limits)
        : page_(page), limits_(limits), finder_(page), spots_(page, finder_, limits) {
        for (Table &table : find_tables(page, limits)) {
            const NodeId element = table.element;
            node_to_table_.emplace(element, std::move(table));
        }
    }

    /* Nothing for a list without text. */
    std::optional<Attempt> learn(RecordList list);

  private:
    [[nodiscard]] std::string choose(RecordList &list, RowChoice &choice) const;
    [[nodiscard]] bool refine(const RecordList &list, RowChoice &choice) const;
    [[nodiscard]] bool choose_in_container(const RecordList &list, RowChoice &choice) const;
    [[nodiscard]] bool are_of_one_kind(const RecordList &list, const std::vector<NodeId> &rows) const;
    void learn_columns(const RecordList &list, const std::vector<ListField> &fields, const RowChoice &choice,
                       Attempt &attempt);
    std::optional<LearnedColumn> learn_column(const RecordView &view, const ListField &field, const std::string &name,
                                              const std::vector<std::size_t> &examples, std::string &problem);
    /* The first record in which the column gives another node than the field has. */
    [[nodiscard]] std::optional<std::size_t> find_difference(const Extraction &extraction, std::size_t column,
                                                             const ListField &field) const;
    [[nodiscard]] const Table *table_of(const RecordList &list) const {
        const auto found = node_to_table_.find(list.table);
        return found == node_to_table_.end() ? nullptr : &found->second;
    }

    const Document &page_;
    Limits limits_;
    ValueFinder finder_;
    SpotFinder spots_;
    std::map<NodeId, Table> node_to_table_;
};

bool is_heading(std::string_view tag) { return tag.size() == 2 && tag[0] == 'h' && is_digit(tag[1]); }

std::vector<std::size_t> spread_over(std::size_t count) {
    std::vector<std::size_t> picked;
    const std::size_t wanted = std::min(count, kMaxExamples);
    for (std::size_t i = 0; i < wanted; ++i)
        picked.push_back(i * count / wanted);
    return picked;
}

RecordSite site_of(const Document &page, const RecordList &list, const std::vector<std::size_t> &examples) {
    RecordSite site;
    for (const std::size_t record : examples)
        site.heads.push_back(list.heads[record]);
    site.family = list.heads;
    site.container = page.parent(list.heads.front());
    for (std::size_t record = 0; record < list.heads.size(); ++record)
        site.is_flat = site.is_flat || list.ends[record] > page.end_of(list.heads[record]);
    return site;
}

/* Narrows rows down to the list by what its records have inside. */
bool TableLearner::refine(const RecordList &list, RowChoice &choice) const {
    for (const std::string test : {"", "[td]", "[not(th)]", "[*[2]]", "[not(@class)]", "[@class]"}) {
        const Selection selection = XPath(choice.xpath + test).evaluate(page_, 0, limits_);
        const bool is_list = std::ranges::equal(selection.nodes, list.heads, {}, &NodeRef::node);
        if (!is_list)
            continue;
        choice.xpath += test;
        choice.rows = list.heads;
        return true;
    }
    return false;
}

/* True where rows that are no records of the list are further ones: siblings, or elsewhere of a class that all share. */
bool TableLearner::are_of_one_kind(const RecordList &list, const std::vector<NodeId> &rows) const {
    std::set<NodeId> parents;
    for (const NodeId head : list.heads)
        parents.insert(page_.parent(head));
    const NodeId first = list.heads.front();
    const bool are_siblings =
        std::ranges::all_of(rows, [&](NodeId row) { return parents.contains(page_.parent(row)); });
    const auto has = [&](NodeId row, std::string_view token) {
        return std::ranges::count(class_tokens(page_.attribute_value(row, "class")), token) > 0;
    };
    const std::vector<std::string_view> tokens = class_tokens(page_.attribute_value(first, "class"));
    const bool have_class = std::ranges::any_of(tokens, [&](std::string_view token) {
        return is_stable_token(token) && std::ranges::all_of(rows, [&](NodeId row) { return has(row, token); });
    });
    return (are_siblings || have_class) &&
           std::ranges::all_of(rows, [&](NodeId row) { return page_.name_id(row) == page_.name_id(first); });
}

/* Rows by the one element around them, which the heading before it tells or else its position. */
bool TableLearner::choose_in_container(const RecordList &list, RowChoice &choice) const {
    const NodeId container = page_.parent(list.heads.front());
    if (container <= 0 || std::ranges::any_of(list.heads, [&](NodeId head) { return page_.parent(head) != container; }))
        return false;
    NodeId before = kNoNode;
    for (NodeId sibling = page_.first_child(page_.parent(container)); sibling != kNoNode && sibling < container;
         sibling = page_.next_sibling(sibling))
        if (page_.is_element(sibling))
            before = sibling;
    const std::string step = "/" + std::string(page_.name(list.heads.front()));
    std::vector<std::string> paths;
    if (before != kNoNode && is_heading(page_.name(before)))
        paths.push_back("//" + std::string(page_.name(before)) +
                        "[normalize-space(.)=" + xpath_literal(fold_space(page_.string_value(before))) +
                        "]/following-sibling::*[1][self::" + std::string(page_.name(container)) + "]" + step);
    paths.push_back(positional_path(page_, {container, -1}) + step);
    for (const std::string &path : paths) {
        choice.xpath = path;
        if (refine(list, choice))
            return true;
    }
    return false;
}

/* Rows by an XPath that gives the list. It may have more records than separation folded into one iteration: those of the
 * same kind are taken in. Says what is wrong, or nothing. */
std::string TableLearner::choose(RecordList &list, RowChoice &choice) const {
    for (const bool may_grow : {true, false}) {
        const RecordSite site = site_of(page_, list, {0});
        choice = choose_rows(page_, site, limits_);
        if (choice.xpath.empty())
            return "no XPath selects its records";
        if (choice.rows == list.heads || refine(list, choice))
            return {};
        const bool grows = may_grow && !site.is_flat && list.table == kNoNode && are_of_one_kind(list, choice.rows);
        if (!grows) {
            const RowChoice wider = choice;
            if (choose_in_container(list, choice))
                return {};
            choice = wider;
            break;
        }
        list.heads = choice.rows;
        list.ends.clear();
        for (const NodeId row : choice.rows)
            list.ends.push_back(page_.end_of(row));
    }
    return "no XPath tells its records from other elements: " + choice.xpath + " selects " +
           std::to_string(choice.rows.size()) + ", of which it has " + std::to_string(list.heads.size());
}

std::optional<LearnedColumn> TableLearner::learn_column(const RecordView &view, const ListField &field,
                                                        const std::string &name,
                                                        const std::vector<std::size_t> &examples,
                                                        std::string &problem) {
    std::vector<ExampleRecord> records;
    for (const std::size_t record : examples) {
        ExampleValue value;
        if (field.refs[record].node != kNoNode) {
            value.kind = ExampleValue::Kind::kXPath;
            value.text = positional_path(page_, field.refs[record]);
        }
        records.push_back({{{name, std::move(value)}}});
    }
    LearnedColumns learned;
    try {
        learned = ColumnLearner(view, finder_, spots_).learn(records, view.site->heads);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kInvalidXPath && error.kind() != ErrorKind::kInvalidArgument)
            throw;
        learned.failure = error; /* names of this page that XPath cannot say */
    }
    if (learned.failure || learned.columns.size() != 1) {
        problem = !learned.failure                    ? "no place explains it"
                  : learned.failure->detail().empty() ? learned.failure->message()
                                                      : learned.failure->detail();
        return std::nullopt;
    }
    return std::move(learned.columns.front());
}

std::optional<std::size_t> TableLearner::find_difference(const Extraction &extraction, std::size_t column,
                                                         const ListField &field) const {
    for (std::size_t record = 0; record < field.refs.size(); ++record) {
        const Cell &cell = extraction.records[record].cells[column];
        const NodeRef ref = field.refs[record];
        const bool is_same = ref.node == kNoNode ? !cell.value
                                                 : cell.nodes.size() == 1 &&
                                                       innermost(page_, cell.nodes.front()) == innermost(page_, ref);
        if (!is_same)
            return record;
    }
    return std::nullopt;
}

void TableLearner::learn_columns(const RecordList &list, const std::vector<ListField> &fields, const RowChoice &choice,
                                 Attempt &attempt) {
    std::vector<std::vector<std::string>> candidates;
    for (const ListField &field : fields)
        candidates.push_back(field.names);
    const std::vector<std::string> names = unique_names(candidates, "column", kSystemColumns);
    const std::size_t count = list.heads.size();
    bool has_text = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const ListField &field = fields[i];
        std::vector<std::size_t> examples = spread_over(count);
        const auto add_example = [&](std::size_t record) {
            const auto at = std::ranges::lower_bound(examples, record);
            if (at == examples.end() || *at != record)
                examples.insert(at, record);
        };
        const auto first = std::ranges::find_if(field.refs, [](const NodeRef &ref) { return ref.node != kNoNode; });
        add_example(static_cast<std::size_t>(first - field.refs.begin()));
        std::string problem;
        /* Records that a column is wrong in become examples, too. */
        for (int round = 0; round < 3; ++round) {
            Interrupt::poll();
            const RecordSite site = site_of(page_, list, examples);
            const RecordView view{&page_, &site, choice.rows, limits_, {}};
            std::optional<LearnedColumn> learned = learn_column(view, field, names[i], examples, problem);
            if (!learned)
                break;
            learned->column.required = learned->present == count && count >= kMinRequiredRows;
            Wrapper wrapper;
            wrapper.rows = attempt.table.wrapper.rows;
            wrapper.columns.push_back(learned->column);
            const Extraction extraction = Extractor(std::move(wrapper)).extract(page_, limits_);
            problem = !extraction.violations.empty() ? describe_violations(extraction.violations) : std::string();
            if (!problem.empty())
                break;
            const std::optional<std::size_t> difference = find_difference(extraction, 0, field);
            if (!difference) {
                attempt.table.wrapper.columns.push_back(std::move(learned->column));
                has_text = has_text || field.is_text;
                break;
            }
            problem = learned->column.xpath + " gives another node in record " + std::to_string(*difference + 1);
            add_example(*difference);
        }
        if (!problem.empty())
            attempt.table.left_out.push_back("\"" + names[i] + "\": " + problem);
    }
    if (!has_text)
        attempt.problem = "none of its columns can be learned: " +
                          (attempt.table.left_out.empty() ? "it has no text" : attempt.table.left_out.front());
}

std::optional<Attempt> TableLearner::learn(RecordList list) {
    Attempt attempt;
    if (list.heads.empty() || !list.problem.empty()) {
        if (!list.heads.empty())
            attempt.names = list_names(page_, list, table_of(list));
        attempt.problem = list.problem.empty() ? "it has no records" : list.problem;
        return attempt;
    }
    const Table *table = table_of(list);
    const auto has_text = [](const std::vector<ListField> &fields) {
        return std::ranges::any_of(fields, &ListField::is_text);
    };
    if (!has_text(list_fields(page_, list, table).fields))
        return std::nullopt;
    RowChoice choice;
    attempt.problem = choose(list, choice);
    attempt.names = list_names(page_, list, table); /* it may have become a list in several places */
    attempt.rows = list.heads;
    if (!attempt.problem.empty())
        return attempt;
    const ListFields found = list_fields(page_, list, table);
    const std::vector<ListField> &fields = found.fields;
    if (!has_text(fields))
        return std::nullopt;
    if (fields.size() > kMaxFields) {
        attempt.problem = "its records have more than " + std::to_string(kMaxFields) + " fields";
        return attempt;
    }
    attempt.table.wrapper.rows = RowPattern{choice.xpath, 1, -1};
    learn_columns(list, fields, choice, attempt);
    if (!attempt.problem.empty())
        return attempt;
    for (const std::string &tag : found.inner_lists)
        attempt.table.left_out.push_back("list of " + tag + " inside its records");
    /* As whoever uses it will. */
    Extraction extraction = Extractor(attempt.table.wrapper).extract(page_, limits_);
    if (!extraction.violations.empty() || extraction.records.size() != list.heads.size())
        attempt.problem =
            "the wrapper that was learned does not read its records: " + describe_violations(extraction.violations);
    attempt.table.records = std::move(extraction.records);
    return attempt;
}

/* True where the list's records are, or are inside of the same elements as, records of a table that is known already. */
bool is_covered(const RecordList &list, const std::vector<Attempt> &attempts) {
    return !list.heads.empty() && std::ranges::any_of(attempts, [&](const Attempt &attempt) {
        return std::ranges::all_of(list.heads,
                                   [&](NodeId head) { return std::ranges::binary_search(attempt.rows, head); });
    });
}

} // namespace

PageTables find_page_tables(const Document &page, std::string_view html, std::size_t min_records,
                            const Limits &limits) {
    std::vector<Attempt> attempts;
    TableLearner learner(page, limits);
    for (RecordList &list : find_record_lists(page, html, min_records, limits)) {
        Interrupt::poll();
        if (is_covered(list, attempts))
            continue;
        const bool is_nested = list.is_nested;
        std::optional<Attempt> attempt = learner.learn(std::move(list));
        /* Lists in records are fields, too: as such they are there, or said to be missing. */
        if (attempt && (attempt->problem.empty() || !is_nested))
            attempts.push_back(std::move(*attempt));
    }
    std::vector<std::vector<std::string>> candidates;
    for (const Attempt &attempt : attempts)
        candidates.push_back(attempt.names);
    const std::vector<std::string> names = unique_names(candidates, "list");
    PageTables result;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        attempts[i].table.name = names[i];
        if (attempts[i].problem.empty())
            result.tables.push_back(std::move(attempts[i].table));
        else
            result.rejected.push_back({names[i], std::move(attempts[i].problem)});
    }
    return result;
}

} // namespace webwrap
