#pragma once

#include <string_view>

#include "core/base/limits.hpp"
#include "core/separate/layout.hpp"

namespace webwrap {

/* The layout tree of a page with nothing folded: its root stands for the page itself. Each byte of the page belongs to
 * exactly one node. Elements and texts are those that the page writes; implied html, head, body and the like have no bytes
 * and so no node, and where markup is misnested the tree follows the source. Polls; O(bytes). Throws kLimitExceeded. */
[[nodiscard]] LayoutId layout_of_page(LayoutPool &pool, std::string_view page, const Limits &limits = {});

/* The layout tree that a template was written from; where syntax stands elsewhere than separation puts it, the nearest
 * that there is. Throws kInvalidArgument for a template that does not nest. */
[[nodiscard]] LayoutId layout_of_template(LayoutPool &pool, std::string_view text, const Limits &limits = {});

/* The page again: the bytes of a layout tree that has no references and no instructions. */
[[nodiscard]] std::string page_of_layout(const LayoutPool &pool, LayoutId root);

/* Cuts a start tag as written at the values of its attributes: one piece more than values. */
void cut_start_tag(std::string_view tag, std::vector<std::string_view> &pieces, std::vector<std::string_view> &values);

/* True for a text that is no node of its own but belongs to what follows it. */
[[nodiscard]] bool is_blank(std::string_view text);

} // namespace webwrap
