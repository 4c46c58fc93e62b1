#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/wrap/classify.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/learn.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"
#include "pg/fdw/ddl.hpp"
#include "pg/functions/session_cache.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "utils/builtins.h"
#include "utils/varlena.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

/* A name that may have a schema before it, read as SQL reads it. */
std::string sql_qualified_name(const std::string &name) {
    const char *text = name.c_str();
    return call_pg([text] {
        List *parts = textToQualifiedNameList(cstring_to_text(text));
        if (list_length(parts) > 3)
            ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("table name has too many parts"));
        return NameListToQuotedString(parts);
    });
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_learn_wrapper) {
    const Limits limits = current_limits();
    const std::vector<ExampleRecord> examples = examples_from_json(jsonb_argument(fcinfo, 1));
    return jsonb_datum(wrapper_to_json(learn_wrapper(*parsed_page(fcinfo, 0, limits), examples, limits)));
}

WEBWRAP_SQL_FUNCTION(webwrap_suggest_ddl) {
    const Limits limits = current_limits();
    const std::vector<ExampleRecord> examples = examples_from_json(jsonb_argument(fcinfo, 1));
    const std::string table(text_argument(fcinfo, 2)), server(text_argument(fcinfo, 3)), url(text_argument(fcinfo, 4));
    const auto page = parsed_page(fcinfo, 0, limits);
    const Wrapper wrapper = learn_wrapper(*page, examples, limits);
    const Extraction extraction = Extractor(wrapper).extract(*page, limits);
    return text_datum(
        create_table_statement({sql_qualified_name(table), server, url, {}}, wrapper, extraction.records));
}

WEBWRAP_SQL_FUNCTION(webwrap_classify) {
    RowSink rows(fcinfo);
    const Limits limits = current_limits();
    const std::vector<PageTemplate> templates = templates_from_json(jsonb_argument(fcinfo, 1));
    std::array<std::shared_ptr<const Document>, 2> pages;
    const auto page = [&](HtmlParser parser) -> const Document & {
        auto &kept = pages[parser == HtmlParser::kHtml5 ? 0 : 1];
        if (kept == nullptr)
            kept = parsed_page(fcinfo, 0, limits, parser);
        return *kept;
    };
    for (const TemplateMatch &match : classify_page(page, templates, limits)) {
        const PageTemplate &one = templates[match.index];
        rows.put({text_datum(one.name), Float8GetDatum(match.similarity), BoolGetDatum(match.is_valid),
                  match.structure ? Value(Float8GetDatum(*match.structure)) : Value(), Float8GetDatum(match.fit),
                  Int32GetDatum(static_cast<int32>(match.records)),
                  match.problem.empty() ? Value() : Value(text_datum(match.problem)),
                  one.options_json.empty() ? Value() : Value(jsonb_datum(one.options_json))});
    }
    return 0;
}
