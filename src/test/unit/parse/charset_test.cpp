#include "core/parse/charset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "core/base/error.hpp"

namespace webwrap {
namespace {

using namespace std::string_view_literals;

struct Case {
    std::string_view given;
    std::string_view expected;
};

TEST(CharsetTest, Labels) {
    const std::array cases = std::to_array<Case>({
        {"utf8", "UTF-8"},
        {" UTF-8\n", "UTF-8"},
        {"iso-8859-1", "windows-1252"},
        {"Latin1", "windows-1252"},
        {"us-ascii", "windows-1252"},
        {"iso-8859-9", "windows-1254"},
        {"tis-620", "windows-874"},
        {"iso-8859-11", "windows-874"},
        {"gb2312", "GBK"},
        {"gb18030", "gb18030"},
        {"ks_c_5601-1987", "EUC-KR"},
        {"sjis", "Shift_JIS"},
        {"unicode", "UTF-16LE"},
        {"utf-16", "UTF-16LE"},
        {"iso-2022-kr", "replacement"},
        {"logical", "ISO-8859-8-I"},
        {"koi8-ru", "KOI8-U"},
        {"", ""},
        {"utf-7", ""},
        {"utf-8 utf8", ""},
        {"utf", ""},
    });
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(encoding_for_label(given), expected) << given;
}

TEST(CharsetTest, TheOrderOfSources) {
    EXPECT_EQ(sniff_encoding("\xEF\xBB\xBF<meta charset=koi8-r>", "latin1"), "UTF-8");
    EXPECT_EQ(sniff_encoding("\xFE\xFF", "utf-8"), "UTF-16BE");
    EXPECT_EQ(sniff_encoding("\xFF\xFE", "utf-8"), "UTF-16LE");
    EXPECT_EQ(sniff_encoding("<meta charset=koi8-r>", "latin1"), "windows-1252");
    EXPECT_EQ(sniff_encoding("<meta charset=koi8-r>", "no such label"), "KOI8-R");
    EXPECT_EQ(sniff_encoding("gr\xC3\xBC", ""), "UTF-8");
    EXPECT_EQ(sniff_encoding("gr\xFC", ""), "windows-1252");
    EXPECT_EQ(sniff_encoding("", ""), "windows-1252");
    EXPECT_EQ(sniff_encoding("<\0?\0x\0m\0l\0"sv, ""), "UTF-16LE");
}

TEST(CharsetTest, MetaPrescan) {
    const std::array cases = std::to_array<Case>({
        {"<meta charset=koi8-r>", "KOI8-R"},
        {"<META CHARSET = 'koi8-r' >", "KOI8-R"},
        {"<meta/charset=\"koi8-r\"/>", "KOI8-R"},
        {"<html lang=en><head><title a='>'><meta name=x charset=koi8-r>", "KOI8-R"},
        {"<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>", "KOI8-R"},
        {"<meta content='text/html; charset = \"koi8-r\"' http-equiv=content-type>", "KOI8-R"},
        {"<meta content='text/html; charset=koi8-r;x'http-equiv=content-type>", "KOI8-R"},
        {"<meta content='text/html; charset=koi8-r'>", "windows-1252"},
        {"<meta name=x content='charset=koi8-r'>", "windows-1252"},
        {"<!-- <meta charset=koi8-r> --><meta charset=big5>", "Big5"},
        {"<!--><meta charset=koi8-r>", "KOI8-R"},
        {"<a title='<meta charset=koi8-r>'><meta charset=big5>", "Big5"},
        {"<metal charset=koi8-r><meta charset=big5>", "Big5"},
        {"<meta charset=nonsense><meta charset=big5>", "Big5"},
        {"<meta charset=big5 charset=koi8-r>", "Big5"},
        {"</x><?y?><!z><meta charset=koi8-r>", "KOI8-R"},
        {"< meta charset=koi8-r>", "windows-1252"},
        {"<meta charset=utf-16>", "UTF-8"},
        {"<meta charset=x-user-defined>", "windows-1252"},
        {"<meta charset=koi8-r", "KOI8-R"},
        {"<meta charset", "windows-1252"},
        {"<meta", "windows-1252"},
        {"<", "windows-1252"},
        {"<!--", "windows-1252"},
        {"<?xml version='1.0' encoding=\"koi8-r\"?><x/>", "KOI8-R"},
        {"<?xml version='1.0'?><x encoding='koi8-r'/>", "windows-1252"},
    });
    for (const auto &[given, expected] : cases)
        EXPECT_EQ(sniff_encoding(given, ""), expected) << given;
    EXPECT_EQ(sniff_encoding(std::string(1024, ' ') + "<meta charset=koi8-r>", ""), "KOI8-R");
    EXPECT_EQ(sniff_encoding("<title>" + std::string(1024, ' ') + "<meta charset=koi8-r></title>", ""), "windows-1252");
}

TEST(CharsetTest, DecodesEveryFamily) {
    const std::array cases = std::to_array<std::array<std::string_view, 3>>({
        {"utf-8", "gr\xC3\xBC\xC3\x9F", "gr\u00fc\u00df"},
        {"latin1", "\x80\x81\x8D\x8F\x90\x9D\xE4", "\u20ac\u0081\u008d\u008f\u0090\u009d\u00e4"},
        {"iso-8859-2", "\xB1", "\u0105"},
        {"iso-8859-8-i", "\xE0", "\u05d0"},
        {"iso-8859-9", "\x80\xFD", "\u20ac\u0131"},
        {"iso-8859-16", "\xA4\xAA", "\u20ac\u0218"},
        {"koi8-u", "\xC1\xAE", "\u0430\u045e"},
        {"ibm866", "\x1A\x1C\x7F\x80", "\x1A\x1C\x7F\u0410"},
        {"macintosh", "\x80\xF0", "\u00c4\uf8ff"},
        {"windows-1251", "\xCF\xF0\xE8", "\u041f\u0440\u0438"},
        {"windows-1255", "\xCA", "\u05ba"},
        {"tis-620", "\xA1", "\u0e01"},
        {"gb2312", "\xC4\xE3\x80\xA3\xA0", "\u4f60\u20ac\u3000"},
        {"gb18030", "\x81\x30\x81\x30\x94\x39\xFC\x36", "\u0080\U0001F600"},
        {"big5", "\xA4\x40", "\u4e00"},
        {"euc-jp", "\xA4\xA2\x8E\xB1\x8F\xB0\xA1", "\u3042\uff71\u4e02"},
        {"shift_jis", "\x82\xA0\xB1\x7F\x80\x87\x40", "\u3042\uff71\x7F\u0080\u2460"},
        {"iso-2022-jp", "\x1B$B$\"\x1B(B!", "\u3042!"},
        {"ks_c_5601-1987", "\xB0\xA1\x81\x41", "\uac00\uac02"},
        {"utf-16le", "\xE4\x00=\xD8\x00\xDE"sv, "\u00e4\U0001F600"},
        {"utf-16be", "\x00\xE4\xD8=\xDE\x00"sv, "\u00e4\U0001F600"},
        {"x-user-defined", "a\x80\xFF", "a\uf780\uf7ff"},
    });
    for (const auto &[label, bytes, expected] : cases) {
        const DecodedText decoded = decode_page(bytes, label);
        EXPECT_EQ(decoded.text, expected) << label;
        EXPECT_EQ(decoded.encoding, encoding_for_label(label));
    }
}

TEST(CharsetTest, MarksGoAndNulBecomesText) {
    EXPECT_EQ(decode_page("\xEF\xBB\xBFx", "").text, "x");
    EXPECT_EQ(decode_page("\xFF\xFEx\0"sv, "").text, "x");
    EXPECT_EQ(decode_page("\xFE\xFF\0x"sv, "").text, "x");
    EXPECT_EQ(decode_page("a\0b\0"sv, "utf-8").text, "a\uFFFDb\uFFFD");
    EXPECT_EQ(decode_page("a\0"sv, "latin1").text, "a\uFFFD");
    EXPECT_EQ(decode_page("", "").text, "");
    EXPECT_EQ(decode_page("", "iso-2022-kr").text, "");
}

TEST(CharsetTest, ErrorsNameEncodingAndOffset) {
    const std::array cases = std::to_array<std::array<std::string_view, 3>>({
        {"utf-8", "gr\xFC", "invalid UTF-8 at byte offset 2: 0xfc"},
        {"utf-8", "abc\xE2\x82", "invalid UTF-8 at byte offset 3: 0xe2"},
        {"utf-8", "\xEF\xBB\xBFx\xFF", "invalid UTF-8 at byte offset 4: 0xff"},
        {"utf-8", "\xED\xA0\x80", "invalid UTF-8 at byte offset 0: 0xed"},
        {"windows-1253", "ab\xAA", "invalid windows-1253 at byte offset 2: 0xaa"},
        {"windows-874", "\xDB", "invalid windows-874 at byte offset 0: 0xdb"},
        {"shift_jis", "ab\x82", "invalid Shift_JIS at byte offset 2: 0x82"},
        {"shift_jis", "a\xFF", "invalid Shift_JIS at byte offset 1: 0xff"},
        {"euc-kr", "a\x80", "invalid EUC-KR at byte offset 1: 0x80"},
        {"gbk", "ab\xFF", "invalid GBK at byte offset 2: 0xff"},
        {"utf-16le", "\xFF\xFE\x00\xD8x\x00"sv, "invalid UTF-16LE at byte offset 2: 0x00 0xd8"},
        {"utf-16le", "x\0y"sv, "invalid UTF-16LE at byte offset 2: 0x79"},
        {"iso-2022-kr", "x", "unsupported encoding"},
    });
    for (const auto &[label, bytes, expected] : cases) {
        try {
            (void)decode_page(bytes, label);
            ADD_FAILURE() << expected;
        } catch (const Error &error) {
            EXPECT_EQ(error.kind(), ErrorKind::kDecoding);
            EXPECT_EQ(error.message(), expected);
        }
    }
}

/* Pieces of the converter's buffer must not break characters, marks or offsets. */
TEST(CharsetTest, LongPages) {
    std::string bytes;
    std::string expected;
    for (int i = 0; i < 20'000; ++i) {
        bytes += "\x94\x39\xFC\x36\xC4\xE3"
                 "a\x80";
        expected += "\U0001F600\u4f60a\u20ac";
    }
    EXPECT_EQ(decode_page(bytes, "gb18030").text, expected);
    try {
        (void)decode_page(bytes + "\xFF", "gb18030");
        ADD_FAILURE();
    } catch (const Error &error) {
        EXPECT_EQ(error.message(), "invalid gb18030 at byte offset 160000: 0xff");
    }
}

struct Sample {
    std::string_view encoding;
    std::string_view bytes;
    std::string_view text;
};

/* A character of each encoding that most others have elsewhere. */
constexpr Sample kSamples[] = {
    {"IBM866", "\x80", "\u0410"},
    {"ISO-8859-2", "\xA1", "\u0104"},
    {"ISO-8859-3", "\xA1", "\u0126"},
    {"ISO-8859-4", "\xA2", "\u0138"},
    {"ISO-8859-5", "\xB0", "\u0410"},
    {"ISO-8859-6", "\xC7", "\u0627"},
    {"ISO-8859-7", "\xC1", "\u0391"},
    {"ISO-8859-8", "\xE0", "\u05D0"},
    {"ISO-8859-8-I", "\xE0", "\u05D0"},
    {"ISO-8859-10", "\xA2", "\u0112"},
    {"ISO-8859-13", "\xC0", "\u0104"},
    {"ISO-8859-14", "\xA1", "\u1E02"},
    {"ISO-8859-15", "\xA4", "\u20AC"},
    {"ISO-8859-16", "\xA5", "\u201E"},
    {"KOI8-R", "\xC1", "\u0430"},
    {"KOI8-U", "\xA4", "\u0454"},
    {"macintosh", "\x8A", "\u00E4"},
    {"windows-874", "\xA1", "\u0E01"},
    {"windows-1250", "\xB9", "\u0105"},
    {"windows-1251", "\xC0", "\u0410"},
    {"windows-1252", "\x80", "\u20AC"},
    {"windows-1253", "\xC1", "\u0391"},
    {"windows-1254", "\xD0", "\u011E"},
    {"windows-1255", "\xE0", "\u05D0"},
    {"windows-1256", "\xC7", "\u0627"},
    {"windows-1257", "\xC0", "\u0104"},
    {"windows-1258", "\xD0", "\u0110"},
    {"x-mac-cyrillic", "\x80", "\u0410"},
    {"GBK", "\xC4\xE3", "\u4F60"},
    {"gb18030", "\xC4\xE3\x94\x39\xDA\x33", "\u4F60\U0001F4A9"},
    {"Big5", "\xA7\x41", "\u4F60"},
    {"EUC-JP", "\xA4\xA2", "\u3042"},
    {"ISO-2022-JP", "\x1B\x24\x42\x24\x22\x1B\x28\x42", "\u3042"},
    {"Shift_JIS", "\x82\xA0", "\u3042"},
    {"EUC-KR", "\xB0\xA1", "\uAC00"},
    {"UTF-16BE", "\x30\x42", "\u3042"},
    {"UTF-16LE", "\x42\x30", "\u3042"},
    {"UTF-8", "\xE3\x81\x82", "\u3042"},
    {"x-user-defined", "\x80", "\uF780"},
    {"replacement", "x", ""},
};

TEST(CharsetTest, EveryLabelDecodes) {
    const std::vector<std::string_view> labels = encoding_labels();
    EXPECT_EQ(labels.size(), 228u);
    EXPECT_EQ(std::set(labels.begin(), labels.end()).size(), labels.size());
    std::set<std::string_view> seen;
    for (const std::string_view label : labels) {
        const std::string encoding = encoding_for_label(label);
        const auto *sample = std::ranges::find(kSamples, encoding, &Sample::encoding);
        ASSERT_NE(sample, std::end(kSamples)) << label;
        seen.insert(sample->encoding);
        std::string upper(label);
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        for (const std::string &written : {std::string(label), "\t " + upper + "\n"}) {
            if (encoding == "replacement") {
                EXPECT_THROW((void)decode_page("<p>raw", written), Error) << label;
                EXPECT_EQ(decode_page("", written).text, "") << label;
                continue;
            }
            const DecodedText decoded = decode_page(sample->bytes, written);
            EXPECT_EQ(decoded.encoding, encoding) << label;
            EXPECT_EQ(decoded.text, sample->text) << label;
        }
    }
    EXPECT_EQ(seen.size(), std::size(kSamples)) << "encodings without a label";
    EXPECT_EQ(seen.size(), 40u);
}

} // namespace
} // namespace webwrap
