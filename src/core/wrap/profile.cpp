#include "core/wrap/profile.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/wrap/names.hpp"

namespace webwrap {

namespace {

double overlap(const std::unordered_map<std::string, double> &a, const std::unordered_map<std::string, double> &b) {
    double common = 0, total_a = 0, total_b = 0;
    for (const auto &[key, share] : a) {
        total_a += share;
        if (const auto found = b.find(key); found != b.end())
            common += std::min(share, found->second);
    }
    for (const auto &[key, share] : b)
        total_b += share;
    const double most = std::max(total_a, total_b);
    return most > 0 ? common / most : 0;
}

double quantile(const std::vector<double> &sorted, double at) {
    return sorted[static_cast<std::size_t>(at * static_cast<double>(sorted.size() - 1))];
}

double length_likeness(const ValueProfile &a, const ValueProfile &b) {
    double sum = 0;
    for (const double at : {0.1, 0.5, 0.9}) {
        const double x = quantile(a.lengths, at), y = quantile(b.lengths, at);
        sum += (std::min(x, y) + 1) / (std::max(x, y) + 1);
    }
    return sum / 3;
}

} // namespace

std::string shape_of(std::string_view text) {
    std::string shape;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        char kind = c;
        if (c >= '0' && c <= '9')
            kind = '9';
        else if (c >= 'A' && c <= 'Z')
            kind = 'A';
        else if ((c >= 'a' && c <= 'z') || byte >= 0x80)
            kind = 'a';
        if (shape.empty() || shape.back() != kind)
            shape.push_back(kind);
    }
    return shape;
}

ValueProfile profile_of(std::span<const std::string> values) {
    ValueProfile profile;
    for (const std::string &value : values) {
        const std::string shape = "^" + shape_of(std::string_view(value).substr(0, 200)) + "$";
        for (std::size_t i = 0; i + 3 <= std::max<std::size_t>(shape.size(), 3); ++i)
            profile.shapes[shape.substr(i, 3)] += 1;
        std::set<std::string> words;
        for (std::string &word : words_of(std::string_view(value).substr(0, 400)))
            words.insert(std::move(word));
        for (const std::string &word : words)
            profile.words[word] += 1.0 / static_cast<double>(values.size());
        profile.lengths.push_back(static_cast<double>(value.size()));
    }
    double total = 0;
    for (const auto &[key, count] : profile.shapes)
        total += count;
    for (auto &[key, count] : profile.shapes)
        count /= total;
    std::sort(profile.lengths.begin(), profile.lengths.end());
    return profile;
}

double profile_similarity(const ValueProfile &a, const ValueProfile &b) {
    if (a.lengths.empty() || b.lengths.empty())
        return 0;
    const double structure = (overlap(a.shapes, b.shapes) + length_likeness(a, b)) / 2;
    const double words = overlap(a.words, b.words);
    return std::max(structure, (2 * structure + std::sqrt(words)) / 3);
}

} // namespace webwrap
