#include "core/separate/source_layout.hpp"

#include <algorithm>

#include <utility>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kDeepest = 513; /* as the parser's own limit; misnested markup could nest deeper here */

/* What is known of a node before its layout is built. */
struct Draft {
    NodeId node = kNoNode; /* of the document; kNoNode for texts and the page */
    std::string_view lead;
    std::string_view text; /* the start tag, or the characters of a text */
    std::string_view tail; /* lead of the end tag */
    std::string_view end;
    bool is_text = false;
    std::int32_t parent = -1;
};

class SourceTree {
  public:
    SourceTree(const Document &document, std::string_view page) : document_(document), page_(page) {
        drafts_.emplace_back();
        open_.push_back(0);
        const auto tokens = document.source_tokens();
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if ((i & 0xFFF) == 0)
                Interrupt::poll();
            const std::size_t begin = tokens[i].begin_bytes;
            const std::size_t end = i + 1 < tokens.size() ? tokens[i + 1].begin_bytes : page.size();
            take(tokens[i], begin, end);
        }
        end_text(page.size());
        while (open_.size() > 1)
            close_top(lead_begin_);
        drafts_[0].tail = page_.substr(lead_begin_);
    }

    LayoutId build(LayoutPool &pool) const {
        for (const Draft &draft : drafts_)
            if (draft.is_text)
                pool.count_text(pool.value(draft.text));
        std::vector<std::vector<LayoutId>> children(drafts_.size());
        std::vector<std::string_view> pieces;
        std::vector<std::string_view> values;
        std::vector<ValueId> slots;
        for (std::size_t i = drafts_.size(); i-- > 0;) {
            if ((i & 0xFFF) == 0)
                Interrupt::poll();
            const Draft &draft = drafts_[i];
            LayoutId id = kNoLayout;
            if (draft.is_text) {
                id = pool.text(pool.value(draft.lead), pool.value(draft.text));
            } else {
                std::ranges::reverse(children[i]);
                cut_start_tag(draft.text, pieces, values);
                LayoutFrame frame;
                frame.start.assign(pieces.begin(), pieces.end());
                frame.end = draft.end;
                if (draft.node != kNoNode)
                    frame.name = ascii_lower(document_.name(draft.node));
                slots.assign(1, pool.value(draft.lead));
                for (const std::string_view value : values)
                    slots.push_back(pool.value(value));
                slots.push_back(pool.value(draft.tail));
                id = pool.element(pool.frame(frame), slots, children[i]);
                children[i] = {};
            }
            if (i == 0)
                return id;
            children[static_cast<std::size_t>(draft.parent)].push_back(id);
        }
        return kNoLayout;
    }

  private:
    void take(const SourceToken &token, std::size_t begin, std::size_t end) {
        switch (token.kind) {
        case SourceToken::Kind::kText:
            /* White space that begins a text is the text's; a text of nothing else belongs to what follows. */
            if (text_begin_ == kNone)
                text_begin_ = begin;
            return;
        case SourceToken::Kind::kStartTag:
            end_text(begin);
            if (token.node != kNoNode && document_.is_element(token.node))
                open_element(token.node, begin, end);
            return;
        case SourceToken::Kind::kEndTag:
            end_text(begin);
            if (token.node != kNoNode)
                close_element(token.node, begin, end);
            return;
        default: /* stays in the lead of what follows */
            end_text(begin);
            return;
        }
    }

    void end_text(std::size_t end) {
        if (text_begin_ == kNone)
            return;
        const std::string_view text = page_.substr(text_begin_, end - text_begin_);
        const std::size_t begin = std::exchange(text_begin_, kNone);
        if (is_blank(text))
            return;
        Draft draft;
        draft.lead = page_.substr(lead_begin_, begin - lead_begin_);
        draft.text = text;
        draft.is_text = true;
        draft.parent = open_.back();
        drafts_.push_back(draft);
        lead_begin_ = end;
    }

    void open_element(NodeId node, std::size_t begin, std::size_t end) {
        close_others(node);
        Draft draft;
        draft.node = node;
        draft.lead = page_.substr(lead_begin_, begin - lead_begin_);
        draft.text = page_.substr(begin, end - begin);
        draft.parent = open_.back();
        lead_begin_ = end;
        drafts_.push_back(draft);
        if (open_.size() < kDeepest && !is_void(node))
            open_.push_back(static_cast<std::int32_t>(drafts_.size()) - 1);
    }

    [[nodiscard]] bool is_void(NodeId node) const {
        static constexpr std::string_view kVoid[] = {"area",  "base", "br",   "col",   "embed",  "hr",    "img",
                                                     "input", "link", "meta", "param", "source", "track", "wbr"};
        return document_.space(node) == NodeSpace::kHtml &&
               std::ranges::find(kVoid, document_.name(node)) != std::end(kVoid);
    }

    /* Closes what the page left open and the new element is not inside of. */
    void close_others(NodeId node) {
        const NodeId parent = document_.parent(node);
        if (node >= document_.size()) {
            close_others_in_template(parent);
            return;
        }
        std::size_t keep = open_.size();
        while (keep > 1 && !is_inside(parent, drafts_[static_cast<std::size_t>(open_[keep - 1])].node))
            --keep;
        if (keep == 1 && open_.size() > 1 && parent != kNoNode && document_.kind(parent) != NodeKind::kDocument &&
            !is_implied_frame(parent))
            return; /* moved out of everything that is open: the source says more */
        while (open_.size() > keep)
            close_top(lead_begin_);
    }

    /* The content of a template element hangs below a node of its own. */
    void close_others_in_template(NodeId parent) {
        NodeId holder = parent;
        while (holder != kNoNode && document_.parent(holder) != kNoNode)
            holder = document_.parent(holder);
        while (open_.size() > 1) {
            const NodeId top = drafts_[static_cast<std::size_t>(open_.back())].node;
            if (top < document_.size() || is_inside(parent, top) || document_.template_content(top) == holder)
                return;
            close_top(lead_begin_);
        }
    }

    [[nodiscard]] bool is_implied_frame(NodeId node) const {
        const std::string_view name = document_.name(node);
        return name == "html" || name == "body" || name == "head";
    }

    [[nodiscard]] bool is_inside(NodeId node, NodeId ancestor) const {
        return node != kNoNode && node >= ancestor && node < document_.end_of(ancestor);
    }

    void close_element(NodeId node, std::size_t begin, std::size_t end) {
        std::size_t at = open_.size();
        while (at > 1 && drafts_[static_cast<std::size_t>(open_[at - 1])].node != node)
            --at;
        if (at == 1)
            return; /* stray: stays in the lead of what follows */
        while (open_.size() > at)
            close_top(lead_begin_);
        Draft &draft = drafts_[static_cast<std::size_t>(open_.back())];
        draft.tail = page_.substr(lead_begin_, begin - lead_begin_);
        draft.end = page_.substr(begin, end - begin);
        open_.pop_back();
        lead_begin_ = end;
    }

    /* An element without an end tag ends where its last child does: what follows leads the next node. */
    void close_top(std::size_t at) {
        drafts_[static_cast<std::size_t>(open_.back())].tail = page_.substr(at, 0);
        open_.pop_back();
    }

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    const Document &document_;
    std::string_view page_;
    std::vector<Draft> drafts_;      /* in source order, so parents before children */
    std::vector<std::int32_t> open_; /* drafts */
    std::size_t lead_begin_ = 0;     /* bytes from here on belong to no node yet */
    std::size_t text_begin_ = kNone;
};

} // namespace

bool is_blank(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_html_space(c); });
}

void cut_start_tag(std::string_view tag, std::vector<std::string_view> &pieces, std::vector<std::string_view> &values) {
    pieces.clear();
    values.clear();
    std::size_t piece = 0;
    std::size_t at = 0;
    const auto in = [&](auto test) {
        while (at < tag.size() && test(tag[at]))
            ++at;
    };
    in([](char c) { return !is_html_space(c) && c != '/' && c != '>'; });
    while (at < tag.size()) {
        in([](char c) { return is_html_space(c) || c == '/'; });
        if (at >= tag.size() || tag[at] == '>')
            break;
        ++at; /* a name may begin with "=" */
        in([](char c) { return !is_html_space(c) && c != '/' && c != '>' && c != '='; });
        const std::size_t name_end = at;
        in([](char c) { return is_html_space(c); });
        if (at >= tag.size() || tag[at] != '=') {
            at = name_end;
            continue;
        }
        ++at;
        in([](char c) { return is_html_space(c); });
        if (at >= tag.size())
            break;
        std::size_t begin = at;
        if (tag[at] == '"' || tag[at] == '\'') {
            const char quote = tag[at];
            begin = ++at;
            in([quote](char c) { return c != quote; });
        } else {
            in([](char c) { return !is_html_space(c) && c != '>'; });
        }
        pieces.push_back(tag.substr(piece, begin - piece));
        values.push_back(tag.substr(begin, at - begin));
        piece = at;
        if (at < tag.size() && (tag[at] == '"' || tag[at] == '\'') && begin > 0 && tag[begin - 1] == tag[at])
            ++at;
    }
    pieces.push_back(tag.substr(piece));
}

LayoutId layout_of_page(LayoutPool &pool, std::string_view page, const Limits &limits) {
    const auto document = parse_html(page, limits);
    return SourceTree(*document, page).build(pool);
}

std::string page_of_layout(const LayoutPool &pool, LayoutId root) {
    std::string page;
    struct Step {
        LayoutId id;
        bool is_end;
    };
    std::vector<Step> steps{{root, false}};
    while (!steps.empty()) {
        const Step step = steps.back();
        steps.pop_back();
        const LayoutNode &node = pool.node(step.id);
        const auto slots = pool.slots(step.id);
        if (node.kind == LayoutKind::kText) {
            page.append(pool.value_text(slots[0])).append(pool.value_text(node.label));
            continue;
        }
        const LayoutFrame &frame = pool.frame_of(node.label);
        if (step.is_end) {
            page.append(pool.value_text(slots.back())).append(frame.end);
            continue;
        }
        page.append(pool.value_text(slots[0]));
        for (std::size_t i = 0; i < frame.start.size(); ++i) {
            if (i > 0)
                page.append(pool.value_text(slots[i]));
            page.append(frame.start[i]);
        }
        steps.push_back({step.id, true});
        const auto children = pool.children(step.id);
        for (std::size_t i = children.size(); i-- > 0;)
            steps.push_back({children[i], false});
    }
    return page;
}

} // namespace webwrap
