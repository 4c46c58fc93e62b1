/* The compiled engine against libxml2 on the same trees: every XPath of a set of real pages and the generic expressions of the
 * unit tests, each over every page. Fails when one result differs or too few expressions are compiled. */

#include <cstdio>
#include <fstream>
#include <set>

#include <nlohmann/json.hpp>

#include "bench/harness.hpp"
#include "core/parse/parse.hpp"
#include "test/unit/select/differential.hpp"

using namespace webwrap;

namespace {

constexpr double kLeastShare = 0.95; /* of the real XPaths that have to be compiled */

std::set<std::string> read_cases(const std::string &evolution) {
    std::set<std::string> paths;
    std::ifstream cases(evolution + "/cases.jsonl");
    for (std::string line; std::getline(cases, line);)
        paths.insert(nlohmann::json::parse(line).at("xpath_old").get<std::string>());
    return paths;
}

bool compiles(const std::string &path) {
    try {
        return XPath(path).is_compiled();
    } catch (const Error &) {
        return false;
    }
}

struct Tally {
    const char *name;
    std::set<std::string> paths;
    std::size_t compiled = 0;
    std::size_t compared = 0;
    std::size_t selecting = 0; /* comparisons where something was selected */
    std::size_t different = 0;
};

void compare(Tally &tally, const Document &document, std::size_t page, const Limits &limits) {
    for (const std::string &path : tally.paths) {
        const std::string ours = test::ours(path, document, 0, limits);
        const std::string peer = test::libxml(path, document, 0, limits);
        ++tally.compared;
        tally.selecting += ours.starts_with("0 nodes") ? 0 : 1;
        if (ours == peer)
            continue;
        if (++tally.different <= 20)
            std::printf("page %zu, %s\n  ours    %.300s\n  libxml2 %.300s\n", page, path.c_str(), ours.c_str(),
                        peer.c_str());
    }
}

} // namespace

int main(int argc, char **argv) {
    const bench::Options options = bench::options_from(argc, argv);
    Limits limits;
    limits.max_xpath_operations = 1'000'000'000'000; /* both count, but not the same things */
    const auto generic = test::read_expressions("src/test/unit/select/expressions.txt");
    Tally tallies[] = {{"real", read_cases(options.evolution)}, {"generic", {generic.begin(), generic.end()}}};
    for (Tally &tally : tallies)
        for (const std::string &path : tally.paths)
            tally.compiled += compiles(path) ? 1 : 0;

    const std::vector<std::string> pages = bench::read_pages(options);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const auto document = test::copy_arrays(*parse_html(pages[i]));
        for (Tally &tally : tallies)
            compare(tally, *document, i, limits);
    }
    bool is_good = true;
    for (const Tally &tally : tallies) {
        const double share = static_cast<double>(tally.compiled) / static_cast<double>(tally.paths.size());
        std::printf("%s: %zu expressions, %.1f %% compiled, %zu pages, %zu comparisons (%zu select something), "
                    "%zu differences\n",
                    tally.name, tally.paths.size(), 100 * share, pages.size(), tally.compared, tally.selecting,
                    tally.different);
        is_good = is_good && tally.different == 0;
    }
    is_good = is_good &&
              static_cast<double>(tallies[0].compiled) >= kLeastShare * static_cast<double>(tallies[0].paths.size());
    std::printf("%s\n", is_good ? "the engines agree" : "FAILED");
    return is_good ? 0 : 1;
}
