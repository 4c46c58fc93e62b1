#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>

#include "core/base/error.hpp"

namespace webwrap {

/* A memory resource that counts what it hands out and throws kLimitExceeded above its limit, naming the setting. */
class BudgetResource final : public std::pmr::memory_resource {
  public:
    BudgetResource(std::size_t limit_bytes, const char *setting,
                   std::pmr::memory_resource *upstream = std::pmr::new_delete_resource())
        : limit_bytes_(limit_bytes), setting_(setting), upstream_(upstream) {}

    [[nodiscard]] std::size_t used_bytes() const noexcept { return used_bytes_; }

  private:
    void *do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (bytes > limit_bytes_ - used_bytes_)
            throw Error(ErrorKind::kLimitExceeded,
                        "document needs more than " + std::to_string(limit_bytes_ >> 10) + " kB of memory", {},
                        std::string("Raise ") + setting_ + ".");
        void *block = upstream_->allocate(bytes, alignment);
        used_bytes_ += bytes;
        return block;
    }
    void do_deallocate(void *block, std::size_t bytes, std::size_t alignment) override {
        used_bytes_ -= bytes;
        upstream_->deallocate(block, bytes, alignment);
    }
    [[nodiscard]] bool do_is_equal(const memory_resource &other) const noexcept override { return this == &other; }

    std::size_t limit_bytes_;
    const char *setting_;
    std::pmr::memory_resource *upstream_;
    std::size_t used_bytes_ = 0;
};

} // namespace webwrap
