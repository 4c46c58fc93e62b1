#include <algorithm>

#include "core/base/text.hpp"
#include "core/wrap/reading.hpp"
#include "core/wrap/unicode.hpp"

namespace webwrap {

namespace {

/* Texts as pieces of a regular expression: a run of digits is one piece that stands for any, other characters for
 * themselves. */
using Pieces = std::vector<std::string>;

const std::string kDigits = "\\d+";

std::size_t character_bytes(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        ++end;
    return end - at;
}

std::string escaped(std::string_view character) {
    constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";
    return (kSpecial.find(character) != std::string_view::npos ? "\\" : "") + std::string(character);
}

Pieces pieces_of(std::string_view text) {
    Pieces pieces;
    for (std::size_t at = 0; at < text.size();) {
        if (is_digit(text[at])) {
            while (at < text.size() && is_digit(text[at]))
                ++at;
            pieces.push_back(kDigits);
            continue;
        }
        const std::size_t bytes = character_bytes(text, at);
        pieces.push_back(escaped(text.substr(at, bytes)));
        at += bytes;
    }
    return pieces;
}

bool is_word_piece(const std::string &piece) { return piece == kDigits || has_letter_or_digit(piece); }

bool is_opening(const std::string &piece) {
    for (const char *mark : {"\\(", "\\[", "\\{", "\"", "'", "«", "“", "‘", "„"})
        if (piece == mark)
            return true;
    return false;
}

std::string joined(const Pieces &pieces) {
    std::string text;
    for (const std::string &piece : pieces)
        text += piece;
    return text;
}

/* What stands around the values of all samples: pieces up to the first difference. */
struct Surroundings {
    Pieces before, after;
    bool from_start = true, to_end = true; /* these are all there is before, after */
};

Surroundings surroundings_of(std::span<const PatternSample> samples) {
    Surroundings common;
    bool is_first = true;
    for (const PatternSample &sample : samples) {
        Pieces before = pieces_of(sample.text.substr(0, sample.begin));
        Pieces after = pieces_of(sample.text.substr(sample.end));
        if (is_first) {
            common.before = std::move(before);
            common.after = std::move(after);
            is_first = false;
            continue;
        }
        const auto last = std::mismatch(common.before.rbegin(), common.before.rend(), before.rbegin(), before.rend());
        common.from_start = common.from_start && last.first == common.before.rend() && last.second == before.rend();
        common.before.erase(common.before.begin(), last.first.base());
        const auto end = std::mismatch(common.after.begin(), common.after.end(), after.begin(), after.end());
        common.to_end = common.to_end && end.first == common.after.end() && end.second == after.end();
        common.after.erase(end.first, common.after.end());
    }
    return common;
}

/* The last `words` words before the value with what stands around them, or all. */
Pieces near_before(const Pieces &before, int words) {
    std::size_t at = before.size();
    while (at > 0 && !is_word_piece(before[at - 1]))
        --at;
    for (; words > 0 && at > 0; --words)
        while (at > 0 && is_word_piece(before[at - 1]))
            --at;
    return {before.begin() + static_cast<std::ptrdiff_t>(at), before.end()};
}

Pieces near_after(const Pieces &after, int words) {
    std::size_t at = 0;
    while (at < after.size() && !is_word_piece(after[at]))
        ++at;
    for (; words > 0 && at < after.size(); --words)
        while (at < after.size() && is_word_piece(after[at]))
            ++at;
    return {after.begin(), after.begin() + static_cast<std::ptrdiff_t>(at)};
}

/* The form of a date: how many digits, letters, marks. */
std::string word_form(std::string_view value) {
    std::string form;
    for (std::size_t at = 0; at < value.size();) {
        const std::size_t start = at;
        while (at < value.size() && is_digit(value[at]))
            ++at;
        if (at > start) {
            form += at - start > 2 ? "\\d{" + std::to_string(at - start) + "}" : "\\d{1,2}";
            continue;
        }
        const auto is_letter_at = [&](std::size_t i) {
            return has_letter_or_digit(value.substr(i, character_bytes(value, i))) && !is_digit(value[i]);
        };
        if (is_letter_at(at)) {
            while (at < value.size() && is_letter_at(at))
                at += character_bytes(value, at);
            form += "\\p{L}+";
            continue;
        }
        const std::size_t bytes = character_bytes(value, at);
        form += escaped(value.substr(at, bytes));
        at += bytes;
    }
    return form;
}

/* Forms of the values: `enclosed` where the surroundings tell both ends, `open` where the form must. */
struct Forms {
    std::vector<std::string> enclosed, open;
};

Forms forms_of(std::span<const PatternSample> samples, bool has_end) {
    if (samples.front().is_word_form) {
        std::string form =
            word_form(samples.front().text.substr(samples.front().begin, samples.front().end - samples.front().begin));
        return {{form}, {"\\b" + form + "\\b"}};
    }
    if (!samples.front().is_number)
        return {{has_end ? ".+?" : ".+"}, {}};
    bool only_digits = true, has_space = false, has_sign = false;
    std::size_t digits = samples.front().end - samples.front().begin;
    for (const PatternSample &sample : samples) {
        const std::string_view value = sample.text.substr(sample.begin, sample.end - sample.begin);
        only_digits = only_digits && std::all_of(value.begin(), value.end(), is_digit);
        has_space = has_space || value.find(' ') != std::string_view::npos;
        has_sign = has_sign || !is_digit(value.front());
        digits = value.size() == digits ? digits : 0;
    }
    /* Marks count even where the examples have none: "1,200" must not be read as 200. */
    const std::string sign = has_sign ? "[-+−]?" : "";
    const std::string general =
        sign + "\\d+(?:[.,'’" + std::string(has_space ? " " : "") + "]\\d+)*" + (only_digits ? "" : "[KkMB]?");
    Forms forms{{general}, {general}};
    if (!only_digits)
        return forms;
    forms.enclosed.insert(forms.enclosed.begin(), "\\d+");
    if (digits >= 4) {
        const std::string exact = "\\d{" + std::to_string(digits) + "}";
        forms.enclosed.insert(forms.enclosed.begin(), exact);
        forms.open.insert(forms.open.begin(), "\\b" + exact + "\\b");
    }
    return forms;
}

} // namespace

std::vector<std::string> pattern_candidates(std::span<const PatternSample> samples) {
    std::vector<std::string> patterns;
    if (samples.empty())
        return patterns;
    const Surroundings around = surroundings_of(samples);
    const auto add = [&](const Pieces &before, const Pieces &after, bool from_start, bool to_end) {
        const bool has_start = from_start || !before.empty(), has_end = to_end || !after.empty();
        const Forms forms = forms_of(samples, !after.empty());
        const bool is_text = !samples.front().is_number && !samples.front().is_word_form;
        if (is_text && (!has_start || !has_end))
            return;
        for (const std::string &form : has_start &&has_end ? forms.enclosed : forms.open) {
            std::string pattern =
                (from_start ? "^" : "") + joined(before) + "(" + form + ")" + joined(after) + (to_end ? "$" : "");
            if (std::find(patterns.begin(), patterns.end(), pattern) == patterns.end())
                patterns.push_back(std::move(pattern));
        }
    };
    const Pieces &before = around.before, &after = around.after;
    if (!before.empty() && !after.empty() && is_opening(before.back()) && !is_word_piece(after.front()) &&
        after.front() != " ")
        add({before.back()}, {after.front()}, false, false);
    add(before, after, around.from_start, around.to_end);
    for (const int words : {2, 1, 0}) {
        add(near_before(before, words), near_after(after, words), around.from_start && before.empty(),
            around.to_end && after.empty());
        add(near_before(before, words), {}, around.from_start && before.empty(), true);
        add({}, near_after(after, words), true, around.to_end && after.empty());
        add(near_before(before, words), {}, around.from_start && before.empty(), false);
        add({}, near_after(after, words), false, around.to_end && after.empty());
    }
    add({}, {}, false, false);
    return patterns;
}

} // namespace webwrap
