#include "core/select/microdata.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/select/links.hpp"

namespace webwrap {

namespace {

struct Property {
    std::string name;
    NodeId element;
};

/* An item under way: its properties by name, in order of their first appearance. */
struct OpenItem {
    NodeId element;
    std::vector<Property> properties; /* sorted by name in order of appearance, then document order */
    std::size_t next = 0;
};

/* Attribute that holds the value of an element as a property (HTML standard, values); null when it is the text. */
const char *value_attribute(std::string_view name) {
    if (name == "meta")
        return "content";
    if (name == "audio" || name == "embed" || name == "iframe" || name == "img" || name == "source" ||
        name == "track" || name == "video")
        return "src";
    if (name == "a" || name == "area" || name == "link")
        return "href";
    if (name == "object")
        return "data";
    if (name == "data" || name == "meter")
        return "value";
    return nullptr;
}

class MicrodataWriter {
  public:
    MicrodataWriter(const Document &document, JsonText &out, std::vector<std::string> &problems, const Limits &limits)
        : document_(document), out_(out), problems_(problems), limits_(limits),
          itemscope_(document.find_name("itemscope")), itemprop_(document.find_name("itemprop")),
          itemref_(document.find_name("itemref")) {}

    void write() {
        out_.begin_array();
        if (itemscope_ != kNoName)
            for (NodeId node = 0; node < document_.size(); ++node) {
                poll();
                if (!document_.is_element(node))
                    continue;
                if (is_inert(document_, node))
                    node = document_.end_of(node) - 1;
                else if (has(node, itemscope_) && !has(node, itemprop_))
                    write_item(node);
            }
        out_.end_array();
    }

  private:
    void poll() {
        if (++visited_ % 1024 == 0)
            Interrupt::poll();
    }

    [[nodiscard]] bool has(NodeId node, NameId attribute) const {
        if (attribute == kNoName)
            return false;
        for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
            if (document_.attribute(at).name == attribute)
                return true;
        return false;
    }

    void write_item(NodeId top) {
        open_.clear();
        open_item(top);
        while (!open_.empty()) {
            OpenItem &item = open_.back();
            if (item.next == item.properties.size()) {
                close_item();
                continue;
            }
            const Property property = item.properties[item.next];
            begin_value(item);
            ++item.next;
            if (has(property.element, itemscope_))
                write_nested(property);
            else
                write_value(property.element);
        }
    }

    /* Values of one name stand together in one array. */
    void begin_value(const OpenItem &item) {
        const bool is_first = item.next == 0;
        if (!is_first && item.properties[item.next - 1].name == item.properties[item.next].name)
            return;
        if (!is_first)
            out_.end_array();
        out_.key(item.properties[item.next].name);
        out_.begin_array();
    }

    void open_item(NodeId element) {
        out_.begin_object();
        out_.key("type");
        out_.begin_array();
        for (const std::string &type : split_tokens(document_.attribute_value(element, "itemtype"), false))
            out_.string(type);
        out_.end_array();
        const std::string_view id = document_.attribute_value(element, "itemid");
        if (id.data() != nullptr)
            out_.member("id", id);
        out_.key("properties");
        out_.begin_object();
        open_.push_back({element, properties_of(element)});
    }

    void close_item() {
        if (!open_.back().properties.empty())
            out_.end_array();
        out_.end_object();
        out_.end_object();
        open_.pop_back();
    }

    void write_nested(const Property &property) {
        const bool is_cycle =
            std::ranges::any_of(open_, [&](const OpenItem &item) { return item.element == property.element; });
        if (!is_cycle && open_.size() < kMaxItemDepth) {
            open_item(property.element);
            return;
        }
        add_problem(is_cycle ? "item is a property of itself: " + property.name
                             : "items nest deeper than " + std::to_string(kMaxItemDepth) + " levels: " + property.name);
        out_.raw("null");
    }

    void add_problem(std::string problem) {
        if (std::ranges::find(problems_, problem) == problems_.end() && problems_.size() < kMaxProblems)
            problems_.push_back(std::move(problem));
    }

    void write_value(NodeId element) {
        const std::string_view name = document_.name(element);
        if (const char *attribute = value_attribute(name); attribute != nullptr) {
            out_.string(document_.attribute_value(element, attribute));
            return;
        }
        const std::string_view datetime = document_.attribute_value(element, "datetime");
        if (name == "time" && datetime.data() != nullptr) {
            out_.string(datetime);
            return;
        }
        charge_nodes(document_.subtree_size(element));
        out_.string(document_.string_value(element));
    }

    /* The properties of an item: in its subtree and in those that itemref names, without those of items inside. */
    [[nodiscard]] std::vector<Property> properties_of(NodeId item) {
        ++item_number_;
        if (node_to_item_.empty())
            node_to_item_.resize(static_cast<std::size_t>(document_.size()), 0);
        mark(item);
        std::vector<NodeId> found;
        collect(item + 1, document_.end_of(item), found);
        if (has(item, itemref_))
            for (const std::string &id : split_tokens(document_.attribute_value(item, "itemref"), false))
                if (const NodeId root = element_with(id); root != kNoNode)
                    collect(root, document_.end_of(root), found);
        std::ranges::sort(found);
        return by_name(found);
    }

    /* True when the item has not come by here before, as when itemref names something inside the item. */
    bool mark(NodeId node) {
        std::uint32_t &seen = node_to_item_[static_cast<std::size_t>(node)];
        const bool is_new = seen != item_number_;
        seen = item_number_;
        return is_new;
    }

    void collect(NodeId begin, NodeId end, std::vector<NodeId> &found) {
        for (NodeId node = begin; node < end; ++node) {
            charge_nodes(1);
            if (!document_.is_element(node))
                continue;
            if (is_inert(document_, node) || !mark(node)) {
                node = document_.end_of(node) - 1; /* what has been met was met with all that belongs to it */
                continue;
            }
            if (has(node, itemprop_))
                found.push_back(node);
            if (has(node, itemscope_))
                node = document_.end_of(node) - 1;
        }
    }

    [[nodiscard]] std::vector<Property> by_name(const std::vector<NodeId> &elements) const {
        std::vector<Property> properties;
        std::unordered_map<std::string, std::size_t> name_to_rank;
        std::vector<std::pair<std::size_t, std::size_t>> rank_and_index;
        for (const NodeId element : elements) {
            std::vector<std::string> names = split_tokens(document_.attribute_value(element, "itemprop"), false);
            std::ranges::sort(names);
            names.erase(std::unique(names.begin(), names.end()), names.end());
            for (std::string &name : names) {
                const std::size_t rank = name_to_rank.emplace(name, name_to_rank.size()).first->second;
                rank_and_index.emplace_back(rank, properties.size());
                properties.push_back({std::move(name), element});
            }
        }
        std::ranges::sort(rank_and_index);
        std::vector<Property> sorted;
        sorted.reserve(properties.size());
        for (const auto &[rank, index] : rank_and_index)
            sorted.push_back(std::move(properties[index]));
        return sorted;
    }

    /* The first element with the id. */
    [[nodiscard]] NodeId element_with(const std::string &id) {
        if (id_to_element_.empty()) {
            const NameId name = document_.find_name("id");
            for (std::int32_t at = 0, node = 0; node < document_.size(); ++node)
                for (at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
                    if (document_.attribute(at).name == name)
                        id_to_element_.emplace(document_.attribute(at).value, node);
        }
        const auto found = id_to_element_.find(id);
        return found == id_to_element_.end() ? kNoNode : found->second;
    }

    /* itemref lets a small page mean a huge one. */
    void charge_nodes(NodeId count) {
        poll();
        charged_nodes_ += count;
        if (charged_nodes_ > limits_.max_nodes)
            throw Error(ErrorKind::kLimitExceeded,
                        "microdata items of the page refer to more than " + std::to_string(limits_.max_nodes) +
                            " nodes",
                        {}, "Raise webwrap.max_nodes.");
    }

    static constexpr std::size_t kMaxProblems = 100;

    const Document &document_;
    JsonText &out_;
    std::vector<std::string> &problems_;
    const Limits &limits_;
    NameId itemscope_;
    NameId itemprop_;
    NameId itemref_;
    std::vector<OpenItem> open_;
    std::vector<std::uint32_t> node_to_item_; /* number of the item that met the node last */
    std::uint32_t item_number_ = 0;
    std::unordered_map<std::string_view, NodeId> id_to_element_;
    std::int64_t charged_nodes_ = 0;
    unsigned visited_ = 0;
};

} // namespace

void write_microdata(const Document &document, JsonText &out, std::vector<std::string> &problems,
                     const Limits &limits) {
    MicrodataWriter(document, out, problems, limits).write();
}

} // namespace webwrap
