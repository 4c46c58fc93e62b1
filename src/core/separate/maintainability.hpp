#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/separate/layout.hpp"

namespace webwrap {

/* What the maintainability index is a function of (Zhao et al. 2018, section 3, table 1). */
struct MaintainabilityCounts {
    std::int64_t symbols = 0;  /* N: operators and operands */
    std::int64_t distinct = 0; /* n: distinct ones */
    std::int64_t branches = 1; /* G: iterations and conditions, and one */
    std::int64_t lines = 0;    /* SLOC */

    friend bool operator==(const MaintainabilityCounts &, const MaintainabilityCounts &) = default;
};

/* 171 - 5.2 ln V - 0.23 G - 16.2 ln SLOC with V = N log2 n. Below two distinct symbols the volume counts as 1, without
 * lines SLOC does, so that every page has an index. */
[[nodiscard]] double maintainability_index(const MaintainabilityCounts &counts);

/* Counts layout trees. Elements are told apart by tag name, texts by value; each reference, iteration and condition is
 * distinct. Keeps tables between calls; O(subtree). */
class MaintainabilityCounter {
  public:
    explicit MaintainabilityCounter(const LayoutPool &pool) : pool_(pool) {}
    [[nodiscard]] MaintainabilityCounts count(std::span<const LayoutId> forest);
    [[nodiscard]] MaintainabilityCounts count(LayoutId root) { return count(std::span(&root, 1)); }

  private:
    bool is_new(std::vector<std::uint32_t> &seen, std::int32_t id);

    const LayoutPool &pool_;
    std::vector<std::uint32_t> name_to_round_;
    std::vector<std::uint32_t> value_to_round_;
    std::vector<LayoutId> stack_;
    std::uint32_t round_ = 0;
};

/* Counts a page or a template as written: what `layout_of_page` makes nodes of, and the iterations, conditions and
 * references of templates. Elements that the page does not write (html, head, body) do not count. A page whose
 * text looks like template syntax that does not nest is no template: all of it is page text. */
[[nodiscard]] MaintainabilityCounts count_markup(std::string_view markup, const Limits &limits = {});

} // namespace webwrap
