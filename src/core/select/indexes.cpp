#include "core/select/indexes.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/memory.hpp"
#include "core/select/mirror.hpp"

namespace webwrap {

namespace {

constexpr NodeId kPollInterval = 1 << 16; /* nodes between two looks for a cancel request */

void poll_at(NodeId node) {
    if (node % kPollInterval == 0)
        Interrupt::poll();
}

} // namespace

DocumentIndexes &DocumentIndexes::of(const Document &document) {
    if (document.indexes() == nullptr)
        document.attach_indexes(std::make_unique<DocumentIndexes>(document));
    return static_cast<DocumentIndexes &>(*document.indexes());
}

const std::vector<NameId> &DocumentIndexes::names_of(const Program &program) {
    Resolved &resolved = resolved_[program.id % resolved_.size()];
    if (resolved.program != program.id) {
        resolved.program = 0; /* until the names are those of the program */
        resolved.names.clear();
        for (const std::string &name : program.names) {
            const NameId id = document_.find_name(name);
            resolved.names.push_back(id == kNoName ? kAbsentName : id);
        }
        resolved.program = program.id;
    }
    return resolved.names;
}

std::span<const NodeId> DocumentIndexes::Postings::of(std::int32_t key) const {
    if (key < 0 || static_cast<std::size_t>(key) + 1 >= first.size())
        return {};
    const auto begin = static_cast<std::size_t>(first[static_cast<std::size_t>(key)]);
    const auto end = static_cast<std::size_t>(first[static_cast<std::size_t>(key) + 1]);
    return std::span(nodes).subspan(begin, end - begin);
}

DocumentIndexes::Postings DocumentIndexes::postings_of(const std::vector<std::pair<std::int32_t, NodeId>> &pairs,
                                                       std::int32_t keys) {
    Postings postings;
    postings.first.assign(static_cast<std::size_t>(keys) + 1, 0);
    postings.nodes.resize(pairs.size());
    for (const auto &[key, node] : pairs)
        ++postings.first[static_cast<std::size_t>(key) + 1];
    for (std::size_t i = 1; i < postings.first.size(); ++i)
        postings.first[i] += postings.first[i - 1];
    std::vector<std::int32_t> next(postings.first.begin(), postings.first.end() - 1);
    for (const auto &[key, node] : pairs)
        postings.nodes[static_cast<std::size_t>(next[static_cast<std::size_t>(key)]++)] = node;
    return postings;
}

std::span<const NodeId> DocumentIndexes::elements_named(NameId name) {
    if (!has_names_)
        index_names();
    return names_.of(name);
}

void DocumentIndexes::index_names() {
    std::vector<NodeId> elements(static_cast<std::size_t>(document_.size()));
    std::size_t count = 0;
    NameId last_name = kNoName;
    for (NodeId node = 0; node < document_.size(); ++node) { /* without a branch: kinds of nodes cannot be predicted */
        poll_at(node);
        const NameId name = document_.name_id(node);
        elements[count] = node;
        count += name == kNoName ? 0 : 1;
        last_name = std::max(last_name, name);
    }
    elements.resize(count);
    Postings postings;
    postings.first.assign(static_cast<std::size_t>(last_name) + 3, 0);
    for (const NodeId node : elements)
        ++postings.first[static_cast<std::size_t>(document_.name_id(node)) + 2];
    for (std::size_t i = 1; i < postings.first.size(); ++i)
        postings.first[i] += postings.first[i - 1];
    postings.nodes.resize(count);
    for (const NodeId node : elements) { /* moves each start to its end, which is the next start */
        std::int32_t &next = postings.first[static_cast<std::size_t>(document_.name_id(node)) + 1];
        postings.nodes[static_cast<std::size_t>(next++)] = node;
    }
    postings.first.pop_back();
    names_ = std::move(postings);
    has_names_ = true;
}

std::span<const NodeId> DocumentIndexes::elements_of_class(std::string_view token) {
    if (!has_classes_)
        index_classes();
    const auto found = class_to_key_.find(ignores_class_case() ? ascii_lower(token) : std::string(token));
    return found == class_to_key_.end() ? std::span<const NodeId>() : classes_.of(found->second);
}

void DocumentIndexes::index_classes() {
    std::vector<std::pair<std::int32_t, NodeId>> pairs;
    std::unordered_map<std::string, std::int32_t> keys;
    std::unordered_map<std::int32_t, NodeId> key_to_last; /* a class may stand twice in one attribute */
    const NameId class_name = document_.find_name("class");
    for (NodeId node = 0; node < document_.size(); ++node) {
        poll_at(node);
        for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
            if (document_.attribute(at).name != class_name)
                continue;
            for_each_token(document_.attribute(at).value, [&](std::string_view token) {
                std::string text = ignores_class_case() ? ascii_lower(token) : std::string(token);
                const std::int32_t key =
                    keys.try_emplace(std::move(text), static_cast<std::int32_t>(keys.size())).first->second;
                const auto [last, is_new] = key_to_last.try_emplace(key, node);
                if (is_new || last->second != node)
                    pairs.emplace_back(key, node);
                last->second = node;
                return true;
            });
            break; /* names of attributes are unique, and the first one counts */
        }
    }
    classes_ = postings_of(pairs, static_cast<std::int32_t>(keys.size()));
    class_to_key_ = std::move(keys);
    has_classes_ = true;
}

const std::vector<std::int32_t> &DocumentIndexes::sibling_positions(bool is_last, bool is_of_type) {
    std::vector<std::int32_t> &kept =
        sibling_positions_[static_cast<std::size_t>(is_last) + 2 * static_cast<std::size_t>(is_of_type)];
    if (!kept.empty())
        return kept;
    std::vector<std::int32_t> positions(static_cast<std::size_t>(document_.size()), 0);
    std::unordered_map<std::uint64_t, std::int32_t> counts; /* parent and name -> elements so far */
    const auto count = [&](NodeId node) {
        if (node % 4096 == 0)
            Interrupt::poll();
        if (!document_.is_element(node))
            return;
        const auto parent = static_cast<std::uint64_t>(document_.parent(node));
        const auto name = is_of_type ? static_cast<std::uint64_t>(document_.name_id(node)) : 0;
        positions[static_cast<std::size_t>(node)] = ++counts[parent << 32 | name];
    };
    if (is_last)
        for (NodeId node = document_.size() - 1; node >= 0; --node)
            count(node);
    else
        for (NodeId node = 0; node < document_.size(); ++node)
            count(node);
    kept = std::move(positions);
    return kept;
}

std::size_t DocumentIndexes::memory_bytes() const noexcept {
    std::size_t bytes = sizeof(*this) + class_to_key_.size() * 64;
    for (const Postings *postings : {&names_, &classes_})
        bytes += (postings->first.capacity() + postings->nodes.capacity()) * sizeof(NodeId);
    for (const auto &positions : sibling_positions_)
        bytes += positions.capacity() * sizeof(std::int32_t);
    return bytes;
}

std::size_t memory_of(const Document &document) {
    std::size_t bytes = document.memory_bytes();
    if (document.indexes() != nullptr)
        bytes += static_cast<const DocumentIndexes *>(document.indexes())->memory_bytes();
    if (document.mirror() != nullptr)
        bytes += mirror_bytes(document);
    return bytes;
}

} // namespace webwrap
