#include "core/separate/list_fields.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/display.hpp"
#include "core/separate/list_names.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

constexpr int kMaxDepth = 64;             /* of fields in their record */
constexpr int kMinOfList = 3;             /* siblings of a kind: two may be a field and one that some lack */
constexpr std::size_t kMaxCompared = 300; /* fields whose lines are compared with their parts */
constexpr std::size_t kMinTokenBytes = 3; /* shorter classes name nothing */

bool is_cell(std::string_view tag) { return tag == "td" || tag == "th"; }

bool is_heading(std::string_view tag) { return tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6'; }

void add_name(std::vector<std::string> &names, std::string_view text) {
    std::string name = identifier_from(text);
    if (!name.empty() && std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
}

/* What a class says about its element: of BEM the part that names it, or tells it from others; nothing for measures. */
std::string_view name_in_class(std::string_view token) {
    if (!is_stable_token(token) || std::ranges::any_of(token, [](char c) { return is_digit(c); }))
        return {};
    for (const std::string_view mark : {"__", "--"})
        if (const std::size_t part = token.rfind(mark); part != std::string_view::npos)
            token = token.substr(part + 2);
    return token.size() < kMinTokenBytes ? std::string_view() : token;
}

class FieldFinder {
  public:
    FieldFinder(const Document &page, const RecordList &list, const Table *table)
        : page_(page), list_(list), table_(table), styles_(page) {}

    ListFields find();

  private:
    struct Place {
        ListField field;
        std::size_t order = 0; /* nodes from the head of the first record that has it */
        std::string header;
        std::string key; /* path of tags, classes and numbers from the record */
    };

    void count_tokens();
    void read_record(std::size_t record);
    void read_cells(std::size_t record);
    void read(NodeId element, const std::string &key, int depth);
    void read_children(NodeId element, const std::string &key, int depth);
    void read_attributes(NodeId element, const std::string &key);
    void put(const std::string &key, NodeRef ref, bool is_text);
    [[nodiscard]] std::string step_key(NodeId element) const;
    [[nodiscard]] bool shows_text(NodeId node);
    [[nodiscard]] bool is_shown(NodeId element) { return styles_.style_of(element).display != Display::kNone; }
    [[nodiscard]] bool is_line(NodeId element);
    [[nodiscard]] std::string text_of(NodeRef ref) const { return fold_space(string_value(page_, ref)); }
    [[nodiscard]] bool is_kept(const Place &place) const;
    [[nodiscard]] bool is_in_list(const std::string &key) const;
    [[nodiscard]] std::vector<std::string> names_of(const Place &place) const;
    [[nodiscard]] std::vector<std::string> own_names(NodeId element, NodeId head) const;
    struct Label {
        std::string text;
        bool is_term = false; /* or has a colon: it is one whatever stands there */
    };
    [[nodiscard]] Label label_of(const Place &place) const;
    [[nodiscard]] bool is_sum_of_parts(const Place &line, const std::vector<const Place *> &places) const;

    const Document &page_;
    const RecordList &list_;
    const Table *table_;
    Styles styles_;
    std::size_t record_ = 0;
    std::map<std::pair<NameId, std::string>, std::size_t> token_to_records_;
    std::map<std::string, std::size_t> key_to_place_;
    std::vector<Place> places_;
    std::map<std::string, std::pair<int, int>> group_to_counts_; /* fewest and most of siblings of a kind in a record */
};

/* Classes that come and go (odd, even, first, numbers) must not tear a field apart. */
void FieldFinder::count_tokens() {
    for (std::size_t record = 0; record < list_.heads.size(); ++record) {
        Interrupt::poll();
        std::set<std::pair<NameId, std::string>> tokens;
        for (NodeId node = list_.heads[record]; node < list_.ends[record]; ++node)
            if (page_.is_element(node))
                for (const std::string_view token : class_tokens(page_.attribute_value(node, "class")))
                    tokens.emplace(page_.name_id(node), token);
        for (const auto &token : tokens)
            ++token_to_records_[token];
    }
}

std::string FieldFinder::step_key(NodeId element) const {
    std::string key(page_.name(element));
    std::set<std::string_view> kept;
    for (const std::string_view token : class_tokens(page_.attribute_value(element, "class"))) {
        const auto found = token_to_records_.find({page_.name_id(element), std::string(token)});
        if (found != token_to_records_.end() && 2 * found->second > list_.heads.size())
            kept.insert(token);
    }
    for (const std::string_view token : kept)
        key.append(".").append(token);
    if (page_.name(element) == "dd")
        key.append(":").append(label_before(page_, element));
    return key;
}

bool FieldFinder::shows_text(NodeId node) {
    if (page_.kind(node) == NodeKind::kText)
        return !trim(page_.text(node)).empty();
    if (!page_.is_element(node) || !is_shown(node))
        return false;
    for (NodeId at = node + 1; at < page_.end_of(node); ++at) {
        if (page_.is_element(at) && !is_shown(at))
            at = page_.end_of(at) - 1;
        else if (page_.kind(at) == NodeKind::kText && !trim(page_.text(at)).empty())
            return true;
    }
    return false;
}

/* True for content that stands in one line as far as markup says, without scripts and the like between. */
bool FieldFinder::is_line(NodeId element) {
    for (NodeId node = element + 1; node < page_.end_of(element); ++node) {
        if (!page_.is_element(node))
            continue;
        const Display display = styles_.style_of(node).display;
        if (display != Display::kInline && display != Display::kContents && display != Display::kReplaced &&
            display != Display::kBreak)
            return false;
    }
    return true;
}

void FieldFinder::put(const std::string &key, NodeRef ref, bool is_text) {
    if (text_of(ref).empty())
        return;
    const auto [known, is_new] = key_to_place_.try_emplace(key, places_.size());
    if (is_new) {
        places_.push_back({});
        places_.back().field.refs.resize(list_.heads.size());
        places_.back().field.is_text = is_text;
        places_.back().key = key;
        places_.back().order = static_cast<std::size_t>(ref.node - list_.heads[record_]);
    }
    places_[known->second].field.refs[record_] = ref;
}

void FieldFinder::read_attributes(NodeId element, const std::string &key) {
    const std::string_view tag = page_.name(element);
    const std::string_view wanted = tag == "a" ? "href" : tag == "img" ? "src" : tag == "time" ? "datetime" : "";
    for (std::int32_t at = page_.first_attribute(element); at < page_.first_attribute(element + 1); ++at) {
        const Attribute &attribute = page_.attribute(at);
        if (wanted.empty() || page_.name_text(attribute.name) != wanted || trim(attribute.value).starts_with('#') ||
            ascii_lower(trim(attribute.value)).starts_with("javascript:") || attribute.value.starts_with("data:"))
            continue;
        put(key + "@", {element, at}, false);
    }
}

void FieldFinder::read(NodeId element, const std::string &key, int depth) {
    if (!is_shown(element) || (page_.name(element) == "dt" && element > list_.heads[record_])) /* a label */
        return;
    std::size_t units = 0, texts = 0;
    for (NodeId child = page_.first_child(element); child != kNoNode; child = page_.next_sibling(child)) {
        const bool shows = shows_text(child);
        units += shows ? 1 : 0;
        texts += shows && page_.kind(child) == NodeKind::kText ? 1 : 0;
    }
    if ((texts > 0 || units > 1) && is_line(element))
        put(key, {element, -1}, true);
    read_attributes(element, key);
    if (depth < kMaxDepth)
        read_children(element, key, depth);
}

void FieldFinder::read_children(NodeId element, const std::string &key, int depth) {
    const bool is_whole = is_line(element); /* its texts are part of the element's own field */
    std::map<std::string, int> counts;
    for (NodeId child = page_.first_child(element); child != kNoNode; child = page_.next_sibling(child)) {
        const bool is_text = page_.kind(child) == NodeKind::kText && shows_text(child);
        if (!page_.is_element(child) && (!is_text || is_whole))
            continue;
        const std::string step = is_text ? "text" : step_key(child);
        const std::string below = key + "/" + step + "#" + std::to_string(++counts[step]);
        if (is_text)
            put(below, {child, -1}, true);
        else
            read(child, below, depth + 1);
    }
    for (const auto &[step, count] : counts) {
        auto &[fewest, most] = group_to_counts_.try_emplace(key + "/" + step + "#", count, count).first->second;
        fewest = std::min(fewest, count);
        most = std::max(most, count);
    }
}

void FieldFinder::read_cells(std::size_t record) {
    int column = 0;
    for (NodeId cell = page_.first_child(list_.heads[record]); cell != kNoNode; cell = page_.next_sibling(cell)) {
        if (!page_.is_element(cell) || !is_cell(page_.name(cell)))
            continue;
        const std::string key = "cell" + std::to_string(column);
        put(key, {cell, -1}, true);
        std::set<std::string> known;
        for (NodeId node = cell + 1; node < page_.end_of(cell); ++node)
            if (page_.is_element(node) && known.insert(std::string(page_.name(node))).second)
                read_attributes(node, key + "/" + std::string(page_.name(node)));
        if (table_ != nullptr && static_cast<std::size_t>(column) < table_->header.size())
            for (const std::string &one : {key, key + "/a@", key + "/img@", key + "/time@"})
                if (const auto place = key_to_place_.find(one); place != key_to_place_.end())
                    places_[place->second].header =
                        table_->header[static_cast<std::size_t>(column)].value_or(std::string());
        ++column;
    }
}

void FieldFinder::read_record(std::size_t record) {
    record_ = record;
    if (list_.table != kNoNode) {
        read_cells(record);
        return;
    }
    std::map<std::string, int> counts;
    for (NodeId node = list_.heads[record]; node != kNoNode && node < list_.ends[record];
         node = page_.next_sibling(node)) {
        const bool is_text = page_.kind(node) == NodeKind::kText;
        if (!page_.is_element(node) && !is_text)
            continue;
        const std::string step = is_text ? "text" : step_key(node);
        const std::string key = node == list_.heads[record] ? "head" : step + "#" + std::to_string(++counts[step]);
        if (is_text)
            put(key, {node, -1}, true);
        else
            read(node, key, 0);
    }
}

/* True for what stands in a list inside the records: many, and not the same number in each. */
bool FieldFinder::is_in_list(const std::string &key) const {
    for (std::size_t at = key.find('#'); at != std::string::npos; at = key.find('#', at + 1))
        if (const auto group = group_to_counts_.find(key.substr(0, at + 1)); group != group_to_counts_.end())
            if (group->second.second >= kMinOfList && group->second.first < group->second.second)
                return true;
    return false;
}

/* Whether a place is a field: most records have it, and it is no text of the template. */
bool FieldFinder::is_kept(const Place &place) const {
    if (is_in_list(place.key))
        return false;
    std::size_t present = 0;
    std::set<std::string> values;
    for (const NodeRef &ref : place.field.refs)
        if (ref.node != kNoNode) {
            ++present;
            if (values.size() < 2)
                values.insert(text_of(ref));
        }
    if (list_.table != kNoNode && place.field.is_text)
        return present > 0;
    return 2 * present > place.field.refs.size() && values.size() > 1;
}

/* True for a line that says no more than the fields inside it and text of the template. The line that is the whole
 * record is always one. */
bool FieldFinder::is_sum_of_parts(const Place &line, const std::vector<const Place *> &places) const {
    std::set<std::string> remainders;
    std::size_t cut = 0, lines = 0;
    for (std::size_t record = 0; record < line.field.refs.size() && remainders.size() < 2; ++record) {
        const NodeRef ref = line.field.refs[record];
        if (ref.node == list_.heads[record])
            return false;
        if (ref.node == kNoNode || ref.is_attribute() || !page_.is_element(ref.node))
            continue;
        std::string text = text_of(ref);
        bool has_part = false;
        for (const Place *place : places) {
            const NodeRef part = place->field.refs[record];
            if (place == &line || part.is_attribute() || part.node <= ref.node || part.node >= page_.end_of(ref.node))
                continue;
            const std::string value = text_of(part);
            if (const std::size_t at = text.find(value); at != std::string::npos) {
                text.erase(at, value.size());
                has_part = true;
            }
        }
        ++lines;
        cut += has_part ? 1 : 0;
        remainders.insert(fold_space(text));
    }
    return lines > 0 && cut == lines && remainders.size() == 1;
}

/* What stands before it in all records. */
FieldFinder::Label FieldFinder::label_of(const Place &place) const {
    Label label;
    std::size_t present = 0;
    for (std::size_t record = 0; record < place.field.refs.size(); ++record) {
        const NodeRef ref = place.field.refs[record];
        if (ref.node == kNoNode)
            continue;
        NodeId element = page_.is_element(ref.node) ? ref.node : page_.parent(ref.node);
        NodeId before = kNoNode;
        std::string found;
        for (; element > list_.heads[record] && found.empty(); element = page_.parent(element)) {
            found = label_before(page_, element, &before);
            if (found.empty() && page_.subtree_size(page_.parent(element)) > page_.subtree_size(element) + 2)
                break;
        }
        const bool is_term = before != kNoNode && (page_.name(before) == "dt" || page_.name(before) == "th");
        if (found.empty() || (present > 0 && label.text != found))
            return {};
        label.text = found;
        label.is_term = is_term || found.ends_with(":");
        ++present;
    }
    return label.is_term || present > 2 ? label : Label{};
}

std::vector<std::string> FieldFinder::own_names(NodeId element, NodeId head) const {
    std::vector<std::string> names;
    for (NodeId up = element; up > head; up = page_.parent(up)) {
        for (const std::string_view attribute : {"itemprop", "property"})
            add_name(names, page_.attribute_value(up, attribute));
        for (const std::string_view token : class_tokens(page_.attribute_value(up, "class"))) {
            const auto found = token_to_records_.find({page_.name_id(up), std::string(token)});
            if (found != token_to_records_.end() && 2 * found->second > list_.heads.size())
                add_name(names, name_in_class(token));
        }
        if (is_heading(page_.name(up)))
            add_name(names, "title");
        if (page_.name(up) == "time")
            add_name(names, "date");
    }
    return names;
}

std::vector<std::string> FieldFinder::names_of(const Place &place) const {
    const auto first = std::ranges::find_if(place.field.refs, [](const NodeRef &ref) { return ref.node != kNoNode; });
    const NodeId head = list_.heads[static_cast<std::size_t>(first - place.field.refs.begin())];
    const NodeId element = page_.is_element(first->node) ? first->node : page_.parent(first->node);
    std::vector<std::string> names;
    add_name(names, place.header);
    const Label label = list_.table == kNoNode ? label_of(place) : Label{};
    if (label.is_term)
        add_name(names, label.text);
    for (const std::string &name : own_names(element, page_.parent(element)))
        if (element > head)
            add_name(names, name);
    add_name(names, label.text);
    for (const std::string &name : own_names(element, head))
        add_name(names, name);
    if (place.field.is_text)
        return names;
    const std::string_view tag = page_.name(element);
    const std::string kind = tag == "a" ? "url" : tag == "img" ? "image" : "datetime";
    std::vector<std::string> of_attribute;
    if (place.header.empty())
        add_name(of_attribute, kind);
    for (const std::string &name : names)
        add_name(of_attribute, name + "_" + kind);
    return of_attribute;
}

ListFields FieldFinder::find() {
    count_tokens();
    for (std::size_t record = 0; record < list_.heads.size(); ++record) {
        Interrupt::poll();
        read_record(record);
    }
    std::ranges::stable_sort(places_, {}, &Place::order);
    ListFields found;
    std::set<std::string> inner;
    for (const Place &place : places_)
        if (place.field.is_text && is_in_list(place.key)) {
            const auto first = std::ranges::find_if(place.field.refs, [](NodeRef ref) { return ref.node != kNoNode; });
            inner.emplace(page_.name(page_.is_element(first->node) ? first->node : page_.parent(first->node)));
        }
    found.inner_lists.assign(inner.begin(), inner.end());
    std::set<std::vector<std::string>> known; /* values of fields: the same twice is one field */
    std::erase_if(places_, [this](const Place &place) { return !is_kept(place); });
    std::vector<const Place *> texts, sums;
    for (const Place &place : places_)
        if (place.field.is_text && list_.table == kNoNode && places_.size() <= kMaxCompared)
            texts.push_back(&place);
    for (const Place *place : texts)
        if (is_sum_of_parts(*place, texts))
            sums.push_back(place);
    for (Place &place : places_) {
        Interrupt::poll();
        if (std::ranges::count(sums, &place) > 0)
            continue;
        std::vector<std::string> values{place.field.is_text ? "text" : "attribute"};
        for (const NodeRef &ref : place.field.refs)
            values.push_back(ref.node == kNoNode ? std::string() : text_of(ref));
        if (list_.table == kNoNode || !place.field.is_text)
            if (!known.insert(std::move(values)).second)
                continue;
        place.field.names = names_of(place);
        found.fields.push_back(std::move(place.field));
    }
    return found;
}

/* The element that stands before a list, out of the elements that hold nothing else. */
std::string heading_before(const Document &page, NodeId container) {
    for (NodeId up = container; up > 0; up = page.parent(up)) {
        NodeId before = kNoNode;
        for (NodeId sibling = page.first_child(page.parent(up)); sibling != kNoNode && sibling < up;
             sibling = page.next_sibling(sibling))
            if (page.is_element(sibling))
                before = sibling;
        if (before != kNoNode)
            return is_heading(page.name(before)) && page.name(before) != "h1" /* the page's */
                       ? fold_space(page.string_value(before))
                       : std::string();
    }
    return {};
}

} // namespace

ListFields list_fields(const Document &page, const RecordList &list, const Table *table) {
    return FieldFinder(page, list, table).find();
}

std::vector<std::string> list_names(const Document &page, const RecordList &list, const Table *table) {
    std::vector<std::string> names;
    const NodeId head = list.heads.front();
    const NodeId container = list.table != kNoNode ? list.table : page.parent(head);
    /* Of a list in several places nothing of the first one may speak for all. */
    const bool is_one = list.table != kNoNode ||
                        std::ranges::all_of(list.heads, [&](NodeId one) { return page.parent(one) == container; });
    if (table != nullptr && table->caption)
        add_name(names, *table->caption);
    const auto add_id = [&](NodeId element) {
        if (!page.attribute_value(element, "id").empty() && has_lasting_id(page, element))
            add_name(names, page.attribute_value(element, "id"));
    };
    const auto add_classes = [&](NodeId element) {
        for (const std::string_view token : class_tokens(page.attribute_value(element, "class")))
            add_name(names, name_in_class(token));
    };
    if (is_one) {
        add_id(container);
        add_name(names, heading_before(page, container));
    }
    for (const std::string_view token : class_tokens(page.attribute_value(head, "class"))) {
        const bool is_common = std::ranges::all_of(list.heads, [&](NodeId one) {
            return std::ranges::count(class_tokens(page.attribute_value(one, "class")), token) > 0;
        });
        if (is_common)
            add_name(names, name_in_class(token));
    }
    add_classes(container);
    for (NodeId up = page.parent(container); up > 0 && page.name(up) != "body"; up = page.parent(up)) {
        if (list.heads.back() >= page.end_of(up))
            continue;
        add_id(up);
        add_classes(up);
    }
    return names;
}

} // namespace webwrap
