#include "core/base/interrupt.hpp"
#include "core/select/as_xml.hpp"
#include "core/select/links.hpp"
#include "core/select/metadata.hpp"
#include "core/select/tables.hpp"
#include "core/select/visible_text.hpp"
#include "core/select/xpath.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"
#include "pg/functions/session_cache.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* Texts of what an XPath or a selector selects on the page of the first argument, each node through `text_of`. */
template <typename Expression, typename TextOf>
Datum select_texts(FunctionCallInfo fcinfo, const Expression &expression, TextOf text_of) {
    const Limits limits = current_limits();
    const auto document = parsed_page(fcinfo, 0, limits, html_parser_from_name(text_argument(fcinfo, 2)));
    const Selection selection = expression.evaluate(*document, 0, limits);
    std::vector<std::string> texts;
    if (!selection.is_node_set)
        texts.push_back(selection.value);
    for (const NodeRef ref : selection.nodes)
        texts.push_back(text_of(*document, ref));
    return text_array_datum(texts);
}

std::string value_text(const Document &document, NodeRef ref) { return string_value(document, ref); }

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_xpath) {
    return select_texts(fcinfo, *compiled_xpath(text_argument(fcinfo, 1)), value_text);
}

WEBWRAP_SQL_FUNCTION(webwrap_xpath_html) {
    return select_texts(fcinfo, *compiled_xpath(text_argument(fcinfo, 1)), outer_html);
}

WEBWRAP_SQL_FUNCTION(webwrap_css) { return select_texts(fcinfo, *compiled_css(text_argument(fcinfo, 1)), value_text); }

WEBWRAP_SQL_FUNCTION(webwrap_links) {
    RowSink rows(fcinfo);
    const auto document = parsed_page(fcinfo, 0, current_limits());
    for (const Link &link : find_links(*document, text_argument(fcinfo, 1), current_limits())) {
        const ScratchMemory scratch;
        rows.put({text_datum(link.url), text_datum(link.anchor), text_array_datum(link.rel)});
    }
    return 0;
}

/* What a page shows and says of itself: visible text, tables, metadata. */

WEBWRAP_SQL_FUNCTION(webwrap_visible_text) {
    const auto document = parsed_page(fcinfo, 0, current_limits());
    return text_datum(visible_text(*document));
}

WEBWRAP_SQL_FUNCTION(webwrap_metadata) {
    const Limits limits = current_limits();
    const auto document = parsed_page(fcinfo, 0, limits);
    return jsonb_datum(page_metadata(*document, limits));
}

WEBWRAP_SQL_FUNCTION(webwrap_tables) {
    RowSink rows(fcinfo);
    const Limits limits = current_limits();
    const auto document = parsed_page(fcinfo, 0, limits);
    int ordinal = 0;
    for (const Table &table : find_tables(*document, limits)) {
        ++ordinal;
        int row_number = 0;
        for (const Table::Slots &row : table.rows) {
            Interrupt::poll();
            const ScratchMemory scratch;
            rows.put({Int32GetDatum(ordinal), table.caption ? Value(text_datum(*table.caption)) : Value(),
                      text_array_datum(table.header), Int32GetDatum(++row_number), text_array_datum(row)});
        }
    }
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_as_xml) {
    const Limits limits = current_limits();
    const auto document = parsed_page(fcinfo, 0, limits, html_parser_from_name(text_argument(fcinfo, 1)));
    return text_datum(as_xml(*document, limits)); /* the server's xml is text */
}
