#include "core/wrap/relocate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace webwrap {

namespace {

constexpr float kLeastShare = 0.02F;

ElementGroup elements_of(const PageFeatures &page, const std::vector<NodeId> &nodes) {
    ElementGroup group;
    for (const NodeId node : nodes)
        if (const ElementId element = page.find(node); element != kNoElement)
            group.push_back(element);
    return group;
}

Relocation relocation_of(const PageFeatures &page, const RankedGroup &ranked) {
    Relocation relocation;
    relocation.ranked = ranked;
    for (const ElementId element : ranked.group)
        relocation.elements.push_back(page.node(element));
    return relocation;
}

/* F1 of one sorted group against another; elements that are the same answer count as equal. */
float agreement(const GroupSearch &search, const ElementGroup &found, const ElementGroup &wanted) {
    if (search.is_same_answer(found, wanted))
        return 1;
    ElementGroup common;
    std::set_intersection(found.begin(), found.end(), wanted.begin(), wanted.end(), std::back_inserter(common));
    return 2 * static_cast<float>(common.size()) / static_cast<float>(found.size() + wanted.size());
}

/* The groups without an element that is taken. */
std::vector<RankedGroup> free_groups(const PageFeatures &page, std::vector<RankedGroup> groups,
                                     const std::vector<NodeId> &taken) {
    std::erase_if(groups, [&](const RankedGroup &ranked) {
        return std::any_of(ranked.group.begin(), ranked.group.end(), [&](ElementId element) {
            return std::binary_search(taken.begin(), taken.end(), page.node(element));
        });
    });
    return groups;
}

/* Share of the old elements whose text stands in the page's metadata under a key that the new page's have as well, times the
 * share of the new elements whose text does not. */
float data_lost(const PageFeatures &old_page, const ElementGroup &targets, const PageFeatures &new_page,
                const ElementGroup &group) {
    std::unordered_set<TokenId> keys;
    const auto with_data = std::ranges::count_if(targets, [&](ElementId element) {
        bool has_key = false;
        for (const TokenId key : old_page.bag(element, Bag::kData))
            if (new_page.data_keys().contains(key)) {
                keys.insert(key);
                has_key = true;
            }
        return has_key;
    });
    const auto without = std::ranges::count_if(group, [&](ElementId element) {
        return std::ranges::none_of(new_page.bag(element, Bag::kData), [&](TokenId key) { return keys.contains(key); });
    });
    return static_cast<float>(with_data) * static_cast<float>(without) /
           static_cast<float>(std::max<std::size_t>(1, targets.size() * group.size()));
}

/* Share of the new elements with a child of a tag that no old one has. */
float other_markup(const PageFeatures &old_page, const ElementGroup &targets, const PageFeatures &new_page,
                   const ElementGroup &group) {
    std::unordered_set<TokenId> known;
    for (const ElementId element : targets) {
        const std::span<const TokenId> tags = old_page.bag(element, Bag::kChildren);
        known.insert(tags.begin(), tags.end());
    }
    const auto other = std::ranges::count_if(group, [&](ElementId element) {
        return std::ranges::any_of(new_page.bag(element, Bag::kChildren),
                                   [&](TokenId tag) { return !known.contains(tag); });
    });
    return static_cast<float>(other) / static_cast<float>(std::max<std::size_t>(1, group.size()));
}

float log_share(float share) { return std::log(std::max(share, kLeastShare)); }

float mean_of(const RankVector &evidence, std::size_t first, std::size_t count) {
    const auto from = evidence.begin() + static_cast<std::ptrdiff_t>(first);
    return std::accumulate(from, from + static_cast<std::ptrdiff_t>(count), 0.0F) / static_cast<float>(count);
}

} // namespace

Relocator::Relocator(const ComparedPages &pages, const std::vector<NodeId> &targets, const AdaptationModel &model)
    : pages_(pages), model_(model),
      search_(pages.old_features(), pages.old_counts(), elements_of(pages.old_features(), targets), pages.new_matcher(),
              pages.new_counts(), model.ranking),
      around_(pages.old_features(), search_.targets(), pages.new_counts().runs) {}

const std::vector<Relocation> &Relocator::find() {
    if (!is_found_) {
        ranked_ = search_.find();
        for (const RankedGroup &group : ranked_)
            found_.push_back(relocation_of(pages_.new_features(), group));
        is_found_ = true;
    }
    return found_;
}

std::optional<Relocation> Relocator::judge(const std::vector<NodeId> &elements) const {
    const ElementGroup group = elements_of(pages_.new_features(), elements);
    if (group.size() != elements.size() || group.empty() || search_.targets().empty())
        return std::nullopt;
    return relocation_of(pages_.new_features(), search_.judge(group));
}

TrustVector Relocator::trust(const Relocation &relocation, const TakenElsewhere &taken) {
    TrustVector trust{};
    const auto set = [&trust](Trust what, double value) {
        trust[static_cast<std::size_t>(what)] = static_cast<float>(value);
    };
    (void)find();
    const Lead lead =
        lead_of(search_, free_groups(pages_.new_features(), ranked_, taken.new_elements), relocation.ranked);
    set(Trust::kShare, lead.share);
    set(Trust::kLead, lead.lead);
    set(Trust::kLogShare, log_share(lead.share));
    const GroupSearch back(pages_.new_features(), pages_.new_counts(), relocation.ranked.group, pages_.old_matcher(),
                           pages_.old_counts(), model_.ranking);
    const std::vector<RankedGroup> returned = free_groups(pages_.old_features(), back.find(), taken.old_elements);
    const Lead back_lead = lead_of(back, returned, back.judge(search_.targets()));
    set(Trust::kBackShare, back_lead.share);
    set(Trust::kBackLead, back_lead.lead);
    set(Trust::kLogBackShare, log_share(back_lead.share));
    set(Trust::kMutual, returned.empty() ? 0 : agreement(back, returned.front().group, search_.targets()));
    const RankVector &evidence = relocation.ranked.evidence;
    set(Trust::kLikeness, mean_of(evidence, 0, kFeatureCount));
    set(Trust::kRarity, mean_of(evidence, kFeatureCount, kFeatureCount));
    set(Trust::kWhole, mean_of(evidence, 2 * kFeatureCount, kGroupFeatureCount));
    const auto whole = [&](Trust what, GroupFeature feature) {
        set(what, evidence[2 * kFeatureCount + static_cast<std::size_t>(feature)]);
    };
    whole(Trust::kCount, GroupFeature::kCountClose);
    whole(Trust::kLengths, GroupFeature::kLengths);
    whole(Trust::kShapes, GroupFeature::kShapes);
    whole(Trust::kWords, GroupFeature::kWords);
    whole(Trust::kHeading, GroupFeature::kHeading);
    whole(Trust::kMargin, GroupFeature::kMargin);
    whole(Trust::kWorst, GroupFeature::kWorst);
    whole(Trust::kPathShare, GroupFeature::kPathShare);
    whole(Trust::kClassShare, GroupFeature::kClassShare);
    whole(Trust::kKnownTexts, GroupFeature::kKnownTexts);
    whole(Trust::kNotElsewhere, GroupFeature::kNotElsewhere);
    whole(Trust::kNamesOwn, GroupFeature::kNamesOwn);
    whole(Trust::kLabelOwn, GroupFeature::kLabelOwn);
    set(Trust::kName, evidence[static_cast<std::size_t>(Bag::kName)]);
    set(Trust::kData, evidence[static_cast<std::size_t>(Bag::kData)]);
    set(Trust::kAddress, evidence[static_cast<std::size_t>(Bag::kAddress)]);
    set(Trust::kTag, evidence[kTagFeature]);
    set(Trust::kIsList, kind() == TargetKind::kList ? 1 : 0);
    set(Trust::kIsMedia, kind() == TargetKind::kMedia ? 1 : 0);
    const auto of = [&trust](Trust what) { return trust[static_cast<std::size_t>(what)]; };
    set(Trust::kTextsStay, pages_.texts_stay());
    set(Trust::kNamesStay, pages_.names_stay());
    set(Trust::kTextsLost, pages_.texts_stay() * (1 - of(Trust::kKnownTexts)));
    set(Trust::kLikenessLost, pages_.names_stay() * (1 - of(Trust::kLikeness)));
    set(Trust::kAroundStays, around_.staying());
    set(Trust::kAroundLost, around_.lost_around(pages_.new_features(), relocation.ranked.group));
    set(Trust::kDataLost,
        data_lost(pages_.old_features(), search_.targets(), pages_.new_features(), relocation.ranked.group));
    set(Trust::kOtherMarkup,
        other_markup(pages_.old_features(), search_.targets(), pages_.new_features(), relocation.ranked.group));
    set(Trust::kTagLost, kind() == TargetKind::kMedia ? 1 - of(Trust::kTag) : 0);
    return trust;
}

} // namespace webwrap
