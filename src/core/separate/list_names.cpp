#include "core/separate/list_names.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <map>
#include <set>

#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxNameBytes = 63; /* of an identifier in SQL */
constexpr int kMaxWords = 5;              /* more are a sentence */

} // namespace

std::string identifier_from(std::string_view text) {
    const std::string lower = lower_case(text);
    std::string name;
    int words = 0;
    bool has_letter = false, is_between = true;
    const auto size = static_cast<int32_t>(lower.size());
    for (int32_t at = 0; at < size;) {
        const int32_t begin = at;
        UChar32 c = 0;
        U8_NEXT(lower.data(), at, size, c);
        const bool is_mark = c > 0 && (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; /* vowel signs, accents */
        if (c <= 0 || (!u_isalnum(c) && !is_mark)) {
            is_between = true;
            continue;
        }
        if (is_between && ++words > kMaxWords)
            return {};
        if (is_between && !name.empty())
            name += '_';
        is_between = false;
        has_letter = has_letter || u_isalpha(c);
        name.append(lower, static_cast<std::size_t>(begin), static_cast<std::size_t>(at - begin));
        if (name.size() > kMaxNameBytes)
            return {};
    }
    return has_letter ? name : std::string();
}

std::vector<std::string> unique_names(const std::vector<std::vector<std::string>> &candidates,
                                      std::string_view fallback, const std::vector<std::string_view> &reserved) {
    std::vector<std::string> names(candidates.size());
    std::set<std::string> taken(reserved.begin(), reserved.end());
    std::vector<std::size_t> next(candidates.size(), 0);
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        std::map<std::string, std::vector<std::size_t>> wanted;
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (names[i].empty() && next[i] < candidates[i].size())
                wanted[candidates[i][next[i]]].push_back(i);
        for (const auto &[name, by] : wanted) {
            goes_on = true;
            const bool is_free = by.size() == 1 && !name.empty() && !taken.contains(name);
            for (const std::size_t i : by)
                ++next[i];
            if (is_free) {
                names[by.front()] = name;
                taken.insert(name);
            }
        }
    }
    for (std::size_t i = 0; i < names.size(); ++i)
        for (std::size_t number = i + 1; names[i].empty(); ++number)
            if (std::string name = std::string(fallback) + std::to_string(number); taken.insert(name).second)
                names[i] = std::move(name);
    return names;
}

} // namespace webwrap
