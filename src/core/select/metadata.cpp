#include "core/select/metadata.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/charset.hpp"
#include "core/select/json_ld.hpp"
#include "core/select/json_text.hpp"
#include "core/select/links.hpp"
#include "core/select/microdata.hpp"
#include "core/select/rdfa.hpp"

namespace webwrap {

namespace {

using Values = std::map<std::string, std::vector<std::string_view>>;

struct PageLink {
    NodeId element;
    std::vector<std::string> rel;
};

/* An error entry of the result: part, number of the block in it (0: none), reason. */
struct Problem {
    std::string_view part;
    int ordinal;
    std::string message;
};

/* Names in a meta element's name attribute that belong to OpenGraph, where many pages put them by mistake. */
bool is_open_graph_name(std::string_view name) {
    static constexpr auto kPrefixes = std::to_array<std::string_view>(
        {"og:", "article:", "product:", "book:", "profile:", "music:", "video:", "fb:", "place:", "business:"});
    return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool is_feed_type(std::string_view type) {
    const std::string media = ascii_lower(trim(type.substr(0, type.find(';'))));
    return media == "application/rss+xml" || media == "application/atom+xml" || media == "application/feed+json" ||
           media == "application/rdf+xml";
}

class MetadataReader {
  public:
    MetadataReader(const Document &document, const Limits &limits)
        : document_(document), limits_(limits), budget_(limits, "metadata"), out_(budget_) {}

    [[nodiscard]] std::string read() {
        unsigned visited = 0;
        for (NodeId node = 0; node < document_.size(); ++node) {
            if (++visited % 1024 == 0)
                Interrupt::poll();
            if (!document_.is_element(node) || document_.space(node) != NodeSpace::kHtml)
                continue;
            if (is_inert(document_, node))
                node = document_.end_of(node) - 1;
            else
                take(node);
        }
        write();
        return out_.take();
    }

  private:
    [[nodiscard]] std::string_view attribute(NodeId node, std::string_view name) const {
        return document_.attribute_value(node, name);
    }

    void take(NodeId node) {
        const std::string_view name = document_.name(node);
        if (name == "meta") {
            take_meta(node);
        } else if (name == "link") {
            const std::string_view rel = attribute(node, "rel");
            if (attribute(node, "href").data() != nullptr && !trim(rel).empty())
                take_link(node, rel);
        } else if (name == "title") {
            if (!title_)
                title_ = fold_space(child_text(node));
        } else if (name == "script") {
            take_script(node);
        } else if (name == "html" && language_.empty()) {
            language_ = trim(attribute(node, "lang"));
            if (language_.empty())
                language_ = trim(attribute(node, "xml:lang"));
        } else if (name == "base" && base_.data() == nullptr) {
            base_ = attribute(node, "href");
        }
    }

    void take_link(NodeId node, std::string_view rel) {
        links_.push_back({node, split_tokens(rel, true)});
        budget_.charge(sizeof(PageLink) + links_.back().rel.size() * sizeof(std::string));
    }

    [[nodiscard]] std::string child_text(NodeId node) const {
        std::string text;
        for (NodeId child = document_.first_child(node); child != kNoNode; child = document_.next_sibling(child))
            if (document_.kind(child) == NodeKind::kText)
                text += document_.text(child);
        return text;
    }

    void take_meta(NodeId node) {
        take_charset(ascii_lower(trim(attribute(node, "charset"))));
        const std::string_view content = attribute(node, "content");
        if (content.data() == nullptr)
            return;
        const std::string http_equiv = ascii_lower(trim(attribute(node, "http-equiv")));
        if (http_equiv == "content-type")
            take_charset(charset_label_in(ascii_lower(content)));
        else if (http_equiv == "content-language" && http_language_.empty())
            http_language_ = trim(content);
        const std::string name = ascii_lower(trim(attribute(node, "name")));
        if (!name.empty())
            names_[name].push_back(content);
        if (is_open_graph_name(name))
            open_graph_[name].push_back(content);
        else if (name.starts_with("twitter:"))
            twitter_[name].push_back(content);
        for (const std::string &property : split_tokens(attribute(node, "property"), true))
            take_property(property, name, content);
    }

    void take_charset(std::string label) {
        if (!charset_ && !label.empty())
            charset_ = std::move(label);
    }

    /* A property without a prefix is a name in the wrong attribute. One that stands in both attributes counts once. */
    void take_property(const std::string &property, std::string_view name, std::string_view content) {
        if (property == name)
            return;
        if (property.starts_with("twitter:"))
            twitter_[property].push_back(content);
        else if (property.find(':') != std::string::npos)
            open_graph_[property].push_back(content);
        else
            names_[property].push_back(content);
    }

    void take_script(NodeId node) {
        const std::string_view type = attribute(node, "type");
        if (ascii_lower(trim(type.substr(0, type.find(';')))) != "application/ld+json")
            return;
        ++json_ld_blocks_;
        JsonBlock block = read_json_ld(child_text(node), limits_);
        if (block.problem.empty()) {
            budget_.charge(block.json.size());
            json_ld_.push_back(std::move(block.json));
        } else {
            problems_.push_back({"json_ld", json_ld_blocks_, std::move(block.problem)});
        }
    }

    void write() {
        out_.begin_object();
        if (title_)
            out_.member("title", *title_);
        if (const auto found = names_.find("description"); found != names_.end())
            out_.member("description", trim(found->second.front()));
        if (const NodeId canonical = first_link("canonical"); canonical != kNoNode)
            out_.member("canonical", trim(attribute(canonical, "href")));
        if (base_.data() != nullptr)
            out_.member("base", trim(base_));
        const std::string_view language = language_.empty() ? http_language_ : language_;
        if (!language.empty())
            out_.member("language", language);
        if (charset_)
            out_.member("charset", *charset_);
        write_values("meta", names_);
        write_values("opengraph", open_graph_);
        write_values("twitter", twitter_);
        write_links();
        write_feeds();
        out_.key("json_ld");
        out_.begin_array();
        for (const std::string &block : json_ld_)
            out_.raw(block);
        out_.end_array();
        write_items();
        write_problems();
        out_.end_object();
    }

    [[nodiscard]] NodeId first_link(std::string_view rel) const {
        const auto found = std::ranges::find_if(
            links_, [&](const PageLink &link) { return std::ranges::find(link.rel, rel) != link.rel.end(); });
        return found == links_.end() ? kNoNode : found->element;
    }

    void write_values(std::string_view name, const Values &values) {
        out_.key(name);
        out_.begin_object();
        for (const auto &[key, all] : values) {
            out_.key(key);
            if (all.size() > 1)
                out_.begin_array();
            for (const std::string_view value : all)
                out_.string(value);
            if (all.size() > 1)
                out_.end_array();
        }
        out_.end_object();
    }

    void write_link(NodeId element) {
        out_.begin_object();
        out_.member("href", trim(attribute(element, "href")));
        for (const std::string_view name : {"type", "title", "hreflang", "sizes", "media", "color", "as"})
            if (const std::string_view value = attribute(element, name); value.data() != nullptr)
                out_.member(name, value);
        out_.end_object();
    }

    void write_links() {
        std::map<std::string_view, std::vector<NodeId>> rel_to_elements;
        for (const PageLink &link : links_)
            for (const std::string &rel : link.rel) {
                std::vector<NodeId> &elements = rel_to_elements[rel];
                if (elements.empty() || elements.back() != link.element)
                    elements.push_back(link.element);
            }
        out_.key("links");
        out_.begin_object();
        for (const auto &[rel, elements] : rel_to_elements) {
            out_.key(rel);
            out_.begin_array();
            for (const NodeId element : elements)
                write_link(element);
            out_.end_array();
        }
        out_.end_object();
    }

    void write_feeds() {
        out_.key("feeds");
        out_.begin_array();
        for (const PageLink &link : links_) {
            const bool is_alternate = std::ranges::find(link.rel, "alternate") != link.rel.end();
            const bool is_feed = std::ranges::find(link.rel, "feed") != link.rel.end();
            if (is_feed || (is_alternate && is_feed_type(attribute(link.element, "type"))))
                write_link(link.element);
        }
        out_.end_array();
    }

    void write_items() {
        std::vector<std::string> problems;
        out_.key("microdata");
        write_microdata(document_, out_, problems, limits_);
        for (std::string &problem : problems)
            problems_.push_back({"microdata", 0, std::move(problem)});
        problems.clear();
        out_.key("rdfa");
        write_rdfa(document_, out_, problems);
        for (std::string &problem : problems)
            problems_.push_back({"rdfa", 0, std::move(problem)});
    }

    void write_problems() {
        out_.key("errors");
        out_.begin_array();
        for (const Problem &problem : problems_) {
            out_.begin_object();
            out_.member("part", problem.part);
            if (problem.ordinal > 0) {
                out_.key("ordinal");
                out_.raw(std::to_string(problem.ordinal));
            }
            out_.member("message", problem.message);
            out_.end_object();
        }
        out_.end_array();
    }

    const Document &document_;
    const Limits &limits_;
    OutputBudget budget_;
    JsonText out_;
    std::optional<std::string> title_;
    std::optional<std::string> charset_;
    std::string_view language_;
    std::string_view http_language_;
    std::string_view base_;
    Values names_;
    Values open_graph_;
    Values twitter_;
    std::vector<PageLink> links_;
    std::vector<std::string> json_ld_;
    int json_ld_blocks_ = 0;
    std::vector<Problem> problems_;
};

} // namespace

std::string page_metadata(const Document &document, const Limits &limits) {
    return MetadataReader(document, limits).read();
}

} // namespace webwrap
