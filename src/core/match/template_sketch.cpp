#include "core/match/template_sketch.hpp"

#include <xxhash.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr NodeId kPollEvery = 65'536;
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Of the class tokens without their digits; their order and repetition do not matter. */
std::uint64_t class_hash(std::string_view classes, std::string &token, std::vector<std::uint64_t> &tokens) {
    tokens.clear();
    for (std::size_t i = 0; i < classes.size();) {
        token.clear();
        for (; i < classes.size() && !is_space(classes[i]); ++i)
            if (!is_digit(classes[i]))
                token.push_back(classes[i]);
        for (; i < classes.size() && is_space(classes[i]); ++i) {
        }
        if (!token.empty())
            tokens.push_back(XXH3_64bits(token.data(), token.size()));
    }
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    return tokens.empty() ? 0 : XXH3_64bits(tokens.data(), tokens.size() * sizeof tokens.front());
}

std::uint64_t label_hash(const Document &document, NodeId node, std::uint64_t tag, std::string &token,
                         std::vector<std::uint64_t> &tokens) {
    const std::string_view classes = document.attribute_value(node, "class");
    return scramble(tag + kGolden * class_hash(classes, token, tokens));
}

} // namespace

TemplateSketch template_sketch(const Document &document) {
    const auto size = static_cast<std::size_t>(document.size());
    std::vector<std::uint64_t> node_to_label(size, 0);
    std::vector<std::uint64_t> name_to_hash(static_cast<std::size_t>(document.name_count()), 0);
    std::vector<std::uint32_t> hashes;
    hashes.reserve(size / 2);
    std::string token;
    std::vector<std::uint64_t> tokens;
    for (NodeId node = 0; node < document.size(); ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!document.is_element(node))
            continue;
        std::uint64_t &tag = name_to_hash[static_cast<std::size_t>(document.name_id(node))];
        if (tag == 0) {
            const std::string_view name = document.name(node);
            tag = XXH3_64bits(name.data(), name.size()) | 1;
        }
        const std::uint64_t label = label_hash(document, node, tag, token, tokens);
        node_to_label[static_cast<std::size_t>(node)] = label;
        const NodeId parent = document.parent(node);
        const NodeId above = parent == kNoNode ? kNoNode : document.parent(parent);
        const std::uint64_t parent_label = parent == kNoNode ? 0 : node_to_label[static_cast<std::size_t>(parent)];
        const std::uint64_t above_label = above == kNoNode ? 0 : node_to_label[static_cast<std::size_t>(above)];
        hashes.push_back(
            static_cast<std::uint32_t>(scramble(scramble(label + kGolden * parent_label) + kGolden * above_label)));
    }
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    hashes.resize(std::min(hashes.size(), TemplateSketch::kSize));
    hashes.shrink_to_fit();
    return {std::move(hashes)};
}

double template_similarity(const TemplateSketch &a, const TemplateSketch &b) {
    std::size_t seen = 0, common = 0;
    auto x = a.hashes.begin(), y = b.hashes.begin();
    while (seen < TemplateSketch::kSize && (x != a.hashes.end() || y != b.hashes.end())) {
        ++seen;
        if (y == b.hashes.end() || (x != a.hashes.end() && *x < *y)) {
            ++x;
        } else if (x == a.hashes.end() || *y < *x) {
            ++y;
        } else {
            ++common;
            ++x;
            ++y;
        }
    }
    return seen == 0 ? 1.0 : static_cast<double>(common) / static_cast<double>(seen);
}

std::string sketch_to_bytes(const TemplateSketch &sketch) {
    std::string bytes;
    bytes.reserve(sketch.hashes.size() * 4);
    for (const std::uint32_t hash : sketch.hashes)
        for (int shift = 0; shift < 32; shift += 8)
            bytes.push_back(static_cast<char>(hash >> shift & 0xFF));
    return bytes;
}

TemplateSketch sketch_from_bytes(std::string_view bytes) {
    TemplateSketch sketch;
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::uint32_t hash = 0;
        for (std::size_t k = 0; k < 4; ++k)
            hash |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + k])) << (8 * k);
        sketch.hashes.push_back(hash);
    }
    const bool is_ascending =
        std::adjacent_find(sketch.hashes.begin(), sketch.hashes.end(), std::greater_equal<>()) == sketch.hashes.end();
    if (bytes.size() % 4 != 0 || !is_ascending || sketch.hashes.size() > TemplateSketch::kSize)
        throw Error(ErrorKind::kCorrupted, "stored template sketch is corrupted");
    return sketch;
}

} // namespace webwrap
