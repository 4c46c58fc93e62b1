#include "core/separate/instance.hpp"

#include <algorithm>
#include <utility>

#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

std::uint64_t key_of(LayoutId a, LayoutId b) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
}

/* The object is a vector of members in order; the names are known to be new. */
TemplateData &add_member(TemplateData &record, const char *word, std::int32_t number, TemplateData value) {
    auto &members = record.get_ref<TemplateData::object_t &>();
    members.push_back({word + std::to_string(number), std::move(value)});
    return members.back().second;
}

} // namespace

std::optional<TemplateAndData> Instantiation::run(LayoutId layout, LayoutId page) {
    if (!generalises(layout, page))
        return std::nullopt;
    TemplateAndData result;
    result.text = text_of(layout);
    result.data = TemplateData::object();
    read(layout, page, {}, result.data);
    return result;
}

std::string Instantiation::text_of(LayoutId layout) {
    write(layout, {});
    return writer_.finish();
}

const Instantiation::Numbers &Instantiation::numbers_in(LayoutId layout) {
    if (const auto found = numbers_.find(layout); found != numbers_.end())
        return found->second;
    Numbers numbers;
    const LayoutKind kind = pool_.node(layout).kind;
    numbers.references = kind == LayoutKind::kReference ? 1 : 0;
    numbers.iterations = kind == LayoutKind::kFor ? 1 : 0;
    numbers.conditions = kind == LayoutKind::kIf ? 1 : 0;
    const auto slots = pool_.slots(layout);
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
        if (slots[slot] == kVariable)
            ++(is_space(layout, slot) ? numbers.spaces : numbers.references);
    for (const LayoutId child : pool_.children(layout))
        numbers += numbers_in(child);
    return numbers_.emplace(layout, numbers).first->second;
}

bool Instantiation::slots_fit(LayoutId layout, LayoutId page) const {
    return std::ranges::equal(pool_.slots(layout), pool_.slots(page),
                              [](ValueId ours, ValueId theirs) { return ours == kVariable || ours == theirs; });
}

bool Instantiation::generalises(LayoutId layout, LayoutId page) {
    if (layout == page)
        return true;
    const LayoutNode &ours = pool_.node(layout);
    const LayoutNode &theirs = pool_.node(page);
    if (ours.kind == LayoutKind::kReference)
        return theirs.kind == LayoutKind::kText && slots_fit(layout, page);
    if (ours.kind != theirs.kind || ours.label != theirs.label || !slots_fit(layout, page))
        return false;
    if (ours.kind == LayoutKind::kText)
        return true;
    if (const auto found = known_.find(key_of(layout, page)); found != known_.end())
        return found->second;
    const bool fits = !trace(program_of(layout), pool_.children(page)).empty();
    known_.emplace(key_of(layout, page), fits);
    return fits;
}

const Instantiation::Program &Instantiation::program_of(LayoutId layout) {
    if (const auto found = programs_.find(layout); found != programs_.end())
        return found->second;
    Program program;
    Numbers at;
    compile(pool_.children(layout), at, program);
    program.push_back({OpKind::kAccept, kNoLayout, 0, at});
    return programs_.emplace(layout, std::move(program)).first->second;
}

void Instantiation::compile(std::span<const LayoutId> list, Numbers &at, Program &program) {
    for (const LayoutId id : list) {
        const LayoutKind kind = pool_.node(id).kind;
        if (kind != LayoutKind::kFor && kind != LayoutKind::kIf) {
            program.push_back({OpKind::kMatch, id, 0, at});
            at += numbers_in(id);
            continue;
        }
        const bool is_for = kind == LayoutKind::kFor;
        const std::size_t begin = program.size();
        program.push_back({is_for ? OpKind::kBeginFor : OpKind::kBeginIf, id, 0, at});
        if (is_for)
            program.push_back({OpKind::kBeginTurn, id, 0, at});
        ++(is_for ? at.iterations : at.conditions);
        compile(pool_.children(id), at, program);
        if (is_for)
            program.push_back({OpKind::kEndTurn, id, static_cast<std::int32_t>(begin) + 1, at});
        program.push_back({is_for ? OpKind::kEndFor : OpKind::kEndIf, id, 0, at});
        program[begin].target = static_cast<std::int32_t>(program.size());
    }
}

std::vector<std::int32_t> Instantiation::trace(const Program &program, std::span<const LayoutId> children) {
    std::vector<Step> steps;
    std::vector<std::int32_t> current; /* steps at instructions that match or accept */
    std::vector<std::int32_t> next;
    std::vector<std::int32_t> op_to_round(program.size(), -1);
    std::vector<Step> pending;
    const auto reach = [&](std::int32_t op, std::int32_t from, std::int32_t round, std::vector<std::int32_t> &into) {
        pending.assign(1, {op, from});
        while (!pending.empty()) {
            const Step step = pending.back();
            pending.pop_back();
            if (std::exchange(op_to_round[static_cast<std::size_t>(step.op)], round) == round)
                continue;
            const auto index = static_cast<std::int32_t>(steps.size());
            steps.push_back(step);
            const Op &at = program[static_cast<std::size_t>(step.op)];
            switch (at.kind) {
            case OpKind::kMatch:
            case OpKind::kAccept:
                into.push_back(index);
                break;
            case OpKind::kBeginFor:
            case OpKind::kBeginIf:
                pending.push_back({at.target, index});
                pending.push_back({step.op + 1, index}); /* taken first */
                break;
            case OpKind::kEndTurn:
                pending.push_back({step.op + 1, index});
                pending.push_back({at.target, index});
                break;
            default:
                pending.push_back({step.op + 1, index});
            }
        }
    };
    reach(0, -1, 0, current);
    for (std::size_t i = 0; i < children.size(); ++i) {
        if ((++polls_ & 0x3FF) == 0)
            Interrupt::poll();
        next.clear();
        for (const std::int32_t index : current) {
            const std::int32_t op = steps[static_cast<std::size_t>(index)].op;
            const Op &at = program[static_cast<std::size_t>(op)];
            if (at.kind == OpKind::kMatch &&
                op_to_round[static_cast<std::size_t>(op) + 1] != static_cast<std::int32_t>(i) + 1 &&
                generalises(at.id, children[i]))
                reach(op + 1, index, static_cast<std::int32_t>(i) + 1, next);
        }
        std::swap(current, next);
        if (current.empty())
            return {};
    }
    for (const std::int32_t index : current) {
        if (program[static_cast<std::size_t>(steps[static_cast<std::size_t>(index)].op)].kind != OpKind::kAccept)
            continue;
        std::vector<std::int32_t> path;
        for (std::int32_t at = index; at >= 0; at = steps[static_cast<std::size_t>(at)].from)
            path.push_back(steps[static_cast<std::size_t>(at)].op);
        std::ranges::reverse(path);
        return path;
    }
    return {};
}

void Instantiation::write_slot(LayoutId layout, std::size_t slot, Numbers &at) {
    const ValueId value = pool_.slots(layout)[slot];
    if (value != kVariable)
        writer_.literal(pool_.value_text(value));
    else if (is_space(layout, slot))
        writer_.tag(PieceKind::kSpace, ++at.spaces);
    else
        writer_.tag(PieceKind::kReference, ++at.references);
}

void Instantiation::write(LayoutId layout, Numbers before) {
    const LayoutNode &node = pool_.node(layout);
    const auto children = pool_.children(layout);
    if (node.kind == LayoutKind::kFor || node.kind == LayoutKind::kIf) {
        const bool is_for = node.kind == LayoutKind::kFor;
        const std::int32_t number = ++(is_for ? before.iterations : before.conditions);
        writer_.tag(is_for ? PieceKind::kBeginFor : PieceKind::kBeginIf, number);
        for (const LayoutId child : children) {
            write(child, before);
            before += numbers_in(child);
        }
        writer_.tag(is_for ? PieceKind::kEndFor : PieceKind::kEndIf, number);
        return;
    }
    write_slot(layout, 0, before);
    if (node.kind == LayoutKind::kText) {
        writer_.literal(pool_.value_text(node.label));
        return;
    }
    if (node.kind == LayoutKind::kReference) {
        writer_.tag(PieceKind::kReference, ++before.references);
        return;
    }
    const LayoutFrame &frame = pool_.frame_of(node.label);
    writer_.literal(frame.start[0]);
    for (std::size_t i = 1; i < frame.start.size(); ++i) {
        write_slot(layout, i, before);
        writer_.literal(frame.start[i]);
    }
    for (const LayoutId child : children) {
        write(child, before);
        before += numbers_in(child);
    }
    write_slot(layout, pool_.slots(layout).size() - 1, before);
    writer_.literal(frame.end);
}

void Instantiation::read(LayoutId layout, LayoutId page, Numbers before, TemplateData &record) {
    if (layout == page)
        return;
    read_slot(layout, page, 0, before, record);
    const LayoutKind kind = pool_.node(layout).kind;
    if (kind == LayoutKind::kReference)
        add_member(record, "r", ++before.references, std::string(pool_.value_text(pool_.node(page).label)));
    if (kind != LayoutKind::kElement)
        return;
    const std::size_t slots = pool_.slots(layout).size();
    for (std::size_t slot = 1; slot + 1 < slots; ++slot)
        read_slot(layout, page, slot, before, record);
    read_children(layout, page, before, record);
    before += program_of(layout).back().before;
    read_slot(layout, page, slots - 1, before, record);
}

void Instantiation::read_slot(LayoutId layout, LayoutId page, std::size_t slot, Numbers &at, TemplateData &record) {
    if (pool_.slots(layout)[slot] != kVariable)
        return;
    const std::string value(pool_.value_text(pool_.slots(page)[slot]));
    if (is_space(layout, slot))
        add_member(record, "s", ++at.spaces, value);
    else
        add_member(record, "r", ++at.references, value);
}

void Instantiation::read_children(LayoutId layout, LayoutId page, const Numbers &before, TemplateData &record) {
    const Program &program = program_of(layout);
    const auto children = pool_.children(page);
    std::vector<TemplateData *> records{&record};
    std::vector<TemplateData *> arrays; /* of the iterations that are open; null before the first turn */
    std::size_t child = 0;
    std::int32_t last = -1;
    for (const std::int32_t index : trace(program, children)) {
        const Op &op = program[static_cast<std::size_t>(index)];
        if (last >= 0 && index == last + 1 && program[static_cast<std::size_t>(last)].kind == OpKind::kBeginIf)
            add_member(*records.back(), "if",
                       before.conditions + program[static_cast<std::size_t>(last)].before.conditions + 1,
                       TemplateData::array());
        switch (op.kind) {
        case OpKind::kMatch:
            read(op.id, children[child++], before + op.before, *records.back());
            break;
        case OpKind::kBeginTurn:
            if (index == last + 1) /* from BeginFor, not from EndTurn */
                arrays.push_back(&add_member(*records.back(), "for", before.iterations + op.before.iterations + 1,
                                             TemplateData::array()));
            arrays.back()->push_back(TemplateData::object());
            records.push_back(&arrays.back()->back());
            break;
        case OpKind::kEndTurn:
            records.pop_back();
            break;
        case OpKind::kEndFor:
            arrays.pop_back();
            break;
        default:
            break;
        }
        last = index;
    }
}

} // namespace webwrap
