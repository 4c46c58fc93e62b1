#pragma once

/* The html5lib conformance data: cases read from its files, and what became of them. */

#include <string>
#include <string_view>
#include <vector>

namespace webwrap::conformance {

struct Tally {
    int passed = 0;
    int failed = 0;
    std::vector<std::string> left_out;
};

/* Counts a case; prints a failed one. */
void report(Tally &tally, const std::string &name, const std::string &input, const std::string &expected,
            const std::string &got);

/* One case of a .dat file: sections by their name, without the last line feed. */
struct Section {
    std::string name;
    std::string text;
};
using Case = std::vector<Section>;
[[nodiscard]] const std::string *find_section(const Case &c, std::string_view name);
[[nodiscard]] std::vector<Case> read_cases(const std::string &text);
[[nodiscard]] std::string read_file(const std::string &path);

void run_tokenizer_file(const std::string &path, Tally &tally);
void run_tree_file(const std::string &path, Tally &tally);
void run_encoding_file(const std::string &path, Tally &tally);

} // namespace webwrap::conformance
