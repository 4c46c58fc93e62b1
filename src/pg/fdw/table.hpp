#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/fetch/client.hpp"
#include "core/fetch/url_template.hpp"
#include "core/parse/records.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/flow.hpp"
#include "core/wrap/wrapper.hpp"
#include "pg/bridge/server.hpp"
#include "pg/fdw/site.hpp"

namespace webwrap::pg {

/* Where the value of an attribute of the foreign table comes from. */
struct AttributeSource {
    enum class Kind { kDropped, kColumn, kField, kParameter, kPage } kind = Kind::kDropped;
    std::size_t column = 0; /* index into the wrapper's columns or into the fields */
    std::string name;       /* parameter of the URL, or what of the page: see kPageValues */
    std::string attribute;  /* name of the attribute */
};

enum class DocumentFormat { kHtml, kCsv, kNdjson };

/* What the options and columns of a foreign table say, secrets apart. */
struct TableDefinition {
    Oid relation = InvalidOid;
    Site site;
    std::string name;             /* quoted and qualified */
    bool leaves_base_url = false; /* its owner could make a server for any address, so it may name any */
    UrlTemplate url{""};
    std::string next_page; /* XPath, or empty */
    int max_pages = 0;     /* 0: webwrap.max_pages */
    bool adapts = true;
    AdaptOptions adaptation; /* threshold below 0: webwrap.adaptation_threshold */
    bool refreshes = true;   /* later adaptations start from the pages and XPaths of earlier ones */
    FlowRules flow;
    Wrapper wrapper;
    DocumentFormat format = DocumentFormat::kHtml;
    CsvOptions csv;
    std::vector<RecordField> fields;         /* of CSV and JSON records */
    bool has_placed_fields = false;          /* a column names the position of its field */
    std::vector<AttributeSource> attributes; /* one per attribute, dropped ones included */
};

/* Settings of adaptation and of the process flow that differ from the defaults, for EXPLAIN; empty when none does. */
[[nodiscard]] std::string adaptation_settings_text(const TableDefinition &table);
[[nodiscard]] std::string flow_text(const TableDefinition &table);

/* The option's value; throws kInvalidOption for an unknown one. */
[[nodiscard]] DocumentFormat document_format_from_name(const std::string &name);
[[nodiscard]] const char *document_format_name(DocumentFormat format) noexcept;

/* Reads the definition from the catalogs. Throws when options contradict each other or miss something. */
[[nodiscard]] TableDefinition read_table(Oid relation);

} // namespace webwrap::pg
