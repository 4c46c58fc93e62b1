#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

using TokenId = std::int32_t;

/* Kinds of tokens that describe an element; each is compared on its own. */
enum class Bag : std::size_t {
    kName,       /* words of class, id and other naming attributes */
    kText,       /* words of its text */
    kShape,      /* trigrams of its text's shape */
    kAncestors,  /* names of the elements around it */
    kBefore,     /* words before it */
    kAfter,      /* words after it */
    kHeading,    /* words of the heading before it */
    kAttributes, /* attribute names and short values */
    kAddress,    /* words of its link or image address */
    kChildren,   /* tags of its children */
    kSubtree,    /* parent and child tags below it */
    kParent,     /* tag and names of its parent */
    kPath,       /* tags above it, with their distance */
};
inline constexpr std::size_t kBagCount = 13;

/* Numbers that describe an element; likeness is the smaller over the greater. */
enum class Scalar : std::size_t { kLength, kDigits, kSize, kDepth, kPosition, kSiblings, kLinks };
inline constexpr std::size_t kScalarCount = 7;

/* Tokens of all pages that are compared. */
class TokenTable {
  public:
    TokenId intern(std::string_view text);
    [[nodiscard]] std::size_t size() const noexcept { return text_to_id_.size(); }

  private:
    std::unordered_map<std::string, TokenId> text_to_id_;
};

struct ElementFeatures {
    NodeId node = kNoNode;
    NameId tag = kNoName;
    std::array<std::vector<TokenId>, kBagCount> bags; /* sorted, each token once */
    std::array<float, kScalarCount> scalars{};
    std::uint64_t text_hash = 0; /* of the folded text; 0 when there is none */
};

/* The elements of a page's body with what describes them. The document must outlive it. O(page * depth limit); polls. */
class PageFeatures {
  public:
    PageFeatures(const Document &document, TokenTable &tokens);

    [[nodiscard]] const Document &document() const noexcept { return *document_; }
    [[nodiscard]] const std::vector<ElementFeatures> &elements() const noexcept { return elements_; }
    [[nodiscard]] std::size_t size() const noexcept { return elements_.size(); }
    /* Index of a node's features, or -1 (text, script and the like). */
    [[nodiscard]] std::int32_t find(NodeId node) const { return node_to_element_[static_cast<std::size_t>(node)]; }

  private:
    const Document *document_;
    std::vector<ElementFeatures> elements_;
    std::vector<std::int32_t> node_to_element_;
};

/* Compares one element with all elements of a page: for each feature a likeness in 0..1 for every element. Rare tokens of
 * the page weigh more. O(tokens' occurrences + elements). */
class FeatureMatcher {
  public:
    /* Bags, scalars, tag, equal text. */
    static constexpr std::size_t kFeatureCount = kBagCount + kScalarCount + 2;
    static constexpr std::size_t kTagFeature = kBagCount + kScalarCount;
    static constexpr std::size_t kEqualTextFeature = kTagFeature + 1;
    using Scores = std::vector<std::array<float, kFeatureCount>>;

    FeatureMatcher(const PageFeatures &page, const TokenTable &tokens);

    [[nodiscard]] const PageFeatures &page() const noexcept { return *page_; }
    /* Adds the likeness of `example` (of `its_page`) to every element of the page, times `weight`. */
    void add_scores(const PageFeatures &its_page, const ElementFeatures &example, float weight, Scores &scores) const;
    /* Mean over the features and their rarity on the page, 0..1, by element. */
    [[nodiscard]] std::vector<float> combine(const Scores &scores) const;
    /* The plain mean of an element's features. */
    [[nodiscard]] static float mean_of(const std::array<float, kFeatureCount> &scores);

  private:
    const PageFeatures *page_;
    std::array<std::vector<std::vector<std::int32_t>>, kBagCount> token_to_elements_;
    std::array<std::vector<float>, kBagCount> token_to_weight_;
    std::array<std::vector<float>, kBagCount> element_to_weight_;
};

} // namespace webwrap
