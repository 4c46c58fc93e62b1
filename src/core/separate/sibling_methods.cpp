#include "core/separate/sibling_methods.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "core/base/interrupt.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/maintainability.hpp"
#include "core/separate/merge.hpp"
#include "core/separate/source_layout.hpp"
#include "core/separate/tlbo.hpp"

namespace webwrap {

namespace {

/* The paper's: what an operation changes in the index, with its costs as they are then. Of what the index is taken, the
 * trees at hand or the page as it is folded so far, is the scope. */
class IndexScores final : public AlignmentScores {
  public:
    IndexScores(const LayoutPool &pool, LayoutId page, SeparationScope scope)
        : pool_(pool), scope_(scope), counter_(pool), page_(counter_.count(page)) {}

    double match(LayoutId a, LayoutId b, LayoutId merged) override {
        const LayoutId both[] = {a, b};
        return change(both, {&merged, 1});
    }
    double gap(LayoutId a) override {
        if (pool_.node(a).kind == LayoutKind::kIf)
            return 0;
        const MaintainabilityCounts before = scope_ == SeparationScope::kPage ? page_ : counter_.count(a);
        return maintainability_index(sum(before, {1, 2, 1, 1})) - maintainability_index(before);
    }
    /* Of the index, when the one stands in place of the other. */
    double change(std::span<const LayoutId> before, std::span<const LayoutId> after) {
        if (scope_ == SeparationScope::kSubtree)
            return maintainability_index(counter_.count(after)) - maintainability_index(counter_.count(before));
        return maintainability_index(sum(page_, difference(before, after))) - maintainability_index(page_);
    }
    /* The page is folded so from now on. */
    void apply(std::span<const LayoutId> before, std::span<const LayoutId> after) {
        page_ = sum(page_, difference(before, after));
    }

  private:
    LayoutTotals difference(std::span<const LayoutId> before, std::span<const LayoutId> after) const {
        LayoutTotals totals;
        for (const LayoutId id : after)
            totals += pool_.node(id).totals;
        for (const LayoutId id : before) {
            const LayoutTotals &gone = pool_.node(id).totals;
            totals += {-gone.symbols, -gone.lines, -gone.branches, -gone.own};
        }
        return totals;
    }
    static MaintainabilityCounts sum(MaintainabilityCounts counts, const LayoutTotals &totals) {
        counts.symbols += totals.symbols;
        counts.lines += totals.lines;
        counts.branches += totals.branches;
        counts.distinct += totals.own;
        return counts;
    }

    const LayoutPool &pool_;
    SeparationScope scope_;
    MaintainabilityCounter counter_;
    MaintainabilityCounts page_;
};

/* SYNTHIA's alignment has fixed costs. */
class FixedScores final : public AlignmentScores {
  public:
    double match(LayoutId, LayoutId, LayoutId) override { return 1; }
    double gap(LayoutId) override { return -1; }
};

class SiblingFolder {
  public:
    SiblingFolder(LayoutPool &pool, LayoutId page, SeparationMethod method, const SeparationOptions &options)
        : pool_(pool), method_(method), options_(options), index_(pool, page, options.scope),
          merger_(pool, is_global() ? static_cast<AlignmentScores &>(index_) : fixed_,
                  {is_global() ? Alignment::kGlobal : Alignment::kLocal, false, 1'000'000}),
          root_frame_(pool.frame({{""}, "", ""})) {}

    LayoutId fold(LayoutId id) {
        if (pool_.node(id).child_count == 0)
            return id;
        if (const auto found = folded_.find(id); found != folded_.end())
            return found->second;
        const auto children = pool_.children(id);
        const std::vector<LayoutId> plain(children.begin(), children.end());
        std::vector<LayoutId> list;
        for (const LayoutId child : plain)
            list.push_back(fold(child));
        const Boundaries cuts = split(list);
        std::vector<LayoutId> kept;
        for (std::size_t begin = 0; begin < list.size();) {
            std::size_t end = begin + 1;
            while (end < list.size() && cuts[end - 1] == 0)
                ++end;
            fold_chunk(std::span(list).subspan(begin, end - begin), std::span(plain).subspan(begin, end - begin), kept);
            begin = end;
        }
        index_.apply(list, kept);
        const auto slots = pool_.slots(id);
        const std::vector<ValueId> slots_copy(slots.begin(), slots.end());
        const LayoutId folded = pool_.element(pool_.node(id).label, slots_copy, kept);
        folded_.emplace(id, folded);
        return folded;
    }

  private:
    [[nodiscard]] bool is_global() const {
        return method_ == SeparationMethod::kMaxMiLcs || method_ == SeparationMethod::kMiDualTlbo;
    }

    Boundaries split(std::span<const LayoutId> list) {
        if (method_ == SeparationMethod::kMiDualTlbo)
            return split_by_tlbo(list);
        Boundaries cuts(list.size() - 1, 1);
        for (std::size_t i = 0; i + 1 < list.size(); ++i) {
            Interrupt::poll();
            cuts[i] = goes_together(list[i], list[i + 1]) ? 0 : 1;
        }
        return cuts;
    }

    bool goes_together(LayoutId a, LayoutId b) {
        if (method_ == SeparationMethod::kSynthia)
            return 2.0 * matching(a, b) / (pool_.node(a).size + pool_.node(b).size) >= options_.threshold;
        const LayoutId pair[] = {a, b};
        const LayoutId fold = iteration_of(pair);
        return fold != kNoLayout && index_.change(pair, {&fold, 1}) > 0;
    }

    /* Simple tree matching of layout trees: the nodes of a largest pairing of equal kinds, tags and attribute names. */
    std::int32_t matching(LayoutId a, LayoutId b) {
        if (a == b)
            return pool_.node(a).size;
        const LayoutNode &left = pool_.node(a);
        const LayoutNode &right = pool_.node(b);
        const auto is_text = [](LayoutKind kind) {
            return kind == LayoutKind::kText || kind == LayoutKind::kReference;
        };
        if (is_text(left.kind) && is_text(right.kind))
            return 1;
        if (left.kind != right.kind || (left.kind == LayoutKind::kElement && left.label != right.label))
            return 0;
        if (left.skeleton == right.skeleton)
            return left.size;
        const std::uint64_t key =
            static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
        if (const auto found = matchings_.find(key); found != matchings_.end())
            return found->second;
        Interrupt::poll();
        std::vector<double> matches;
        for (const LayoutId x : pool_.children(a))
            for (const LayoutId y : pool_.children(b))
                matches.push_back(matching(x, y));
        const std::vector<double> a_gaps(pool_.children(a).size(), 0);
        const std::vector<double> b_gaps(pool_.children(b).size(), 0);
        const auto nodes = static_cast<std::int32_t>(align_globally(matches, a_gaps, b_gaps).score) + 1;
        matchings_.emplace(key, nodes);
        return nodes;
    }

    /* What the members of a chunk fold to, or kNoLayout. Each chunk is folded once. */
    LayoutId iteration_of(std::span<const LayoutId> chunk) {
        LayoutId merged = chunk[0];
        for (std::size_t i = 1; i < chunk.size() && merged != kNoLayout; ++i)
            merged = merger_.merge(merged, chunk[i]);
        if (merged == kNoLayout || pool_.node(merged).kind == LayoutKind::kFor)
            return merged;
        return pool_.iteration({&merged, 1});
    }

    void fold_chunk(std::span<const LayoutId> chunk, std::span<const LayoutId> plain, std::vector<LayoutId> &kept) {
        LayoutId fold = chunk.size() > 1 ? iteration_of(chunk) : kNoLayout;
        if (fold != kNoLayout) {
            if (method_ == SeparationMethod::kSynthia) {
                if (characters({&fold, 1}, plain) >= characters(chunk, plain))
                    fold = kNoLayout;
            } else if (index_.change(chunk, {&fold, 1}) <= 0) {
                fold = kNoLayout;
            }
        }
        if (fold != kNoLayout)
            kept.push_back(fold);
        else
            kept.insert(kept.end(), chunk.begin(), chunk.end());
    }

    /* Of template and data of a run of siblings. */
    std::size_t characters(std::span<const LayoutId> layouts, std::span<const LayoutId> plain) {
        static constexpr ValueId kNoSlots[] = {kEmptyValue, kEmptyValue};
        const LayoutId layout = pool_.element(root_frame_, kNoSlots, layouts);
        const LayoutId page = pool_.element(root_frame_, kNoSlots, plain);
        const auto result = Instantiation(pool_).run(layout, page);
        return result.has_value() ? result->text.size() + paper_notation(result->data).size()
                                  : static_cast<std::size_t>(-1);
    }

    Boundaries split_by_tlbo(std::span<const LayoutId> list) {
        if (list.size() < 2)
            return {};
        SeededRandom random(options_.seed * 0x2545F4914F6CDD1Dull + static_cast<std::uint64_t>(lists_++));
        std::vector<Boundaries> population(static_cast<std::size_t>(options_.population));
        for (Boundaries &bits : population)
            for (std::size_t i = 0; i + 1 < list.size(); ++i)
                bits.push_back(static_cast<std::uint8_t>(random.next() >> 63));
        std::unordered_map<std::uint64_t, LayoutId> folds; /* by begin and end */
        const auto fold_of = [&](std::size_t begin, std::size_t end) {
            const auto [found, is_new] = folds.emplace(begin << 32 | end, kNoLayout);
            if (is_new)
                found->second = iteration_of(list.subspan(begin, end - begin));
            return found->second;
        };
        std::vector<LayoutId> forest;
        const auto fitness = [&](const Boundaries &cuts) {
            forest.clear();
            for (std::size_t begin = 0; begin < list.size();) {
                std::size_t end = begin + 1;
                while (end < list.size() && cuts[end - 1] == 0)
                    ++end;
                const LayoutId fold = end - begin > 1 ? fold_of(begin, end) : kNoLayout;
                if (fold != kNoLayout)
                    forest.push_back(fold);
                else
                    forest.insert(forest.end(), list.begin() + static_cast<std::ptrdiff_t>(begin),
                                  list.begin() + static_cast<std::ptrdiff_t>(end));
                begin = end;
            }
            return index_.change(list, forest);
        };
        return dual_tlbo(std::move(population), fitness, options_.iterations, options_.learning_rate, random);
    }

    LayoutPool &pool_;
    SeparationMethod method_;
    const SeparationOptions &options_;
    IndexScores index_;
    FixedScores fixed_;
    Merger merger_;
    FrameId root_frame_;
    std::unordered_map<LayoutId, LayoutId> folded_;
    std::unordered_map<std::uint64_t, std::int32_t> matchings_;
    std::int64_t lists_ = 0;
};

} // namespace

LayoutId fold_siblings(LayoutPool &pool, LayoutId page, SeparationMethod method, const SeparationOptions &options) {
    return SiblingFolder(pool, page, method, options).fold(page);
}

} // namespace webwrap
