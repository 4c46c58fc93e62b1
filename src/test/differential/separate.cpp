/* Separation on many inputs: parts of real pages, damaged, that have to come back byte for byte, and random lists of
 * siblings whose folding is compared with the best of all. Fails when a page is not restored.
 *
 * separate EVOLUTION PAGES LISTS */

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "bench/harness.hpp"
#include "core/separate/separation.hpp"
#include "test/unit/separate/lists.hpp"

using namespace webwrap;
using namespace webwrap::bench;

namespace {

constexpr std::size_t kLongestPart = 20'000; /* bytes */
constexpr std::size_t kMostChanges = 30;     /* of a part */
constexpr std::size_t kLongestPiece = 40;    /* bytes moved, doubled or cut at once */
constexpr std::size_t kLongestList = 10;     /* siblings */

constexpr SeparationMethod kMethods[] = {SeparationMethod::kSynthia,  SeparationMethod::kMaxMi,
                                         SeparationMethod::kMaxMiLcs, SeparationMethod::kMiDualTlbo,
                                         SeparationMethod::kOptimal,  SeparationMethod::kRecords};

/* The next place from `at` that does not cut a character. */
std::size_t between_characters(const std::string &text, std::size_t at) {
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)
        ++at;
    return std::min(at, text.size());
}

std::string piece_of(const std::string &text, SeededRandom &random, std::size_t longest) {
    const std::size_t begin = between_characters(text, random.below(text.size() + 1));
    return text.substr(begin, between_characters(text, begin + random.below(longest) + 1) - begin);
}

/* Cuts, doubles and moves pieces, so that tags lose their ends and quotes their partners. */
std::string damaged_part(const std::string &page, SeededRandom &random) {
    std::string part = piece_of(page, random, kLongestPart);
    for (std::size_t change = random.below(kMostChanges + 1); change > 0; --change) {
        const std::size_t at = between_characters(part, random.below(part.size() + 1));
        if (random.below(2) == 0)
            part.erase(at, between_characters(part, at + random.below(kLongestPiece) + 1) - at);
        else
            part.insert(at, piece_of(random.below(2) == 0 ? part : page, random, kLongestPiece));
    }
    return part;
}

void check_restored(const std::vector<std::string> &pages, std::size_t count) {
    SeededRandom random(1);
    SeparationOptions options; /* small, since restoring is what is asked */
    options.population = 4;
    options.iterations = 2;
    std::size_t bytes = 0;
    std::size_t folded = 0;
    for (std::size_t at = 0; at < count; ++at) {
        const std::string page = damaged_part(pages[at % pages.size()], random);
        bytes += page.size();
        bool is_folded = false;
        for (const SeparationMethod method : kMethods) {
            const Separation result = separate(page, method, options);
            const TemplateData stored = TemplateData::parse(result.data_text);
            if (restore(result.template_text, stored) != page)
                fail("not restored by " + std::string(separation_method_name(method)) + ": " + page);
            is_folded = is_folded || !stored.empty();
        }
        folded += is_folded ? 1 : 0;
    }
    std::printf(
        "%zu damaged parts of %zu pages, %.1f kB each, %zu with something folded: all restored by %zu methods\n", count,
        pages.size(), static_cast<double>(bytes) / 1e3 / static_cast<double>(count), folded, std::size(kMethods));
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 4)
        fail("usage: separate EVOLUTION PAGES LISTS");
    check_restored(read_pages({argv[1], static_cast<std::size_t>(-1)}), static_cast<std::size_t>(std::atoll(argv[2])));
    const auto comparison = test::compare_with_exhaustive(std::atoi(argv[3]), kLongestList, 2);
    std::printf(
        "%d lists of up to %zu siblings: %d (%.2f %%) as good as the best of all foldings, the worst %.3f below\n",
        comparison.lists, kLongestList, comparison.equal, 100.0 * comparison.equal / comparison.lists,
        comparison.worst);
    return 0;
}
