#pragma once

/* Internal to select: what the compiled engine looks up in a document. */

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/parse/document.hpp"
#include "core/select/program.hpp"

namespace webwrap {

/* A name of a program that the document does not use; equal to the name of no node. */
inline constexpr NameId kAbsentName = -2;

/* Made part by part, each on its first use in one pass over the document; lives as long as the document. */
class DocumentIndexes final : public DocumentAttachment {
  public:
    /* The indexes of a document, made when it has none. */
    static DocumentIndexes &of(const Document &document);

    explicit DocumentIndexes(const Document &document) : document_(document) {}

    /* Ids of the names of a program, kAbsentName where the document does not use one. Valid until the next call. */
    [[nodiscard]] const std::vector<NameId> &names_of(const Program &program);

    /* Elements of a name in document order. */
    [[nodiscard]] std::span<const NodeId> elements_named(NameId name);

    /* Whether elements_of_class pays: the first searches of a document cost less than the index. */
    [[nodiscard]] bool wants_classes() { return has_classes_ || ++class_searches_ > kSearchesBeforeClasses; }

    /* Elements with a token in their class attribute, in document order; in quirks mode classes are in lower case. */
    [[nodiscard]] std::span<const NodeId> elements_of_class(std::string_view token);

    /* Position of each element among the elements of its parent, from 1; from the end, of one name when asked for. */
    [[nodiscard]] const std::vector<std::int32_t> &sibling_positions(bool is_last, bool is_of_type);

    [[nodiscard]] bool ignores_class_case() const { return document_.quirks_mode() == QuirksMode::kQuirks; }

    /* Bytes that the indexes take, roughly. */
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

  private:
    static constexpr int kSearchesBeforeClasses = 3;

    struct Postings {
        std::vector<std::int32_t> first; /* one more entry than keys */
        std::vector<NodeId> nodes;

        [[nodiscard]] std::span<const NodeId> of(std::int32_t key) const;
    };
    struct Resolved {
        std::uint64_t program = 0;
        std::vector<NameId> names;
    };

    /* `pairs` are keys and nodes in document order, keys below `keys`. */
    static Postings postings_of(const std::vector<std::pair<std::int32_t, NodeId>> &pairs, std::int32_t keys);
    void index_names();
    void index_classes();

    const Document &document_;
    std::array<Resolved, 32> resolved_;
    bool has_names_ = false;
    bool has_classes_ = false;
    int class_searches_ = 0;
    Postings names_;
    Postings classes_;
    std::unordered_map<std::string, std::int32_t> class_to_key_;
    std::array<std::vector<std::int32_t>, 4> sibling_positions_;
};

} // namespace webwrap
