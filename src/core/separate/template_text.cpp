#include "core/separate/template_text.hpp"

#include <algorithm>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kDeepestTemplate = 1000;

/* What stands at a place of a template, or would if it had fewer "=". */
struct Syntax {
    PieceKind kind;
    std::int32_t number = 0;
    std::size_t equals_at = 0;
    std::size_t equals = 0;
    std::size_t size = 0;
};

bool read_syntax(std::string_view text, std::size_t at, Syntax &found) {
    const char first = text[at];
    if (first != '{' && first != '<')
        return false;
    std::size_t end = at + 1;
    const bool is_end = first == '<' && end < text.size() && text[end] == '/';
    end += is_end ? 1 : 0;
    found.equals_at = end;
    while (end < text.size() && text[end] == '=')
        ++end;
    found.equals = end - found.equals_at;
    const auto takes = [&](std::string_view word) {
        if (text.substr(end, word.size()) != word)
            return false;
        end += word.size();
        return true;
    };
    if (first == '{' && takes("r"))
        found.kind = PieceKind::kReference;
    else if (first == '{' && takes("s"))
        found.kind = PieceKind::kSpace;
    else if (first == '<' && takes("for"))
        found.kind = is_end ? PieceKind::kEndFor : PieceKind::kBeginFor;
    else if (first == '<' && takes("if"))
        found.kind = is_end ? PieceKind::kEndIf : PieceKind::kBeginIf;
    else
        return false;
    const std::size_t digits = end;
    std::int64_t number = 0;
    while (end < text.size() && is_digit(text[end]) && end - digits < 9)
        number = number * 10 + (text[end++] - '0');
    if (end == digits || text[digits] == '0' || end >= text.size() || text[end] != (first == '{' ? '}' : '>'))
        return false;
    found.number = static_cast<std::int32_t>(number);
    found.size = end + 1 - at;
    return true;
}

std::string_view word_of(PieceKind kind) {
    switch (kind) {
    case PieceKind::kReference:
        return "r";
    case PieceKind::kSpace:
        return "s";
    case PieceKind::kBeginFor:
    case PieceKind::kEndFor:
        return "for";
    default:
        return "if";
    }
}

std::string name_of(const TemplatePiece &piece) {
    return std::string(word_of(piece.kind)) + std::to_string(piece.number);
}

std::string tag_of(PieceKind kind, std::int32_t number) {
    const std::string name = std::string(word_of(kind)) + std::to_string(number);
    switch (kind) {
    case PieceKind::kReference:
    case PieceKind::kSpace:
        return "{" + name + "}";
    case PieceKind::kEndFor:
    case PieceKind::kEndIf:
        return "</" + name + ">";
    default:
        return "<" + name + ">";
    }
}

[[noreturn]] void throw_broken_template(const std::string &what, std::size_t at) {
    throw Error(
        ErrorKind::kInvalidArgument, "invalid template: " + what + " at byte " + std::to_string(at), {},
        "Iterations <forN>...</forN> and conditions <ifN>...</ifN> must nest; page text that looks like them is "
        "written with \"=\" after \"<\" or \"</\".");
}

[[noreturn]] void throw_broken_data(const std::string &name, const std::string &what) {
    throw Error(ErrorKind::kInvalidArgument, "data do not fit the template: \"" + name + "\" " + what, {},
                "Template and data must come from one separation.");
}

/* Runs a template over records. */
class Restorer {
  public:
    Restorer(const std::vector<TemplatePiece> &pieces, const TemplateData &data, RestoreObserver *observer)
        : pieces_(pieces), observer_(observer) {
        records_.push_back(&data);
    }

    std::string run() {
        std::string &page = page_;
        std::uint32_t steps = 0;
        for (std::size_t at = 0; at < pieces_.size(); ++at) {
            if ((++steps & 0xFFF) == 0)
                Interrupt::poll();
            const TemplatePiece &piece = pieces_[at];
            switch (piece.kind) {
            case PieceKind::kLiteral:
                page += piece.text;
                break;
            case PieceKind::kReference:
            case PieceKind::kSpace:
                page += string_of(piece);
                break;
            case PieceKind::kBeginFor:
                if (!begin(piece))
                    at = static_cast<std::size_t>(piece.partner);
                break;
            case PieceKind::kEndFor:
                if (advance())
                    at = static_cast<std::size_t>(piece.partner);
                break;
            case PieceKind::kBeginIf:
                if (!holds(piece))
                    at = static_cast<std::size_t>(piece.partner);
                break;
            case PieceKind::kEndIf:
                break;
            }
        }
        return std::move(page_);
    }

  private:
    struct Loop {
        std::int32_t number;
        const TemplateData *records;
        std::size_t at;
    };

    const TemplateData *member(const TemplatePiece &piece) const {
        const auto found = records_.back()->find(name_of(piece));
        return found == records_.back()->end() ? nullptr : &*found;
    }

    const std::string &string_of(const TemplatePiece &piece) const {
        const TemplateData *value = member(piece);
        if (value == nullptr || !value->is_string())
            throw_broken_data(name_of(piece), value == nullptr ? "is missing" : "is not a string");
        return value->get_ref<const std::string &>();
    }

    bool holds(const TemplatePiece &piece) const {
        const TemplateData *value = member(piece);
        return value != nullptr && !value->is_null() && *value != false;
    }

    bool begin(const TemplatePiece &piece) {
        const TemplateData *records = member(piece);
        if (records == nullptr || records->is_null())
            return false;
        if (!records->is_array() ||
            !std::ranges::all_of(*records, [](const TemplateData &record) { return record.is_object(); }))
            throw_broken_data(name_of(piece), "is not an array of objects");
        if (records->empty())
            return false;
        loops_.push_back({piece.number, records, 0});
        begin_turn();
        return true;
    }

    bool advance() {
        Loop &loop = loops_.back();
        records_.pop_back();
        if (observer_ != nullptr)
            observer_->end_turn(page_);
        if (++loop.at < loop.records->size()) {
            begin_turn();
            return true;
        }
        loops_.pop_back();
        return false;
    }

    void begin_turn() {
        const Loop &loop = loops_.back();
        records_.push_back(&(*loop.records)[loop.at]);
        if (observer_ != nullptr)
            observer_->begin_turn(loop.number, *records_.back(), page_);
    }

    const std::vector<TemplatePiece> &pieces_;
    RestoreObserver *observer_;
    std::string page_;
    std::vector<const TemplateData *> records_;
    std::vector<Loop> loops_;
};

/* Appends page text so that Jinja2 gives it back: it would take "{{", "{%", "{#" for its own, make "\r" a line feed and
 * drop a line feed at the end of the template. */
void append_for_jinja(std::string &out, std::string_view text, bool is_last) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_end = i + 1 == text.size();
        if (c == '\r')
            out += "{{ '\\r' }}";
        else if (c == '\n' && is_end && is_last)
            out += "{{ '\\n' }}";
        else if (c == '{' && (is_end || std::string_view("{%#\r\n").find(text[i + 1]) != std::string_view::npos))
            out += "{{ '{' }}";
        else
            out.push_back(c);
    }
}

} // namespace

std::vector<TemplatePiece> parse_template(std::string_view text) {
    std::vector<TemplatePiece> pieces;
    std::vector<std::int32_t> open;
    std::string literal;
    std::size_t literal_begin = 0;
    const auto flush = [&](std::size_t next) {
        if (!literal.empty())
            pieces.push_back({PieceKind::kLiteral, 0, 0, std::move(literal), literal_begin});
        literal.clear();
        literal_begin = next;
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t plain = std::min(text.find_first_of("{<", at), text.size());
        literal.append(text.substr(at, plain - at));
        at = plain;
        if (at == text.size())
            break;
        Syntax found{};
        if (!read_syntax(text, at, found)) {
            literal.push_back(text[at++]);
            continue;
        }
        if (found.equals > 0) {
            literal.append(text.substr(at, found.equals_at - at));
            literal.append(text.substr(found.equals_at + 1, at + found.size - found.equals_at - 1));
            at += found.size;
            continue;
        }
        flush(at + found.size);
        const auto index = static_cast<std::int32_t>(pieces.size());
        TemplatePiece piece{found.kind, found.number, 0, {}, at};
        if (found.kind == PieceKind::kBeginFor || found.kind == PieceKind::kBeginIf) {
            open.push_back(index);
            if (open.size() > kDeepestTemplate)
                throw_broken_template("nesting of more than " + std::to_string(kDeepestTemplate), at);
        } else if (found.kind == PieceKind::kEndFor || found.kind == PieceKind::kEndIf) {
            const PieceKind begins = found.kind == PieceKind::kEndFor ? PieceKind::kBeginFor : PieceKind::kBeginIf;
            if (open.empty() || pieces[static_cast<std::size_t>(open.back())].kind != begins ||
                pieces[static_cast<std::size_t>(open.back())].number != found.number)
                throw_broken_template("unexpected " + tag_of(found.kind, found.number), at);
            piece.partner = open.back();
            pieces[static_cast<std::size_t>(open.back())].partner = index;
            open.pop_back();
        }
        pieces.push_back(std::move(piece));
        at += found.size;
    }
    flush(text.size());
    if (!open.empty()) {
        const TemplatePiece &piece = pieces[static_cast<std::size_t>(open.back())];
        throw_broken_template(tag_of(piece.kind, piece.number) + " without end", piece.begin_bytes);
    }
    return pieces;
}

void TemplateWriter::tag(PieceKind kind, std::int32_t number) {
    flush();
    text_ += tag_of(kind, number);
}

std::string TemplateWriter::finish() {
    flush();
    return std::move(text_);
}

void TemplateWriter::flush() {
    for (std::size_t at = 0; at < pending_.size();) {
        const std::size_t plain = std::min(pending_.find_first_of("{<", at), pending_.size());
        text_.append(pending_, at, plain - at);
        at = plain;
        Syntax found{};
        if (at == pending_.size())
            break;
        if (!read_syntax(pending_, at, found)) {
            text_.push_back(pending_[at++]);
            continue;
        }
        text_.append(pending_, at, found.equals_at - at).push_back('=');
        text_.append(pending_, found.equals_at, at + found.size - found.equals_at);
        at += found.size;
    }
    pending_.clear();
}

TemplateData parse_template_data(std::string_view json) {
    TemplateData data = TemplateData::parse(json, nullptr, false);
    if (data.is_discarded() || !data.is_object())
        throw Error(ErrorKind::kInvalidArgument, "data of a template must be a JSON object");
    return data;
}

std::string restore(std::string_view template_text, const TemplateData &data, RestoreObserver *observer) {
    if (!data.is_object())
        throw Error(ErrorKind::kInvalidArgument, "data of a template must be a JSON object");
    const std::vector<TemplatePiece> pieces = parse_template(template_text);
    return Restorer(pieces, data, observer).run();
}

std::string template_as_jinja(std::string_view template_text) {
    const std::vector<TemplatePiece> pieces = parse_template(template_text);
    std::string out;
    std::vector<std::int32_t> loops; /* numbers; the record of loop N is called itemN */
    const auto path = [&](const TemplatePiece &piece) {
        return (loops.empty() ? std::string() : "item" + std::to_string(loops.back()) + ".") + name_of(piece);
    };
    for (std::size_t at = 0; at < pieces.size(); ++at) {
        const TemplatePiece &piece = pieces[at];
        switch (piece.kind) {
        case PieceKind::kLiteral:
            append_for_jinja(out, piece.text, at + 1 == pieces.size());
            break;
        case PieceKind::kReference:
        case PieceKind::kSpace:
            out += "{{ " + path(piece) + " }}";
            break;
        case PieceKind::kBeginFor:
            out += "{% for item" + std::to_string(piece.number) + " in " + path(piece) + " %}";
            loops.push_back(piece.number);
            break;
        case PieceKind::kEndFor:
            out += "{% endfor %}";
            loops.pop_back();
            break;
        case PieceKind::kBeginIf:
            out += "{% if " + path(piece) + " is defined %}";
            break;
        case PieceKind::kEndIf:
            out += "{% endif %}";
            break;
        }
    }
    return out;
}

} // namespace webwrap
