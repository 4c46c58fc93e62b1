#include "core/select/visible_text.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

/* The text so far and what stands between it and the text to come: required line breaks, of which the largest number in
 * a row counts, or one collapsible space. */
class Lines {
  public:
    void add(std::string_view text, WhiteSpace white_space) {
        if (white_space == WhiteSpace::kPreserve)
            add_preserved(text);
        else
            add_collapsed(text, white_space == WhiteSpace::kPreserveBreaks);
    }

    /* A character that stands for a break of lines or cells. */
    void add_separator(char c) {
        end_line();
        flush();
        text_ += c;
        is_line_start_ = true;
    }

    void require_breaks(int count) {
        end_line();
        breaks_ = std::max(breaks_, count);
    }

    /* White space at the end of a line is not shown. */
    void end_line() {
        has_space_ = false;
        is_line_start_ = true;
    }

    /* Something without text stands here: the white space around it does not collapse. */
    void add_box() {
        if (has_space_)
            flush();
        is_line_start_ = false;
    }

    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    void flush() {
        if (!text_.empty())
            text_.append(static_cast<std::size_t>(breaks_), '\n');
        breaks_ = 0;
        if (has_space_)
            text_ += ' ';
        has_space_ = false;
        is_line_start_ = false;
    }

    void add_preserved(std::string_view text) {
        if (text.empty())
            return;
        flush();
        text_ += text;
        is_line_start_ = text.back() == '\n';
    }

    void add_collapsed(std::string_view text, bool keeps_breaks) {
        for (std::size_t at = 0; at < text.size();) {
            if (keeps_breaks && text[at] == '\n') {
                add_separator('\n');
                ++at;
                continue;
            }
            if (is_html_space(text[at])) {
                has_space_ = !is_line_start_;
                ++at;
                continue;
            }
            std::size_t end = at + 1;
            while (end < text.size() && !is_html_space(text[end]))
                ++end;
            flush();
            text_ += text.substr(at, end - at);
            at = end;
        }
    }

    std::string text_;
    int breaks_ = 0;
    bool has_space_ = false;
    bool is_line_start_ = true;
};

/* An open element that does something when it ends. */
struct Box {
    NodeId end;
    NodeId next; /* the node after it: more than `end` when part of the element does not show */
    Display display;
    WhiteSpace outer_white_space;
    bool is_outer_visible;
};

/* What rows and cells have come in the innermost table or, for stray ones, in the innermost cell. */
struct TableState {
    bool has_row = false;
    bool has_cell = false;
};

class Collector {
  public:
    Collector(const Document &document, Styles &styles, NestedTables nested)
        : document_(document), styles_(styles), nested_(nested) {}

    std::string collect(NodeId root) {
        begin_at(root);
        unsigned visited = 0;
        for (NodeId node = root + 1; node < document_.end_of(root);) {
            if (++visited % 1024 == 0)
                Interrupt::poll();
            if (!boxes_.empty() && boxes_.back().end <= node) {
                node = std::max(node, boxes_.back().next);
                close();
                continue;
            }
            if (document_.is_element(node)) {
                node = open(node);
                continue;
            }
            if (document_.kind(node) == NodeKind::kText && is_visible_)
                lines_.add(document_.text(node), white_space_);
            ++node;
        }
        while (!boxes_.empty())
            close();
        return lines_.take();
    }

  private:
    void begin_at(NodeId root) {
        if (!document_.is_element(root))
            return;
        const Style style = styles_.style_of(root);
        if (style.white_space != WhiteSpace::kInherit)
            white_space_ = style.white_space;
    }

    /* Returns the node to visit next. */
    NodeId open(NodeId node) {
        const NodeId end = document_.end_of(node);
        const Style style = styles_.style_of(node);
        if (style.display == Display::kNone)
            return end;
        if (style.display == Display::kBreak || style.display == Display::kReplaced) {
            open_empty(style);
            return end;
        }
        if (nested_ == NestedTables::kLeaveOut && document_.name(node) == "table" &&
            document_.space(node) == NodeSpace::kHtml && !is_layout_table(document_, node)) {
            lines_.require_breaks(1);
            return end;
        }
        const bool is_plain = style.display == Display::kInline || style.display == Display::kContents;
        if (is_plain && style.white_space == WhiteSpace::kInherit && style.visibility == Visibility::kInherit)
            return node + 1;
        Box box{end, end, style.display, white_space_, is_visible_};
        NodeId next = node + 1;
        if (styles_.is_closed_details(node)) {
            const NodeId summary = styles_.summary_of(node);
            next = summary == kNoNode ? end : summary;
            box.end = summary == kNoNode ? end : document_.end_of(summary);
        }
        begin_box(style.display);
        if (style.white_space != WhiteSpace::kInherit)
            white_space_ = style.white_space;
        if (style.visibility != Visibility::kInherit)
            is_visible_ = style.visibility == Visibility::kVisible;
        boxes_.push_back(box);
        return next;
    }

    void open_empty(const Style &style) {
        const bool is_shown =
            style.visibility == Visibility::kInherit ? is_visible_ : style.visibility == Visibility::kVisible;
        if (style.display == Display::kReplaced && (style.is_positioned || style.is_floating))
            lines_.require_breaks(1);
        else if (style.display == Display::kReplaced)
            lines_.add_box();
        else if (is_shown)
            lines_.add_separator('\n');
    }

    void begin_box(Display display) {
        switch (display) {
        case Display::kInlineBlock:
            lines_.add_box();
            lines_.end_line();
            break;
        case Display::kBlock:
            lines_.require_breaks(1);
            break;
        case Display::kParagraph:
            lines_.require_breaks(2);
            break;
        case Display::kTable:
            lines_.require_breaks(1);
            tables_.emplace_back();
            break;
        case Display::kTableRow:
            lines_.end_line();
            if (tables_.back().has_row)
                lines_.add_separator('\n');
            tables_.back() = {true, false};
            break;
        case Display::kTableCell:
            lines_.end_line();
            if (tables_.back().has_cell)
                lines_.add_separator('\t');
            tables_.back().has_cell = true;
            tables_.emplace_back();
            break;
        default:
            break;
        }
    }

    void close() {
        const Box box = boxes_.back();
        boxes_.pop_back();
        white_space_ = box.outer_white_space;
        is_visible_ = box.is_outer_visible;
        switch (box.display) {
        case Display::kInlineBlock:
            lines_.end_line();
            lines_.add_box();
            break;
        case Display::kBlock:
            lines_.require_breaks(1);
            break;
        case Display::kParagraph:
            lines_.require_breaks(2);
            break;
        case Display::kTable:
            lines_.require_breaks(1);
            tables_.pop_back();
            break;
        case Display::kTableRow:
            lines_.end_line();
            break;
        case Display::kTableCell:
            lines_.end_line();
            tables_.pop_back();
            break;
        default:
            break;
        }
    }

    const Document &document_;
    Styles &styles_;
    NestedTables nested_;
    Lines lines_;
    std::vector<Box> boxes_;
    std::vector<TableState> tables_{1};
    WhiteSpace white_space_ = WhiteSpace::kCollapse;
    bool is_visible_ = true;
};

} // namespace

std::string VisibleTextReader::read(NodeId element, NestedTables nested) {
    return Collector(document_, styles_, nested).collect(element);
}

std::string visible_text(const Document &document) { return VisibleTextReader(document).read(0); }

bool is_layout_table(const Document &document, NodeId table) {
    const std::string role = ascii_lower(trim(document.attribute_value(table, "role")));
    return role == "presentation" || role == "none";
}

} // namespace webwrap
