#pragma once

/* Internal to parse: the stack of open elements (HTML standard, 13.2.4.2). Every question about it takes constant time,
 * however deep a page nests: each entry knows the nearest entry of its name and of each boundary below it. */

#include <array>
#include <vector>

#include "core/parse/html_elements.hpp"
#include "core/parse/html_tree.hpp"

namespace webwrap {

class OpenElements {
  public:
    enum Boundary : std::size_t { kScopeBoundary, kSpecialBoundary, kListBoundary, kModeBoundary, kBoundaryCount };

    struct Entry {
        NodeId node;
        NameId name;
        NodeSpace space;
        bool is_html_integration_point;
        bool is_mathml_text_integration_point;
        int previous_of_name; /* the entry below of the same name, HTML elements only; -1 when there is none */
        std::array<int, kBoundaryCount> boundaries; /* the nearest at or below; -1 when there is none */
    };

    explicit OpenElements(HtmlTree &tree) : tree_(tree) {}

    [[nodiscard]] int size() const noexcept { return static_cast<int>(entries_.size()); }
    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] const Entry &top() const { return entries_.back(); }
    [[nodiscard]] const Entry &at(int index) const { return entries_[static_cast<std::size_t>(index)]; }

    /* What an entry for the node would say of it, boundaries left out. */
    [[nodiscard]] Entry describe(NodeId node) const;
    void push(NodeId node);
    NodeId pop();
    void remove(int index);
    void insert(int index, NodeId node);
    void replace(int index, NodeId node);

    /* Index of the last HTML element of the name, or -1. */
    [[nodiscard]] int last_of(NameId name) const {
        const auto i = static_cast<std::size_t>(name);
        return i < name_to_last_.size() ? name_to_last_[i] : -1;
    }
    [[nodiscard]] int index_of(NodeId node) const;
    [[nodiscard]] int boundary(Boundary which) const { return entries_.empty() ? -1 : top().boundaries[which]; }
    [[nodiscard]] bool has_in_scope(NameId name) const { return is_above(last_of(name), boundary(kScopeBoundary)); }
    [[nodiscard]] bool has_in_button_scope(NameId name) const {
        return has_in_scope(name) && last_of(name) >= last_of(names::kButton);
    }
    [[nodiscard]] bool has_in_list_scope(NameId name) const {
        return has_in_scope(name) && last_of(name) >= last_of(names::kOl) && last_of(name) >= last_of(names::kUl);
    }
    [[nodiscard]] bool has_in_table_scope(NameId name) const {
        const int last = last_of(name);
        return last >= 0 && last >= last_of(names::kTable) && last >= last_of(names::kTemplate) &&
               last >= last_of(names::kHtml);
    }

  private:
    static bool is_above(int index, int boundary) { return index >= 0 && index >= boundary; }
    void link(int index);
    void unlink_from(int index);
    void relink_from(int index);

    HtmlTree &tree_;
    std::vector<Entry> entries_;
    std::vector<int> name_to_last_;
};

} // namespace webwrap
