#include "core/parse/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

/* ICU's converters, brought to the tables of the WHATWG Encoding Standard where they differ. What remains: some 160
 * rare characters of Big5 (HKSCS) are errors, and EUC-JP has three half-width signs that the standard lacks. */

namespace webwrap {

namespace {

struct ConverterDeleter {
    void operator()(UConverter *converter) const noexcept { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterDeleter>;

constexpr char16_t kUnmapped = 0xFFFF;

using HighHalf = std::array<char16_t, 128>; /* byte - 0x80 to character; kUnmapped where the encoding has none */

/* Where a multi-byte converter of ICU differs from the standard. */
struct Rules {
    const char *encoding;
    const char *converter;
    char16_t lone_80 = 0;          /* what the byte 0x80 stands for; 0: an error */
    bool refuses_private = true;   /* private-use and C1 characters show that the bytes are not in this encoding */
    bool swaps_controls = false;   /* IBM's tables rotate 0x1A, 0x1C and 0x7F */
    bool mends_gb_private = false; /* characters that Unicode has by now are private in GB 18030-2005 */
};

constexpr std::array kMultiByte = std::to_array<Rules>({
    {"GBK", "gb18030", 0x20AC, false, false, true},
    {"gb18030", "gb18030", 0x20AC, false, false, true},
    {"Big5", "Big5-HKSCS"},
    {"EUC-JP", "EUC-JP"},
    {"ISO-2022-JP", "ISO-2022-JP"},
    {"Shift_JIS", "ibm-943_P15A-2003", 0x80, false, true, false},
    {"EUC-KR", "windows-949"},
    {"UTF-16LE", "UTF-16LE", 0, false, false, false},
    {"UTF-16BE", "UTF-16BE", 0, false, false, false},
});

/* ISO-8859-16 from 0xA0 on; ICU does not know it. */
constexpr char16_t kIso8859_16[] =
    u"\u00A0\u0104\u0105\u0141\u20AC\u201E\u0160\u00A7\u0161\u00A9\u0218\u00AB\u0179\u00AD\u017A\u017B"
    u"\u00B0\u00B1\u010C\u0142\u017D\u201D\u00B6\u00B7\u017E\u010D\u0219\u00BB\u0152\u0153\u0178\u017C"
    u"\u00C0\u00C1\u00C2\u0102\u00C4\u0106\u00C6\u00C7\u00C8\u00C9\u00CA\u00CB\u00CC\u00CD\u00CE\u00CF"
    u"\u0110\u0143\u00D2\u00D3\u00D4\u0150\u00D6\u015A\u0170\u00D9\u00DA\u00DB\u00DC\u0118\u021A\u00DF"
    u"\u00E0\u00E1\u00E2\u0103\u00E4\u0107\u00E6\u00E7\u00E8\u00E9\u00EA\u00EB\u00EC\u00ED\u00EE\u00EF"
    u"\u0111\u0144\u00F2\u00F3\u00F4\u0151\u00F6\u015B\u0171\u00F9\u00FA\u00FB\u00FC\u0119\u021B\u00FF";

[[noreturn]] void throw_invalid(const std::string &encoding, std::string_view bytes, std::size_t offset,
                                std::size_t length) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string hex;
    for (const char c : bytes.substr(offset, std::max<std::size_t>(length, 1))) {
        hex += hex.empty() ? "0x" : " 0x";
        hex += kHex[static_cast<unsigned char>(c) >> 4];
        hex += kHex[static_cast<unsigned char>(c) & 15];
    }
    throw InvalidBytes("invalid " + encoding + " at byte offset " + std::to_string(offset) + ": " + hex, offset);
}

bool is_private(char16_t unit) { return unit >= 0xE000 && unit <= 0xF8FF; }
bool is_c1(char16_t unit) { return unit >= 0x80 && unit <= 0x9F; }

/* A converter that stops at bytes it cannot map. */
Converter open_converter(const char *name) {
    UErrorCode error = U_ZERO_ERROR;
    Converter converter(ucnv_open(name, &error));
    if (U_SUCCESS(error))
        ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
    if (error == U_MEMORY_ALLOCATION_ERROR)
        throw std::bad_alloc();
    if (U_FAILURE(error))
        throw Error(ErrorKind::kInternal, std::string("could not open converter ") + name + ": " + u_errorName(error));
    return converter;
}

void correct(HighHalf &table, const std::string &encoding) {
    if (encoding == "KOI8-U") {
        table[0xAE - 0x80] = 0x045E;
        table[0xBE - 0x80] = 0x040E;
    } else if (encoding == "windows-1253") {
        table[0xAA - 0x80] = kUnmapped;
    } else if (encoding == "windows-1255") {
        table[0xCA - 0x80] = 0x05BA;
    }
}

HighHalf high_half(const std::string &encoding) {
    HighHalf table{};
    if (encoding == "x-user-defined") {
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = static_cast<char16_t>(0xF780 + i);
        return table;
    }
    if (encoding == "ISO-8859-16") {
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = i < 0x20 ? static_cast<char16_t>(0x80 + i) : kIso8859_16[i - 0x20];
        return table;
    }
    const Converter converter = open_converter(encoding == "ISO-8859-8-I" ? "ISO-8859-8" : encoding.c_str());
    for (std::size_t i = 0; i < table.size(); ++i) {
        const char byte = static_cast<char>(0x80 + i);
        std::array<UChar, 4> units{};
        UErrorCode error = U_ZERO_ERROR;
        ucnv_resetToUnicode(converter.get());
        const std::int32_t length = ucnv_toUChars(converter.get(), units.data(), units.size(), &byte, 1, &error);
        table[i] = U_SUCCESS(error) && length == 1 && (!is_private(units[0]) || encoding == "macintosh") ? units[0]
                                                                                                         : kUnmapped;
    }
    correct(table, encoding);
    return table;
}

constexpr std::size_t kPollEvery = std::size_t{1} << 16;

/* How many bytes from the first one are ASCII, eight at a time as long as they are. */
std::size_t ascii_run(std::string_view bytes) noexcept {
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= bytes.size(); at += sizeof eight) {
        std::memcpy(&eight, bytes.data() + at, sizeof eight);
        if ((eight & 0x8080808080808080) != 0)
            break;
    }
    while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80)
        ++at;
    return at;
}

std::string decode_single_byte(std::string_view bytes, const std::string &encoding) {
    const HighHalf table = high_half(encoding);
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 8);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.size(), at + kPollEvery);
        Interrupt::poll();
        while (at < end) {
            const std::size_t run = ascii_run(bytes.substr(at, end - at));
            text.append(bytes, at, run);
            at += run;
            if (at == end)
                break;
            const char16_t unit = table[static_cast<unsigned char>(bytes[at]) - 0x80];
            if (unit == kUnmapped)
                throw_invalid(encoding, bytes, at, 1);
            append_utf8(text, unit);
            ++at;
        }
    }
    return text;
}

char16_t mend_gb_private(char16_t unit) {
    constexpr char16_t kVerticalForms[] =
        u"\uFE10\uFE12\uFE11\uFE13\uFE14\uFE15\uFE16\uFE17\uFE18\uFE19";                    /* of U+E78D.. */
    constexpr char16_t kIdeographs[] = u"\uE81E\uE826\uE82B\uE82C\uE832\uE843\uE854\uE864"; /* to U+9FB4.. */
    if (unit == 0xE5E5)
        return 0x3000;
    if (unit >= 0xE78D && unit <= 0xE796)
        return kVerticalForms[unit - 0xE78D];
    for (char16_t i = 0; i < 8; ++i)
        if (kIdeographs[i] == unit)
            return static_cast<char16_t>(0x9FB4 + i);
    return unit;
}

char16_t swap_control(char16_t unit) {
    switch (unit) {
    case 0x1C:
        return 0x1A;
    case 0x7F:
        return 0x1C;
    case 0x1A:
        return 0x7F;
    default:
        return unit;
    }
}

/* Decodes bytes of one multi-byte encoding, piece by piece, with the source offset of each character. */
class MultiByteDecoder {
  public:
    MultiByteDecoder(std::string_view bytes, std::size_t begin, const Rules &rules)
        : bytes_(bytes), begin_(begin), rules_(rules), converter_(open_converter(rules.converter)) {}

    std::string run() {
        text_.reserve(bytes_.size() + bytes_.size() / 2);
        const char *const end = bytes_.data() + bytes_.size();
        const char *source = bytes_.data() + begin_;
        for (bool more = true; more;) {
            Interrupt::poll();
            const auto piece_offset = static_cast<std::size_t>(source - bytes_.data());
            UChar *target = units_.data();
            UErrorCode error = U_ZERO_ERROR;
            ucnv_toUnicode(converter_.get(), &target, units_.data() + units_.size(), &source, end, offsets_.data(),
                           true, &error);
            append_units(static_cast<std::size_t>(target - units_.data()), piece_offset);
            more = error == U_BUFFER_OVERFLOW_ERROR;
            if (U_FAILURE(error) && !more) {
                pass_or_throw(static_cast<std::size_t>(source - bytes_.data()), error);
                more = true;
            }
        }
        return std::move(text_);
    }

  private:
    void append_units(std::size_t count, std::size_t piece_offset) {
        for (std::size_t i = 0; i < count; ++i) {
            char16_t unit = units_[i];
            if (rules_.refuses_private && (is_private(unit) || is_c1(unit)))
                throw_invalid(rules_.encoding, bytes_,
                              piece_offset + static_cast<std::size_t>(std::max(offsets_[i], 0)), 2);
            if (rules_.mends_gb_private && is_private(unit))
                unit = mend_gb_private(unit);
            if (rules_.swaps_controls && unit < 0x80)
                unit = swap_control(unit);
            if (U16_IS_LEAD(unit)) {
                lead_surrogate_ = unit;
            } else if (U16_IS_TRAIL(unit)) {
                append_utf8(text_, static_cast<char32_t>(U16_GET_SUPPLEMENTARY(lead_surrogate_, unit)));
                lead_surrogate_ = 0;
            } else {
                append_utf8(text_, unit);
            }
        }
    }

    /* Called where the converter stopped, just behind the bytes that it refuses. */
    void pass_or_throw(std::size_t offset, UErrorCode error) {
        std::array<char, 32> invalid{};
        auto length = static_cast<std::int8_t>(invalid.size());
        UErrorCode ignored = U_ZERO_ERROR;
        ucnv_getInvalidChars(converter_.get(), invalid.data(), &length, &ignored);
        if (error == U_MEMORY_ALLOCATION_ERROR)
            throw std::bad_alloc();
        const auto refused = static_cast<std::size_t>(std::max<std::int8_t>(length, 0));
        if (rules_.lone_80 == 0 || refused != 1 || invalid[0] != '\x80')
            throw_invalid(rules_.encoding, bytes_, offset - std::min(refused, offset), refused);
        append_utf8(text_, rules_.lone_80);
        ucnv_resetToUnicode(converter_.get());
    }

    std::string_view bytes_;
    std::size_t begin_;
    const Rules &rules_;
    Converter converter_;
    std::array<UChar, 4096> units_{};
    std::array<std::int32_t, 4096> offsets_{};
    char16_t lead_surrogate_ = 0;
    std::string text_;
};

/* Decodes what follows the first `begin` bytes, a byte order mark. */
std::string decode(std::string_view bytes, std::size_t begin, const std::string &encoding) {
    if (encoding == "UTF-8") {
        const std::size_t invalid = find_invalid_utf8(bytes);
        if (invalid != std::string_view::npos)
            throw_invalid(encoding, bytes, invalid, 1);
        return std::string(bytes.substr(begin));
    }
    if (encoding == "replacement") {
        if (bytes.empty())
            return {};
        throw Error(ErrorKind::kDecoding, "unsupported encoding",
                    "The page declares ISO-2022-CN, ISO-2022-KR or HZ-GB-2312, which can hide markup; browsers refuse "
                    "them too.");
    }
    for (const Rules &rules : kMultiByte)
        if (encoding == rules.encoding)
            return MultiByteDecoder(bytes, begin, rules).run();
    return decode_single_byte(bytes, encoding);
}

std::size_t byte_order_mark_length(std::string_view bytes, const std::string &encoding) {
    if (encoding == "UTF-8")
        return bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    if (encoding == "UTF-16LE")
        return bytes.starts_with("\xFF\xFE") ? 2 : 0;
    if (encoding == "UTF-16BE")
        return bytes.starts_with("\xFE\xFF") ? 2 : 0;
    return 0;
}

/* The database's text has no NUL; HTML reads it as U+FFFD. */
void replace_nul(std::string &text) {
    if (text.find('\0') == std::string::npos)
        return;
    std::string replaced;
    replaced.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        if (c == '\0')
            replaced += "\xEF\xBF\xBD";
        else
            replaced.push_back(c);
    }
    text = std::move(replaced);
}

} // namespace

DecodedText decode_page(std::string_view bytes, std::string_view transport_label) {
    DecodedText decoded;
    decoded.encoding = sniff_encoding(bytes, transport_label);
    decoded.text = decode(bytes, byte_order_mark_length(bytes, decoded.encoding), decoded.encoding);
    replace_nul(decoded.text);
    return decoded;
}

} // namespace webwrap
