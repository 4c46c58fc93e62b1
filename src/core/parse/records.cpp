#include "core/parse/records.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

std::string hex_of(std::string_view bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += (text.empty() ? "0x" : " 0x");
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

} // namespace

std::string CheckedText::place(std::int64_t line) const {
    return "Line " + std::to_string(line) + " of \"" + source_ + "\".";
}

void CheckedText::check_more(const char *from, const char *end, std::int64_t line) {
    const auto wanted = static_cast<std::size_t>(end - text_.data());
    while (good_bytes_ < wanted) {
        Interrupt::poll();
        std::size_t stop = std::min(text_.size(), std::max(good_bytes_ + kPieceBytes, std::size_t{1}));
        for (int back = 0; back < 3 && stop < text_.size() && (static_cast<unsigned char>(text_[stop]) & 0xC0) == 0x80;
             ++back)
            --stop; /* pieces end between characters */
        const std::string_view piece = text_.substr(good_bytes_, stop - good_bytes_);
        std::size_t bad = find_invalid_utf8(piece);
        if (const std::size_t nul = piece.find('\0'); nul != std::string_view::npos)
            bad = std::min(bad, nul);
        if (bad == std::string_view::npos) {
            good_bytes_ = stop;
            continue;
        }
        good_bytes_ += bad;
        if (good_bytes_ >= wanted)
            return; /* a later record's error: this one is right */
        const std::string_view rest = text_.substr(good_bytes_, text_[good_bytes_] == '\0' ? 1 : 2);
        throw Error(ErrorKind::kDecoding, "invalid byte sequence for encoding \"UTF8\": " + hex_of(rest),
                    place(line + std::count(from, text_.data() + good_bytes_, '\n')),
                    "The Content-Type header of the document may name another charset, or the wrong one.");
    }
}

void RecordReader::clear_values() {
    values_.clear();
    std::fill(slot_to_offset_.begin(), slot_to_offset_.end(), kNone);
}

void RecordReader::add_value(std::size_t slot, std::string_view value) {
    slot_to_offset_[slot] = values_.size();
    values_.append(value);
    values_.push_back('\0');
}

} // namespace webwrap
