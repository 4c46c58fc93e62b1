#pragma once

#include <vector>

#include "core/base/limits.hpp"
#include "core/wrap/examples.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap {

/* A wrapper that reads the examples from the page, and all other records of the list in which they stand; without rows
 * where one record is all there is. Its columns come in the page's order. A column is required when every one of three
 * records or more has a value. The result has been run on the page: it violates nothing and gives the examples.
 *
 * Throws kInvalidArgument, naming the column and what to add, when an example is not on the page, when no structure
 * explains all examples, and when several explain them with different results. kInvalidXPath for XPaths among the examples
 * that do not compile. Polls. */
[[nodiscard]] Wrapper learn_wrapper(const Document &page, const std::vector<ExampleRecord> &examples,
                                    const Limits &limits);

} // namespace webwrap
