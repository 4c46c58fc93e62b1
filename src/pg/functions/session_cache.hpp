#pragma once

/* What a session keeps between calls: compiled expressions and parsed pages. Results never depend on it. */

#include <algorithm>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/parse/parse.hpp"
#include "core/select/css.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/extract.hpp"
#include "pg/bridge/values.hpp"

namespace webwrap::pg {

/* Compiled forms of the texts used last. A caller shares what it gets, so an eviction in the middle of its work does no harm. */
template <typename Compiled> class CompiledCache {
  public:
    /* Calls `compile` when the text is new; what it throws leaves the cache as it is. */
    template <typename Compile> std::shared_ptr<const Compiled> get(std::string_view text, Compile compile) {
        const auto found =
            std::find_if(entries_.begin(), entries_.end(), [&](const Entry &entry) { return entry.text == text; });
        if (found != entries_.end()) {
            entries_.splice(entries_.begin(), entries_, found);
            return found->compiled;
        }
        auto compiled = std::make_shared<const Compiled>(compile());
        if (text.size() > kMaxTextBytes)
            return compiled;
        entries_.push_front({std::string(text), compiled});
        if (entries_.size() > kMaxEntries)
            entries_.pop_back();
        return compiled;
    }

  private:
    static constexpr std::size_t kMaxEntries = 64;
    static constexpr std::size_t kMaxTextBytes = 16 * 1024;

    struct Entry {
        std::string text;
        std::shared_ptr<const Compiled> compiled;
    };
    std::list<Entry> entries_; /* used last comes first */
};

/* Throw as the constructors of what they return. */
[[nodiscard]] std::shared_ptr<const XPath> compiled_xpath(std::string_view path);
[[nodiscard]] std::shared_ptr<const CssSelector> compiled_css(std::string_view selector);
[[nodiscard]] std::shared_ptr<const Extractor> compiled_wrapper(std::string_view json);

/* The page in a text argument as parse_html_by gives it under these limits: kept from an earlier call, or parsed now and
 * kept within webwrap.parsed_page_cache. A page of a table that is kept is not even read. Throws as parse_html_by. */
[[nodiscard]] std::shared_ptr<const Document> parsed_page(FunctionCallInfo fcinfo, int number, const Limits &limits,
                                                          HtmlParser parser = HtmlParser::kHtml5);

} // namespace webwrap::pg
