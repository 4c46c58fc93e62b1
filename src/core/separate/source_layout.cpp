#include "core/separate/source_layout.hpp"

#include <algorithm>

#include <utility>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/parse.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kDeepest = 513; /* as the parser's own limit; misnested markup could nest deeper here */

/* What is known of a node before its layout is built. */
struct Draft {
    LayoutKind kind = LayoutKind::kElement;
    NodeId node = kNoNode; /* of the document; kNoNode for texts, instructions and the page */
    std::string_view lead;
    std::string_view text; /* the start tag, or the characters of a text */
    std::string_view tail; /* lead of the end tag */
    std::string_view end;
    std::int32_t parent = -1;
};

/* A place of a template where its syntax stood. */
struct Mark {
    std::size_t at;
    std::size_t size; /* of what stands in for it: nothing for instructions */
    PieceKind kind;
};

struct BareTemplate {
    std::string text;
    std::vector<Mark> marks;
};

/* A template with its syntax replaced by what does not change how markup is read. */
BareTemplate bare_template(std::string_view text) {
    BareTemplate bare;
    for (const TemplatePiece &piece : parse_template(text)) {
        if (piece.kind == PieceKind::kLiteral) {
            bare.text += piece.text;
            continue;
        }
        const std::string_view stand_in = piece.kind == PieceKind::kReference ? "\xEF\xBF\xBC"
                                          : piece.kind == PieceKind::kSpace   ? " "
                                                                              : "";
        bare.marks.push_back({bare.text.size(), stand_in.size(), piece.kind});
        bare.text += stand_in;
    }
    return bare;
}

class SourceTree {
  public:
    SourceTree(const Document &document, std::string_view page, std::span<const Mark> marks)
        : document_(document), page_(page), marks_(marks) {
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
        take_marks(page.size() + 1);
        end_text(page.size());
        while (open_.size() > 1)
            close_top(lead_begin_);
        drafts_[0].tail = page_.substr(lead_begin_);
    }

    LayoutId build(LayoutPool &pool) const {
        for (const Draft &draft : drafts_)
            if (draft.kind == LayoutKind::kText)
                pool.count_text(pool.value(draft.text));
        std::vector<std::vector<LayoutId>> children(drafts_.size());
        for (std::size_t i = drafts_.size(); i-- > 0;) {
            if ((i & 0xFFF) == 0)
                Interrupt::poll();
            const Draft &draft = drafts_[i];
            std::ranges::reverse(children[i]);
            const LayoutId id = build_one(pool, draft, children[i]);
            children[i] = {};
            if (i == 0)
                return id;
            children[static_cast<std::size_t>(draft.parent)].push_back(id);
        }
        return kNoLayout;
    }

  private:
    LayoutId build_one(LayoutPool &pool, const Draft &draft, std::span<const LayoutId> children) const {
        switch (draft.kind) {
        case LayoutKind::kText:
            return pool.text(slot_of(pool, draft.lead), pool.value(draft.text));
        case LayoutKind::kReference:
            return pool.reference(slot_of(pool, draft.lead));
        case LayoutKind::kElement:
            break;
        default:
            return pool.instruction(draft.kind, children);
        }
        std::vector<std::string_view> pieces;
        std::vector<std::string_view> values;
        cut_start_tag(draft.text, pieces, values);
        LayoutFrame frame;
        frame.start.assign(pieces.begin(), pieces.end());
        frame.end = draft.end;
        if (draft.node != kNoNode)
            frame.name = ascii_lower(document_.name(draft.node));
        std::vector<ValueId> slots{slot_of(pool, draft.lead)};
        for (const std::string_view value : values)
            slots.push_back(slot_of(pool, value));
        slots.push_back(slot_of(pool, draft.tail));
        return pool.element(pool.frame(frame), slots, children);
    }

    ValueId slot_of(LayoutPool &pool, std::string_view text) const {
        if (!marks_.empty() && !text.empty()) {
            const auto at = static_cast<std::size_t>(text.data() - page_.data());
            const auto mark = std::ranges::lower_bound(marks_, at, {}, &Mark::at);
            for (auto it = mark; it != marks_.end() && it->at == at; ++it)
                if (it->size == text.size())
                    return kVariable;
        }
        return pool.value(text);
    }

    /* Marks before `end`, of which those of instructions and of text matter here. */
    void take_marks(std::size_t end) {
        for (; mark_ < marks_.size() && marks_[mark_].at < end; ++mark_) {
            const Mark &mark = marks_[mark_];
            end_text(mark.at);
            switch (mark.kind) {
            case PieceKind::kBeginFor:
            case PieceKind::kBeginIf:
                open_instruction(mark.kind == PieceKind::kBeginFor ? LayoutKind::kFor : LayoutKind::kIf);
                break;
            case PieceKind::kEndFor:
            case PieceKind::kEndIf:
                while (!is_instruction(open_.back()))
                    close_top(lead_begin_);
                open_.pop_back();
                break;
            case PieceKind::kReference:
                add_leaf(LayoutKind::kReference, mark.at, mark.at + mark.size);
                break;
            default:
                break;
            }
        }
    }

    /* Text from `begin` to `end`, in which references and instructions may stand. */
    void take_text(std::size_t begin, std::size_t end) {
        while (begin < end) {
            const std::size_t stop = mark_ < marks_.size() ? std::min(end, marks_[mark_].at) : end;
            if (stop > begin && text_begin_ == kNone)
                text_begin_ = begin;
            if (stop == end)
                return;
            take_marks(stop + 1);
            begin = stop + marks_[mark_ - 1].size; /* what has a size is the last at its place */
        }
    }

    [[nodiscard]] bool is_instruction(std::int32_t draft) const {
        const LayoutKind kind = drafts_[static_cast<std::size_t>(draft)].kind;
        return kind == LayoutKind::kFor || kind == LayoutKind::kIf;
    }

    void open_instruction(LayoutKind kind) {
        Draft draft;
        draft.kind = kind;
        draft.parent = open_.back();
        open_.push_back(static_cast<std::int32_t>(drafts_.size()));
        drafts_.push_back(draft);
    }

    void add_leaf(LayoutKind kind, std::size_t begin, std::size_t end) {
        Draft draft;
        draft.kind = kind;
        draft.lead = page_.substr(lead_begin_, begin - lead_begin_);
        draft.text = page_.substr(begin, end - begin);
        draft.parent = open_.back();
        drafts_.push_back(draft);
        lead_begin_ = end;
    }

    void take(const SourceToken &token, std::size_t begin, std::size_t end) {
        if (token.kind == SourceToken::Kind::kText) {
            take_text(begin, end);
            return;
        }
        take_marks(begin + (marks_.empty() ? 0 : 1));
        switch (token.kind) {
        case SourceToken::Kind::kStartTag:
            end_text(begin);
            if (token.node != kNoNode && document_.is_element(token.node))
                open_element(token.node, begin, end);
            while (mark_ < marks_.size() && marks_[mark_].at < end) /* values of attributes */
                ++mark_;
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
        if (!is_blank(text)) /* else it belongs to what follows */
            add_leaf(LayoutKind::kText, begin, end);
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

    /* The elements from here on are inside of the innermost instruction. */
    [[nodiscard]] std::size_t floor() const {
        std::size_t at = open_.size();
        while (at > 1 && !is_instruction(open_[at - 1]))
            --at;
        return at;
    }

    /* Closes what the page left open and the new element is not inside of. */
    void close_others(NodeId node) {
        const NodeId parent = document_.parent(node);
        if (node >= document_.size()) {
            close_others_in_template(parent);
            return;
        }
        std::size_t keep = open_.size();
        while (keep > 1 && (is_instruction(open_[keep - 1]) ||
                            !is_inside(parent, drafts_[static_cast<std::size_t>(open_[keep - 1])].node)))
            --keep;
        if (keep == 1 && parent != kNoNode && document_.kind(parent) != NodeKind::kDocument &&
            !is_implied_frame(parent))
            return; /* moved out of everything that is open: the source says more */
        keep = std::max(keep, marks_.empty() ? 1 : floor());
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
            if (is_instruction(open_.back()) || top < document_.size() || is_inside(parent, top) ||
                document_.template_content(top) == holder)
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
        const std::size_t lowest = marks_.empty() ? 1 : floor();
        std::size_t at = open_.size();
        while (at > lowest && drafts_[static_cast<std::size_t>(open_[at - 1])].node != node)
            --at;
        if (at == lowest)
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
    std::span<const Mark> marks_;
    std::size_t mark_ = 0;           /* the next one */
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
    return SourceTree(*document, page, {}).build(pool);
}

LayoutId layout_of_template(LayoutPool &pool, std::string_view text, const Limits &limits) {
    const BareTemplate bare = bare_template(text);
    const auto document = parse_html(bare.text, limits);
    return SourceTree(*document, bare.text, bare.marks).build(pool);
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
