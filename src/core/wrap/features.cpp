#include "core/wrap/features.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include <xxhash.h>

#include "core/base/hash.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/page_data.hpp"
#include "core/wrap/profile.hpp"

namespace webwrap {

namespace {

constexpr std::int32_t kMaxWords = 40; /* of one text */
constexpr std::size_t kMaxShape = 60;  /* bytes of a text's shape */
constexpr std::int32_t kAround = 6;    /* words before and after an element */
constexpr std::int32_t kHeadingWords = 12, kLabelWords = 12;
constexpr int kMaxAncestors = 6;
constexpr std::size_t kMaxBag = 64;
constexpr NodeId kMaxBelow = 400; /* nodes of a subtree that are looked at */
constexpr std::size_t kMaxNaming = 200, kMaxAddress = 200, kMaxValue = 40;
constexpr std::int32_t kDurationWords = 6, kMostMinutes = 1'000'000; /* of a text that states a duration */
constexpr std::size_t kFirstSlots = 1U << 14U;
constexpr int kPollEvery = 256;
constexpr TokenId kNoToken = -1;

/* Kinds of tokens; words, which all texts share, are kind 0. */
enum Kind : std::uint64_t {
    kWord,
    kTagOf,
    kShapeOf,
    kAttribute,
    kValue,
    kStep,
    kAbove,
    kPair,
    kPathOf,
    kWhole,
    kAddressOf
};

bool names_heading(std::string_view tag) { return tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6'; }

bool is_naming(std::string_view name) {
    return name == "class" || name == "id" || name == "itemprop" || name == "property" || name == "name" ||
           name == "rel" || name == "role" || name == "headers" || name == "itemtype";
}

bool is_address(std::string_view name) {
    return name == "href" || name == "src" || name == "srcset" || name == "data-src";
}

} // namespace

TokenTable::TokenTable() : slots_(kFirstSlots, Slot{0, -1}) {}

TokenId TokenTable::intern(std::string_view text, std::uint64_t kind) {
    return intern(XXH3_64bits_withSeed(text.data(), text.size(), kind));
}

TokenId TokenTable::intern(std::uint64_t hash) {
    Slot &slot = slots_[slot_of(hash)];
    if (slot.token >= 0)
        return slot.token;
    const TokenId token = count_++;
    slot = {hash, token};
    if (static_cast<std::size_t>(count_) * 2 > slots_.size())
        grow();
    return token;
}

void TokenTable::grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot{0, -1});
    old.swap(slots_);
    for (const Slot &slot : old)
        if (slot.token >= 0)
            slots_[slot_of(slot.hash)] = slot;
}

/* The numbers of a text, -1 for none. */
using Numbers = std::array<std::int32_t, 2>;

/* The numbers of a text of one or two; nullopt for others. */
std::optional<Numbers> numbers_of(std::string_view text) {
    Numbers numbers{-1, -1};
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!is_digit(text[at]))
            continue;
        if (count == numbers.size())
            return std::nullopt;
        std::int32_t number = 0;
        for (; at < text.size() && is_digit(text[at]); ++at)
            number = std::min(number * 10 + (text[at] - '0'), kMostMinutes);
        numbers[count++] = number;
    }
    return count > 0 ? std::optional(numbers) : std::nullopt;
}

/* The tokens of a naming attribute. */
struct Naming {
    std::vector<TokenId> words;  /* of those that do not look generated */
    std::vector<TokenId> wholes; /* all of them, unsplit */
};

class FeatureBuilder {
  public:
    FeatureBuilder(const Document &document, TokenTable &tokens, PageFeatures &page)
        : document_(document), tokens_(tokens), page_(page) {}

    void run();

  private:
    /* The bags of an element that hold a token. */
    struct Mark {
        std::size_t element;
        std::uint32_t bags;
    };

    void read_texts();
    void add_element(NodeId node);
    void add(Bag bag, TokenId token);
    void add_words(Bag bag, std::int32_t first, std::int32_t end, std::int32_t most) {
        for (std::int32_t i = first; i < end && i < first + most; ++i)
            add(bag, words_[static_cast<std::size_t>(i)]);
    }
    [[nodiscard]] std::int32_t first_word(NodeId node) const { return node_to_word_[static_cast<std::size_t>(node)]; }
    [[nodiscard]] NodeId end_of(NodeId node) const { return document_.end_of(node); }
    [[nodiscard]] std::uint64_t address_hash(NodeId node) const;
    [[nodiscard]] std::uint64_t words_hash(std::int32_t first, std::int32_t end) const;
    void add_text(NodeId node);
    void add_neighbours(std::int32_t first, std::int32_t end);
    void add_attributes(NodeId node);
    void add_address(NodeId node);
    void add_surroundings(NodeId node);
    void add_structure(NodeId node);
    void add_scalars(NodeId node);
    void read_tags();
    void read_title(std::string_view title);
    [[nodiscard]] const Naming &naming_of(std::string_view value);
    std::span<const TokenId> names_of(NodeId node);
    [[nodiscard]] TokenId tag_token(NodeId node) const { return node_to_tag_[static_cast<std::size_t>(node)]; }

    const Document &document_;
    TokenTable &tokens_;
    PageFeatures &page_;
    std::vector<TokenId> words_;
    std::vector<NodeId> word_to_text_;
    std::vector<std::int32_t> node_to_word_;          /* words before the node, one more entry than nodes */
    std::vector<TokenId> node_to_tag_, node_to_pair_; /* of elements: the tag, and the parent's tag with it */
    TokenId link_tag_ = 0;
    std::unordered_map<std::string_view, Naming> value_to_naming_;
    std::vector<TokenId> names_;                                       /* of all elements seen, each one's together */
    std::vector<std::pair<std::int32_t, std::int32_t>> node_to_names_; /* first and end in names_; {-1, -1}: not seen */
    std::vector<Mark> marks_;                                          /* by token */
    std::unordered_map<std::uint64_t, std::vector<TokenId>> data_;     /* text to metadata keys */
    std::map<Numbers, std::vector<TokenId>> durations_; /* the numbers of a text that states one, to such keys */
    std::vector<TokenId> title_;
    std::vector<std::int32_t> word_to_title_; /* place in title_, -1 for others */
    std::vector<NodeId> title_to_element_;    /* the last one that has the word */
    NodeId heading_ = kNoNode;
};

void FeatureBuilder::read_texts() {
    node_to_word_.resize(static_cast<std::size_t>(document_.size()) + 1);
    page_.text_before_.resize(static_cast<std::size_t>(document_.size()) + 1);
    NodeId hidden_end = 0;
    std::int32_t bytes = 0;
    for (NodeId node = 0; node < document_.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        node_to_word_[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(words_.size());
        page_.text_before_[static_cast<std::size_t>(node)] = bytes;
        if (document_.is_element(node) && is_hidden_content(document_.name(node)))
            hidden_end = std::max(hidden_end, end_of(node));
        if (document_.kind(node) != NodeKind::kText || node < hidden_end)
            continue;
        bytes += static_cast<std::int32_t>(trim(document_.text(node)).size());
        for_each_word(document_.text(node), [this](std::string_view word) { words_.push_back(tokens_.intern(word)); });
        word_to_text_.resize(words_.size(), node);
        if (const auto end = static_cast<std::int32_t>(words_.size()); end > first_word(node))
            page_.texts_.push_back({node, end - first_word(node), words_hash(first_word(node), end)});
    }
    node_to_word_.back() = static_cast<std::int32_t>(words_.size());
    page_.text_before_.back() = bytes;
}

std::uint64_t FeatureBuilder::words_hash(std::int32_t first, std::int32_t end) const {
    std::uint64_t hash = 0;
    for (std::int32_t i = first; i < end; ++i)
        hash = mix(hash, static_cast<std::uint64_t>(words_[static_cast<std::size_t>(i)]) + 1);
    return hash;
}

void FeatureBuilder::add(Bag bag, TokenId token) {
    auto &all = page_.bags_[static_cast<std::size_t>(bag)];
    if (static_cast<std::size_t>(token) >= marks_.size())
        marks_.resize(2 * tokens_.size(), Mark{0, 0});
    Mark &mark = marks_[static_cast<std::size_t>(token)];
    if (mark.element != page_.size())
        mark = {page_.size(), 0};
    const std::uint32_t bit = 1U << static_cast<std::uint32_t>(bag);
    if ((mark.bags & bit) != 0 || all.tokens.size() - static_cast<std::size_t>(all.first.back()) >= kMaxBag)
        return;
    mark.bags |= bit;
    all.tokens.push_back(token);
}

void FeatureBuilder::read_tags() {
    std::unordered_map<NameId, TokenId> name_to_tag;
    link_tag_ = tokens_.intern("a", kTagOf);
    node_to_tag_.resize(static_cast<std::size_t>(document_.size()), kNoToken);
    node_to_pair_.resize(static_cast<std::size_t>(document_.size()), kNoToken);
    for (NodeId node = 1; node < document_.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!document_.is_element(node))
            continue;
        const auto [tag, is_new] = name_to_tag.try_emplace(document_.name_id(node), 0);
        if (is_new)
            tag->second = tokens_.intern(document_.name(node), kTagOf);
        node_to_tag_[static_cast<std::size_t>(node)] = tag->second;
        if (const NodeId parent = document_.parent(node); parent > 0)
            node_to_pair_[static_cast<std::size_t>(node)] = tokens_.intern(mix(
                mix(kPair, static_cast<std::uint64_t>(tag_token(parent))), static_cast<std::uint64_t>(tag->second)));
    }
}

const Naming &FeatureBuilder::naming_of(std::string_view value) {
    const auto found = value_to_naming_.try_emplace(value.substr(0, kMaxNaming));
    Naming &naming = found.first->second;
    if (found.second)
        for_each_token(found.first->first, [&](std::string_view token) {
            naming.wholes.push_back(tokens_.intern(token, kWhole));
            if (is_stable_token(token))
                for_each_word(token, [&](std::string_view word) { naming.words.push_back(tokens_.intern(word)); });
            return true;
        });
    return naming;
}

std::span<const TokenId> FeatureBuilder::names_of(NodeId node) {
    auto &[first, end] = node_to_names_[static_cast<std::size_t>(node)];
    if (first < 0) {
        first = static_cast<std::int32_t>(names_.size());
        for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
            if (is_naming(document_.name_text(document_.attribute(at).name))) {
                const Naming &naming = naming_of(document_.attribute(at).value);
                names_.insert(names_.end(), naming.words.begin(), naming.words.end());
            }
        end = static_cast<std::int32_t>(names_.size());
    }
    return {names_.data() + first, static_cast<std::size_t>(end - first)};
}

/* The text nodes with words next to those of an element. */
void FeatureBuilder::add_neighbours(std::int32_t first, std::int32_t end) {
    if (first > 0) {
        const NodeId text = word_to_text_[static_cast<std::size_t>(first) - 1];
        add_words(Bag::kLabel, first_word(text), first, kLabelWords);
    }
    if (static_cast<std::size_t>(end) < words_.size()) {
        const NodeId text = word_to_text_[static_cast<std::size_t>(end)];
        add_words(Bag::kNext, end, first_word(text + 1), kLabelWords);
    }
}

void FeatureBuilder::add_text(NodeId node) {
    const std::int32_t first = first_word(node), end = first_word(end_of(node));
    const auto all = static_cast<std::int32_t>(words_.size());
    add_words(Bag::kWords, first, end, kMaxWords);
    for (NodeId child = document_.first_child(node); child != kNoNode; child = document_.next_sibling(child))
        if (document_.kind(child) == NodeKind::kText)
            add_words(Bag::kOwn, first_word(child), first_word(child + 1), kMaxWords);
    add_words(Bag::kBefore, std::max(0, first - kAround), first, kAround);
    add_words(Bag::kAfter, end, all, kAround);
    add_neighbours(first, end);
    const std::uint64_t hash = words_hash(first, end);
    page_.content_hashes_.push_back(first == end ? address_hash(node) : hash);
    if (first != end)
        if (const auto found = data_.find(hash); found != data_.end())
            for (const TokenId key : found->second)
                add(Bag::kData, key);
    std::string text;
    std::int32_t digits = 0;
    for (NodeId below = node + 1; below < end_of(node) && text.size() < 2 * kMaxShape; ++below) {
        if (document_.is_element(below) && is_hidden_content(document_.name(below)))
            below = end_of(below) - 1;
        else if (document_.kind(below) == NodeKind::kText)
            text += document_.text(below).substr(0, 4 * kMaxShape);
    }
    text = fold_space(text);
    if (first != end && end - first <= kDurationWords)
        if (const auto numbers = numbers_of(text); numbers && durations_.contains(*numbers))
            for (const TokenId key : durations_.at(*numbers))
                add(Bag::kData, key);
    for (const char c : text)
        digits += is_digit(c) ? 1 : 0;
    const std::string shape = "^" + shape_of(std::string_view(text).substr(0, kMaxShape)) + "$";
    for (std::size_t i = 0; i + 3 <= shape.size(); ++i)
        add(Bag::kShape, tokens_.intern(std::string_view(shape).substr(i, 3), kShapeOf));
    page_.scalars_.back()[static_cast<std::size_t>(Scalar::kDigits)] = static_cast<float>(digits);
    float common = 0;
    for (std::int32_t i = first; i < end && i < first + kMaxWords; ++i)
        if (const std::int32_t place = word_to_title_[static_cast<std::size_t>(i)]; place >= 0) {
            common += title_to_element_[static_cast<std::size_t>(place)] != node ? 1.0F : 0.0F;
            title_to_element_[static_cast<std::size_t>(place)] = node;
        }
    const float either = static_cast<float>(title_.size()) + static_cast<float>(std::min(end - first, kMaxWords));
    page_.scalars_.back()[static_cast<std::size_t>(Scalar::kTitle)] = either > 0 ? 2 * common / either : 0;
}

/* 0 when the element has no address of its own. */
std::uint64_t FeatureBuilder::address_hash(NodeId node) const {
    for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
        if (const Attribute &attribute = document_.attribute(at); is_address(document_.name_text(attribute.name)))
            return XXH3_64bits_withSeed(attribute.value.data(), attribute.value.size(), kAddressOf);
    return 0;
}

void FeatureBuilder::add_address(NodeId node) {
    for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at)
        if (is_address(document_.name_text(document_.attribute(at).name)))
            for_each_word(document_.attribute(at).value.substr(0, kMaxAddress),
                          [this](std::string_view word) { add(Bag::kAddress, tokens_.intern(word)); });
}

void FeatureBuilder::add_attributes(NodeId node) {
    for (const TokenId name : names_of(node))
        add(Bag::kName, name);
    for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
        const std::string_view name = document_.name_text(document_.attribute(at).name);
        const std::string_view value = document_.attribute(at).value;
        if (is_naming(name))
            for (const TokenId token : naming_of(value).wholes)
                add(Bag::kNameWhole, token);
        const TokenId named = tokens_.intern(name, kAttribute);
        add(Bag::kAttributes, named);
        if (value.size() <= kMaxValue && !is_address(name))
            add(Bag::kAttributes, tokens_.intern(mix(static_cast<std::uint64_t>(named),
                                                     XXH3_64bits_withSeed(value.data(), value.size(), kValue))));
    }
    add_address(node);
    NodeId linked = node;
    for (int step = 0; step < 3 && linked > 0 && tag_token(linked) != link_tag_; ++step)
        linked = document_.parent(linked);
    if (linked > 0 && linked != node && tag_token(linked) == link_tag_)
        add_address(linked);
}

void FeatureBuilder::add_surroundings(NodeId node) {
    int step = 0;
    for (NodeId above = document_.parent(node); above > 0 && step < kMaxAncestors;
         above = document_.parent(above), ++step) {
        for (const TokenId name : names_of(above))
            add(Bag::kAncestors, name);
        const auto tag = static_cast<std::uint64_t>(tag_token(above));
        add(Bag::kPath, tokens_.intern(mix(mix(kStep, tag), static_cast<std::uint64_t>(step))));
        add(Bag::kPath, tokens_.intern(mix(kAbove, tag)));
    }
    if (const NodeId parent = document_.parent(node); parent > 0) {
        add(Bag::kParent, tag_token(parent));
        for (const TokenId name : names_of(parent))
            add(Bag::kParent, name);
    }
    if (heading_ != kNoNode)
        add_words(Bag::kHeading, first_word(heading_), first_word(end_of(heading_)), kHeadingWords);
}

void FeatureBuilder::add_structure(NodeId node) {
    std::int32_t elements = 0, links = 0;
    const NodeId end = std::min(end_of(node), node + kMaxBelow);
    for (NodeId below = node + 1; below < end; ++below) {
        if (!document_.is_element(below))
            continue;
        ++elements;
        links += tag_token(below) == link_tag_ ? 1 : 0;
        if (document_.parent(below) == node) {
            add(Bag::kChildren, tag_token(below));
            for (const TokenId name : names_of(below))
                add(Bag::kChildNames, name);
        }
        add(Bag::kSubtree, node_to_pair_[static_cast<std::size_t>(below)]);
    }
    page_.scalars_.back()[static_cast<std::size_t>(Scalar::kSize)] = static_cast<float>(elements);
    page_.scalars_.back()[static_cast<std::size_t>(Scalar::kLinks)] = static_cast<float>(links);
}

void FeatureBuilder::add_scalars(NodeId node) {
    const auto set = [this](Scalar scalar, double value) {
        page_.scalars_.back()[static_cast<std::size_t>(scalar)] = static_cast<float>(value);
    };
    const std::int32_t length = page_.text_before(end_of(node)) - page_.text_before(node);
    set(Scalar::kLength, std::sqrt(static_cast<double>(length)));
    set(Scalar::kDepth, page_.depths_.back());
    set(Scalar::kPosition, 20.0 * node / document_.size());
}

void FeatureBuilder::add_element(NodeId node) {
    const ElementId parent = document_.parent(node) > 0 ? page_.find(document_.parent(node)) : kNoElement;
    const TokenId tag = tag_token(node);
    page_.node_to_element_[static_cast<std::size_t>(node)] = static_cast<ElementId>(page_.nodes_.size());
    page_.nodes_.push_back(node);
    page_.scalars_.emplace_back();
    page_.tags_.push_back(tag);
    page_.parents_.push_back(parent);
    page_.depths_.push_back(parent == kNoElement ? 1 : page_.depth(parent) + 1);
    const std::uint64_t above = parent == kNoElement ? kPathOf : static_cast<std::uint64_t>(page_.path(parent));
    page_.paths_.push_back(tokens_.intern(mix(mix(kPathOf, above), static_cast<std::uint64_t>(tag))));
    const std::string_view classes = document_.attribute_value(node, "class");
    page_.class_hashes_.push_back(classes.data() == nullptr ? 0 : XXH3_64bits(classes.data(), classes.size()));
    page_.is_heading_.push_back(names_heading(document_.name(node)));
    add_scalars(node);
    add_text(node);
    add_attributes(node);
    add_surroundings(node);
    add_structure(node);
    for (auto &bag : page_.bags_)
        bag.first.push_back(static_cast<std::int32_t>(bag.tokens.size()));
}

void FeatureBuilder::read_title(std::string_view title) {
    for_each_word(title, [this](std::string_view word) {
        if (const TokenId token = tokens_.intern(word); std::ranges::find(title_, token) == title_.end())
            title_.push_back(token);
    });
    title_to_element_.resize(title_.size(), kNoNode);
    std::vector<std::int32_t> token_to_title(tokens_.size(), -1);
    for (std::size_t i = 0; i < title_.size(); ++i)
        token_to_title[static_cast<std::size_t>(title_[i])] = static_cast<std::int32_t>(i);
    for (const TokenId word : words_)
        word_to_title_.push_back(token_to_title[static_cast<std::size_t>(word)]);
}

void FeatureBuilder::run() {
    read_texts();
    read_tags();
    node_to_names_.resize(static_cast<std::size_t>(document_.size()), {-1, -1});
    const PageData data = page_data(document_);
    read_title(data.title);
    for (const DataValue &value : data.values) {
        std::uint64_t hash = 0;
        for_each_word(value.text, [&](std::string_view word) {
            hash = mix(hash, static_cast<std::uint64_t>(tokens_.intern(word)) + 1);
        });
        const TokenId key = tokens_.intern(value.key);
        page_.data_keys_.insert(key);
        data_[hash].push_back(key);
        if (const auto minutes = minutes_of_duration(value.text); minutes && *minutes > 0) {
            durations_[{*minutes, -1}].push_back(key);
            if (*minutes >= 60)
                durations_[{*minutes / 60, *minutes % 60 == 0 ? -1 : *minutes % 60}].push_back(key);
        }
    }
    for (NodeId node = 1; node < document_.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!document_.is_element(node))
            continue;
        const std::string_view tag = document_.name(node);
        if (is_hidden_content(tag) || tag == "head") {
            node = end_of(node) - 1;
            continue;
        }
        add_element(node);
        if (names_heading(tag))
            heading_ = node;
    }
    /* Ordinals and numbers of siblings of one tag. */
    page_.ordinals_.resize(page_.size());
    std::unordered_map<std::uint64_t, std::int32_t> counts;
    const auto family = [this](std::size_t i) {
        return mix(static_cast<std::uint64_t>(page_.parents_[i] + 1), static_cast<std::uint64_t>(page_.tags_[i]));
    };
    for (std::size_t i = 0; i < page_.size(); ++i)
        page_.ordinals_[i] = ++counts[family(i)];
    for (std::size_t i = 0; i < page_.size(); ++i)
        page_.scalars_[i][static_cast<std::size_t>(Scalar::kSiblings)] = static_cast<float>(counts[family(i)]);
}

PageFeatures::PageFeatures(const Document &document, TokenTable &tokens)
    : document_(&document), node_to_element_(static_cast<std::size_t>(document.size()), kNoElement) {
    FeatureBuilder(document, tokens, *this).run();
}

} // namespace webwrap
