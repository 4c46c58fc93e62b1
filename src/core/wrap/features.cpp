#include "core/wrap/features.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/profile.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxWords = 40;      /* of one text */
constexpr std::size_t kMaxTextBytes = 600; /* of an element's text that is looked at */
constexpr std::size_t kAround = 6;         /* words before and after an element */
constexpr int kMaxAncestors = 6;
constexpr std::size_t kMaxBag = 64;
constexpr float kRarePage = 300; /* on a page of fewer elements nothing is as rare as it can be */
constexpr int kPollEvery = 256;

bool is_heading(std::string_view tag) { return tag.size() == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6'; }

bool is_naming(std::string_view name) {
    return name == "class" || name == "id" || name == "itemprop" || name == "property" || name == "name" ||
           name == "rel" || name == "role" || name == "headers" || name == "itemtype";
}

/* Words of the page in document order, with the range of them that belongs to each node. */
struct PageWords {
    std::vector<TokenId> words;
    std::vector<std::int32_t> node_to_first; /* one more than nodes: words before the node's end of opening */
};

class FeatureBuilder {
  public:
    FeatureBuilder(const Document &document, TokenTable &tokens) : document_(document), tokens_(tokens) {
        read_words();
    }

    ElementFeatures build(NodeId node);
    void note_heading(NodeId node) { heading_ = node; }

  private:
    void read_words();
    void add(ElementFeatures &element, Bag bag, TokenId token) {
        std::vector<TokenId> &tokens = element.bags[static_cast<std::size_t>(bag)];
        if (tokens.size() < kMaxBag)
            tokens.push_back(token);
    }
    void add(ElementFeatures &element, Bag bag, const std::string &text) { add(element, bag, tokens_.intern(text)); }
    void add_text(ElementFeatures &element);
    void add_attributes(ElementFeatures &element);
    void add_surroundings(ElementFeatures &element);
    void add_structure(ElementFeatures &element);
    const std::vector<TokenId> &names_of(NodeId node);

    const Document &document_;
    TokenTable &tokens_;
    PageWords words_;
    NodeId heading_ = kNoNode;
    std::unordered_map<NodeId, std::vector<TokenId>> node_to_names_;
};

void FeatureBuilder::read_words() {
    words_.node_to_first.resize(static_cast<std::size_t>(document_.size()) + 1);
    NodeId hidden_end = 0;
    for (NodeId node = 0; node < document_.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        words_.node_to_first[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(words_.words.size());
        if (document_.is_element(node) && is_hidden_content(document_.name(node)))
            hidden_end = std::max(hidden_end, document_.end_of(node));
        if (document_.kind(node) == NodeKind::kText && node >= hidden_end)
            for (const std::string &word : words_of(document_.text(node)))
                words_.words.push_back(tokens_.intern(word));
    }
    words_.node_to_first.back() = static_cast<std::int32_t>(words_.words.size());
}

const std::vector<TokenId> &FeatureBuilder::names_of(NodeId node) {
    const auto [found, is_new] = node_to_names_.try_emplace(node);
    if (!is_new)
        return found->second;
    for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
        if (!is_naming(document_.name_text(document_.attribute(at).name)))
            continue;
        for (const std::string_view token : class_tokens(document_.attribute(at).value.substr(0, 200)))
            if (is_stable_token(token))
                for (const std::string &word : words_of(token))
                    found->second.push_back(tokens_.intern(word));
    }
    return found->second;
}

void FeatureBuilder::add_text(ElementFeatures &element) {
    const auto first = words_.node_to_first[static_cast<std::size_t>(element.node)];
    const auto end = words_.node_to_first[static_cast<std::size_t>(document_.end_of(element.node))];
    for (std::int32_t i = first; i < end && i < first + static_cast<std::int32_t>(kMaxWords); ++i)
        add(element, Bag::kText, words_.words[static_cast<std::size_t>(i)]);
    for (std::size_t n = 1; n <= kAround; ++n) {
        if (first >= static_cast<std::int32_t>(n))
            add(element, Bag::kBefore, words_.words[static_cast<std::size_t>(first) - n]);
        if (static_cast<std::size_t>(end) + n <= words_.words.size())
            add(element, Bag::kAfter, words_.words[static_cast<std::size_t>(end) + n - 1]);
    }
    std::uint64_t hash = 0;
    for (std::int32_t i = first; i < end; ++i)
        hash = (hash + static_cast<std::uint64_t>(words_.words[static_cast<std::size_t>(i)]) + 1) * 0x9e3779b97f4a7c15U;
    element.text_hash = hash;
    std::size_t length = 0, digits = 0;
    std::string text;
    for (NodeId node = element.node; node < document_.end_of(element.node); ++node) {
        if (document_.is_element(node) && is_hidden_content(document_.name(node))) {
            node = document_.end_of(node) - 1;
            continue;
        }
        if (document_.kind(node) != NodeKind::kText)
            continue;
        length += trim(document_.text(node)).size();
        if (text.size() < kMaxTextBytes)
            text += document_.text(node).substr(0, kMaxTextBytes);
    }
    text = fold_space(text);
    for (const char c : text)
        digits += c >= '0' && c <= '9' ? 1 : 0;
    const std::string shape = "^" + shape_of(std::string_view(text).substr(0, 60)) + "$";
    for (std::size_t i = 0; i + 3 <= shape.size(); ++i)
        add(element, Bag::kShape, "s:" + shape.substr(i, 3));
    element.scalars[static_cast<std::size_t>(Scalar::kLength)] =
        static_cast<float>(std::sqrt(static_cast<double>(length)));
    element.scalars[static_cast<std::size_t>(Scalar::kDigits)] = static_cast<float>(digits);
}

void FeatureBuilder::add_attributes(ElementFeatures &element) {
    for (const TokenId name : names_of(element.node))
        add(element, Bag::kName, name);
    NodeId linked = element.node;
    for (int step = 0; step < 3 && linked > 0 && document_.name(linked) != "a"; ++step)
        linked = document_.parent(linked);
    for (const NodeId node : {element.node, linked}) {
        if (node <= 0 || (node != element.node && document_.name(node) != "a"))
            continue;
        for (std::int32_t at = document_.first_attribute(node); at < document_.first_attribute(node + 1); ++at) {
            const std::string name(document_.name_text(document_.attribute(at).name));
            const std::string_view value = document_.attribute(at).value;
            if (name == "href" || name == "src" || name == "srcset" || name == "data-src") {
                for (const std::string &word : words_of(value.substr(0, 200)))
                    add(element, Bag::kAddress, word);
            }
            if (node != element.node)
                continue;
            add(element, Bag::kAttributes, "@" + name);
            if (value.size() <= 40 && name != "href" && name != "src")
                add(element, Bag::kAttributes, "@" + name + "=" + std::string(value));
        }
        if (linked == element.node)
            break;
    }
}

void FeatureBuilder::add_surroundings(ElementFeatures &element) {
    int step = 0;
    for (NodeId node = document_.parent(element.node); node > 0 && step < kMaxAncestors;
         node = document_.parent(node), ++step) {
        for (const TokenId name : names_of(node))
            add(element, Bag::kAncestors, name);
        add(element, Bag::kPath, "p" + std::to_string(step) + std::string(document_.name(node)));
        add(element, Bag::kPath, "a" + std::string(document_.name(node)));
    }
    if (const NodeId parent = document_.parent(element.node); parent > 0) {
        add(element, Bag::kParent, "<" + std::string(document_.name(parent)));
        for (const TokenId name : names_of(parent))
            add(element, Bag::kParent, name);
    }
    if (heading_ != kNoNode) {
        const auto first = words_.node_to_first[static_cast<std::size_t>(heading_)];
        const auto end = words_.node_to_first[static_cast<std::size_t>(document_.end_of(heading_))];
        for (std::int32_t i = first; i < end && i < first + 12; ++i)
            add(element, Bag::kHeading, words_.words[static_cast<std::size_t>(i)]);
    }
}

void FeatureBuilder::add_structure(ElementFeatures &element) {
    int elements = 0, links = 0;
    const NodeId end = std::min(document_.end_of(element.node), element.node + 400);
    for (NodeId node = element.node + 1; node < end; ++node) {
        if (!document_.is_element(node))
            continue;
        ++elements;
        links += document_.name(node) == "a" ? 1 : 0;
        const NodeId parent = document_.parent(node);
        if (parent == element.node)
            add(element, Bag::kChildren, "c" + std::string(document_.name(node)));
        add(element, Bag::kSubtree, std::string(document_.name(parent)) + ">" + std::string(document_.name(node)));
    }
    int siblings = 0;
    for (NodeId sibling = document_.first_child(document_.parent(element.node)); sibling != kNoNode;
         sibling = document_.next_sibling(sibling))
        siblings += document_.is_element(sibling) && document_.name_id(sibling) == element.tag ? 1 : 0;
    const auto set = [&](Scalar scalar, double value) {
        element.scalars[static_cast<std::size_t>(scalar)] = static_cast<float>(value);
    };
    set(Scalar::kSize, elements);
    set(Scalar::kDepth, document_.depth(element.node));
    set(Scalar::kPosition, 20.0 * element.node / document_.size());
    set(Scalar::kSiblings, siblings);
    set(Scalar::kLinks, links);
}

ElementFeatures FeatureBuilder::build(NodeId node) {
    ElementFeatures element;
    element.node = node;
    element.tag = document_.name_id(node);
    add_text(element);
    add_attributes(element);
    add_surroundings(element);
    add_structure(element);
    for (std::vector<TokenId> &bag : element.bags) {
        std::sort(bag.begin(), bag.end());
        bag.erase(std::unique(bag.begin(), bag.end()), bag.end());
    }
    return element;
}

} // namespace

TokenId TokenTable::intern(std::string_view text) {
    return text_to_id_.try_emplace(std::string(text), static_cast<TokenId>(text_to_id_.size())).first->second;
}

PageFeatures::PageFeatures(const Document &document, TokenTable &tokens)
    : document_(&document), node_to_element_(static_cast<std::size_t>(document.size()), -1) {
    FeatureBuilder builder(document, tokens);
    for (NodeId node = 1; node < document.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!document.is_element(node))
            continue;
        const std::string_view tag = document.name(node);
        if (is_hidden_content(tag) || tag == "head") {
            node = document.end_of(node) - 1;
            continue;
        }
        node_to_element_[static_cast<std::size_t>(node)] = static_cast<std::int32_t>(elements_.size());
        elements_.push_back(builder.build(node));
        if (is_heading(tag))
            builder.note_heading(node);
    }
}

FeatureMatcher::FeatureMatcher(const PageFeatures &page, const TokenTable &tokens) : page_(&page) {
    const auto count = static_cast<float>(std::max<std::size_t>(1, page.size()));
    for (std::size_t bag = 0; bag < kBagCount; ++bag) {
        auto &postings = token_to_elements_[bag];
        postings.resize(tokens.size());
        for (std::size_t i = 0; i < page.size(); ++i)
            for (const TokenId token : page.elements()[i].bags[bag])
                postings[static_cast<std::size_t>(token)].push_back(static_cast<std::int32_t>(i));
        token_to_weight_[bag].resize(tokens.size());
        for (std::size_t token = 0; token < postings.size(); ++token)
            token_to_weight_[bag][token] = std::log2(1 + count / static_cast<float>(postings[token].size() + 1));
        element_to_weight_[bag].resize(page.size());
        for (std::size_t i = 0; i < page.size(); ++i)
            for (const TokenId token : page.elements()[i].bags[bag])
                element_to_weight_[bag][i] += token_to_weight_[bag][static_cast<std::size_t>(token)];
    }
}

void FeatureMatcher::add_scores(const PageFeatures &its_page, const ElementFeatures &example, float weight,
                                Scores &scores) const {
    std::vector<float> common(page_->size());
    for (std::size_t bag = 0; bag < kBagCount; ++bag) {
        Interrupt::poll();
        std::fill(common.begin(), common.end(), 0.0F);
        float total = 0;
        for (const TokenId token : example.bags[bag]) {
            const float token_weight = token_to_weight_[bag][static_cast<std::size_t>(token)];
            total += token_weight;
            for (const std::int32_t element : token_to_elements_[bag][static_cast<std::size_t>(token)])
                common[static_cast<std::size_t>(element)] += token_weight;
        }
        for (std::size_t i = 0; i < common.size(); ++i) {
            const float either = total + element_to_weight_[bag][i] - common[i];
            /* Nothing on both sides says little, but not nothing. */
            scores[i][bag] += weight * (either > 0 ? common[i] / either : 0.5F);
        }
    }
    const std::string_view tag = its_page.document().name(example.node);
    for (std::size_t i = 0; i < page_->size(); ++i) {
        const ElementFeatures &element = page_->elements()[i];
        for (std::size_t scalar = 0; scalar < kScalarCount; ++scalar) {
            const float a = example.scalars[scalar] + 1, b = element.scalars[scalar] + 1;
            scores[i][kBagCount + scalar] += weight * std::min(a, b) / std::max(a, b);
        }
        const std::string_view other = page_->document().name(element.node);
        scores[i][kTagFeature] += weight * (tag == other ? 1.0F : is_heading(tag) && is_heading(other) ? 0.5F : 0.0F);
        scores[i][kEqualTextFeature] +=
            weight * (example.text_hash != 0 && example.text_hash == element.text_hash ? 1.0F : 0.0F);
    }
}

float FeatureMatcher::mean_of(const std::array<float, kFeatureCount> &scores) {
    float sum = 0;
    for (const float score : scores)
        sum += score;
    return sum / static_cast<float>(kFeatureCount);
}

std::vector<float> FeatureMatcher::combine(const Scores &scores) const {
    const std::size_t count = scores.size();
    std::vector<float> combined(count);
    if (count == 0)
        return combined;
    const float most = std::log(std::max(static_cast<float>(count), kRarePage) + 1);
    std::vector<float> sorted(count);
    for (std::size_t feature = 0; feature < kFeatureCount; ++feature) {
        Interrupt::poll();
        for (std::size_t i = 0; i < count; ++i)
            sorted[i] = scores[i][feature];
        std::sort(sorted.begin(), sorted.end());
        for (std::size_t i = 0; i < count; ++i) {
            const auto at_least =
                sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), scores[i][feature] - 1e-6F);
            const float rarity = std::log((static_cast<float>(count) + 1) / static_cast<float>(at_least)) / most;
            combined[i] += (scores[i][feature] + rarity) / (2 * static_cast<float>(kFeatureCount));
        }
    }
    return combined;
}

} // namespace webwrap
