#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace webwrap {

/* A regular expression (ICU's) that texts are told apart by: those in which it is found, and the others. */
class TextPattern {
  public:
    /* Throws kInvalidOption when it is not a regular expression. */
    explicit TextPattern(std::string_view pattern);
    ~TextPattern();
    TextPattern(const TextPattern &) = delete;
    TextPattern &operator=(const TextPattern &) = delete;

    /* Whether the pattern is found somewhere in the text, whose white space is folded. Throws kLimitExceeded when that
     * takes too long. */
    [[nodiscard]] bool matches(std::string_view text) const;

  private:
    struct Compiled;
    std::string pattern_;
    std::unique_ptr<Compiled> compiled_;
};

} // namespace webwrap
