#include "core/match/text_pattern.hpp"

#include <unicode/uregex.h>
#include <unicode/utext.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr int32_t kTimeLimit = 2000; /* ICU's units, some milliseconds each at most */
constexpr int32_t kStackLimitBytes = 1 << 20;
constexpr std::size_t kMaxShownBytes = 60;

class Utf8Text {
  public:
    explicit Utf8Text(std::string_view text) {
        UErrorCode status = U_ZERO_ERROR;
        utext_openUTF8(&text_, text.data(), static_cast<int64_t>(text.size()), &status);
    }
    ~Utf8Text() { utext_close(&text_); }
    Utf8Text(const Utf8Text &) = delete;
    Utf8Text &operator=(const Utf8Text &) = delete;
    [[nodiscard]] UText *get() noexcept { return &text_; }

  private:
    UText text_ = UTEXT_INITIALIZER;
};

struct UregexClose {
    void operator()(URegularExpression *regex) const noexcept { uregex_close(regex); }
};

} // namespace

struct TextPattern::Compiled {
    std::unique_ptr<URegularExpression, UregexClose> regex;
};

TextPattern::TextPattern(std::string_view pattern) : pattern_(pattern), compiled_(std::make_unique<Compiled>()) {
    Utf8Text text(pattern_);
    UErrorCode status = U_ZERO_ERROR;
    UParseError where{};
    compiled_->regex.reset(uregex_openUText(text.get(), UREGEX_ERROR_ON_UNKNOWN_ESCAPES, &where, &status));
    if (U_FAILURE(status))
        throw Error(ErrorKind::kInvalidOption,
                    std::string("tree similarity option \"text_pattern\" is not a regular expression: ") +
                        u_errorName(status),
                    "The pattern is \"" + abbreviate(pattern_, kMaxShownBytes) + "\".");
    uregex_setTimeLimit(compiled_->regex.get(), kTimeLimit, &status);
    uregex_setStackLimit(compiled_->regex.get(), kStackLimitBytes, &status);
}

TextPattern::~TextPattern() = default;

bool TextPattern::matches(std::string_view text) const {
    const std::string folded = fold_space(text);
    Utf8Text subject(folded);
    URegularExpression *const regex = compiled_->regex.get();
    UErrorCode status = U_ZERO_ERROR;
    uregex_setUText(regex, subject.get(), &status);
    const bool found = uregex_find64(regex, 0, &status);
    if (U_FAILURE(status))
        throw Error(ErrorKind::kLimitExceeded,
                    "pattern \"" + abbreviate(pattern_, kMaxShownBytes) + "\" takes too long on \"" +
                        abbreviate(folded, kMaxShownBytes) + "\"",
                    {}, "Write a pattern that backtracks less.");
    return found;
}

} // namespace webwrap
