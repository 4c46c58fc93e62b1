#include <algorithm>
#include <charconv>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/select/css.hpp"
#include "pg/bridge/compat.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/time.hpp"
#include "pg/fdw/option_list.hpp"
#include "pg/fdw/table.hpp"

extern "C" {
#include "foreign/foreign.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
}

namespace webwrap::pg {

namespace {

bool bool_option(const Options &options, const char *name, bool otherwise) {
    bool value = otherwise;
    if (const std::string *text = find_option(options, name))
        (void)parse_bool(text->c_str(), &value);
    return value;
}

int count_option(const Options &options, const char *name, int otherwise) {
    const std::string *text = find_option(options, name);
    return text == nullptr ? otherwise : std::stoi(*text);
}

std::string text_option(const Options &options, const char *name) {
    const std::string *text = find_option(options, name);
    return text == nullptr ? std::string() : *text;
}

CellType cell_type_of(Oid type) {
    switch (type) {
    case INT2OID:
    case INT4OID:
    case INT8OID:
        return CellType::kInteger;
    case NUMERICOID:
    case FLOAT4OID:
    case FLOAT8OID:
        return CellType::kNumeric;
    case BOOLOID:
        return CellType::kBoolean;
    case DATEOID:
        return CellType::kDate;
    case TIMESTAMPOID:
    case TIMESTAMPTZOID:
        return CellType::kTimestamp;
    default:
        return CellType::kText;
    }
}

/* Catalog entries of a table, as plain pointers into the caller's memory context. */
struct TableEntries {
    ForeignTable *table;
    ForeignServer *server;
    TupleDesc attributes;
    const char *name;
    const char *bare_name; /* neither quoted nor qualified */
    bool leaves_base_url;
};

TableEntries look_up(Oid relation) {
    return call_pg([relation] {
        TableEntries entries;
        entries.table = GetForeignTable(relation);
        entries.server = GetForeignServer(entries.table->serverid);
        Relation open = RelationIdGetRelation(relation);
        entries.attributes = CreateTupleDescCopyConstr(RelationGetDescr(open));
        entries.name =
            quote_qualified_identifier(get_namespace_name(RelationGetNamespace(open)), RelationGetRelationName(open));
        entries.bare_name = pstrdup(RelationGetRelationName(open));
        entries.leaves_base_url = may_use_wrapper(entries.server->fdwid, open->rd_rel->relowner);
        RelationClose(open);
        return entries;
    });
}

/* A selector becomes an XPath here: adaptation, its log and everything else knows XPaths only. */
Column read_column(const Options &options, const FormData_pg_attribute *attribute, bool has_rows) {
    Column column;
    column.name = NameStr(attribute->attname);
    column.xpath = text_option(options, "xpath");
    if (const std::string *css = find_option(options, "css"))
        column.xpath = css_to_xpath(*css, has_rows ? XPathContext::kElement : XPathContext::kPage);
    column.type = cell_type_of(attribute->atttypid);
    column.required = attribute->attnotnull;
    column.pattern = text_option(options, "pattern");
    column.locale = text_option(options, "locale");
    if (const std::string *null_value = find_option(options, "null_value"))
        column.null_values.push_back(*null_value);
    column.min_occurs = count_option(options, "min_occurs", column.min_occurs);
    column.max_occurs = count_option(options, "max_occurs", column.max_occurs);
    if (const std::string *separator = find_option(options, "separator"))
        column.separator = *separator;
    return column;
}

double number_option(const Options &options, const char *name, double otherwise) {
    const std::string *text = find_option(options, name);
    return text == nullptr ? otherwise : std::stod(*text);
}

void read_thresholds(const Options &options, const std::string &column, AdaptOptions &adaptation) {
    PatternThresholds own;
    if (find_option(options, "adapt_threshold") != nullptr)
        own.threshold = number_option(options, "adapt_threshold", 0);
    if (find_option(options, "adapt_similarity_threshold") != nullptr)
        own.similarity_threshold = number_option(options, "adapt_similarity_threshold", 0);
    if (own.threshold || own.similarity_threshold)
        adaptation.patterns[column] = own;
}

void read_adaptation(const Options &options, TableDefinition &table) {
    AdaptOptions &adaptation = table.adaptation;
    adaptation.threshold = number_option(options, "adapt_threshold", -1);
    adaptation.similarity_threshold = number_option(options, "adapt_similarity_threshold", 0);
    if (const std::string *measure = find_option(options, "adapt_measure"))
        adaptation.measure = *measure;
    if (const std::string *measures = find_option(options, "adapt_measures"))
        adaptation.measures = adapt_measures_from_text(*measures);
    if (const std::string *labels = find_option(options, "adapt_labels"))
        adaptation.similarity.tree = labels_from_name(*labels);
    adaptation.similarity.tree.text_nodes = bool_option(options, "adapt_text_nodes", false);
    if (const std::string *top_down = find_option(options, "adapt_top_down"))
        adaptation.top_down = top_down_from_text(*top_down);
    adaptation.bottom_up = bool_option(options, "adapt_bottom_up", true);
    table.refreshes = bool_option(options, "adapt_refresh", true);
}

void read_flow(const Options &options, TableDefinition &table) {
    FlowRules &flow = table.flow;
    flow.consent = text_option(options, "consent");
    const std::string *alternatives = find_option(options, "alternatives");
    if (alternatives != nullptr)
        flow.alternatives = alternatives_from_text(*alternatives);
    if (const std::string *steps = find_option(options, "flow")) {
        flow.steps = flow_steps_from_text(*steps);
    } else {
        if (!flow.consent.empty())
            flow.steps.push_back(FlowStep::kConsent);
        if (alternatives != nullptr)
            flow.steps.push_back(FlowStep::kAlternatives);
    }
    flow.stale = bool_option(options, "stale", false);
}

void read_format(const Options &options, TableDefinition &table) {
    if (const std::string *format = find_option(options, "format"))
        table.format = document_format_from_name(*format);
    if (const std::string *delimiter = find_option(options, "delimiter"))
        table.csv.delimiter = delimiter->front();
    table.csv.has_header = bool_option(options, "header", true);
    if (table.format != DocumentFormat::kHtml)
        table.adapts = false; /* a server's option adapt is about its pages */
}

void check_settings(const TableDefinition &table) {
    for (const std::string &name : table.adaptation.top_down.columns)
        if (std::none_of(table.wrapper.columns.begin(), table.wrapper.columns.end(),
                         [&](const Column &column) { return column.name == name; }))
            throw Error(ErrorKind::kInvalidOption,
                        "option \"adapt_top_down\" of " + table.name + " names \"" + name +
                            "\", which is no column with an XPath",
                        {}, "It is all, none, or names of columns.");
    const std::vector<std::string> &names = table.url.parameters();
    for (const UrlTemplate &alternative : table.flow.alternatives)
        for (const std::string &name : alternative.parameters())
            if (std::find(names.begin(), names.end(), name) == names.end())
                throw Error(ErrorKind::kInvalidOption, "option \"alternatives\" of " + table.name + " has {" + name +
                                                           "}, which its URL template does not have");
}

std::string number_text(double number) {
    char text[32];
    return {text, std::to_chars(std::begin(text), std::end(text), number).ptr};
}

/* A column of CSV or JSON records. */
void add_field(TableDefinition &table, AttributeSource &source, const Options &options) {
    const std::string *field = find_option(options, "field");
    source.kind = AttributeSource::Kind::kField;
    source.column = table.fields.size();
    const bool is_by_position = table.format == DocumentFormat::kCsv && !table.csv.has_header;
    table.fields.push_back({field != nullptr ? *field
                            : is_by_position ? std::to_string(table.fields.size() + 1)
                                             : source.attribute});
    table.has_placed_fields |= is_by_position && field != nullptr;
}

/* Options of a column that are for pages with markup, or for records, in a table of the other kind. */
void check_column_options(const TableDefinition &table, const std::string &column, const Options &options) {
    const bool is_html = table.format == DocumentFormat::kHtml;
    for (const auto &[name, value] : options) {
        if (name == "parameter" || name == "value" || (name == "field") != is_html)
            continue;
        const std::string format = document_format_name(table.format);
        throw Error(ErrorKind::kInvalidOption,
                    "option \"" + name + "\" of column \"" + column + "\" is not for tables of format " + format, {},
                    is_html ? "Option field is for tables of format csv or ndjson."
                            : "A column of a table of format " + format + " has option field, parameter or value.");
    }
}

void add_column(TableDefinition &table, AttributeSource &source, const FormData_pg_attribute *attribute,
                const Options &options) {
    check_column_options(table, source.attribute, options);
    if (const std::string *parameter = find_option(options, "parameter")) {
        source.kind = AttributeSource::Kind::kParameter;
        source.name = *parameter;
    } else if (const std::string *value = find_option(options, "value")) {
        source.kind = AttributeSource::Kind::kPage;
        source.name = *value;
    } else if (table.format != DocumentFormat::kHtml) {
        add_field(table, source, options);
    } else if (find_option(options, "xpath") != nullptr || find_option(options, "css") != nullptr) {
        source.kind = AttributeSource::Kind::kColumn;
        source.column = table.wrapper.columns.size();
        table.wrapper.columns.push_back(read_column(options, attribute, table.wrapper.rows.has_value()));
        read_thresholds(options, source.attribute, table.adaptation);
    } else {
        throw Error(ErrorKind::kInvalidOption,
                    "column \"" + source.attribute + "\" of " + table.name + " does not say where it comes from", {},
                    "Give it an option xpath, css, parameter or value.");
    }
}

void add_attribute(TableDefinition &table, const FormData_pg_attribute *attribute) {
    AttributeSource source;
    source.attribute = NameStr(attribute->attname);
    if (!attribute->attisdropped) {
        const Oid relation = table.relation;
        const AttrNumber number = attribute->attnum;
        const Options options =
            options_of(call_pg([relation, number] { return GetForeignColumnOptions(relation, number); }));
        add_column(table, source, attribute, options);
    }
    table.attributes.push_back(std::move(source));
}

void check_parameters(const TableDefinition &table) {
    for (const std::string &name : table.url.parameters())
        if (std::none_of(table.attributes.begin(), table.attributes.end(), [&](const AttributeSource &a) {
                return a.kind == AttributeSource::Kind::kParameter && a.name == name;
            }))
            throw Error(ErrorKind::kInvalidOption,
                        "no column of " + table.name + " fills {" + name + "} of its URL template", {},
                        "Add a column with option parameter '" + name + "'.");
    const std::vector<std::string> &names = table.url.parameters();
    for (const AttributeSource &a : table.attributes)
        if (a.kind == AttributeSource::Kind::kParameter && std::find(names.begin(), names.end(), a.name) == names.end())
            throw Error(ErrorKind::kInvalidOption,
                        "URL template of " + table.name + " has no {" + a.name + "} for column \"" + a.attribute + "\"",
                        {}, "The column's option parameter names a place of the URL template.");
}

} // namespace

DocumentFormat document_format_from_name(const std::string &name) {
    for (const DocumentFormat format : {DocumentFormat::kHtml, DocumentFormat::kCsv, DocumentFormat::kNdjson})
        if (name == document_format_name(format))
            return format;
    throw Error(ErrorKind::kInvalidOption, "unknown format \"" + abbreviate(name, 200) + "\"", {},
                "It is html, csv or ndjson.");
}

const char *document_format_name(DocumentFormat format) noexcept {
    switch (format) {
    case DocumentFormat::kCsv:
        return "csv";
    case DocumentFormat::kNdjson:
        return "ndjson";
    case DocumentFormat::kHtml:
        break;
    }
    return "html";
}

TableDefinition read_table(Oid relation) {
    const TableEntries entries = look_up(relation);
    const Options options = options_of(entries.table->options);
    const Options server = options_of(entries.server->options);
    TableDefinition table;
    table.relation = relation;
    table.site = read_site(entries.server->serverid, server);
    table.name = entries.name;
    table.leaves_base_url = entries.leaves_base_url;
    if (const std::string *ttl = find_option(options, "cache_ttl"))
        table.site.cache_ttl_s = interval_seconds(*ttl);
    if (const std::string *stale = find_option(options, "stale_while_revalidate"))
        table.site.stale_while_revalidate_s = interval_seconds(*stale);
    table.url = UrlTemplate(text_option(options, "url"));
    table.next_page = text_option(options, "next_page");
    table.max_pages = count_option(options, "max_pages", 0);
    table.adapts = bool_option(options, "adapt", bool_option(server, "adapt", true));
    std::string rows = text_option(options, "rows");
    if (const std::string *css = find_option(options, "rows_css"))
        rows = css_to_xpath(*css, XPathContext::kPage);
    if (!rows.empty())
        table.wrapper.rows =
            RowPattern{std::move(rows), count_option(options, "min_rows", 0), count_option(options, "max_rows", -1),
                       count_option(options, "min_children", 0), count_option(options, "max_children", -1)};
    table.wrapper.xml_schema = text_option(options, "xml_schema");
    if (!table.wrapper.xml_schema.empty())
        table.wrapper.name = entries.bare_name;
    if (const std::string *parser = find_option(options, "parser"))
        table.wrapper.parser = html_parser_from_name(*parser);
    else if (const std::string *usual = find_option(server, "parser"))
        table.wrapper.parser = html_parser_from_name(*usual);
    read_adaptation(options, table);
    read_flow(options, table);
    read_format(options, table);
    for (int i = 0; i < entries.attributes->natts; ++i)
        add_attribute(table, TupleDescAttr(entries.attributes, i));
    /* Who names positions may leave some out. */
    table.csv.field_count = table.has_placed_fields ? 0 : table.fields.size();
    check_parameters(table);
    check_settings(table);
    return table;
}

std::string adaptation_settings_text(const TableDefinition &table) {
    const AdaptOptions &adaptation = table.adaptation;
    std::string text;
    const auto add = [&text](const std::string &name, const std::string &value) {
        text += (text.empty() ? "" : "; ") + name + " " + value;
    };
    const auto add_threshold = [&](const char *name, double common, auto own_of) {
        if (common > 0)
            add(name, number_text(common));
        for (const auto &[column, own] : adaptation.patterns)
            if (own_of(own))
                add(name + std::string(" of ") + column, number_text(*own_of(own)));
    };
    add_threshold("threshold", adaptation.threshold, [](const PatternThresholds &own) { return own.threshold; });
    add_threshold("similarity threshold", adaptation.similarity_threshold,
                  [](const PatternThresholds &own) { return own.similarity_threshold; });
    if (!adaptation.measures.empty())
        add("measures", adapt_measures_to_text(adaptation.measures));
    if (adaptation.measure != AdaptOptions{}.measure)
        add("measure", adaptation.measure);
    if (const std::string labels = labels_name(adaptation.similarity.tree); labels != "tag")
        add("labels", labels);
    if (adaptation.similarity.tree.text_nodes)
        add("text nodes", "on");
    if (!adaptation.top_down.all)
        add("top-down", top_down_to_text(adaptation.top_down));
    if (!adaptation.bottom_up)
        add("bottom-up", "off");
    if (!table.refreshes)
        add("refresh", "off");
    return text;
}

std::string flow_text(const TableDefinition &table) {
    std::string text = flow_steps_to_text(table.flow.steps);
    if (table.flow.stale)
        text += (text.empty() ? "" : ", ") + std::string("stale");
    return text;
}

} // namespace webwrap::pg
