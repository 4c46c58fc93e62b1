#include "core/fetch/content_coding.hpp"

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <functional>

namespace webwrap {
namespace {

std::string zlib_packed(std::string_view text, int wrapper) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, wrapper, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string brotli_packed(std::string_view text) {
    std::size_t size = BrotliEncoderMaxCompressedSize(text.size());
    std::string packed(size, '\0');
    EXPECT_TRUE(BrotliEncoderCompress(5, 22, BROTLI_MODE_TEXT, text.size(),
                                      reinterpret_cast<const std::uint8_t *>(text.data()), &size,
                                      reinterpret_cast<std::uint8_t *>(packed.data())));
    packed.resize(size);
    return packed;
}

std::string zstd_packed(std::string_view text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

struct Coding {
    const char *name;
    std::function<std::string(std::string_view)> pack;
    bool has_several_streams;
};

const std::array<Coding, 5> kCodings = {{{"gzip", [](std::string_view t) { return zlib_packed(t, 15 + 16); }, true},
                                         {"deflate", [](std::string_view t) { return zlib_packed(t, 15); }, false},
                                         {"Deflate", [](std::string_view t) { return zlib_packed(t, -15); }, false},
                                         {"br", brotli_packed, false},
                                         {"zstd", zstd_packed, true}}};

struct Unpacked {
    std::string text;
    bool may_end;
    bool is_damaged;
};

Unpacked unpack(const char *coding, std::string_view packed, std::size_t step) {
    const auto decoder = make_content_decoder(coding);
    std::string text;
    for (std::size_t at = 0; at < packed.size(); at += step) {
        decoder->feed(packed.substr(at, step));
        for (std::string_view piece = decoder->read(); !piece.empty(); piece = decoder->read())
            text.append(piece);
    }
    return {text, decoder->may_end(), decoder->is_damaged()};
}

std::string varied_text(std::size_t rows) {
    std::string text;
    for (std::size_t i = 0; i < rows; ++i)
        text += "<tr><td>" + std::to_string(i * i * 7919 % 100003) + "</td></tr>\n";
    return text;
}

TEST(ContentCodingTest, RoundTripInStepsOfAnySize) {
    for (const Coding &coding : kCodings)
        for (const std::string &text : {std::string(), std::string("a"), varied_text(20000), std::string(1 << 20, 'x')})
            for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 22}) {
                const Unpacked got = unpack(coding.name, coding.pack(text), step);
                EXPECT_EQ(got.text == text, true) << coding.name << " " << text.size() << " by " << step;
                EXPECT_TRUE(got.may_end && !got.is_damaged) << coding.name << " " << text.size() << " by " << step;
            }
}

TEST(ContentCodingTest, NoProperBeginningMayEnd) {
    const std::string text = varied_text(100);
    for (const Coding &coding : kCodings) {
        const std::string packed = coding.pack(text);
        for (std::size_t size = 1; size < packed.size(); ++size) {
            const Unpacked got = unpack(coding.name, std::string_view(packed).substr(0, size), 100);
            ASSERT_FALSE(got.may_end) << coding.name << " of " << size;
            ASSERT_FALSE(got.is_damaged) << coding.name << " of " << size;
            ASSERT_TRUE(text.starts_with(got.text)) << coding.name << " of " << size;
        }
    }
}

TEST(ContentCodingTest, NothingAtAllMayEnd) {
    for (const Coding &coding : kCodings)
        EXPECT_TRUE(make_content_decoder(coding.name)->may_end()) << coding.name;
}

TEST(ContentCodingTest, DamageIsSeen) {
    for (const Coding &coding : kCodings) {
        EXPECT_TRUE(unpack(coding.name, "\xFF\xFE this is not compressed at all", 7).is_damaged) << coding.name;
        EXPECT_FALSE(unpack(coding.name, "\xFF\xFE this is not compressed at all", 7).may_end) << coding.name;
    }
    std::string packed = zlib_packed(varied_text(100), 15 + 16);
    packed[packed.size() - 5] ^= 1; /* of the checksum */
    EXPECT_TRUE(unpack("gzip", packed, 100).is_damaged);
}

TEST(ContentCodingTest, StreamsOneAfterTheOther) {
    for (const Coding &coding : kCodings) {
        const std::string two = coding.pack("one ") + coding.pack("two");
        for (const std::size_t step : {1, 5, 1000}) {
            const Unpacked got = unpack(coding.name, two, step);
            EXPECT_EQ(got.text, coding.has_several_streams ? "one two" : "one ") << coding.name << " by " << step;
            EXPECT_TRUE(got.may_end) << coding.name << " by " << step;
        }
        const Unpacked cut = unpack(coding.name, std::string_view(two).substr(0, two.size() - 2), 5);
        EXPECT_EQ(cut.may_end, !coding.has_several_streams) << coding.name;
    }
}

TEST(ContentCodingTest, PaddingBehindTheStream) {
    for (const char *name : {"gzip", "deflate", "br"}) {
        const auto &coding = *std::ranges::find(kCodings, std::string_view(name), &Coding::name);
        for (const std::size_t step : {1, 1000}) {
            const Unpacked got = unpack(name, coding.pack("text") + std::string(100, '\0'), step);
            EXPECT_EQ(got.text, "text") << name;
            EXPECT_TRUE(got.may_end) << name;
        }
    }
}

TEST(ContentCodingTest, NothingBehindTheEndIsReadAgain) {
    const std::string packed = zlib_packed("text", 15 + 16) + std::string(3, '\0') + zlib_packed("more", 15 + 16);
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
        const Unpacked got = unpack("gzip", packed, step);
        EXPECT_EQ(got.text, "text") << step;
        EXPECT_TRUE(got.may_end && !got.is_damaged) << step;
    }
}

TEST(ContentCodingTest, Names) {
    EXPECT_NE(make_content_decoder("X-GZIP"), nullptr);
    for (const char *name : {"", "identity", "compress", "gzip2", "utf-8"})
        EXPECT_EQ(make_content_decoder(name), nullptr) << name;
}

} // namespace
} // namespace webwrap
