/* XPaths over parsed pages: webwrap::XPath against libxml2 on its own tree. Each round parses each page anew (not
 * timed), since what an engine prepares on the first use of a page has to count: "first" is the first evaluation, "again" the
 * kRepeats - 1 after it, "all" both. Expressions are compiled beforehand. */

#include <libxml/HTMLparser.h>
#include <libxml/xpath.h>

#include <array>
#include <cstdio>

#include "bench/harness.hpp"
#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"

using namespace webwrap;
using namespace webwrap::bench;

namespace {

constexpr int kRepeats = 10;
struct Expression {
    const char *name;
    const char *path;
};
constexpr std::array<Expression, 3> kExpressions = {{{"h1", "//h1"}, {"li", "//ul[@class]/li"}, {"href", "//a/@href"}}};

/* What one engine needed for one expression in one round, over all pages. */
struct Cost {
    double first = 0;
    double again = 0;
    double all = 0;
    std::size_t selected = 0; /* by all evaluations */
};
using Costs = std::array<Cost, kExpressions.size()>;

template <typename Evaluate> void measure(Cost &cost, Evaluate evaluate) {
    const double start = cpu_seconds();
    cost.selected += evaluate();
    const double middle = cpu_seconds();
    for (int i = 1; i < kRepeats; ++i)
        cost.selected += evaluate();
    const double end = cpu_seconds();
    cost.first += middle - start;
    cost.again += end - middle;
    cost.all += end - start;
}

Costs run_ours(const std::vector<std::string> &pages, const std::vector<XPath> &paths) {
    Costs costs{};
    for (const std::string &page : pages) {
        const auto document = parse_html(page);
        for (std::size_t i = 0; i < paths.size(); ++i)
            measure(costs[i], [&] { return paths[i].evaluate(*document).nodes.size(); });
    }
    return costs;
}

Costs run_libxml(const std::vector<std::string> &pages, const std::vector<xmlXPathCompExprPtr> &paths) {
    Costs costs{};
    for (const std::string &page : pages) {
        htmlDocPtr doc = htmlReadMemory(page.data(), static_cast<int>(page.size()), nullptr, "UTF-8",
                                        HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
        xmlXPathContextPtr context = xmlXPathNewContext(doc);
        for (std::size_t i = 0; i < paths.size(); ++i)
            measure(costs[i], [&] {
                context->node = reinterpret_cast<xmlNode *>(doc);
                xmlXPathObjectPtr object = xmlXPathCompiledEval(paths[i], context);
                const auto selected = object->nodesetval == nullptr ? 0 : object->nodesetval->nodeNr;
                xmlXPathFreeObject(object);
                return static_cast<std::size_t>(selected);
            });
        xmlXPathFreeContext(context);
        xmlFreeDoc(doc);
    }
    return costs;
}

} // namespace

int main(int argc, char **argv) {
    const Options options = options_from(argc, argv);
    const std::vector<std::string> pages = read_pages(options);
    std::vector<XPath> ours;
    std::vector<xmlXPathCompExprPtr> libxml;
    for (const Expression &expression : kExpressions) {
        ours.emplace_back(expression.path);
        libxml.push_back(xmlXPathCompile(reinterpret_cast<const xmlChar *>(expression.path)));
    }

    std::vector<std::array<Costs, 2>> rounds;
    for (int round = 0; round < options.rounds; ++round) {
        std::array<Costs, 2> costs;
        for (int turn = 0; turn < 2; ++turn)
            if ((round + turn) % 2 == 0)
                costs[0] = run_ours(pages, ours);
            else
                costs[1] = run_libxml(pages, libxml);
        rounds.push_back(costs);
    }
    for (xmlXPathCompExprPtr path : libxml)
        xmlXPathFreeCompExpr(path);

    std::printf("select: %zu pages, %d rounds, CPU time of one evaluation on one page\n", pages.size(), options.rounds);
    for (std::size_t i = 0; i < kExpressions.size(); ++i) {
        const auto report_cost = [&](const std::string &name, double Cost::*cost, int evaluations) {
            std::vector<Contender> contenders = {{"webwrap", {}}, {"libxml2/" LIBXML_DOTTED_VERSION, {}}};
            for (const auto &costs : rounds)
                for (std::size_t side = 0; side < contenders.size(); ++side)
                    contenders[side].seconds.push_back(costs[side][i].*cost);
            report(name, contenders, [&](double seconds) {
                return format("%8.2f us", seconds * 1e6 / evaluations / static_cast<double>(pages.size()));
            });
        };
        const std::size_t ours_selected = rounds.front()[0][i].selected / kRepeats;
        const std::size_t peer_selected = rounds.front()[1][i].selected / kRepeats;
        std::printf("%s: webwrap selects %zu, libxml2 %zu\n", kExpressions[i].path, ours_selected, peer_selected);
        check_comparable(std::string("nodes of ") + kExpressions[i].path, ours_selected, peer_selected);
        report_cost(format("select-first-%s", kExpressions[i].name), &Cost::first, 1);
        report_cost(format("select-again-%s", kExpressions[i].name), &Cost::again, kRepeats - 1);
        report_cost(format("select-%s", kExpressions[i].name), &Cost::all, kRepeats);
    }
    return 0;
}
