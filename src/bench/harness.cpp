#include "bench/harness.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/parse/charset.hpp"

namespace webwrap::bench {

Options options_from(int argc, char **argv) {
    if (argc != 4)
        fail("usage: PROGRAM EVOLUTION COUNT ROUNDS");
    Options options{argv[1], static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))),
                    std::max(1, std::atoi(argv[3]))};
    if (!std::filesystem::is_directory(options.evolution + "/pages"))
        fail("no folder " + options.evolution + "/pages; set EVOLUTION, see docs/benchmarks.md");
    return options;
}

std::vector<std::size_t> spread(std::size_t total, std::size_t count) {
    std::vector<std::size_t> picked(std::min(total, count));
    for (std::size_t i = 0; i < picked.size(); ++i)
        picked[i] = i * total / picked.size();
    return picked;
}

std::string read_page(const std::string &evolution, const std::string &name) {
    const std::string path = evolution + "/pages/" + name;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        fail("cannot read " + path);
    return decode_page(std::string(std::istreambuf_iterator<char>(file), {}), "utf-8").text;
}

std::vector<std::string> read_pages(const Options &options) {
    std::vector<std::string> names, pages;
    for (const auto &entry : std::filesystem::directory_iterator(options.evolution + "/pages"))
        if (entry.path().extension() == ".html")
            names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    if (names.empty())
        fail("no pages in " + options.evolution + "/pages");
    for (const std::size_t at : spread(names.size(), options.count))
        pages.push_back(read_page(options.evolution, names[at]));
    return pages;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void run_rounds(std::vector<Contender> &contenders, int rounds) {
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            Contender &next = contenders[(i + static_cast<std::size_t>(round)) % contenders.size()];
            next.seconds.push_back(next.run());
        }
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void report(const std::string &benchmark, const std::vector<Contender> &contenders,
            const std::function<std::string(double seconds)> &describe) {
    for (const Contender &contender : contenders)
        std::printf("  %-24s %s\n", contender.name.c_str(), describe(median(contender.seconds)).c_str());
    const Contender &ours = contenders.front();
    for (std::size_t peer = 1; peer < contenders.size(); ++peer) {
        std::vector<double> ratios;
        for (std::size_t round = 0; round < ours.seconds.size(); ++round)
            ratios.push_back(contenders[peer].seconds[round] / ours.seconds[round]);
        std::printf("BENCH %s ratio=%.3g peer=%s\n", benchmark.c_str(), median(ratios), contenders[peer].name.c_str());
    }
    std::fflush(stdout);
}

std::string format(const char *pattern, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, pattern);
    std::vsnprintf(text, sizeof text, pattern, arguments);
    va_end(arguments);
    return text;
}

void fail(const std::string &message) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(1);
}

void check_comparable(const std::string &what, std::size_t ours, std::size_t peer) {
    const auto difference = ours > peer ? ours - peer : peer - ours;
    if (ours == 0 || peer == 0 || difference * 10 > peer)
        fail(what + " are not comparable: ours " + std::to_string(ours) + ", the peer's " + std::to_string(peer));
}

} // namespace webwrap::bench
