#pragma once

/* Internal to parse: an array that grows without moving what it holds, so that no growth takes longer than another,
 * however large a page is. */

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <type_traits>
#include <vector>

namespace webwrap {

template <typename T> class ChunkedArray {
    static_assert(std::is_trivially_destructible_v<T>);

  public:
    explicit ChunkedArray(std::pmr::memory_resource *memory) : chunks_(memory), memory_(memory) {}
    ~ChunkedArray() {
        for (T *chunk : chunks_)
            if (chunk != nullptr)
                memory_->deallocate(chunk, kChunkBytes, alignof(T));
    }
    ChunkedArray(const ChunkedArray &) = delete;
    ChunkedArray &operator=(const ChunkedArray &) = delete;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T &operator[](std::size_t i) { return chunks_[i / kChunkSize][i % kChunkSize]; }
    [[nodiscard]] const T &operator[](std::size_t i) const { return chunks_[i / kChunkSize][i % kChunkSize]; }

    T &emplace_back() {
        if (size_ == chunks_.size() * kChunkSize) {
            chunks_.push_back(nullptr); /* first: a chunk that found no room here would be lost */
            chunks_.back() = static_cast<T *>(memory_->allocate(kChunkBytes, alignof(T)));
        }
        return *std::construct_at(&(*this)[size_++]);
    }

  private:
    static constexpr std::size_t kChunkSize = 1024;
    static constexpr std::size_t kChunkBytes = kChunkSize * sizeof(T);

    std::pmr::vector<T *> chunks_;
    std::pmr::memory_resource *memory_;
    std::size_t size_ = 0;
};

} // namespace webwrap
