#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace webwrap {

/* What the values of a pattern look like: shapes, lengths, words. */
struct ValueProfile {
    std::unordered_map<std::string, double> shapes; /* share of trigrams of character classes */
    std::unordered_map<std::string, double> words;  /* share of values that hold the word */
    std::vector<double> lengths;                    /* sorted, in bytes */
};

[[nodiscard]] ValueProfile profile_of(std::span<const std::string> values);

/* The shape of a text: A capital, a small letter, 9 digit, others as they are; runs of one class count once. */
[[nodiscard]] std::string shape_of(std::string_view text);

/* Likeness of two profiles, 0..1: mean of shapes, lengths and, where they share any, words. */
[[nodiscard]] double profile_similarity(const ValueProfile &a, const ValueProfile &b);

} // namespace webwrap
