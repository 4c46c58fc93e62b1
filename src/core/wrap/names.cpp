#include "core/wrap/names.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/text.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxLabelBytes = 60;
constexpr int kMaxNamedAncestors = 4;
constexpr int kMaxSpan = 1000;
constexpr std::size_t kMaxSlugged = 200;

/* What of a text a slug keeps: small letters, digits and all that is not ASCII. */
std::string letters_of(std::string_view text) {
    std::string kept = lower_case(text);
    std::erase_if(kept, [](char c) { return !is_digit(c) && !is_lower(c) && static_cast<unsigned char>(c) < 0x80; });
    return kept;
}

/* True when a slug holds a text somewhere, both as letters_of() gives them. What ASCII lacks is in slugs as it is, left out, or
 * up to two other letters: u or ue for an umlaut, nothing for a dash. */
bool is_spelled_in(std::string_view slug, std::string_view text) {
    std::vector<bool> ends(slug.size() + 1, true); /* of what has been read so far */
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0, after = 0; at < size; at = after) {
        U8_FWD_1(text.data(), after, size);
        const std::string_view character(text.data() + at, static_cast<std::size_t>(after - at));
        const std::size_t most = static_cast<unsigned char>(character.front()) < 0x80 ? 0 : 2;
        std::vector<bool> next(slug.size() + 1, false);
        bool any = false;
        for (std::size_t end = 0; end <= slug.size(); ++end) {
            if (!ends[end])
                continue;
            if (slug.substr(end).starts_with(character))
                any = next[end + character.size()] = true;
            for (std::size_t more = 0; most > 0 && more <= most && end + more <= slug.size(); ++more)
                any = next[end + more] = true;
        }
        if (!any)
            return false;
        ends = std::move(next);
    }
    return true;
}

bool is_in_title(const Document &document, const std::vector<std::string> &words) {
    for (NodeId node = 1; node < document.size(); ++node)
        if (document.is_element(node) && document.name(node) == "title") {
            const std::vector<std::string> title = words_of(document.string_value(node));
            return std::ranges::all_of(
                words, [&title](const std::string &word) { return std::ranges::find(title, word) != title.end(); });
        }
    return false;
}

bool is_cell(std::string_view tag) { return tag == "td" || tag == "th"; }

NodeId previous_element(const Document &document, NodeId node) {
    NodeId previous = kNoNode;
    for (NodeId sibling = document.first_child(document.parent(node)); sibling != kNoNode && sibling < node;
         sibling = document.next_sibling(sibling))
        if (document.is_element(sibling))
            previous = sibling;
    return previous;
}

/* Text nodes right before a node, back to the element before it. */
std::string text_before(const Document &document, NodeId node) {
    std::string text;
    for (NodeId sibling = document.first_child(document.parent(node)); sibling != kNoNode && sibling < node;
         sibling = document.next_sibling(sibling)) {
        if (document.is_element(sibling))
            text.clear();
        else if (document.kind(sibling) == NodeKind::kText)
            text += document.text(sibling);
    }
    return fold_space(text);
}

int span_of(const Document &document, NodeId cell) {
    const std::string text(document.attribute_value(cell, "colspan"));
    const int span = std::atoi(text.c_str());
    return span < 1 ? 1 : std::min(span, kMaxSpan);
}

/* Column of a cell in its row, spans counted. */
int column_of(const Document &document, NodeId cell) {
    int column = 0;
    for (NodeId sibling = document.first_child(document.parent(cell)); sibling != kNoNode && sibling < cell;
         sibling = document.next_sibling(sibling))
        if (document.is_element(sibling) && is_cell(document.name(sibling)))
            column += span_of(document, sibling);
    return column;
}

NodeId ancestor_named(const Document &document, NodeId node, std::string_view name) {
    while (node > 0 && document.name(node) != name)
        node = document.parent(node);
    return node > 0 ? node : kNoNode;
}

/* The first row of a table that holds header cells only. */
NodeId header_row(const Document &document, NodeId table, NodeId before) {
    for (NodeId node = table + 1; node < before; ++node) {
        if (!document.is_element(node) || document.name(node) != "tr")
            continue;
        int headers = 0;
        bool only_headers = true;
        for (NodeId cell = document.first_child(node); cell != kNoNode; cell = document.next_sibling(cell)) {
            if (!document.is_element(cell))
                continue;
            only_headers = only_headers && document.name(cell) == "th";
            ++headers;
        }
        if (only_headers && headers > 1)
            return node;
        if (headers > 1)
            return kNoNode;
    }
    return kNoNode;
}

void add_words(std::vector<std::string> &words, std::string_view text) {
    for (std::string &word : words_of(text))
        if (std::find(words.begin(), words.end(), word) == words.end())
            words.push_back(std::move(word));
}

double jaccard(const std::vector<std::string> &a, const std::vector<std::string> &b) {
    if (a.empty() || b.empty())
        return 0;
    std::size_t common = 0;
    for (const std::string &word : a)
        common += std::find(b.begin(), b.end(), word) != b.end() ? 1 : 0;
    return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

} // namespace

std::vector<std::string_view> class_tokens(std::string_view value) {
    std::vector<std::string_view> tokens;
    for_each_token(value, [&tokens](std::string_view token) {
        tokens.push_back(token);
        return true;
    });
    return tokens;
}

bool has_lasting_id(const Document &document, NodeId element) {
    const std::string_view id = document.attribute_value(element, "id");
    if (id.empty() || !is_stable_token(id))
        return false;
    const std::vector<std::string> words = words_of(id);
    const bool is_word = words.size() < 2;
    /* One word, as "ingredients" over a heading of that name, is the template's, unless the page's title has it, too. */
    if (is_word && !is_in_title(document, words))
        return true;
    const std::string spelled = letters_of(id);
    /* A word in the title may well name a list of the template, but not with its heading in it. */
    const NodeId first = is_word ? element : 0, end = is_word ? document.end_of(element) : document.size();
    for (NodeId node = first; node < end; ++node) {
        if (document.kind(node) != NodeKind::kText)
            continue;
        const std::string_view content = trim(document.text(node));
        if (content.size() > kMaxSlugged || content.size() * 2 <= spelled.size())
            continue;
        /* Most of the id: some makers of slugs put a prefix or a number to it. */
        const std::string text = letters_of(content);
        if (text.size() * 2 > spelled.size() && text.size() <= spelled.size() &&
            spelled.find(text) != std::string::npos)
            return false;
        const auto sure = static_cast<std::size_t>(
            std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
        if (sure * 2 > spelled.size() && sure < text.size() && is_spelled_in(spelled, text))
            return false;
    }
    return true;
}

bool is_stable_token(std::string_view token) {
    if (token.empty() || token.size() > 80)
        return false;
    std::size_t start = 0;
    while (start < token.size()) {
        std::size_t end = start;
        while (end < token.size() && (is_digit(token[end]) || is_lower(token[end]) || is_upper(token[end])))
            ++end;
        const std::string_view part = token.substr(start, end - start);
        std::size_t digits = 0, turns = 0, capitals = 0;
        for (std::size_t i = 0; i < part.size(); ++i) {
            digits += is_digit(part[i]) ? 1 : 0;
            turns += i > 0 && is_digit(part[i]) != is_digit(part[i - 1]) ? 1 : 0;
            capitals += i > 0 && is_upper(part[i]) && is_lower(part[i - 1]) ? 1 : 0;
        }
        if (digits >= 4 || (part.size() >= 4 && turns >= 2) || (part.size() >= 5 && capitals * 3 >= part.size()))
            return false;
        if (digits > 0 && digits < part.size() && turns == 1 && part.size() >= 5 && !is_digit(part.back()))
            return false; /* digits in front of letters, as in 3xyzab */
        start = end + 1;
    }
    return true;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for_each_word(text, [&words](std::string_view word) { words.emplace_back(word); });
    return words;
}

std::string column_header(const Document &document, NodeId cell) {
    const NodeId row = document.parent(cell);
    const NodeId table = ancestor_named(document, row, "table");
    if (table == kNoNode || document.name(row) != "tr")
        return {};
    const NodeId header = header_row(document, table, row);
    if (header == kNoNode)
        return {};
    const int wanted = column_of(document, cell);
    int column = 0;
    for (NodeId th = document.first_child(header); th != kNoNode; th = document.next_sibling(th)) {
        if (!document.is_element(th))
            continue;
        if (column == wanted)
            return abbreviate(fold_space(document.string_value(th)), kMaxLabelBytes);
        column += span_of(document, th);
    }
    return {};
}

std::string label_before(const Document &document, NodeId element, NodeId *element_of_label) {
    if (element_of_label != nullptr)
        *element_of_label = kNoNode;
    if (is_cell(document.name(element)))
        if (std::string header = column_header(document, element); !header.empty())
            return header;
    std::string text = text_before(document, element);
    if (!text.empty())
        return text.size() <= kMaxLabelBytes && has_letter_or_digit(text) ? text : std::string();
    NodeId previous = previous_element(document, element);
    if (previous == kNoNode || document.subtree_size(previous) > 8)
        return {};
    text = fold_space(document.string_value(previous));
    if (text.size() > kMaxLabelBytes || !has_letter_or_digit(text))
        return {};
    if (element_of_label != nullptr)
        *element_of_label = previous;
    return text;
}

PlaceNames place_names(const Document &document, NodeId context, NodeRef place) {
    PlaceNames result;
    NodeId element = place.node;
    if (place.is_attribute()) {
        add_words(result.names, document.name_text(document.attribute(place.attribute).name));
    } else if (!document.is_element(element)) {
        NodeId label = kNoNode;
        const NodeId previous = previous_element(document, element);
        if (previous != kNoNode && document.subtree_size(previous) <= 8)
            result.label = fold_space(document.string_value(previous));
        if (result.label.size() > kMaxLabelBytes || label != kNoNode)
            result.label.clear();
        element = document.parent(element);
    }
    int steps = 0;
    for (NodeId node = element; node > 0 && node != context && steps < kMaxNamedAncestors;
         node = document.parent(node), ++steps) {
        if (result.label.empty())
            result.label = label_before(document, node);
        for (std::int32_t at = document.first_attribute(node); at < document.first_attribute(node + 1); ++at) {
            const std::string_view name = document.name_text(document.attribute(at).name);
            const std::string_view value = document.attribute(at).value;
            if (name == "class" || name == "id" || name == "itemprop" || name == "property" || name == "name" ||
                name == "headers" || name == "rel" || (name.starts_with("data-") && value.size() <= kMaxLabelBytes) ||
                name == "aria-label") {
                for (const std::string_view token : class_tokens(value))
                    if (is_stable_token(token))
                        add_words(result.names, token);
            }
        }
    }
    add_words(result.labels, result.label);
    return result;
}

double name_similarity(const PlaceNames &a, const PlaceNames &b) {
    double best = std::max(jaccard(a.labels, b.labels), jaccard(a.names, b.names));
    /* A label of one page often returns as a name on the other. */
    best = std::max(best, 0.8 * std::max(jaccard(a.labels, b.names), jaccard(a.names, b.labels)));
    return best;
}

} // namespace webwrap
