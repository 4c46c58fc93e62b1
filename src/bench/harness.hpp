#pragma once

/* What the C++ benchmarks share: pages, CPU time, interleaved rounds, and how results are printed. */

#include <functional>
#include <string>
#include <vector>

namespace webwrap::bench {

struct Options {
    std::string evolution; /* the folder with pages/ and cases.jsonl */
    std::size_t count = 0; /* of pages or of pairs of pages */
    int rounds = 0;
};

/* PROGRAM EVOLUTION COUNT ROUNDS. Ends the program with a message when that is not what there is. */
[[nodiscard]] Options options_from(int argc, char **argv);

/* `count` indexes spread evenly over 0 .. total - 1; all when there are no more. src/bench/common.py picks the same. */
[[nodiscard]] std::vector<std::size_t> spread(std::size_t total, std::size_t count);

/* A page as text: valid UTF-8, as every parser here gets it. */
[[nodiscard]] std::string read_page(const std::string &evolution, const std::string &name);
/* At most `count` pages, spread evenly over the names in order. */
[[nodiscard]] std::vector<std::string> read_pages(const Options &options);

/* CPU seconds that this process has used. */
[[nodiscard]] double cpu_seconds();
/* CPU seconds that a call takes. */
template <typename Call> double seconds_of(Call call) {
    const double start = cpu_seconds();
    call();
    return cpu_seconds() - start;
}

/* One row of the table; the first contender of a benchmark is ours. */
struct Contender {
    std::string name;                 /* with version, no spaces */
    std::function<double()> run;      /* one round: does the work, returns its CPU seconds */
    std::vector<double> seconds = {}; /* filled by run_rounds */
};

/* Lets each contender run once per round, each round beginning with another one. */
void run_rounds(std::vector<Contender> &contenders, int rounds);

[[nodiscard]] double median(std::vector<double> values);

/* Prints for each contender what `describe` says of its median seconds, then one BENCH line for each peer: the median
 * over the rounds of peer's seconds / our seconds. */
void report(const std::string &benchmark, const std::vector<Contender> &contenders,
            const std::function<std::string(double seconds)> &describe);

/* printf into a string. */
[[nodiscard]] std::string format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with exit code 1: the work that should be measured was not done. */
[[noreturn]] void fail(const std::string &message);

/* Fails unless ours is within 10 % of the peer's count and not 0: parsers build somewhat different trees. */
void check_comparable(const std::string &what, std::size_t ours, std::size_t peer);

} // namespace webwrap::bench
