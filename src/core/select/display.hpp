#pragma once

#include <cstdint>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

/* How an element takes part in the layout of text. */
enum class Display : std::uint8_t {
    kNone,
    kContents, /* no box of its own */
    kInline,
    kBreak,       /* br */
    kReplaced,    /* one inline box without text: images, controls, frames */
    kInlineBlock, /* one inline box with lines of its own */
    kBlock,
    kParagraph, /* a block with an empty line before and after */
    kTable,
    kTableRow,
    kTableCell,
    kTablePart, /* groups of rows: boxes that add nothing to the text */
};

enum class WhiteSpace : std::uint8_t { kInherit, kCollapse, kPreserve, kPreserveBreaks };
enum class Visibility : std::uint8_t { kInherit, kVisible, kHidden };

struct Style {
    Display display = Display::kInline;
    WhiteSpace white_space = WhiteSpace::kInherit;
    Visibility visibility = Visibility::kInherit;
    bool is_positioned = false; /* out of the flow of its line */
    bool is_floating = false;   /* likewise */
};

/* The style of elements by the user agent style sheet of the HTML standard (chapter 15.3), the attributes hidden and open,
 * and display, visibility and white-space of style attributes; other style sheets are not read. Scripting is off, so
 * noscript shows. */
class Styles {
  public:
    explicit Styles(const Document &document);

    /* O(attributes of the element). */
    [[nodiscard]] Style style_of(NodeId element);
    /* The summary of a details element that is closed, which is all that it shows; kNoNode when it has none. */
    [[nodiscard]] NodeId summary_of(NodeId details) const;
    [[nodiscard]] bool is_closed_details(NodeId element) const;

  private:
    struct Rule;
    [[nodiscard]] Style html_style(NodeId element);
    void apply_condition(NodeId element, Style &style) const;

    const Document &document_;
    NameId hidden_;
    NameId style_;
    NameId details_;
    NameId summary_;
    NameId open_;
    std::vector<std::int16_t> name_to_rule_; /* filled on demand */
};

} // namespace webwrap
