#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webwrap {

/* A name for SQL of what a page calls something: letters and digits in lower case, all else as underscores, at most
 * 63 bytes. Empty for texts that are no name: without a letter, or of more words than a name has. */
[[nodiscard]] std::string identifier_from(std::string_view text);

/* One name for each list of candidates, the best first: the first one that no other list has at the same time or got before,
 * else `fallback` and the list's number, from 1. All are different, and none is one of `reserved`. */
[[nodiscard]] std::vector<std::string> unique_names(const std::vector<std::vector<std::string>> &candidates,
                                                    std::string_view fallback,
                                                    const std::vector<std::string_view> &reserved = {});

} // namespace webwrap
