/* conformance FOLDER: runs every file of the html5lib test suite below FOLDER against tokenizer, tree construction and
 * encoding sniffing. Exits with 1 when a case fails. */

#include "test/conformance/conformance.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace webwrap::conformance {

namespace {

constexpr int kMaxPrinted = 40;
constexpr std::size_t kMaxPrintedBytes = 1000;

/* "#data" may be followed by lines that begin with "#", so only the names of sections count. */
bool is_section_name(std::string_view line) {
    constexpr std::string_view kNames[] = {"#data",     "#errors",     "#new-errors", "#document-fragment",
                                           "#document", "#script-off", "#script-on",  "#encoding"};
    return std::find(std::begin(kNames), std::end(kNames), line) != std::end(kNames);
}

using RunFile = void (*)(const std::string &, Tally &);

Tally run_folder(const std::string &folder, const std::string &suffix, RunFile run) {
    Tally tally;
    std::vector<std::string> paths;
    if (std::filesystem::is_directory(folder))
        for (const auto &entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.path().extension() == suffix)
                paths.push_back(entry.path().string());
    std::sort(paths.begin(), paths.end());
    for (const std::string &path : paths)
        run(path, tally);
    return tally;
}

} // namespace

void report(Tally &tally, const std::string &name, const std::string &input, const std::string &expected,
            const std::string &got) {
    if (expected == got) {
        ++tally.passed;
        return;
    }
    if (++tally.failed <= kMaxPrinted)
        std::printf("FAILED %s\n--- input\n%s\n--- expected\n%s\n--- got\n%s\n", name.c_str(),
                    input.substr(0, kMaxPrintedBytes).c_str(), expected.c_str(), got.c_str());
}

std::string read_file(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

const std::string *find_section(const Case &c, std::string_view name) {
    for (const Section &section : c)
        if (section.name == name)
            return &section.text;
    return nullptr;
}

std::vector<Case> read_cases(const std::string &text) {
    std::vector<Case> cases;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        if (line == "#data")
            cases.emplace_back();
        if (is_section_name(line) && !cases.empty())
            cases.back().push_back({line, {}});
        else if (!cases.empty())
            cases.back().back().text += line + "\n";
    }
    for (Case &c : cases) {
        for (Section &section : c)
            if (section.text.ends_with('\n'))
                section.text.pop_back();
        if (c.back().text.ends_with('\n')) /* the empty line between two cases */
            c.back().text.pop_back();
    }
    return cases;
}

} // namespace webwrap::conformance

int main(int argc, char **argv) {
    using namespace webwrap::conformance;
    if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
        std::fprintf(stderr, "usage: conformance FOLDER, the html5lib-tests folder\n");
        return 2;
    }
    const std::string folder = argv[1];
    const std::pair<const char *, Tally> tallies[] = {
        {"tokenizer", run_folder(folder + "/tokenizer", ".test", run_tokenizer_file)},
        {"tree construction", run_folder(folder + "/tree-construction", ".dat", run_tree_file)},
        {"encoding", run_folder(folder + "/encoding", ".dat", run_encoding_file)}};
    int failed = 0;
    int run = 0;
    for (const auto &[name, tally] : tallies) {
        std::printf("%s: %d of %d cases pass, %zu left out\n", name, tally.passed, tally.passed + tally.failed,
                    tally.left_out.size());
        for (const std::string &reason : tally.left_out)
            std::printf("  left out: %s\n", reason.c_str());
        failed += tally.failed;
        run += tally.passed + tally.failed;
    }
    std::printf("conformance: %d cases, %d failed\n", run, failed);
    return failed == 0 && run > 0 ? 0 : 1;
}
