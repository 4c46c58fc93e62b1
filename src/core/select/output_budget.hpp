#pragma once

#include <cstddef>
#include <string>

#include "core/base/error.hpp"
#include "core/base/limits.hpp"

namespace webwrap {

/* Bounds results that can be much larger than their page, because they repeat parts of it: spanned cells, nested items. */
class OutputBudget {
  public:
    /* `what` names the result in the message, in the plural. */
    OutputBudget(const Limits &limits, const char *what) : left_bytes_(limits.max_document_memory_bytes), what_(what) {
        limit_bytes_ = left_bytes_;
    }

    /* Throws kLimitExceeded when all that was charged is more than max_document_memory. */
    void charge(std::size_t bytes) {
        if (bytes > left_bytes_)
            throw Error(ErrorKind::kLimitExceeded,
                        std::string(what_) + " of the page need more than " + std::to_string(limit_bytes_ >> 10) +
                            " kB of memory",
                        {}, "Raise webwrap.max_document_memory.");
        left_bytes_ -= bytes;
    }

  private:
    std::size_t left_bytes_;
    std::size_t limit_bytes_;
    const char *what_;
};

} // namespace webwrap
