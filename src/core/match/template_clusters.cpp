#include "core/match/template_clusters.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {} // namespace

TemplateClusters::TemplateClusters(double threshold, std::size_t max_clusters)
    : threshold_(threshold), max_clusters_(max_clusters) {
    if (!(threshold >= 0 && threshold <= 1))
        throw Error(ErrorKind::kInvalidOption, "threshold must lie between 0 and 1");
}

/* Each hash function is a multiplication by an odd number: the hashes of a sketch are well mixed already. */
TemplateClusters::Bands TemplateClusters::bands_of(const TemplateSketch &sketch) {
    std::array<std::uint32_t, kHashes> odd, least;
    for (std::size_t i = 0; i < kHashes; ++i)
        odd[i] = static_cast<std::uint32_t>(scramble(kGolden * (i + 1))) | 1;
    least.fill(std::numeric_limits<std::uint32_t>::max());
    for (const std::uint32_t hash : sketch.hashes) {
        const std::uint32_t scattered = hash ^ hash >> 15;
        for (std::size_t i = 0; i < kHashes; ++i) {
            std::uint32_t value = scattered * odd[i];
            value ^= value >> 16;
            least[i] = std::min(least[i], value * 0x7FEB'352DU);
        }
    }
    Bands bands;
    for (std::size_t band = 0; band < kBands; ++band) {
        std::uint64_t value = band;
        for (std::size_t row = 0; row < kRows; ++row)
            value = scramble(value * kGolden + least[band * kRows + row]);
        bands[band] = value;
    }
    return bands;
}

std::vector<std::uint32_t> TemplateClusters::candidates(const Bands &bands) {
    std::vector<std::uint32_t> found;
    for (const std::uint64_t band : bands) {
        const auto at = band_to_clusters_.find(band);
        if (at == band_to_clusters_.end())
            continue;
        for (const std::uint32_t cluster : at->second)
            if (cluster_to_bands_[cluster]++ == 0)
                found.push_back(cluster);
    }
    const auto is_better = [this](std::uint32_t x, std::uint32_t y) {
        return cluster_to_bands_[x] != cluster_to_bands_[y] ? cluster_to_bands_[x] > cluster_to_bands_[y] : x < y;
    };
    const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(found.size(), kMaxCandidates));
    std::partial_sort(found.begin(), end, found.end(), is_better);
    for (const std::uint32_t cluster : found)
        cluster_to_bands_[cluster] = 0;
    found.erase(end, found.end());
    return found;
}

TemplateClusters::Place TemplateClusters::add(const TemplateSketch &sketch) {
    Interrupt::poll();
    const Bands bands = bands_of(sketch);
    Place best{0, -1, false};
    for (const std::uint32_t cluster : candidates(bands)) {
        const double similarity = template_similarity(sketch, representatives_[cluster]);
        if (similarity > best.similarity || (similarity == best.similarity && cluster < best.cluster))
            best = {cluster, similarity, false};
    }
    if (best.similarity >= threshold_)
        return best;
    const std::size_t cluster = representatives_.size();
    if (cluster >= max_clusters_)
        throw Error(ErrorKind::kLimitExceeded, "pages have more than " + std::to_string(max_clusters_) + " templates",
                    {}, "Raise max_clusters, or lower threshold.");
    for (const std::uint64_t band : bands)
        band_to_clusters_[band].push_back(static_cast<std::uint32_t>(cluster));
    representatives_.push_back(sketch);
    cluster_to_bands_.push_back(0);
    return {cluster, 1, true};
}

} // namespace webwrap
