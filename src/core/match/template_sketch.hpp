#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/parse/document.hpp"

namespace webwrap {

/* What a page's markup looks like whatever it says: the set of its elements, each as tag and classes of itself, its
 * parent and grandparent, so that the number of rows in a list does not count. Numbers in classes are left out: they name
 * what a page is about (post-1234) more often than how it looks. Of large sets the kSize elements with the smallest hashes
 * stand for all (bottom-k sketch, Cohen & Kaplan 2007); of smaller ones nothing is lost. */
struct TemplateSketch {
    static constexpr std::size_t kSize = 512;
    std::vector<std::uint32_t> hashes; /* ascending, each once */

    friend bool operator==(const TemplateSketch &, const TemplateSketch &) = default;
};

/* O(nodes + bytes of class attributes); polls. */
[[nodiscard]] TemplateSketch template_sketch(const Document &document);

/* Jaccard similarity of the two sets, 0..1: exact when their union has at most kSize elements, else an estimate with a
 * standard error of at most .5 / sqrt(kSize). Two empty sets are equal. O(kSize). */
[[nodiscard]] double template_similarity(const TemplateSketch &a, const TemplateSketch &b);

/* Four bytes for each hash, little-endian. The way back throws kCorrupted for what is no sketch. */
[[nodiscard]] std::string sketch_to_bytes(const TemplateSketch &sketch);
[[nodiscard]] TemplateSketch sketch_from_bytes(std::string_view bytes);

} // namespace webwrap
