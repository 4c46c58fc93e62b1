#include "core/wrap/group_features.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/hash.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxProfiled = 80;
constexpr double kCountScale = 3.0; /* numbers that differ by e^3 are not alike at all */

std::uint64_t class_key(const PageFeatures &page, ElementId element) {
    return mix(static_cast<std::uint64_t>(page.path(element)), page.class_hash(element));
}

std::uint64_t family_key(const PageFeatures &page, ElementId element) {
    return mix(static_cast<std::uint64_t>(page.parent(element) + 1), static_cast<std::uint64_t>(page.tag(element)));
}

float ratio(double a, double b) {
    const double most = std::max(a, b);
    return most > 0 ? static_cast<float>(std::min(a, b) / most) : 1.0F;
}

float closeness(float a, float b) { return 1 - std::abs(a - b); }

using Shares = std::vector<std::pair<TokenId, float>>;

/* Sums up equal tokens. */
void fold(Shares &shares, float total) {
    std::sort(shares.begin(), shares.end());
    std::size_t kept = 0;
    for (const auto &[token, share] : shares) {
        if (kept > 0 && shares[kept - 1].first == token)
            shares[kept - 1].second += share / total;
        else
            shares[kept++] = {token, share / total};
    }
    shares.resize(kept);
}

/* Common mass over the greater mass. */
float overlap(const Shares &a, const Shares &b) {
    float common = 0, total_a = 0, total_b = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        if (a[i].first == b[j].first)
            common += std::min(a[i++].second, b[j++].second);
        else if (a[i].first < b[j].first)
            ++i;
        else
            ++j;
    }
    for (const auto &[token, share] : a)
        total_a += share;
    for (const auto &[token, share] : b)
        total_b += share;
    const float most = std::max(total_a, total_b);
    return most > 0 ? common / most : 0.5F;
}

/* The unsplit names of an element and of its parent. */
std::vector<TokenId> names_of(const PageFeatures &page, ElementId element) {
    std::vector<TokenId> names;
    for (const ElementId at : {element, page.parent(element)})
        if (at != kNoElement) {
            const std::span<const TokenId> own = page.bag(at, Bag::kNameWhole);
            names.insert(names.end(), own.begin(), own.end());
        }
    return names;
}

float names_own(const PageFeatures &a_page, const PageCounts &a_counts, ElementId a, const PageFeatures &b_page,
                ElementId b) {
    const std::vector<TokenId> here = names_of(a_page, a), names = names_of(b_page, b);
    const auto elsewhere = std::ranges::count_if(names, [&](TokenId name) {
        return a_counts.names.contains(name) && std::ranges::find(here, name) == here.end();
    });
    return names.empty() ? 1.0F : 1 - static_cast<float>(elsewhere) / static_cast<float>(names.size());
}

/* What may be called its label: the text before it, or its first one when more follow. 0 for none. */
std::array<std::uint64_t, 2> labels_of(const PageFeatures &page, ElementId element) {
    const std::size_t first = page.first_text(page.node(element)), end = page.first_text(page.end(element));
    return {first > 0 ? page.texts()[first - 1].hash : 0, end - first > 1 ? page.texts()[first].hash : 0};
}

float label_own(const PageFeatures &a_page, const PageCounts &a_counts, ElementId a, const PageFeatures &b_page,
                ElementId b) {
    const auto known = labels_of(a_page, a);
    bool is_elsewhere = false;
    for (const std::uint64_t label : labels_of(b_page, b)) {
        if (label != 0 && std::ranges::find(known, label) != known.end())
            return 1;
        is_elsewhere = is_elsewhere || (label != 0 && a_counts.runs.contains(label));
    }
    return is_elsewhere ? 0.0F : 0.5F;
}

} // namespace

PageCounts::PageCounts(const PageFeatures &page) {
    for (const TextRun &text : page.texts())
        runs.insert(text.hash);
    for (std::size_t i = 0; i < page.size(); ++i) {
        const auto element = static_cast<ElementId>(i);
        texts.insert(page.content_hash(element));
        const std::span<const TokenId> own = page.bag(element, Bag::kNameWhole);
        names.insert(own.begin(), own.end());
        ++path_to_count[static_cast<std::uint64_t>(page.path(element))];
        ++class_to_count[class_key(page, element)];
        ++family_to_count[family_key(page, element)];
    }
}

GroupProfile::GroupProfile(const PageFeatures &page, const PageCounts &counts, const ElementGroup &group)
    : first(group.front()), last(group.back()), count(group.size()) {
    std::unordered_map<std::uint64_t, std::int32_t> paths, classes, families;
    std::vector<float> sizes;
    float bytes = 0;
    std::int32_t followers = 0;
    const std::size_t step = (group.size() + kMaxProfiled - 1) / kMaxProfiled;
    for (std::size_t i = 0; i < group.size(); ++i) {
        const ElementId element = group[i];
        ++paths[static_cast<std::uint64_t>(page.path(element))];
        ++classes[class_key(page, element)];
        ++families[family_key(page, element)];
        sizes.push_back(page.scalar(element, Scalar::kLength));
        bytes += static_cast<float>(page.text_before(page.end(element)) - page.text_before(page.node(element)));
        texts.insert(page.content_hash(element));
        if (i > 0 && page.parent(element) == page.parent(group[i - 1]) &&
            page.ordinal(element) == page.ordinal(group[i - 1]) + 1)
            ++followers;
        if (i % step != 0)
            continue;
        for (const TokenId token : page.bag(element, Bag::kShape))
            shapes.emplace_back(token, 1.0F);
        for (const TokenId token : page.bag(element, Bag::kWords))
            words.emplace_back(token, 1.0F);
    }
    const auto all = static_cast<float>(group.size());
    fold(shapes, static_cast<float>(std::max<std::size_t>(1, shapes.size())));
    fold(words, std::ceil(all / static_cast<float>(step)));
    std::sort(sizes.begin(), sizes.end());
    for (std::size_t q = 0; q < lengths.size(); ++q)
        lengths[q] = sizes[q * (sizes.size() - 1) / (lengths.size() - 1)];
    const auto most = [all](const auto &numbers) {
        std::int32_t best = 0;
        for (const auto &[key, number] : numbers)
            best = std::max(best, number);
        return static_cast<float>(best) / all;
    };
    one_path = most(paths);
    one_class = most(classes);
    const auto share_of = [all](const auto &numbers, const auto &on_page) {
        std::int32_t available = 0;
        for (const auto &[key, number] : numbers)
            available += on_page.at(key);
        return all / static_cast<float>(available);
    };
    path_share = share_of(paths, counts.path_to_count);
    class_share = share_of(classes, counts.class_to_count);
    complete = share_of(families, counts.family_to_count);
    distinct = static_cast<float>(texts.size()) / all;
    adjacent = group.size() > 1 ? static_cast<float>(followers) / (all - 1) : 1.0F;
    const NodeId begin = page.node(first), end = page.end(last);
    const auto page_nodes = static_cast<float>(page.document().size());
    span = static_cast<float>(end - begin) / page_nodes;
    const auto text_in = [&page](NodeId from, NodeId to) {
        return static_cast<float>(page.text_before(to) - page.text_before(from));
    };
    density = (bytes + 1) / (text_in(begin, end) + 1);
    container = page.parent(first);
    while (container != kNoElement && page.end(container) < end)
        container = page.parent(container);
    if (container != kNoElement) {
        const float held = text_in(page.node(container), page.end(container));
        coverage = (bytes + 1) / (held + 1);
        container_size = (held + 1) / (text_in(0, page.document().size()) + 1);
    }
}

GroupVector compare_groups(const PageFeatures &a_page, const PageCounts &a_counts, const GroupProfile &a,
                           const GroupProfile &b, const FeatureMatcher &matcher) {
    GroupVector vector{};
    const auto set = [&vector](GroupFeature feature, float value) {
        vector[static_cast<std::size_t>(feature)] = value;
    };
    const PageFeatures &b_page = matcher.page();
    const auto like = [&](Bag bag, ElementId x, ElementId y) {
        return x == kNoElement || y == kNoElement ? 0.5F
                                                  : matcher.likeness(bag, a_page.bag(x, bag), b_page.bag(y, bag));
    };
    set(GroupFeature::kCount, ratio(static_cast<double>(a.count), static_cast<double>(b.count)));
    const double apart = std::abs(std::log(static_cast<double>(a.count)) - std::log(static_cast<double>(b.count)));
    set(GroupFeature::kCountClose, static_cast<float>(std::max(0.0, 1 - apart / kCountScale)));
    float lengths = 0;
    for (std::size_t q = 0; q < a.lengths.size(); ++q)
        lengths += ratio(a.lengths[q] + 1.0, b.lengths[q] + 1.0);
    set(GroupFeature::kLengths, lengths / static_cast<float>(a.lengths.size()));
    set(GroupFeature::kShapes, overlap(a.shapes, b.shapes));
    set(GroupFeature::kWords, overlap(a.words, b.words));
    set(GroupFeature::kHeading, like(Bag::kHeading, a.first, b.first));
    set(GroupFeature::kBefore, like(Bag::kBefore, a.first, b.first));
    set(GroupFeature::kAfter, like(Bag::kAfter, a.last, b.last));
    set(GroupFeature::kOnePath, closeness(a.one_path, b.one_path));
    set(GroupFeature::kOneClass, closeness(a.one_class, b.one_class));
    set(GroupFeature::kSpan, ratio(a.span, b.span));
    set(GroupFeature::kDensity, closeness(a.density, b.density));
    set(GroupFeature::kPathShare, closeness(a.path_share, b.path_share));
    set(GroupFeature::kClassShare, closeness(a.class_share, b.class_share));
    set(GroupFeature::kCoverage, closeness(a.coverage, b.coverage));
    set(GroupFeature::kContainerName, like(Bag::kName, a.container, b.container));
    set(GroupFeature::kContainerAbove, like(Bag::kAncestors, a.container, b.container));
    set(GroupFeature::kContainerSize, ratio(a.container_size, b.container_size));
    set(GroupFeature::kDistinct, closeness(a.distinct, b.distinct));
    set(GroupFeature::kAdjacent, closeness(a.adjacent, b.adjacent));
    set(GroupFeature::kComplete, closeness(a.complete, b.complete));
    std::size_t known = 0, elsewhere = 0;
    for (const std::uint64_t text : b.texts) {
        if (text == 0)
            continue;
        if (a.texts.contains(text))
            ++known;
        else if (a_counts.texts.contains(text))
            ++elsewhere;
    }
    const auto texts = static_cast<float>(std::max<std::size_t>(1, b.texts.size()));
    set(GroupFeature::kKnownTexts, static_cast<float>(known) / texts);
    set(GroupFeature::kNotElsewhere, 1 - static_cast<float>(elsewhere) / texts);
    set(GroupFeature::kNamesOwn, names_own(a_page, a_counts, a.first, b_page, b.first));
    set(GroupFeature::kLabelOwn, label_own(a_page, a_counts, a.first, b_page, b.first));
    return vector;
}

} // namespace webwrap
