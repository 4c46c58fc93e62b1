#include "core/select/rdfa.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/item_properties.hpp"
#include "core/select/links.hpp"
#include "core/select/microdata.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxProblems = 100;
constexpr std::size_t kShownBytes = 100;

struct Prefix {
    std::string_view name;
    std::string_view iri;
};

/* Those of the initial context of RDFa that pages use without declaring them. */
constexpr auto kKnownPrefixes = std::to_array<Prefix>({
    {"cc", "http://creativecommons.org/ns#"},
    {"dc", "http://purl.org/dc/terms/"},
    {"dc11", "http://purl.org/dc/elements/1.1/"},
    {"dcterms", "http://purl.org/dc/terms/"},
    {"foaf", "http://xmlns.com/foaf/0.1/"},
    {"gr", "http://purl.org/goodrelations/v1#"},
    {"og", "http://ogp.me/ns#"},
    {"owl", "http://www.w3.org/2002/07/owl#"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"rdfs", "http://www.w3.org/2000/01/rdf-schema#"},
    {"schema", "http://schema.org/"},
    {"sioc", "http://rdfs.org/sioc/ns#"},
    {"skos", "http://www.w3.org/2004/02/skos/core#"},
    {"v", "http://rdf.data-vocabulary.org/#"},
    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
});

struct Item {
    std::vector<std::string> types;
    std::optional<std::string_view> id;
    std::vector<ItemProperty> properties;
    bool is_value = false; /* of another item's property */
};

/* What an element changes for its subtree. */
struct Scope {
    NodeId end;
    std::size_t item;
    std::string_view vocabulary;
    std::size_t prefixes;
};

class RdfaReader {
  public:
    RdfaReader(const Document &document, OutputBudget &budget) : document_(document), budget_(budget) {}

    [[nodiscard]] std::vector<Item> read() {
        scopes_.push_back({document_.size(), kNoItem, {}, 0});
        for (NodeId node = 0; node < document_.size(); ++node) {
            poll();
            while (scopes_.back().end <= node)
                scopes_.pop_back();
            end_prefixes(scopes_.back().prefixes);
            if (!document_.is_element(node))
                continue;
            if (is_inert(document_, node))
                node = document_.end_of(node) - 1;
            else
                take(node);
        }
        return std::move(items_);
    }

  private:
    void poll() {
        if (++steps_ % 1024 == 0)
            Interrupt::poll();
    }

    [[nodiscard]] std::string_view attribute(NodeId node, std::string_view name) const {
        return document_.attribute_value(node, name);
    }

    void take(NodeId node) {
        const std::string_view type = attribute(node, "typeof");
        const std::string_view property = attribute(node, "property");
        const std::string_view vocabulary = attribute(node, "vocab");
        const std::string_view prefix = attribute(node, "prefix");
        Scope scope = scopes_.back();
        scope.end = document_.end_of(node);
        if (vocabulary.data() != nullptr)
            scope.vocabulary = trim(vocabulary);
        if (prefix.data() != nullptr)
            declare(prefix);
        scope.prefixes = prefixes_.size();
        const std::size_t outer = scope.item;
        const bool names_subject = property.data() == nullptr && (attribute(node, "resource").data() != nullptr ||
                                                                  attribute(node, "about").data() != nullptr);
        if (type.data() != nullptr || names_subject)
            scope.item = open_item(node, type, scope.vocabulary);
        if (property.data() != nullptr && outer != kNoItem)
            add_property(outer, node, property, scope.vocabulary, type.data() != nullptr ? scope.item : kNoItem);
        if (type.data() != nullptr || names_subject || vocabulary.data() != nullptr || prefix.data() != nullptr)
            scopes_.push_back(scope);
    }

    void end_prefixes(std::size_t kept) {
        for (; prefixes_.size() > kept; prefixes_.pop_back()) {
            poll();
            name_to_iris_[prefixes_.back()].pop_back();
        }
    }

    /* Pairs of "name: iri". */
    void declare(std::string_view text) {
        std::string_view name;
        for (std::size_t at = 0; at < text.size();) {
            if (is_html_space(text[at])) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < text.size() && !is_html_space(text[end]))
                ++end;
            const std::string_view token = text.substr(at, end - at);
            at = end;
            if (name.data() == nullptr) {
                if (token.size() > 1 && token.ends_with(':'))
                    name = token.substr(0, token.size() - 1);
                continue;
            }
            poll();
            prefixes_.push_back(name);
            name_to_iris_[name].push_back(token);
            name = {};
        }
    }

    [[nodiscard]] std::size_t open_item(NodeId node, std::string_view type, std::string_view vocabulary) {
        Item item;
        for (const std::string &term : split_tokens(type, false))
            if (std::optional<std::string> iri = resolved(term, vocabulary)) {
                budget_.charge(sizeof(std::string) + iri->size());
                item.types.push_back(std::move(*iri));
            }
        for (const std::string_view name : {"about", "resource", "href", "src"}) {
            const std::string_view id = attribute(node, name);
            if (id.data() != nullptr && !item.id)
                item.id = trim(id);
        }
        budget_.charge(sizeof(Item));
        items_.push_back(std::move(item));
        return items_.size() - 1;
    }

    void add_property(std::size_t item, NodeId node, std::string_view property, std::string_view vocabulary,
                      std::size_t value) {
        for (const std::string &term : split_tokens(property, false)) {
            std::optional<std::string> name = resolved(term, vocabulary);
            if (!name)
                continue;
            budget_.charge(sizeof(ItemProperty) + name->size());
            items_[item].properties.push_back({std::move(*name), node, value});
            if (value != kNoItem)
                items_[value].is_value = true;
        }
    }

    /* A term in the vocabulary, a compact IRI, or an IRI as it is; nothing for a term without a vocabulary. */
    [[nodiscard]] std::optional<std::string> resolved(std::string_view term, std::string_view vocabulary) {
        const std::size_t colon = term.find(':');
        if (colon == std::string_view::npos)
            return vocabulary.empty() ? std::nullopt : std::optional(std::string(vocabulary) + std::string(term));
        const std::string_view name = term.substr(0, colon);
        const std::string_view rest = term.substr(colon + 1);
        if (rest.starts_with("//"))
            return std::string(term);
        const auto declared = name_to_iris_.find(name);
        if (declared != name_to_iris_.end() && !declared->second.empty())
            return std::string(declared->second.back()) + std::string(rest);
        const auto *const known = std::ranges::find(kKnownPrefixes, name, &Prefix::name);
        return known == kKnownPrefixes.end() ? std::string(term) : std::string(known->iri) + std::string(rest);
    }

    const Document &document_;
    OutputBudget &budget_; /* names repeat their vocabulary, which may be long */
    std::vector<Item> items_;
    std::vector<Scope> scopes_;
    std::vector<std::string_view> prefixes_; /* names declared by the open elements */
    std::unordered_map<std::string_view, std::vector<std::string_view>> name_to_iris_; /* the last one counts */
    unsigned steps_ = 0;
};

class RdfaWriter {
  public:
    RdfaWriter(const Document &document, std::vector<Item> items, JsonText &out, std::vector<std::string> &problems)
        : document_(document), items_(std::move(items)), out_(out), problems_(problems) {}

    void write() {
        out_.begin_array();
        for (std::size_t i = 0; i < items_.size(); ++i)
            if (!items_[i].is_value && !(items_[i].types.empty() && items_[i].properties.empty()))
                write_item(i);
        out_.end_array();
    }

  private:
    struct OpenItem {
        const Item *item;
        std::size_t next = 0;
    };

    /* Items are values of elements inside their owner, so there are no cycles. */
    void write_item(std::size_t top) {
        open_item(top);
        while (!open_.empty()) {
            Interrupt::poll();
            OpenItem &open = open_.back();
            const std::vector<ItemProperty> &properties = open.item->properties;
            const bool is_done = open.next == properties.size();
            const bool is_new_name =
                !is_done && (open.next == 0 || properties[open.next - 1].name != properties[open.next].name);
            if (open.next > 0 && (is_done || is_new_name))
                out_.end_array();
            if (is_done) {
                out_.end_object();
                out_.end_object();
                open_.pop_back();
                continue;
            }
            const ItemProperty &property = properties[open.next++];
            if (is_new_name) {
                out_.key(property.name);
                out_.begin_array();
            }
            write_value(property);
        }
    }

    void open_item(std::size_t number) {
        Item &item = items_[number];
        item.properties = group_by_name(std::move(item.properties));
        out_.begin_object();
        out_.key("type");
        out_.begin_array();
        for (const std::string &type : item.types)
            out_.string(type);
        out_.end_array();
        if (item.id)
            out_.member("id", *item.id);
        out_.key("properties");
        out_.begin_object();
        open_.push_back({&item});
    }

    void write_value(const ItemProperty &property) {
        if (property.item != kNoItem) {
            if (open_.size() < kMaxItemDepth) {
                open_item(property.item);
                return;
            }
            std::string problem = "items nest deeper than " + std::to_string(kMaxItemDepth) +
                                  " levels: " + abbreviate(property.name, kShownBytes);
            if (std::ranges::find(problems_, problem) == problems_.end() && problems_.size() < kMaxProblems)
                problems_.push_back(std::move(problem));
            out_.raw("null");
            return;
        }
        for (const std::string_view name : {"content", "datetime", "resource", "href", "src"}) {
            const std::string_view value = document_.attribute_value(property.element, name);
            if (value.data() != nullptr) {
                out_.string(value);
                return;
            }
        }
        out_.string(document_.string_value(property.element));
    }

    const Document &document_;
    std::vector<Item> items_;
    JsonText &out_;
    std::vector<std::string> &problems_;
    std::vector<OpenItem> open_;
};

} // namespace

void write_rdfa(const Document &document, JsonText &out, std::vector<std::string> &problems) {
    std::vector<Item> items = RdfaReader(document, out.budget()).read();
    RdfaWriter(document, std::move(items), out, problems).write();
}

} // namespace webwrap
