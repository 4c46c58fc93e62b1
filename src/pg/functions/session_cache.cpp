#include "pg/functions/session_cache.hpp"

#include <xxhash.h>

#include "core/select/memory.hpp"
#include "pg/bridge/settings.hpp"

#include "pg/bridge/server.hpp"

namespace webwrap::pg {

namespace {

/* One of a kind a session, made on first use and never destroyed. */
template <typename T> T &session_object() {
    static constinit T *object = nullptr;
    if (object == nullptr)
        object = new T();
    return *object;
}

/* Whether pages come out the same, or fail the same, under both. */
bool are_same_for_pages(const Limits &a, const Limits &b) {
    return a.max_nodes == b.max_nodes && a.max_depth == b.max_depth &&
           a.max_document_memory_bytes == b.max_document_memory_bytes;
}

class PageCache {
  public:
    /* `key.id` tells a stored page without reading it; `read` gives the text of one that has to be read. */
    struct Key {
        std::optional<StoredValueId> id;
        Limits limits;
        HtmlParser parser;
    };
    template <typename Read> std::shared_ptr<const Document> get(const Key &key, std::size_t max_bytes, Read read) {
        const auto kept = [&](auto matches) {
            const auto page = std::find_if(pages_.begin(), pages_.end(), [&](const Page &p) {
                return p.key.parser == key.parser && are_same_for_pages(p.key.limits, key.limits) && matches(p);
            });
            if (page != pages_.end())
                pages_.splice(pages_.begin(), pages_, page);
            return page != pages_.end();
        };
        if (key.id && kept([&](const Page &page) { return page.key.id == key.id; }))
            return pages_.front().document;
        const std::string_view html = read();
        if (html.size() > max_bytes) {
            trim(max_bytes);
            return parse_html_by(key.parser, html, key.limits);
        }
        /* A stored page has its own identity, and comes under another one only if it is stored twice. */
        const XXH128_hash_t hash = key.id ? XXH128_hash_t{} : XXH3_128bits(html.data(), html.size());
        if (!key.id && kept([&](const Page &page) {
                return !page.key.id && XXH128_isEqual(page.hash, hash) != 0 && page.html() == html;
            }))
            return pages_.front().document;
        /* Room comes first, so that the old pages' memory serves the new one. What fails here leaves a sound cache. */
        trim(max_bytes - html.size());
        std::shared_ptr<const Document> document = parse_html_by(key.parser, html, key.limits);
        pages_.push_front({key, hash, std::string(document->source().empty() ? html : std::string_view()), document});
        trim(max_bytes);
        return document;
    }

  private:
    static constexpr std::size_t kMaxPages = 16; /* searched one by one */

    struct Page {
        Key key;
        XXH128_hash_t hash;
        std::string copy; /* where the document has none of its own */
        std::shared_ptr<const Document> document;

        [[nodiscard]] std::string_view html() const { return copy.empty() ? document->source() : copy; }
    };

    /* Drops the pages used longest ago. Counted anew each time: indexes and mirrors come with use. */
    void trim(std::size_t max_bytes) {
        std::size_t bytes = 0;
        std::size_t kept = 0;
        auto page = pages_.begin();
        for (; page != pages_.end() && kept < kMaxPages; ++page, ++kept) {
            bytes += page->copy.size() + memory_of(*page->document);
            if (bytes > max_bytes)
                break;
        }
        pages_.erase(page, pages_.end());
    }

    std::list<Page> pages_; /* used last comes first */
};

} // namespace

std::shared_ptr<const XPath> compiled_xpath(std::string_view path) {
    return session_object<CompiledCache<XPath>>().get(path, [path] { return XPath(path); });
}

std::shared_ptr<const CssSelector> compiled_css(std::string_view selector) {
    return session_object<CompiledCache<CssSelector>>().get(selector, [selector] { return CssSelector(selector); });
}

std::shared_ptr<const Extractor> compiled_wrapper(std::string_view json) {
    return session_object<CompiledCache<Extractor>>().get(json, [json] { return Extractor(wrapper_from_json(json)); });
}

std::shared_ptr<const Document> parsed_page(FunctionCallInfo fcinfo, int number, const Limits &limits,
                                            HtmlParser parser) {
    const auto max_bytes = static_cast<std::size_t>(Settings::parsed_page_cache_kb) << 10;
    return session_object<PageCache>().get({stored_value_id(fcinfo, number), limits, parser}, max_bytes,
                                           [fcinfo, number] { return text_argument(fcinfo, number); });
}

} // namespace webwrap::pg
