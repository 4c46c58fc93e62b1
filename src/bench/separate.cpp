/* Template and data by every method over the same pages: maintainability index, its gain, characters, bytes after zstd,
 * seconds. The methods share trees and alignment kernels. Each restoration is compared with its page.
 *
 * separate FOLDER COUNT POPULATION ITERATIONS SCOPE: FOLDER holds *.html, at any depth; the last three are the paper's
 * dual-TLBO and what its methods take the index of. */

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <zstd.h>

#include "bench/harness.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/separate/separation.hpp"

using namespace webwrap;
using namespace webwrap::bench;

namespace {

constexpr SeparationMethod kMethods[] = {SeparationMethod::kSynthia, SeparationMethod::kMaxMi,
                                         SeparationMethod::kMaxMiLcs, SeparationMethod::kMiDualTlbo,
                                         SeparationMethod::kOptimal};
constexpr std::size_t kOurs = std::size(kMethods) - 1;

/* Valid UTF-8, as pages in the server are. */
std::string read_text(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(file), {}};
    std::string text;
    std::string_view rest = raw;
    for (std::size_t bad = find_invalid_utf8(rest); bad != std::string_view::npos; bad = find_invalid_utf8(rest)) {
        text.append(rest.substr(0, bad)).append("\xEF\xBF\xBD");
        rest.remove_prefix(bad + 1);
    }
    return text.append(rest);
}

std::size_t compressed_bytes(const std::string &text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    return ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 19);
}

struct Sums {
    double index = 0;
    double ratio = 0;
    double compressed = 0; /* share of the page */
    double seconds = 0;
    std::size_t highest = 0; /* pages on which no method has a higher index */
};

} // namespace

int main(int argc, char **argv) {
    if (argc != 6)
        fail("usage: separate FOLDER COUNT POPULATION ITERATIONS SCOPE");
    std::vector<std::filesystem::path> paths;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(argv[1]))
        if (entry.is_regular_file() && entry.path().extension() == ".html")
            paths.push_back(entry.path());
    std::ranges::sort(paths);
    SeparationOptions options;
    options.population = std::atoi(argv[3]);
    options.iterations = std::atoi(argv[4]);
    options.scope = std::string_view(argv[5]) == "subtree" ? SeparationScope::kSubtree : SeparationScope::kPage;

    double page_index = 0;
    double page_compressed = 0;
    Sums sums[std::size(kMethods)];
    std::vector<double> our_ms;
    std::vector<double> our_ms_large;
    const auto picked = spread(paths.size(), static_cast<std::size_t>(std::atoi(argv[2])));
    for (const std::size_t at : picked) {
        const std::string page = read_text(paths[at]);
        const double plain_bytes = static_cast<double>(std::max<std::size_t>(page.size(), 1));
        page_compressed += static_cast<double>(compressed_bytes(page)) / plain_bytes;
        double indexes[std::size(kMethods)];
        for (std::size_t method = 0; method < std::size(kMethods); ++method) {
            Separation result;
            const double seconds = seconds_of([&] { result = separate(page, kMethods[method], options); });
            if (restore(result.template_text, result.data) != page)
                fail("a page is not restored: " + paths[at].string());
            indexes[method] = result.maintainability;
            sums[method].index += result.maintainability;
            sums[method].ratio += result.compression_ratio;
            sums[method].compressed +=
                static_cast<double>(compressed_bytes(result.template_text + result.data_text)) / plain_bytes;
            sums[method].seconds += seconds;
            if (method == 0)
                page_index += result.page_maintainability;
            if (method == kOurs) {
                our_ms.push_back(seconds * 1e3);
                if (page.size() >= 250'000 && page.size() <= 350'000)
                    our_ms_large.push_back(seconds * 1e3);
            }
        }
        const double highest = *std::ranges::max_element(indexes);
        for (std::size_t method = 0; method < std::size(kMethods); ++method)
            sums[method].highest += indexes[method] >= highest - 1e-9 ? 1 : 0;
    }
    const auto count = static_cast<double>(picked.size());
    std::printf("%zu pages of %s; dual-TLBO: population %s, %s iterations; index of the %s\n", picked.size(), argv[1],
                argv[3], argv[4], argv[5]);
    std::printf("%-14s %9s %8s %8s %8s %10s %8s\n", "", "MI", "gain", "CR", "zstd-19", "s/page", "highest");
    std::printf("%-14s %9.2f %8s %7.1f%% %7.2f%% %10s %8s\n", "original", page_index / count, "", 100.0,
                100 * page_compressed / count, "", "");
    for (std::size_t method = 0; method < std::size(kMethods); ++method) {
        const Sums &sum = sums[method];
        std::printf("%-14s %9.2f %+8.2f %7.1f%% %7.2f%% %10.4f %7.1f%%\n",
                    std::string(separation_method_name(kMethods[method])).c_str(), sum.index / count,
                    (sum.index - page_index) / count, 100 * sum.ratio / count, 100 * sum.compressed / count,
                    sum.seconds / count, 100 * static_cast<double>(sum.highest) / count);
    }
    std::printf("optimal: median %.1f ms a page, %.1f ms of %zu pages of 250 to 350 kB\n", median(our_ms),
                our_ms_large.empty() ? 0.0 : median(our_ms_large), our_ms_large.size());
    for (std::size_t method = 0; method < kOurs; ++method)
        std::printf("BENCH separate ratio=%.3g peer=%s\n", sums[method].seconds / sums[kOurs].seconds,
                    std::string(separation_method_name(kMethods[method])).c_str());
    return 0;
}
