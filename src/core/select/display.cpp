#include "core/select/display.hpp"

#include <algorithm>
#include <array>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

struct Styles::Rule {
    std::string_view name;
    Display display;
    WhiteSpace white_space = WhiteSpace::kInherit;
    bool has_condition = false;
};

namespace {

/* A form straight below one of these is an accident of markup and shows nothing. */
bool is_table_part(std::string_view name) {
    return name == "table" || name == "thead" || name == "tbody" || name == "tfoot" || name == "tr";
}

std::string without_comments(std::string_view css) {
    std::string plain;
    for (std::size_t at = 0; at < css.size();) {
        const std::size_t begin = std::min(css.find("/*", at), css.size());
        plain += css.substr(at, begin - at);
        const std::size_t end = css.find("*/", std::min(begin + 2, css.size()));
        at = end == std::string_view::npos ? css.size() : end + 2;
    }
    return plain;
}

bool read_display(std::string_view value, Style &style) {
    struct Keyword {
        std::string_view name;
        Display display;
    };
    static constexpr auto kKeywords = std::to_array<Keyword>({
        {"none", Display::kNone},
        {"contents", Display::kContents},
        {"inline", Display::kInline},
        {"initial", Display::kInline},
        {"unset", Display::kInline},
        {"inline-block", Display::kInlineBlock},
        {"inline-flex", Display::kInlineBlock},
        {"inline-grid", Display::kInlineBlock},
        {"inline-table", Display::kInlineBlock},
        {"block", Display::kBlock},
        {"flow-root", Display::kBlock},
        {"list-item", Display::kBlock},
        {"flex", Display::kBlock},
        {"grid", Display::kBlock},
        {"table", Display::kTable},
        {"table-caption", Display::kBlock},
        {"table-row", Display::kTableRow},
        {"table-cell", Display::kTableCell},
        {"table-row-group", Display::kTablePart},
        {"table-header-group", Display::kTablePart},
        {"table-footer-group", Display::kTablePart},
        {"table-column", Display::kNone},
        {"table-column-group", Display::kNone},
    });
    const auto *const found = std::ranges::find(kKeywords, value, &Keyword::name);
    if (found == kKeywords.end())
        return false;
    style.display = found->display;
    return true;
}

bool read_visibility(std::string_view value, Style &style) {
    if (value != "visible" && value != "hidden" && value != "collapse")
        return false;
    style.visibility = value == "visible" ? Visibility::kVisible : Visibility::kHidden;
    return true;
}

bool read_white_space(std::string_view value, Style &style) {
    if (value == "normal" || value == "nowrap")
        style.white_space = WhiteSpace::kCollapse;
    else if (value == "pre" || value == "pre-wrap" || value == "break-spaces")
        style.white_space = WhiteSpace::kPreserve;
    else if (value == "pre-line")
        style.white_space = WhiteSpace::kPreserveBreaks;
    else
        return false;
    return true;
}

bool read_position(std::string_view value, Style &style) {
    const bool is_out = value == "absolute" || value == "fixed";
    if (!is_out && value != "static" && value != "relative" && value != "sticky")
        return false;
    style.is_positioned = is_out;
    return true;
}

bool read_float(std::string_view value, Style &style) {
    const bool is_out = value == "left" || value == "right" || value == "inline-start" || value == "inline-end";
    if (!is_out && value != "none")
        return false;
    style.is_floating = is_out;
    return true;
}

/* What is out of the flow of its line is a block. */
void take_out_of_flow(Style &style) {
    if (style.display == Display::kInline || style.display == Display::kInlineBlock ||
        style.display == Display::kTableRow || style.display == Display::kTableCell ||
        style.display == Display::kTablePart)
        style.display = Display::kBlock;
}

/* One property of a style attribute: the last declaration that is valid counts, an important one before all others. */
class Property {
  public:
    constexpr Property(std::string_view name, bool (*read)(std::string_view, Style &)) : name_(name), read_(read) {}

    void take(std::string_view name, std::string_view value, bool is_important, Style &style) {
        if (name == name_ && (is_important || !is_important_) && read_(value, style))
            is_important_ = is_important;
    }

  private:
    std::string_view name_;
    bool (*read_)(std::string_view, Style &);
    bool is_important_ = false;
};

/* A semicolon inside a string or url() cuts a declaration in two; neither half is one of our properties. */
void apply_declarations(std::string_view css, Style &style) {
    const std::string plain = ascii_lower(without_comments(css));
    std::array properties = {Property("display", read_display), Property("visibility", read_visibility),
                             Property("white-space", read_white_space), Property("position", read_position),
                             Property("float", read_float)};
    unsigned declarations = 0;
    for (std::string_view rest = plain; !rest.empty();) {
        if (++declarations % 1024 == 0)
            Interrupt::poll();
        const std::string_view declaration = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(declaration.size() + 1, rest.size()));
        const std::size_t colon = declaration.find(':');
        if (colon == std::string_view::npos)
            continue;
        std::string_view value = trim(declaration.substr(colon + 1));
        const std::size_t mark = value.rfind('!');
        const bool is_important = mark != std::string_view::npos && trim(value.substr(mark + 1)) == "important";
        if (is_important)
            value = trim(value.substr(0, mark));
        for (Property &property : properties)
            property.take(trim(declaration.substr(0, colon)), value, is_important, style);
    }
}

/* Text in SVG shows only inside text and foreignObject; the names come in either spelling. */
Style svg_style(std::string_view name) {
    static constexpr auto kHidden = std::to_array<std::string_view>(
        {"title", "desc", "metadata", "style", "script", "defs", "symbol", "clippath", "mask", "pattern", "marker"});
    Style style;
    const std::string lower = ascii_lower(name);
    if (std::ranges::find(kHidden, lower) != kHidden.end())
        style.display = Display::kNone;
    else if (lower == "svg") {
        style.display = Display::kInlineBlock;
        style.visibility = Visibility::kHidden;
    } else if (lower == "text" || lower == "foreignobject") {
        style.display = Display::kBlock;
        style.visibility = Visibility::kVisible;
    }
    return style;
}

} // namespace

Styles::Styles(const Document &document)
    : document_(document), hidden_(document.find_name("hidden")), style_(document.find_name("style")),
      details_(document.find_name("details")), summary_(document.find_name("summary")),
      open_(document.find_name("open")) {}

Style Styles::html_style(NodeId element) {
    static constexpr auto kRules = std::to_array<Rule>({
        {"", Display::kInline}, /* any other name */
        {"address", Display::kBlock},
        {"area", Display::kNone},
        {"article", Display::kBlock},
        {"aside", Display::kBlock},
        {"audio", Display::kReplaced, WhiteSpace::kInherit, true},
        {"base", Display::kNone},
        {"basefont", Display::kNone},
        {"bgsound", Display::kNone},
        {"blockquote", Display::kBlock},
        {"body", Display::kBlock},
        {"br", Display::kBreak},
        {"button", Display::kInlineBlock},
        {"caption", Display::kBlock},
        {"center", Display::kBlock},
        {"col", Display::kNone},
        {"colgroup", Display::kNone},
        {"datalist", Display::kNone},
        {"dd", Display::kBlock},
        {"details", Display::kBlock},
        {"dialog", Display::kBlock, WhiteSpace::kInherit, true},
        {"dir", Display::kBlock},
        {"div", Display::kBlock},
        {"dl", Display::kBlock},
        {"dt", Display::kBlock},
        {"embed", Display::kReplaced},
        {"fieldset", Display::kBlock},
        {"figcaption", Display::kBlock},
        {"figure", Display::kBlock},
        {"footer", Display::kBlock},
        {"form", Display::kBlock, WhiteSpace::kInherit, true},
        {"frame", Display::kReplaced},
        {"frameset", Display::kBlock},
        {"h1", Display::kBlock},
        {"h2", Display::kBlock},
        {"h3", Display::kBlock},
        {"h4", Display::kBlock},
        {"h5", Display::kBlock},
        {"h6", Display::kBlock},
        {"head", Display::kNone},
        {"header", Display::kBlock},
        {"hgroup", Display::kBlock},
        {"hr", Display::kBlock},
        {"html", Display::kBlock},
        {"iframe", Display::kReplaced},
        {"img", Display::kReplaced},
        {"input", Display::kReplaced, WhiteSpace::kInherit, true},
        {"legend", Display::kBlock},
        {"li", Display::kBlock},
        {"link", Display::kNone},
        {"listing", Display::kBlock, WhiteSpace::kPreserve},
        {"main", Display::kBlock},
        {"marquee", Display::kInlineBlock},
        {"menu", Display::kBlock},
        {"meta", Display::kNone},
        {"meter", Display::kReplaced},
        {"nav", Display::kBlock},
        {"noembed", Display::kNone},
        {"noframes", Display::kNone},
        {"ol", Display::kBlock},
        {"optgroup", Display::kBlock},
        {"option", Display::kBlock},
        {"p", Display::kParagraph},
        {"param", Display::kNone},
        {"plaintext", Display::kBlock, WhiteSpace::kPreserve},
        {"pre", Display::kBlock, WhiteSpace::kPreserve},
        {"progress", Display::kReplaced},
        {"rp", Display::kNone},
        {"script", Display::kNone},
        {"search", Display::kBlock},
        {"section", Display::kBlock},
        {"select", Display::kInlineBlock},
        {"slot", Display::kContents},
        {"source", Display::kNone},
        {"style", Display::kNone},
        {"summary", Display::kBlock},
        {"table", Display::kTable, WhiteSpace::kInherit, true},
        {"tbody", Display::kTablePart},
        {"td", Display::kTableCell},
        {"template", Display::kNone, WhiteSpace::kInherit, true},
        {"textarea", Display::kReplaced},
        {"tfoot", Display::kTablePart},
        {"th", Display::kTableCell},
        {"thead", Display::kTablePart},
        {"title", Display::kNone},
        {"tr", Display::kTableRow},
        {"track", Display::kNone},
        {"ul", Display::kBlock},
        {"video", Display::kReplaced},
        {"xmp", Display::kBlock, WhiteSpace::kPreserve},
    });
    static_assert(std::ranges::is_sorted(kRules, {}, &Rule::name));
    const auto name = static_cast<std::size_t>(document_.name_id(element));
    if (name >= name_to_rule_.size())
        name_to_rule_.resize(name + 1, -1);
    if (name_to_rule_[name] < 0) {
        const auto *const found = std::ranges::lower_bound(kRules, document_.name(element), {}, &Rule::name);
        const bool is_known = found != kRules.end() && found->name == document_.name(element);
        name_to_rule_[name] = static_cast<std::int16_t>(is_known ? found - kRules.begin() : 0);
    }
    const Rule &rule = kRules[static_cast<std::size_t>(name_to_rule_[name])];
    Style style{rule.display, rule.white_space, Visibility::kInherit};
    if (rule.has_condition)
        apply_condition(element, style);
    return style;
}

/* The rules that look at more than the name. */
void Styles::apply_condition(NodeId element, Style &style) const {
    const std::string_view name = document_.name(element);
    const auto lacks = [&](std::string_view attribute) {
        return document_.attribute_value(element, attribute).data() == nullptr;
    };
    if ((name == "dialog" && lacks("open")) || (name == "audio" && lacks("controls")) ||
        (name == "input" && ascii_lower(document_.attribute_value(element, "type")) == "hidden") ||
        (name == "form" && is_table_part(document_.name(document_.parent(element)))))
        style.display = Display::kNone;
    else if (name == "template" && !lacks("shadowrootmode"))
        style.display = Display::kContents; /* a declarative shadow root: shown in place of its host's content */
    else if (name == "table" && document_.quirks_mode() == QuirksMode::kQuirks)
        style.white_space = WhiteSpace::kCollapse;
}

Style Styles::style_of(NodeId element) {
    Style style;
    if (document_.space(element) == NodeSpace::kHtml)
        style = html_style(element);
    else if (document_.space(element) == NodeSpace::kSvg)
        style = svg_style(document_.name(element));
    else if (document_.name(element).starts_with("annotation"))
        style.display = Display::kNone;
    const Display as_element = style.display;
    std::string_view css;
    for (std::int32_t at = document_.first_attribute(element); at < document_.first_attribute(element + 1); ++at) {
        const Attribute &attribute = document_.attribute(at);
        if (attribute.name == hidden_)
            style.display = Display::kNone;
        else if (attribute.name == style_)
            css = attribute.value;
    }
    if (!css.empty()) /* after hidden, which a style may overrule */
        apply_declarations(css, style);
    if (style.display == Display::kNone)
        return style;
    /* No style makes text of a control or an image; and a p has its empty lines in whatever box. */
    if (as_element == Display::kReplaced || as_element == Display::kBreak || as_element == Display::kParagraph)
        style.display = as_element;
    if (style.is_positioned || style.is_floating)
        take_out_of_flow(style);
    return style;
}

bool Styles::is_closed_details(NodeId element) const {
    if (document_.name_id(element) != details_ || document_.space(element) != NodeSpace::kHtml)
        return false;
    for (std::int32_t at = document_.first_attribute(element); at < document_.first_attribute(element + 1); ++at)
        if (document_.attribute(at).name == open_)
            return false;
    return true;
}

NodeId Styles::summary_of(NodeId details) const {
    for (NodeId child = document_.first_child(details); child != kNoNode; child = document_.next_sibling(child))
        if (document_.is_element(child) && document_.name_id(child) == summary_)
            return child;
    return kNoNode;
}

} // namespace webwrap
