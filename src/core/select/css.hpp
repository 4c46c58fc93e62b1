#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/parse/document.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

/* A compiled list of selectors (Selectors level 4, what a page without scripts decides). Throws kInvalidSelector with the
 * reason and the character when it does not compile. */
class CssSelector {
  public:
    explicit CssSelector(std::string_view selector);
    ~CssSelector();
    CssSelector(CssSelector &&) noexcept;
    CssSelector &operator=(CssSelector &&) noexcept;

    /* Elements below `context` that match, in document order; combinators may reach out of the context, as in querySelectorAll.
     * Throws kLimitExceeded above max_xpath_operations. Polls. */
    [[nodiscard]] Selection evaluate(const Document &document, NodeId context = 0, const Limits &limits = {}) const;

    [[nodiscard]] const std::string &selector() const noexcept { return selector_; }

  private:
    struct Compiled;
    std::string selector_;
    std::unique_ptr<Compiled> compiled_;
};

/* What an XPath made of a selector starts from. */
enum class XPathContext { kPage, kElement };

/* An XPath that selects what the selector selects, from the whole page or below an element. Throws kInvalidSelector as
 * CssSelector, and for the few selectors that XPath 1.0 has no words for; the message says which part. It knows no quirks mode:
 * classes and ids have case. */
[[nodiscard]] std::string css_to_xpath(std::string_view selector, XPathContext context);

} // namespace webwrap
