#include "core/separate/maintainability.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/parse.hpp"
#include "core/separate/source_layout.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

double maintainability_index(const MaintainabilityCounts &counts) {
    const double volume = counts.distinct < 2
                              ? 1.0
                              : static_cast<double>(counts.symbols) * std::log2(static_cast<double>(counts.distinct));
    const double lines = static_cast<double>(std::max<std::int64_t>(counts.lines, 1));
    return 171.0 - 5.2 * std::log(volume) - 0.23 * static_cast<double>(counts.branches) - 16.2 * std::log(lines);
}

bool MaintainabilityCounter::is_new(std::vector<std::uint32_t> &seen, std::int32_t id) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= seen.size())
        seen.resize(std::max(at + 1, seen.size() * 2), 0);
    return std::exchange(seen[at], round_) != round_;
}

MaintainabilityCounts MaintainabilityCounter::count(std::span<const LayoutId> forest) {
    ++round_;
    MaintainabilityCounts counts;
    stack_.assign(forest.begin(), forest.end());
    while (!stack_.empty()) {
        const LayoutId id = stack_.back();
        stack_.pop_back();
        const LayoutNode &node = pool_.node(id);
        std::int64_t own = 0;
        switch (node.kind) {
        case LayoutKind::kText:
            own = is_new(value_to_round_, node.label) ? 1 : 0;
            ++counts.symbols;
            ++counts.lines;
            break;
        case LayoutKind::kReference:
            own = 1;
            ++counts.symbols;
            ++counts.lines;
            break;
        case LayoutKind::kElement:
            if (pool_.frame_of(node.label).name.empty())
                break;
            own = is_new(name_to_round_, pool_.frame_name(node.label)) ? 1 : 0;
            ++counts.symbols;
            counts.lines += 2;
            break;
        case LayoutKind::kFor:
        case LayoutKind::kIf:
            own = 1;
            ++counts.symbols;
            ++counts.branches;
            counts.lines += 2;
            break;
        }
        counts.distinct += own;
        const auto slots = pool_.slots(id);
        for (std::size_t slot = 0; slot < slots.size(); ++slot) {
            if (slots[slot] != kVariable)
                continue;
            ++counts.symbols;
            ++counts.distinct;
            counts.lines += slot == 0 || slot + 1 == slots.size() ? 1 : 0;
        }
        const auto children = pool_.children(id);
        stack_.insert(stack_.end(), children.begin(), children.end());
    }
    return counts;
}

namespace {

/* A template without its syntax: a character that starts no markup stands for each reference. */
struct BareTemplate {
    static constexpr std::string_view kStandIn = "\xEF\xBF\xBC";

    std::string text;
    std::vector<std::size_t> references; /* bytes where stand-ins begin */
    std::vector<std::size_t> cuts;       /* bytes where instructions stood: texts end there */
    std::int64_t branches = 0;
};

BareTemplate bare_template(std::string_view markup) {
    BareTemplate bare;
    std::vector<TemplatePiece> pieces;
    try {
        pieces = parse_template(markup);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kInvalidArgument)
            throw;
        bare.text = markup; /* no template, so a page that has something like its syntax */
        return bare;
    }
    for (const TemplatePiece &piece : pieces) {
        if (piece.kind == PieceKind::kLiteral) {
            bare.text += piece.text;
        } else if (piece.kind == PieceKind::kReference) {
            bare.references.push_back(bare.text.size());
            bare.text += BareTemplate::kStandIn;
        } else {
            bare.cuts.push_back(bare.text.size());
            bare.branches += piece.kind == PieceKind::kBeginFor || piece.kind == PieceKind::kBeginIf ? 1 : 0;
        }
    }
    return bare;
}

class MarkupCounter {
  public:
    explicit MarkupCounter(const BareTemplate &bare) : bare_(bare) {
        counts_.branches += bare.branches;
        counts_.symbols = counts_.distinct = bare.branches;
        counts_.lines = 2 * bare.branches;
    }

    MaintainabilityCounts run(const Limits &limits) {
        const auto document = parse_html(bare_.text, limits);
        const auto tokens = document->source_tokens();
        std::size_t text_begin = 0;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if ((i & 0xFFF) == 0)
                Interrupt::poll();
            if (tokens[i].kind == SourceToken::Kind::kText)
                continue;
            const std::size_t begin = tokens[i].begin_bytes;
            const std::size_t end = i + 1 < tokens.size() ? tokens[i + 1].begin_bytes : bare_.text.size();
            count_texts(text_begin, begin);
            const NodeId node = tokens[i].node;
            if (tokens[i].kind == SourceToken::Kind::kStartTag && node != kNoNode && document->is_element(node)) {
                add(1, names_.insert(ascii_lower(document->name(node))).second, 2);
                count_references(end, 0);
            }
            count_references(end, 1);
            text_begin = end;
        }
        count_texts(text_begin, bare_.text.size());
        return counts_;
    }

  private:
    void add(std::int64_t symbols, bool is_new, std::int64_t lines) {
        counts_.symbols += symbols;
        counts_.distinct += is_new ? 1 : 0;
        counts_.lines += lines;
    }

    void count_references(std::size_t end, std::int64_t lines) {
        for (; reference_ < bare_.references.size() && bare_.references[reference_] < end; ++reference_)
            add(1, true, lines);
    }

    void count_texts(std::size_t begin, std::size_t end) {
        while (begin < end) {
            if (reference_ < bare_.references.size() && bare_.references[reference_] <= begin) {
                begin += BareTemplate::kStandIn.size();
                ++reference_;
                add(1, true, 1);
                continue;
            }
            while (cut_ < bare_.cuts.size() && bare_.cuts[cut_] <= begin)
                ++cut_;
            std::size_t stop = end;
            if (reference_ < bare_.references.size())
                stop = std::min(stop, bare_.references[reference_]);
            if (cut_ < bare_.cuts.size())
                stop = std::min(stop, bare_.cuts[cut_]);
            const std::string text = bare_.text.substr(begin, stop - begin);
            if (!is_blank(text))
                add(1, texts_.insert(text).second, 1);
            begin = stop;
        }
    }

    const BareTemplate &bare_;
    MaintainabilityCounts counts_;
    std::unordered_set<std::string> names_;
    std::unordered_set<std::string> texts_;
    std::size_t reference_ = 0;
    std::size_t cut_ = 0;
};

} // namespace

MaintainabilityCounts count_markup(std::string_view markup, const Limits &limits) {
    const BareTemplate bare = bare_template(markup);
    return MarkupCounter(bare).run(limits);
}

} // namespace webwrap
