#include "core/match/template_clusters.hpp"
#include "core/parse/parse.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"
#include "pg/bridge/values.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "access/xact.h"
#include "executor/spi.h"
#include "parser/parse_coerce.h"
#include "utils/plancache.h"
#include "utils/snapmgr.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

constexpr long kPagesAtATime = 16; /* pages may be large */

/* The caller's query, read as the caller and unable to write, even through functions that it calls. An error or the end
 * of a subtransaction gives the transaction its own mode back. */
class CallersQuery {
  public:
    explicit CallersQuery(const char *sql) : was_read_only_(XactReadOnly) {
        XactReadOnly = true;
        portal_ = call_pg([sql] { return open(sql); });
    }
    ~CallersQuery() { XactReadOnly = was_read_only_; }
    CallersQuery(const CallersQuery &) = delete;
    CallersQuery &operator=(const CallersQuery &) = delete;

    /* The number of rows that are there now, 0 at the end. */
    std::uint64_t fetch() {
        const Portal portal = portal_;
        return call_pg([portal] {
            SPI_freetuptable(SPI_tuptable);
            SPI_cursor_fetch(portal, true, kPagesAtATime);
            return SPI_processed;
        });
    }

    void finish() {
        const Portal portal = portal_;
        call_pg([portal] {
            SPI_cursor_close(portal);
            SPI_finish();
        });
    }

  private:
    static bool is_select(SPIPlanPtr plan) {
        const List *sources = SPI_plan_get_plan_sources(plan);
        return list_length(sources) == 1 &&
               static_cast<CachedPlanSource *>(linitial(sources))->commandTag == CMDTAG_SELECT;
    }

    static Portal open(const char *sql) {
        SPI_connect();
        const SPIPlanPtr plan = SPI_prepare(sql, 0, nullptr);
        if (plan == nullptr || !is_select(plan))
            ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("query is not one SELECT"),
                            errhint("Give one SELECT that returns the URL and the markup of each page.")));
        const Portal portal = SPI_cursor_open(nullptr, plan, nullptr, nullptr, true);
        const TupleDesc row = portal->tupDesc;
        if (row == nullptr || row->natts != 2 || !IsBinaryCoercible(TupleDescAttr(row, 0)->atttypid, TEXTOID) ||
            !IsBinaryCoercible(TupleDescAttr(row, 1)->atttypid, TEXTOID))
            ereport(ERROR,
                    (errcode(ERRCODE_DATATYPE_MISMATCH), errmsg("query does not return two columns of type text"),
                     errhint("The columns are the URL and the markup of each page.")));
        return portal;
    }

    bool was_read_only_;
    Portal portal_ = nullptr;
};

/* The one page that is wrong among many has to be found. */
TemplateSketch sketch_of(std::string_view html, std::string_view url, std::int64_t ordinal, const Limits &limits) {
    try {
        return template_sketch(*parse_html(html, limits));
    } catch (const Error &error) {
        throw Error(error.kind(), error.message(),
                    "This is page " + std::to_string(ordinal) + ", \"" + std::string(url) + "\"." +
                        (error.detail().empty() ? "" : " " + error.detail()),
                    error.hint());
    }
}

Value text_or_null(const std::optional<std::string_view> &text) { return text ? Value{text_datum(*text)} : Value{}; }

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_template_clusters) {
    const std::string sql(text_argument(fcinfo, 0));
    const int max_clusters = DatumGetInt32(fcinfo->args[2].value);
    if (max_clusters < 1)
        throw Error(ErrorKind::kInvalidOption, "max_clusters must be at least 1");
    TemplateClusters clusters(DatumGetFloat8(fcinfo->args[1].value), static_cast<std::size_t>(max_clusters));
    RowSink rows(fcinfo);
    const Limits limits = current_limits();
    std::vector<std::optional<std::string>> representatives; /* URLs */
    std::int64_t ordinal = 0;
    CallersQuery query(sql.c_str());
    while (const std::uint64_t count = query.fetch()) {
        for (std::uint64_t row = 0; row < count; ++row) {
            const ScratchMemory scratch;
            const auto url = spi_bytes(row, 0), html = spi_bytes(row, 1);
            ++ordinal;
            if (!html) {
                rows.put({Int64GetDatum(ordinal), text_or_null(url), Value{}, Value{}, Value{}});
                continue;
            }
            const auto place = clusters.add(sketch_of(*html, url.value_or(""), ordinal, limits));
            if (place.is_new)
                representatives.push_back(url ? std::optional<std::string>(*url) : std::nullopt);
            rows.put({Int64GetDatum(ordinal), text_or_null(url),
                      Int32GetDatum(static_cast<std::int32_t>(place.cluster) + 1),
                      text_or_null(representatives[place.cluster]), Float8GetDatum(place.similarity)});
        }
    }
    query.finish();
    return 0;
}
