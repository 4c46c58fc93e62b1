#include "core/store/codec.hpp"

#include <gtest/gtest.h>

#include <random>

#include "core/base/error.hpp"

namespace webwrap {
namespace {

/* Text that does not compress well by itself. */
std::string noise(std::size_t bytes, unsigned seed) {
    std::minstd_rand random(seed);
    std::string text(bytes, '\0');
    for (char &c : text)
        c = static_cast<char>(random() >> 7);
    return text;
}

void expect_corrupted(std::string_view frame, std::string_view prefix, std::size_t size) {
    try {
        (void)decompress_body(frame, prefix, size);
        ADD_FAILURE() << "the frame was accepted";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kCorrupted);
        EXPECT_EQ(error.message(), "stored body is corrupted");
    }
}

TEST(CodecTest, HashIsTheCanonicalFormOfXxh3) {
    const BodyHash empty = {0x99, 0xAA, 0x06, 0xD3, 0x01, 0x47, 0x98, 0xD8,
                            0x60, 0x01, 0xC3, 0x24, 0x46, 0x8D, 0x49, 0x7F};
    EXPECT_EQ(body_hash(""), empty);
    EXPECT_NE(body_hash("a"), body_hash("b"));
    EXPECT_EQ(body_hash(std::string_view("a\0b", 3)), body_hash(std::string("a\0b", 3)));
}

TEST(CodecTest, RoundTrips) {
    for (const std::string &body : {std::string(), std::string("a"), std::string(100'000, 'x'), noise(300'000, 1)})
        for (const std::string &prefix : {std::string(), std::string("p"), noise(200'000, 2)})
            for (const int level : {1, 3, 9, 19}) {
                const std::string frame = compress_body(body, prefix, level);
                EXPECT_EQ(decompress_body(frame, prefix, body.size()), body);
            }
}

/* The sibling page is found wherever it lies in the prefix, also at its start, far from the end of the body. */
TEST(CodecTest, PrefixIsUsedInFull) {
    const std::string page = noise(500'000, 3);
    const std::string prefix = page + noise(4'000'000, 4);
    for (const int level : {3, 9}) {
        const std::string frame = compress_body(page, prefix, level);
        EXPECT_LT(frame.size(), page.size() / 50) << level;
        EXPECT_EQ(decompress_body(frame, prefix, page.size()), page);
    }
    EXPECT_GT(compress_body(page, "", 9).size(), page.size() * 9 / 10);
}

TEST(CodecTest, DamageIsFound) {
    const std::string body = "a page, " + noise(5000, 5);
    const std::string prefix = "a page, and then " + body;
    const std::string frame = compress_body(body, prefix, 3);
    expect_corrupted("", prefix, body.size());
    expect_corrupted("not a frame at all", prefix, body.size());
    expect_corrupted(frame.substr(0, frame.size() - 1), prefix, body.size());
    expect_corrupted(frame + "x", prefix, body.size());
    expect_corrupted(frame + frame, prefix, body.size());
    expect_corrupted(frame, prefix, body.size() - 1);
    expect_corrupted(frame, prefix, std::size_t{1} << 62);
    expect_corrupted(frame, "", body.size());
    expect_corrupted(frame, "a page, and then " + noise(5008, 6), body.size());
}

TEST(CodecTest, EveryFlippedByteIsFound) {
    const std::string body = noise(2000, 7);
    const std::string frame = compress_body(body, "", 3);
    for (std::size_t at = 0; at < frame.size(); ++at) {
        std::string damaged = frame;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x01);
        expect_corrupted(damaged, "", body.size());
    }
}

} // namespace
} // namespace webwrap
