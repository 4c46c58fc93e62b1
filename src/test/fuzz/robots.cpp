/* robots.txt: the first line of an input is a path, the rest the file. What decides agrees with a plain reading of its
 * wildcards, and spelling a path in another way changes nothing. */

#include <cstdint>
#include <string>
#include <vector>

#include "core/fetch/robots.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

constexpr std::size_t kMostPathBytes = 200;
constexpr std::string_view kAgent = "webwrap/1.0";
constexpr std::string_view kAllow = "allow: ";
constexpr std::string_view kDisallow = "disallow: ";

/* Each letter as an escape, which is the same path. */
std::string escaped_letters(std::string_view path) {
    std::string out;
    for (std::size_t at = 0; at < path.size(); ++at) {
        const bool is_escape =
            path[at] == '%' && at + 2 < path.size() && hex_value(path[at + 1]) >= 0 && hex_value(path[at + 2]) >= 0;
        if (is_escape) {
            out += path.substr(at, 3);
            at += 2;
        } else if (is_letter(path[at])) {
            constexpr std::string_view kHex = "0123456789abcdef";
            out += {'%', kHex[static_cast<unsigned char>(path[at]) >> 4], kHex[path[at] & 15]};
        } else {
            out += path[at];
        }
    }
    return out;
}

/* Whether a pattern without escapes matches, by a table of all pairs of beginnings. */
bool plainly_matches(std::string_view pattern, std::string_view path) {
    const bool is_anchored = pattern.ends_with('$');
    const std::string whole = std::string(pattern.substr(0, pattern.size() - is_anchored)) + (is_anchored ? "" : "*");
    std::vector<char> reached(path.size() + 1);
    reached[0] = 1;
    for (const char c : whole) {
        std::vector<char> next(path.size() + 1);
        for (std::size_t at = 0; at <= path.size(); ++at)
            next[at] =
                c == '*' ? (reached[at] || (at > 0 && next[at - 1])) : (at > 0 && reached[at - 1] && path[at - 1] == c);
        reached = std::move(next);
    }
    return reached[path.size()] != 0;
}

void check_robots(std::string_view input) {
    const std::string path = "/" + std::string(take_line(input).substr(0, kMostPathBytes));
    const RobotsRules rules = RobotsRules::parse(input, kAgent);
    const std::string line(rules.rule_for(path));
    const bool allows = rules.allows(path);
    require(allows || !line.empty(), "what is not allowed has a rule", path);
    require(line.empty() || line.starts_with(allows ? kAllow : kDisallow), "the rule says what is decided", line);
    for (const char c : line)
        require(c >= ' ' && c <= '~', "rules are shown in ASCII", line);
    require(line == rules.rule_for(escaped_letters(path)), "escapes of letters change nothing", path + "\n" + line);
    const bool is_plain = path.find_first_not_of("abcdefghijklmnopqrstuvwxyz/._-") == std::string::npos;
    if (is_plain && !line.empty()) {
        const std::string pattern = line.substr(line.find(' ') + 1);
        require(plainly_matches(pattern, path), "the rule that decides matches", path + "\n" + line);
    }
    if (const auto delay_s = rules.crawl_delay_s())
        require(*delay_s >= 0 && *delay_s <= 300, "delays are sane");

    /* The same pattern alone, against the table. */
    const std::string own = std::string(input.substr(0, input.find_first_of("\r\n")));
    if (!is_plain || path == "/robots.txt" || own.find_first_not_of("abcdefghijklmnopqrstuvwxyz/._-*") != own.npos)
        return;
    const std::string pattern = "/" + own + (input.size() % 2 == 0 ? "$" : "");
    const RobotsRules one = RobotsRules::parse("user-agent: *\ndisallow: " + pattern, kAgent);
    require(one.allows(path) != plainly_matches(pattern, path), "matching is what the table says",
            path + "\n" + pattern);
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    attempt([&] { check_robots({reinterpret_cast<const char *>(data), size}); });
    return 0;
}
