#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "core/match/template_sketch.hpp"

namespace webwrap {

/* Groups pages by template as they come: a page joins the cluster whose first page, its representative, looks most like
 * it, or begins one of its own. Candidates come from locality-sensitive hashing (MinHash in bands, Broder 1997; Indyk &
 * Motwani 1998) and are verified by template_similarity. What it keeps is one sketch for each cluster, never a page. */
class TemplateClusters {
  public:
    /* `threshold` in 0..1. Throws kInvalidOption for another one. */
    TemplateClusters(double threshold, std::size_t max_clusters);

    struct Place {
        std::size_t cluster; /* from 0, in the order of their first pages */
        double similarity;   /* to the representative; 1 for the representative itself */
        bool is_new;
    };

    /* Of two clusters that are equally similar the older one. Throws kLimitExceeded when a cluster above max_clusters would
     * be needed. O(kHashes * kSize) and what its candidates cost, at most kMaxCandidates of them; polls. */
    Place add(const TemplateSketch &sketch);

    [[nodiscard]] std::size_t size() const noexcept { return representatives_.size(); }

  private:
    /* At a similarity of .5 a pair of pages shares a band with a probability of 1 - 1e-5, at .3 of .98. */
    static constexpr std::size_t kRows = 2;
    static constexpr std::size_t kBands = 40;
    static constexpr std::size_t kHashes = kRows * kBands;
    static constexpr std::size_t kMaxCandidates = 64; /* those with most bands in common */

    using Bands = std::array<std::uint64_t, kBands>;
    [[nodiscard]] static Bands bands_of(const TemplateSketch &sketch);
    [[nodiscard]] std::vector<std::uint32_t> candidates(const Bands &bands);

    double threshold_;
    std::size_t max_clusters_;
    std::vector<TemplateSketch> representatives_;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> band_to_clusters_;
    std::vector<std::uint8_t> cluster_to_bands_; /* in common with the page at hand; all 0 between calls */
};

} // namespace webwrap
