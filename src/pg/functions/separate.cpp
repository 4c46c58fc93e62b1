#include "core/separate/maintainability.hpp"
#include "core/separate/records.hpp"
#include "core/separate/report.hpp"
#include "core/separate/separation.hpp"
#include "core/separate/site.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;

WEBWRAP_SQL_FUNCTION(webwrap_separate) {
    const Separation result = separate(text_argument(fcinfo, 0), separation_method(text_argument(fcinfo, 1)),
                                       separation_options_from_json(jsonb_argument(fcinfo, 2)), current_limits());
    const Value values[] = {text_datum(result.template_text), jsonb_datum(result.data_text),
                            Float8GetDatum(result.maintainability), Float8GetDatum(result.page_maintainability),
                            Float8GetDatum(result.compression_ratio)};
    return row_datum(fcinfo, values);
}

WEBWRAP_SQL_FUNCTION(webwrap_restore) {
    return text_datum(restore(text_argument(fcinfo, 0), parse_template_data(jsonb_argument(fcinfo, 1))));
}

WEBWRAP_SQL_FUNCTION(webwrap_maintainability) {
    return Float8GetDatum(maintainability_index(count_markup(text_argument(fcinfo, 0), current_limits())));
}

WEBWRAP_SQL_FUNCTION(webwrap_template_as_jinja) { return text_datum(template_as_jinja(text_argument(fcinfo, 0))); }

WEBWRAP_SQL_FUNCTION(webwrap_records) {
    RowSink rows(fcinfo);
    for (const TemplateRecord &record :
         records_of(text_argument(fcinfo, 0), parse_template_data(jsonb_argument(fcinfo, 1)), current_limits())) {
        const ScratchMemory scratch;
        rows.put({text_datum(record.list), Int32GetDatum(record.number),
                  record.parent == 0 ? Value() : Value(Int32GetDatum(record.parent)), text_datum(record.text),
                  jsonb_datum(record.fields)});
    }
    return 0;
}

/* The state of the aggregate is the template so far; NULL before the first page. */
WEBWRAP_SQL_FUNCTION(webwrap_extend_site_template) {
    if (fcinfo->args[1].isnull) {
        fcinfo->isnull = fcinfo->args[0].isnull;
        return fcinfo->args[0].value;
    }
    const std::string_view known = fcinfo->args[0].isnull ? std::string_view() : text_argument(fcinfo, 0);
    return text_datum(extend_site_template(known, text_argument(fcinfo, 1), current_limits()));
}

WEBWRAP_SQL_FUNCTION(webwrap_separate_with) {
    const SiteSeparation result = separate_with(text_argument(fcinfo, 0), text_argument(fcinfo, 1), current_limits());
    const Value values[] = {text_datum(result.template_text), jsonb_datum(result.data_text),
                            Float8GetDatum(result.residual)};
    return row_datum(fcinfo, values);
}

WEBWRAP_SQL_FUNCTION(webwrap_template_report) {
    return text_datum(
        template_report(text_argument(fcinfo, 0), separation_method(text_argument(fcinfo, 1)), current_limits()));
}
