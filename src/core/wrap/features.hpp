#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

using TokenId = std::int32_t;
using ElementId = std::int32_t; /* index of an element in PageFeatures */
inline constexpr ElementId kNoElement = -1;

/* Kinds of tokens that describe an element; each is compared on its own. */
enum class Bag : std::size_t {
    kName,       /* words of class, id and other naming attributes */
    kNameWhole,  /* the tokens of these attributes, unsplit */
    kData,       /* keys under which the page's metadata (JSON-LD, meta) hold the same text, or duration */
    kWords,      /* words of its text */
    kOwn,        /* words of the texts right below it */
    kShape,      /* trigrams of its text's shape */
    kParent,     /* tag and names of its parent */
    kAncestors,  /* names of the elements around it */
    kBefore,     /* words before it */
    kAfter,      /* words after it */
    kLabel,      /* words of the text right before it */
    kNext,       /* words of the text right after it */
    kHeading,    /* words of the heading before it */
    kAttributes, /* attribute names and short values */
    kAddress,    /* words of its link or image address */
    kChildren,   /* tags of its children */
    kChildNames, /* names of its children */
    kSubtree,    /* pairs of parent and child tags below it */
    kPath,       /* tags above it, with their distance */
};
inline constexpr std::size_t kBagCount = 19;

/* Numbers that describe an element. */
enum class Scalar : std::size_t { kLength, kDigits, kSize, kDepth, kPosition, kSiblings, kLinks, kTitle };
inline constexpr std::size_t kScalarCount = 8;

/* Tokens of all pages that are compared: texts by their 64-bit hash. A collision would make two tokens one, which moves a
 * likeness a little and nothing else. */
class TokenTable {
  public:
    TokenTable();
    /* Texts of different kinds are different tokens. */
    TokenId intern(std::string_view text, std::uint64_t kind = 0);
    TokenId intern(std::uint64_t hash);
    /* -1 for a hash that was not interned. */
    [[nodiscard]] TokenId find(std::uint64_t hash) const { return slots_[slot_of(hash)].token; }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(count_); }

  private:
    struct Slot {
        std::uint64_t hash;
        TokenId token;
    };
    /* The place of a hash, or the free one where it would be. */
    [[nodiscard]] std::size_t slot_of(std::uint64_t hash) const {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = hash & mask;
        while (slots_[at].token >= 0 && slots_[at].hash != hash)
            at = (at + 1) & mask;
        return at;
    }
    void grow();

    std::vector<Slot> slots_;
    TokenId count_ = 0;
};

/* A text node with words. */
struct TextRun {
    NodeId node;
    std::int32_t words;
    std::uint64_t hash; /* of its words */
};

/* The elements of a page's body with what describes them. The document must outlive it. O(page * depth limit); polls. */
class PageFeatures {
  public:
    PageFeatures(const Document &document, TokenTable &tokens);

    [[nodiscard]] const Document &document() const noexcept { return *document_; }
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
    /* kNoElement for texts, scripts and the like. */
    [[nodiscard]] ElementId find(NodeId node) const { return node_to_element_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] NodeId node(ElementId element) const { return nodes_[static_cast<std::size_t>(element)]; }
    [[nodiscard]] NodeId end(ElementId element) const { return document_->end_of(node(element)); }
    /* Each token once. */
    [[nodiscard]] std::span<const TokenId> bag(ElementId element, Bag bag) const {
        const BagTokens &all = bags_[static_cast<std::size_t>(bag)];
        const std::int32_t first = all.first[static_cast<std::size_t>(element)];
        return {all.tokens.data() + first,
                static_cast<std::size_t>(all.first[static_cast<std::size_t>(element) + 1] - first)};
    }
    [[nodiscard]] float scalar(ElementId element, Scalar scalar) const {
        return scalars_[static_cast<std::size_t>(element)][static_cast<std::size_t>(scalar)];
    }
    [[nodiscard]] const std::array<float, kScalarCount> &scalars(ElementId element) const {
        return scalars_[static_cast<std::size_t>(element)];
    }
    /* Tag as a token, and the parent's (-1 at the top). */
    [[nodiscard]] TokenId tag(ElementId element) const { return tags_[static_cast<std::size_t>(element)]; }
    [[nodiscard]] bool is_heading(ElementId element) const { return is_heading_[static_cast<std::size_t>(element)]; }
    [[nodiscard]] bool has_text(ElementId element) const { return scalar(element, Scalar::kLength) > 0; }
    /* Of the words of its text, or of its own address when it has no text; 0 when it has neither. */
    [[nodiscard]] std::uint64_t content_hash(ElementId element) const {
        return content_hashes_[static_cast<std::size_t>(element)];
    }
    /* Of its class attribute. */
    [[nodiscard]] std::uint64_t class_hash(ElementId element) const {
        return class_hashes_[static_cast<std::size_t>(element)];
    }
    [[nodiscard]] ElementId parent(ElementId element) const { return parents_[static_cast<std::size_t>(element)]; }
    /* Place among the siblings of the same tag, from 1. */
    [[nodiscard]] std::int32_t ordinal(ElementId element) const { return ordinals_[static_cast<std::size_t>(element)]; }
    /* The tags from the root to the element as a number; equal paths have equal ones on all pages of the token table. */
    [[nodiscard]] TokenId path(ElementId element) const { return paths_[static_cast<std::size_t>(element)]; }
    /* Elements from the root to it, itself included. */
    [[nodiscard]] std::int32_t depth(ElementId element) const { return depths_[static_cast<std::size_t>(element)]; }
    /* The texts of the page, in order. */
    [[nodiscard]] const std::vector<TextRun> &texts() const noexcept { return texts_; }
    /* Place in texts() of the first one at or after a node. */
    [[nodiscard]] std::size_t first_text(NodeId node) const {
        return static_cast<std::size_t>(std::ranges::lower_bound(texts_, node, {}, &TextRun::node) - texts_.begin());
    }
    /* The keys of the page's metadata. */
    [[nodiscard]] const std::unordered_set<TokenId> &data_keys() const noexcept { return data_keys_; }
    /* Visible bytes of text before the node with this id. */
    [[nodiscard]] std::int32_t text_before(NodeId node) const { return text_before_[static_cast<std::size_t>(node)]; }

  private:
    friend class FeatureBuilder;
    struct BagTokens {
        std::vector<TokenId> tokens;
        std::vector<std::int32_t> first{0}; /* one more entry than elements */
    };

    const Document *document_;
    std::vector<NodeId> nodes_;
    std::vector<ElementId> node_to_element_;
    std::array<BagTokens, kBagCount> bags_;
    std::vector<std::array<float, kScalarCount>> scalars_;
    std::vector<TokenId> tags_, paths_;
    std::vector<std::uint64_t> content_hashes_, class_hashes_;
    std::vector<ElementId> parents_;
    std::vector<std::int32_t> ordinals_, depths_, text_before_;
    std::vector<bool> is_heading_;
    std::vector<TextRun> texts_;
    std::unordered_set<TokenId> data_keys_;
};

} // namespace webwrap
