#include "core/store/codec.hpp"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <new>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{128} << 10; /* at level 19 some 50 ms */
constexpr int kOff = 2;                                     /* ZSTD_ps_disable: 0 leaves the choice to zstd */
constexpr int kMinWindowLog = 10;                           /* zstd's own bounds */
constexpr int kMaxWindowLog = sizeof(std::size_t) == 8 ? 31 : 30;

struct CompressorDeleter {
    void operator()(ZSTD_CCtx *context) const noexcept { ZSTD_freeCCtx(context); }
};

[[noreturn]] void throw_corrupted(const char *reason) {
    throw Error(ErrorKind::kCorrupted, "stored body is corrupted",
                std::string("Its compressed frame is unusable: ") + reason + ".");
}

/* One for the process, never freed: making it takes longer than reading a small page with it. */
ZSTD_DCtx &decompressor() {
    static constinit ZSTD_DCtx *kept = nullptr;
    if (kept == nullptr)
        kept = ZSTD_createDCtx();
    if (kept == nullptr)
        throw std::bad_alloc();
    ZSTD_DCtx_reset(kept, ZSTD_reset_session_and_parameters);
    return *kept;
}

void check_compression(std::size_t result) {
    if (!ZSTD_isError(result))
        return;
    if (std::string_view(ZSTD_getErrorName(result)).starts_with("Allocation error"))
        throw std::bad_alloc();
    throw Error(ErrorKind::kInternal, std::string("could not compress a body: ") + ZSTD_getErrorName(result));
}

/* True where the tables of the level forget the start of a prefix before the end of the body: long-distance matching
 * then finds it again (measured on pages of one site: 2 to 4 % smaller up to level 3, 1 % larger at 6 to 15). */
bool outgrows_match_tables(std::size_t bytes, int level) { return level < 6 || bytes > std::size_t{4} << 20; }

/* The window must reach from the end of the body back to the start of the prefix. */
int window_log(std::size_t bytes) {
    return std::clamp(static_cast<int>(std::bit_width(bytes)), kMinWindowLog, kMaxWindowLog);
}

} // namespace

BodyHash body_hash(std::string_view bytes) {
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
    BodyHash hash;
    static_assert(sizeof canonical.digest == sizeof hash);
    std::memcpy(hash.data(), canonical.digest, hash.size());
    return hash;
}

std::string compress_body(std::string_view bytes, std::string_view prefix, int level) {
    const std::unique_ptr<ZSTD_CCtx, CompressorDeleter> context(ZSTD_createCCtx());
    if (context == nullptr)
        throw std::bad_alloc();
    const auto set = [&](ZSTD_cParameter parameter, int value) {
        check_compression(ZSTD_CCtx_setParameter(context.get(), parameter, value));
    };
    set(ZSTD_c_compressionLevel, level);
    set(ZSTD_c_contentSizeFlag, 1);
    set(ZSTD_c_checksumFlag, 1);
    if (!prefix.empty()) {
        set(ZSTD_c_enableLongDistanceMatching, outgrows_match_tables(prefix.size() + bytes.size(), level) ? 1 : kOff);
        set(ZSTD_c_windowLog, window_log(prefix.size() + bytes.size()));
        check_compression(ZSTD_CCtx_refPrefix(context.get(), prefix.data(), prefix.size()));
    }
    check_compression(ZSTD_CCtx_setPledgedSrcSize(context.get(), bytes.size()));
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    ZSTD_outBuffer out{frame.data(), frame.size(), 0};
    for (std::size_t done = 0;;) {
        const std::size_t piece = std::min(bytes.size() - done, kPieceBytes);
        ZSTD_inBuffer in{bytes.data() + done, piece, 0};
        const bool is_last = done + piece == bytes.size();
        const std::size_t left = ZSTD_compressStream2(context.get(), &out, &in, is_last ? ZSTD_e_end : ZSTD_e_continue);
        check_compression(left);
        done += in.pos;
        if (is_last && left == 0)
            break;
        Interrupt::poll();
    }
    frame.resize(out.pos);
    frame.shrink_to_fit();
    return frame;
}

std::string decompress_body(std::string_view frame, std::string_view prefix, std::size_t size_bytes) {
    const unsigned long long content_size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (content_size == ZSTD_CONTENTSIZE_ERROR || content_size == ZSTD_CONTENTSIZE_UNKNOWN)
        throw_corrupted("it is no zstd frame with a content size");
    if (content_size != size_bytes)
        throw_corrupted("its content size differs from the body's");
    if (const std::size_t size = ZSTD_findFrameCompressedSize(frame.data(), frame.size()); size != frame.size())
        throw_corrupted(ZSTD_isError(size) ? ZSTD_getErrorName(size) : "bytes follow it");
    ZSTD_DCtx &context = decompressor();
    check_compression(ZSTD_DCtx_setParameter(&context, ZSTD_d_windowLogMax, kMaxWindowLog));
    if (!prefix.empty())
        check_compression(ZSTD_DCtx_refPrefix(&context, prefix.data(), prefix.size()));
    std::string bytes(size_bytes, '\0');
    const std::size_t size = ZSTD_decompressDCtx(&context, bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(size))
        throw_corrupted(ZSTD_getErrorName(size));
    if (size != size_bytes)
        throw_corrupted("it gives fewer bytes than it says");
    return bytes;
}

} // namespace webwrap
