#include "core/fetch/content_coding.hpp"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <new>

#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
using Piece = std::array<char, kPieceBytes>;

/* gzip (RFC 1952), and what HTTP calls deflate: a zlib stream (RFC 1950), or a bare one (RFC 1951) from servers that took the
 * name by its word. */
class ZlibDecoder final : public ContentDecoder {
  public:
    explicit ZlibDecoder(bool is_gzip) : is_gzip_(is_gzip) { open(is_gzip ? kGzipWrapper : kZlibWrapper); }
    ~ZlibDecoder() override { inflateEnd(&stream_); }
    ZlibDecoder(const ZlibDecoder &) = delete;
    ZlibDecoder &operator=(const ZlibDecoder &) = delete;

    void feed(std::string_view packed) noexcept override {
        stream_.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data())); /* zlib only reads there */
        stream_.avail_in = static_cast<uInt>(packed.size());
        has_more_ = !packed.empty();
    }
    std::string_view read() override;

  private:
    static constexpr int kZlibWrapper = MAX_WBITS;
    static constexpr int kGzipWrapper = MAX_WBITS + 16;
    static constexpr int kNoWrapper = -MAX_WBITS;

    void open(int wrapper) {
        if (inflateInit2(&stream_, wrapper) != Z_OK)
            throw std::bad_alloc();
    }
    void begin();

    enum class Place { kBegin, kInside, kBetween, kBehind }; /* between: two members of a gzip file */

    z_stream stream_{};
    bool is_gzip_;
    Place place_ = Place::kBegin;
    bool has_more_ = false; /* of what was fed, packed or in zlib's window */
    Piece piece_;
};

/* Stands at the first byte of a stream, of another member, or of what is nobody's: padding and the like. No bare stream
 * begins with the byte of a zlib stream: that would be a stored block, and the padding in its head is zero. */
void ZlibDecoder::begin() {
    constexpr unsigned char kMemberBegin = 0x1F;
    constexpr unsigned kMethodMask = 0x0F;
    const unsigned char first = *stream_.next_in;
    if (place_ == Place::kBetween) {
        if (first != kMemberBegin) {
            place_ = Place::kBehind;
            return;
        }
        inflateReset(&stream_);
    } else if (!is_gzip_ && (first & kMethodMask) != Z_DEFLATED && inflateReset2(&stream_, kNoWrapper) != Z_OK) {
        throw std::bad_alloc();
    }
    place_ = Place::kInside;
    may_end_ = false;
}

std::string_view ZlibDecoder::read() {
    while (has_more_ && !is_damaged_) {
        if (place_ == Place::kBegin || place_ == Place::kBetween)
            begin();
        if (place_ == Place::kBehind) {
            has_more_ = false;
            break;
        }
        stream_.next_out = reinterpret_cast<Bytef *>(piece_.data());
        stream_.avail_out = kPieceBytes;
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code == Z_MEM_ERROR)
            throw std::bad_alloc();
        is_damaged_ = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
        may_end_ = code == Z_STREAM_END;
        if (may_end_)
            place_ = is_gzip_ ? Place::kBetween : Place::kBehind;
        has_more_ = may_end_ ? stream_.avail_in > 0 : stream_.avail_out == 0;
        if (stream_.avail_out < kPieceBytes)
            return {piece_.data(), kPieceBytes - stream_.avail_out};
    }
    return {};
}

/* RFC 7932; its window is 16 MB at most. */
class BrotliDecoder final : public ContentDecoder {
  public:
    BrotliDecoder() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (state_ == nullptr)
            throw std::bad_alloc();
    }
    ~BrotliDecoder() override { BrotliDecoderDestroyInstance(state_); }
    BrotliDecoder(const BrotliDecoder &) = delete;
    BrotliDecoder &operator=(const BrotliDecoder &) = delete;

    void feed(std::string_view packed) noexcept override {
        next_ = reinterpret_cast<const std::uint8_t *>(packed.data());
        left_ = packed.size();
        has_more_ = left_ > 0;
    }
    std::string_view read() override;

  private:
    BrotliDecoderState *state_;
    const std::uint8_t *next_ = nullptr;
    std::size_t left_ = 0;
    bool has_more_ = false;
    Piece piece_;
};

std::string_view BrotliDecoder::read() {
    if (!has_more_ || is_damaged_)
        return {};
    if (BrotliDecoderIsFinished(state_) != 0) { /* as browsers do: what comes behind the stream is nobody's */
        has_more_ = false;
        return {};
    }
    auto *out = reinterpret_cast<std::uint8_t *>(piece_.data());
    std::size_t room = kPieceBytes;
    const BrotliDecoderResult result = BrotliDecoderDecompressStream(state_, &left_, &next_, &room, &out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR) {
        const BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state_);
        if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
            throw std::bad_alloc();
        is_damaged_ = true;
    }
    may_end_ = result == BROTLI_DECODER_RESULT_SUCCESS;
    has_more_ = result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    return {piece_.data(), kPieceBytes - room};
}

struct ZstdDeleter {
    void operator()(ZSTD_DStream *stream) const noexcept { ZSTD_freeDStream(stream); }
};

/* RFC 8878: frame after frame, windows of up to 128 MB. */
class ZstdDecoder final : public ContentDecoder {
  public:
    ZstdDecoder() : stream_(ZSTD_createDStream()) {
        if (stream_ == nullptr)
            throw std::bad_alloc();
    }

    void feed(std::string_view packed) noexcept override {
        in_ = {packed.data(), packed.size(), 0};
        has_more_ = !packed.empty();
    }
    std::string_view read() override;

  private:
    std::unique_ptr<ZSTD_DStream, ZstdDeleter> stream_;
    ZSTD_inBuffer in_{};
    bool has_more_ = false;
    Piece piece_;
};

std::string_view ZstdDecoder::read() {
    while (has_more_ && !is_damaged_) {
        ZSTD_outBuffer out{piece_.data(), kPieceBytes, 0};
        const std::size_t code = ZSTD_decompressStream(stream_.get(), &out, &in_);
        is_damaged_ = ZSTD_isError(code) != 0;
        may_end_ = code == 0; /* the end of a frame */
        has_more_ = in_.pos < in_.size || (out.pos == out.size && code != 0);
        if (out.pos > 0)
            return {piece_.data(), out.pos};
    }
    return {};
}

} // namespace

std::unique_ptr<ContentDecoder> make_content_decoder(std::string_view coding) {
    const std::string name = ascii_lower(coding);
    if (name == "gzip" || name == "x-gzip")
        return std::make_unique<ZlibDecoder>(true);
    if (name == "deflate")
        return std::make_unique<ZlibDecoder>(false);
    if (name == "br")
        return std::make_unique<BrotliDecoder>();
    if (name == "zstd")
        return std::make_unique<ZstdDecoder>();
    return nullptr;
}

} // namespace webwrap
