#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/separate/layout.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

struct TemplateAndData {
    std::string text;
    TemplateData data;
};

/* Writes a layout tree as a template, and reads what its references, iterations and conditions stand for off a page that
 * it generalises. */
class Instantiation {
  public:
    /* The template of a layout tree, whatever page it is to generalise. */
    [[nodiscard]] std::string text_of(LayoutId layout);

    explicit Instantiation(const LayoutPool &pool) : pool_(pool) {}

    /* Template and data whose restoration is the page; nothing when `layout` does not generalise `page`, a layout tree
     * without references and instructions. Matching a list of children is a simulation of the automaton of the template's
     * list: O(children * instructions), and each pair of subtrees is matched once. Polls. */
    [[nodiscard]] std::optional<TemplateAndData> run(LayoutId layout, LayoutId page);

  private:
    /* References, spaces, iterations and conditions before a place; they are numbered in the order of the template. */
    struct Numbers {
        std::int32_t references = 0;
        std::int32_t spaces = 0;
        std::int32_t iterations = 0;
        std::int32_t conditions = 0;

        Numbers &operator+=(const Numbers &other) {
            references += other.references;
            spaces += other.spaces;
            iterations += other.iterations;
            conditions += other.conditions;
            return *this;
        }
        friend Numbers operator+(Numbers a, const Numbers &b) { return a += b; }
    };

    /* A list of children of a template as a program over children of a page. */
    enum class OpKind : std::uint8_t { kMatch, kBeginFor, kBeginTurn, kEndTurn, kEndFor, kBeginIf, kEndIf, kAccept };
    struct Op {
        OpKind kind;
        LayoutId id;         /* what to match; the iteration or condition */
        std::int32_t target; /* of BeginFor, BeginIf: behind the end; of EndTurn: the begin of the turn */
        Numbers before;      /* in the list, before it */
    };
    using Program = std::vector<Op>;
    struct Step { /* an instruction that was reached, and from where */
        std::int32_t op;
        std::int32_t from;
    };

    [[nodiscard]] bool generalises(LayoutId layout, LayoutId page);
    [[nodiscard]] bool slots_fit(LayoutId layout, LayoutId page) const;
    /* The instructions of a run that accepts, in order, as indexes of the program; empty when there is none. */
    [[nodiscard]] std::vector<std::int32_t> trace(const Program &program, std::span<const LayoutId> children);
    const Program &program_of(LayoutId layout);
    void compile(std::span<const LayoutId> list, Numbers &at, Program &program);
    /* True for a slot that holds what lies before the node or its end tag, false for an attribute's value. */
    [[nodiscard]] bool is_space(LayoutId layout, std::size_t slot) const {
        return slot == 0 || slot + 1 == pool_.slots(layout).size();
    }
    [[nodiscard]] const Numbers &numbers_in(LayoutId layout);

    void write(LayoutId layout, Numbers before);
    void write_slot(LayoutId layout, std::size_t slot, Numbers &at);
    void read(LayoutId layout, LayoutId page, Numbers before, TemplateData &record);
    void read_slot(LayoutId layout, LayoutId page, std::size_t slot, Numbers &at, TemplateData &record);
    void read_children(LayoutId layout, LayoutId page, const Numbers &before, TemplateData &record);

    const LayoutPool &pool_;
    std::unordered_map<std::uint64_t, bool> known_;
    std::unordered_map<LayoutId, Program> programs_;
    std::unordered_map<LayoutId, Numbers> numbers_;
    TemplateWriter writer_;
    std::uint32_t polls_ = 0;
};

} // namespace webwrap
