#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/match/cell_budget.hpp"
#include "core/match/tree.hpp"

namespace webwrap {

/* Compares sequences of labels; keeps its memory from call to call. */
class LabelSequences {
  public:
    /* The length of the longest common subsequence of the labels of two lists, which must not be empty; labels are below
     * label_count. 64 elements of the longer list at once (Hyyro 2004): a bit is 0 where a cell of the table's row is
     * greater than the one before. O(|a| * |b| / 64); ticks. */
    template <typename Item>
    [[nodiscard]] std::int64_t longest_common(std::span<Item> rows, std::span<Item> columns, std::size_t label_count,
                                              CellBudget &budget) {
        if (rows.size() > columns.size())
            std::swap(rows, columns);
        label_to_columns_.resize(label_count, 0);
        row_to_carry_.assign(columns.size() > kBits ? rows.size() : 0, 0);
        std::int64_t length = 0;
        for (; !columns.empty(); columns = columns.subspan(std::min(kBits, columns.size()))) {
            const auto block = columns.first(std::min(kBits, columns.size()));
            for (std::size_t at = 0; at < block.size(); ++at)
                columns_with(block[at].label) |= std::uint64_t{1} << at;
            const std::uint64_t flat = row_to_carry_.empty() ? flat_after(rows) : flat_after_with_carries(rows);
            length += std::popcount(~flat << (kBits - block.size()));
            for (const Item &item : block)
                columns_with(item.label) = 0;
            budget.tick(static_cast<std::int64_t>(rows.size() + block.size()));
        }
        return length;
    }

  private:
    static constexpr std::size_t kBits = 64;

    [[nodiscard]] std::uint64_t &columns_with(LabelId label) {
        return label_to_columns_[static_cast<std::size_t>(label)];
    }

    template <typename Item> [[nodiscard]] std::uint64_t flat_after(std::span<Item> rows) {
        std::uint64_t flat = ~std::uint64_t{0};
        for (const Item &item : rows) {
            const std::uint64_t common = flat & columns_with(item.label);
            flat = (flat + common) | (flat - common);
        }
        return flat;
    }

    /* Adds what each row carried out of the block before. */
    template <typename Item> [[nodiscard]] std::uint64_t flat_after_with_carries(std::span<Item> rows) {
        std::uint64_t flat = ~std::uint64_t{0};
        for (std::size_t at = 0; at < rows.size(); ++at) {
            const std::uint64_t common = flat & columns_with(rows[at].label);
            const std::uint64_t sum = flat + common, carried = sum + row_to_carry_[at];
            row_to_carry_[at] = sum < flat || carried < sum ? 1 : 0;
            flat = carried | (flat - common);
        }
        return flat;
    }

    std::vector<std::uint64_t> label_to_columns_; /* those of the block, as bits; 0 between calls */
    std::vector<std::uint8_t> row_to_carry_;
};

} // namespace webwrap
