#pragma once

#include <cstddef>
#include <vector>

namespace webwrap {

/* costs[i][j]: bytes of page i against page j as prefix, costs[i][i]: by itself. */
using PackingCosts = std::vector<std::vector<std::size_t>>;

/* For each page its prefix, or the page itself where it has none, so that all together take few bytes. A prefix has none
 * itself; the first `fixed_prefixes` pages are prefixes of others already and stay so. This is facility location: a local
 * search by opening, closing and swapping prefixes, whose result is at most three times the optimum (Arya et al. 2004) and
 * on real sites the optimum nearly always. O(pages^4) for each step; polls. */
[[nodiscard]] std::vector<std::size_t> choose_prefixes(const PackingCosts &costs, std::size_t fixed_prefixes);

} // namespace webwrap
