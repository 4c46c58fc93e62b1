#include "core/wrap/relocate.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/alignment.hpp"
#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxExamples = 5;
constexpr std::size_t kMaxSeeds = 60;
constexpr std::size_t kMaxGroup = 500;
constexpr std::size_t kShortlist = 8;
constexpr std::size_t kMaxProfiled = 60;
constexpr int kMaxContainers = 4;
constexpr double kProfileWeight = 0.12, kCountWeight = 0.06, kMarginWeight = 0.5, kBackWeight = 0.5;
constexpr double kMaxMargin = 0.1;

std::vector<std::size_t> spread(std::size_t count, std::size_t wanted) {
    std::vector<std::size_t> picks;
    const std::size_t n = std::min(count, wanted);
    for (std::size_t i = 0; i < n; ++i)
        picks.push_back(i * count / n);
    return picks;
}

bool are_nested(const Document &page, NodeId a, NodeId b) {
    return (a <= b && b < page.end_of(a)) || (b <= a && a < page.end_of(b));
}

/* True when an element of the sorted list stands inside another one of it. */
bool has_nesting(const Document &page, const std::vector<NodeId> &elements) {
    for (std::size_t i = 1; i < elements.size(); ++i)
        if (elements[i] < page.end_of(elements[i - 1]))
            return true;
    return false;
}

bool has_class(const Document &page, NodeId element, std::string_view token) {
    for (const std::string_view own : class_tokens(page.attribute_value(element, "class")))
        if (own == token)
            return true;
    return false;
}

} // namespace

Relocator::Relocator(const Document &old_page, std::vector<NodeId> targets, const Document &new_page)
    : old_page_(old_page), new_page_(new_page), targets_(std::move(targets)), old_features_(old_page, tokens_),
      new_features_(new_page, tokens_), new_matcher_(new_features_, tokens_) {
    std::vector<std::int32_t> examples;
    for (const NodeId target : targets_)
        if (const std::int32_t element = old_features_.find(target); element >= 0)
            examples.push_back(element);
    FeatureMatcher::Scores scores(new_features_.size());
    const std::vector<std::size_t> picks = spread(examples.size(), kMaxExamples);
    for (const std::size_t pick : picks)
        new_matcher_.add_scores(old_features_, old_features_.elements()[static_cast<std::size_t>(examples[pick])],
                                1.0F / static_cast<float>(picks.size()), scores);
    scores_ = new_matcher_.combine(scores);
    if (picks.empty())
        std::fill(scores_.begin(), scores_.end(), 0.0F);
    ranked_.resize(scores_.size());
    for (std::size_t i = 0; i < ranked_.size(); ++i)
        ranked_[i] = static_cast<std::int32_t>(i);
    std::stable_sort(ranked_.begin(), ranked_.end(), [&](std::int32_t a, std::int32_t b) {
        return scores_[static_cast<std::size_t>(a)] > scores_[static_cast<std::size_t>(b)];
    });
    old_profile_ = profile_of(texts_of(old_page_, targets_));
}

std::vector<std::string> Relocator::texts_of(const Document &page, const std::vector<NodeId> &elements) const {
    std::vector<std::string> texts;
    for (const std::size_t pick : spread(elements.size(), kMaxProfiled)) {
        Interrupt::poll();
        texts.push_back(fold_space(page.string_value(elements[pick])).substr(0, 2000));
    }
    return texts;
}

float Relocator::score_of(NodeId element) const {
    const std::int32_t at = new_features_.find(element);
    return at < 0 ? 0.0F : scores_[static_cast<std::size_t>(at)];
}

/* Single elements when one is looked for, and sets of like elements around the best ones. */
std::vector<std::vector<NodeId>> Relocator::groups() {
    std::set<std::vector<NodeId>> found;
    std::map<std::uint64_t, std::vector<NodeId>> path_to_elements;
    for (const ElementFeatures &element : new_features_.elements())
        path_to_elements[tag_path_hash(new_page_, element.node)].push_back(element.node);
    const auto add = [&](std::vector<NodeId> group) {
        if (!group.empty() && group.size() <= kMaxGroup && !has_nesting(new_page_, group))
            found.insert(std::move(group));
    };
    const std::size_t seeds = std::min(kMaxSeeds, ranked_.size());
    for (std::size_t s = 0; s < seeds; ++s) {
        Interrupt::poll();
        const NodeId seed = new_features_.elements()[static_cast<std::size_t>(ranked_[s])].node;
        add({seed});
        if (targets_.size() == 1 && s >= 8)
            continue;
        const std::vector<std::string_view> tokens = class_tokens(new_page_.attribute_value(seed, "class"));
        const auto add_with_classes = [&](const std::vector<NodeId> &all) {
            add(all);
            for (const std::string_view token : tokens) {
                std::vector<NodeId> own;
                for (const NodeId element : all)
                    if (has_class(new_page_, element, token))
                        own.push_back(element);
                add(std::move(own));
            }
        };
        add_with_classes(path_to_elements[tag_path_hash(new_page_, seed)]);
        NodeId container = new_page_.parent(seed);
        for (int step = 0; step < kMaxContainers && container > 0; ++step, container = new_page_.parent(container)) {
            std::vector<NodeId> children, same_path;
            for (NodeId node = container + 1; node < new_page_.end_of(container); ++node)
                if (new_page_.is_element(node) && new_page_.name_id(node) == new_page_.name_id(seed)) {
                    children.push_back(node);
                    if (new_page_.depth(node) == new_page_.depth(seed))
                        same_path.push_back(node);
                    if (children.size() > kMaxGroup)
                        break;
                }
            add_with_classes(children);
            add_with_classes(same_path);
        }
    }
    return {found.begin(), found.end()};
}

void Relocator::score(Relocation &relocation) {
    double sum = 0;
    for (const NodeId element : relocation.elements)
        sum += score_of(element);
    relocation.mean = sum / static_cast<double>(relocation.elements.size());
    relocation.margin = kMaxMargin;
    for (std::size_t r = 0; r < ranked_.size() && r < kMaxSeeds + kMaxGroup; ++r) {
        const NodeId other = new_features_.elements()[static_cast<std::size_t>(ranked_[r])].node;
        const auto after = std::upper_bound(relocation.elements.begin(), relocation.elements.end(), other);
        const bool inside = after != relocation.elements.begin() && other < new_page_.end_of(*(after - 1));
        const bool around = after != relocation.elements.end() && *after < new_page_.end_of(other);
        if (inside || around)
            continue;
        relocation.margin = std::clamp(relocation.mean - score_of(other), -kMaxMargin, kMaxMargin);
        break;
    }
    const auto before = static_cast<double>(targets_.size()), after = static_cast<double>(relocation.elements.size());
    relocation.count = std::min(before, after) / std::max(before, after);
    relocation.profile = profile_similarity(old_profile_, profile_of(texts_of(new_page_, relocation.elements)));
    relocation.score = relocation.mean + kProfileWeight * relocation.profile + kCountWeight * relocation.count +
                       kMarginWeight * relocation.margin;
}

/* How well the new elements lead back to the old ones and to nothing else. */
void Relocator::look_back(Relocation &relocation) {
    if (old_matcher_ == nullptr)
        old_matcher_ = std::make_unique<FeatureMatcher>(old_features_, tokens_);
    FeatureMatcher::Scores scores(old_features_.size());
    std::size_t used = 0;
    const std::vector<std::size_t> picks = spread(relocation.elements.size(), 3);
    for (const std::size_t pick : picks) {
        const std::int32_t at = new_features_.find(relocation.elements[pick]);
        if (at < 0)
            continue;
        old_matcher_->add_scores(new_features_, new_features_.elements()[static_cast<std::size_t>(at)],
                                 1.0F / static_cast<float>(picks.size()), scores);
        ++used;
    }
    if (used == 0)
        return;
    const std::vector<float> back = old_matcher_->combine(scores);
    double to_target = 0, to_other = 0;
    for (std::size_t i = 0; i < back.size(); ++i) {
        const NodeId node = old_features_.elements()[i].node;
        const auto after = std::lower_bound(targets_.begin(), targets_.end(), node);
        if (after != targets_.end() && *after == node) {
            to_target = std::max<double>(to_target, back[i]);
            continue;
        }
        const bool nested = (after != targets_.end() && are_nested(old_page_, node, *after)) ||
                            (after != targets_.begin() && are_nested(old_page_, node, *(after - 1)));
        if (!nested)
            to_other = std::max<double>(to_other, back[i]);
    }
    relocation.back = std::clamp(to_target - to_other, -2 * kMaxMargin, 2 * kMaxMargin);
    relocation.score += kBackWeight * relocation.back;
}

Relocation Relocator::judge(std::vector<NodeId> elements) {
    Relocation relocation;
    relocation.elements = std::move(elements);
    score(relocation);
    look_back(relocation);
    return relocation;
}

std::vector<Relocation> Relocator::find() {
    std::vector<Relocation> all;
    for (std::vector<NodeId> &group : groups()) {
        Interrupt::poll();
        Relocation relocation;
        relocation.elements = std::move(group);
        score(relocation);
        all.push_back(std::move(relocation));
    }
    const auto better = [](const Relocation &a, const Relocation &b) {
        return a.score != b.score ? a.score > b.score : a.elements < b.elements;
    };
    std::sort(all.begin(), all.end(), better);
    if (all.size() > kShortlist)
        all.resize(kShortlist);
    for (Relocation &relocation : all)
        look_back(relocation);
    std::sort(all.begin(), all.end(), better);
    return all;
}

} // namespace webwrap
