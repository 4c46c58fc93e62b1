#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/text.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

/* Tokens of a class attribute, in order. */
[[nodiscard]] std::vector<std::string_view> class_tokens(std::string_view value);

/* False for tokens that look generated (hashes, counters): the next build of the page may have others. */
[[nodiscard]] bool is_stable_token(std::string_view token);

/* True when its id looks neither generated nor like a slug: a text of several words of the page, or a text of one word inside the
 * element that is in the page's title, too. Slugs of headings are content, another page has others. */
[[nodiscard]] bool has_lasting_id(const Document &document, NodeId element);

/* Words in lower case: split at everything that is no letter or digit, and between a small and a capital letter. */
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

/* Letters of ASCII. */
[[nodiscard]] constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }

/* Calls `take` with each of these words; they are valid until it returns. */
template <typename Take> void for_each_word(std::string_view text, Take take) {
    std::string word;
    bool is_ascii = true;
    const auto flush = [&] {
        if (!is_ascii)
            word = lower_case(word);
        if (!word.empty())
            take(std::string_view(word));
        word.clear();
        is_ascii = true;
    };
    char before = ' ';
    for (const char c : text) {
        const bool is_other = static_cast<unsigned char>(c) >= 0x80;
        const bool is_word = is_digit(c) || is_lower(c) || is_upper(c) || is_other;
        if (!is_word || (is_upper(c) && is_lower(before)))
            flush();
        if (is_word)
            word.push_back(is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c);
        is_ascii = is_ascii && !is_other;
        before = c;
    }
    flush();
}

/* What a page itself says about a place: the label that stands before it, and the names its markup gives it. */
struct PlaceNames {
    std::string label;               /* text of the header cell, term or text before it; empty when there is none */
    std::vector<std::string> labels; /* its words */
    std::vector<std::string> names;  /* words of classes, ids, attribute names and the like, record's own left out */
};

/* The names of a place inside `context` (the record, or the document node). */
[[nodiscard]] PlaceNames place_names(const Document &document, NodeId context, NodeRef place);

/* How alike two descriptions are, 0..1: the better of label and names; 0 when nothing can be compared. */
[[nodiscard]] double name_similarity(const PlaceNames &a, const PlaceNames &b);

/* The text that labels an element by standing before it: the header of its table column, the term of its definition, or
 * a short text right before it among its siblings. `element_of_label` gets the labelling element (kNoNode for a bare
 * text or a column header). */
[[nodiscard]] std::string label_before(const Document &document, NodeId element, NodeId *element_of_label = nullptr);

/* Text of the header cell above a table cell, columns counted with their spans; empty when there is none. */
[[nodiscard]] std::string column_header(const Document &document, NodeId cell);

} // namespace webwrap
