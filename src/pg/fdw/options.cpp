#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/fetch/access.hpp"
#include "core/fetch/url.hpp"
#include "core/fetch/url_template.hpp"
#include "core/select/css.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/flow.hpp"
#include "core/wrap/value.hpp"
#include "core/wrap/xml_schema.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/time.hpp"
#include "pg/fdw/option_list.hpp"
#include "pg/fdw/site.hpp"
#include "pg/fdw/table.hpp"

extern "C" {
#include "access/reloptions.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_foreign_data_wrapper.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "utils/varlena.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

[[noreturn]] void throw_bad_value(const std::string &name, const std::string &value, const char *need) {
    throw Error(ErrorKind::kInvalidOption,
                "invalid value for option \"" + name + "\": \"" + abbreviate(value, 200) + "\"", {},
                std::string("It must be ") + need + ".");
}

using Check = void (*)(const std::string &name, const std::string &value);

void check_any(const std::string &, const std::string &) {}

void check_bool(const std::string &name, const std::string &value) {
    bool parsed = false;
    if (!parse_bool(value.c_str(), &parsed))
        throw_bad_value(name, value, "on or off");
}

void check_count(const std::string &name, const std::string &value) {
    int number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size() || number < 0)
        throw_bad_value(name, value, "a whole number, 0 or more");
}

void check_min_records(const std::string &name, const std::string &value) {
    int number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size() || number < 2)
        throw_bad_value(name, value, "a whole number, 2 or more");
}

void check_max_occurs(const std::string &name, const std::string &value) {
    if (value == "0")
        throw_bad_value(name, value, "1 or more, or -1 for any number");
    if (value != "-1")
        check_count(name, value);
}

void check_positive(const std::string &name, const std::string &value) {
    double number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size() || !(number > 0) || !std::isfinite(number))
        throw_bad_value(name, value, "a number above 0");
}

void check_probability(const std::string &name, const std::string &value) {
    double number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc{} || end != value.data() + value.size() || !(number >= 0 && number <= 1))
        throw_bad_value(name, value, "a number from 0 to 1");
}

void check_interval(const std::string &, const std::string &value) { (void)interval_seconds(value); }

void check_url(const std::string &, const std::string &value) { (void)parse_url(value); }

void check_url_template(const std::string &, const std::string &value) { (void)UrlTemplate(value); }

void check_xpath(const std::string &, const std::string &value) { (void)XPath(value); }

/* Foreign tables run selectors as XPaths, so they have to have one. */
void check_css(const std::string &, const std::string &value) { (void)css_to_xpath(value, XPathContext::kElement); }

void check_rows_css(const std::string &, const std::string &value) { (void)css_to_xpath(value, XPathContext::kPage); }

void check_pattern(const std::string &name, const std::string &value) {
    Column column;
    column.pattern = value;
    try {
        (void)CellReader(column);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kInvalidOption)
            throw;
        throw_bad_value(name, value, "a regular expression of ICU");
    }
}

void check_locale(const std::string &name, const std::string &value) {
    Column column;
    column.name = name;
    column.locale = value;
    column.type = CellType::kNumeric;
    (void)CellReader(column);
}

void check_measure(const std::string &, const std::string &value) {
    (void)adapt_options_from_json("{\"measure\": \"" + (value.find_first_of("\"\\") == value.npos ? value : "?") +
                                  "\"}");
}

/* Runs a reader of core on the value; what it throws names the option too. */
template <typename Read> void check_by(const std::string &name, const Read &read) {
    try {
        read();
    } catch (const Error &error) {
        throw Error(ErrorKind::kInvalidOption, "invalid value for option \"" + name + "\": " + error.message(),
                    error.detail(), error.hint());
    }
}

void check_measures(const std::string &name, const std::string &value) {
    check_by(name, [&] { (void)adapt_measures_from_text(value); });
}

void check_labels(const std::string &name, const std::string &value) {
    check_by(name, [&] { (void)labels_from_name(value); });
}

void check_top_down(const std::string &name, const std::string &value) {
    check_by(name, [&] { (void)top_down_from_text(value); });
}

void check_flow(const std::string &name, const std::string &value) {
    check_by(name, [&] { (void)flow_steps_from_text(value); });
}

void check_alternatives(const std::string &name, const std::string &value) {
    check_by(name, [&] { (void)alternatives_from_text(value); });
}

void check_xml_schema(const std::string &name, const std::string &value) {
    check_by(name, [&] { const XmlSchema schema(value); });
}

void check_parser(const std::string &, const std::string &value) { (void)html_parser_from_name(value); }

void check_format(const std::string &, const std::string &value) { (void)document_format_from_name(value); }

void check_delimiter(const std::string &name, const std::string &value) {
    if (value.size() != 1 || static_cast<signed char>(value.front()) < 0 ||
        std::string_view("\"\r\n").find(value.front()) != std::string_view::npos)
        throw_bad_value(name, value, "one ASCII character, neither a quote nor a line break");
}

void check_field(const std::string &name, const std::string &value) {
    if (value.empty())
        throw_bad_value(name, value, "the name of a field");
}

constexpr auto kPageValues =
    std::to_array<std::string_view>({"fetched_at", "url", "page_number", "row_number", "adapted", "stale"});

void check_page_value(const std::string &name, const std::string &value) {
    if (std::find(kPageValues.begin(), kPageValues.end(), value) == kPageValues.end())
        throw_bad_value(name, value, "fetched_at, url, page_number, row_number, adapted or stale");
}

void check_no_line_break(const std::string &name, const std::string &value) {
    if (value.find_first_of("\r\n") != std::string::npos)
        throw_bad_value(name, "***", "text without line breaks");
}

/* Says what is wrong with a value that may hold a secret, without repeating it. */
void check_secret(const std::string &name, const std::string &value, void (*check)(std::string_view)) {
    try {
        check(value);
    } catch (const Error &error) {
        throw Error(ErrorKind::kInvalidOption, "invalid value for option \"" + name + "\": " + error.message(),
                    error.detail(), error.hint());
    }
}

void check_certificate(const std::string &name, const std::string &value) {
    check_secret(name, value, check_certificates);
}

void check_key(const std::string &name, const std::string &value) { check_secret(name, value, check_private_key); }

void check_header_lines(const std::string &name, const std::string &value) {
    check_secret(name, value, [](std::string_view lines) { (void)parse_header_lines(lines); });
}

void check_proxy_url(const std::string &name, const std::string &value) { check_secret(name, value, check_proxy); }

void check_username(const std::string &name, const std::string &value) {
    if (value.find(':') != std::string::npos)
        throw_bad_value(name, "***", "a name without a colon");
}

struct OptionSpec {
    const char *name;
    Oid catalog;
    Check check;
};

constexpr Oid kImportOptions = NamespaceRelationId; /* stands for IMPORT FOREIGN SCHEMA */

constexpr OptionSpec kOptions[] = {
    {"base_url", ForeignServerRelationId, check_url},
    {"cache_ttl", ForeignServerRelationId, check_interval},
    {"ca_certificate", ForeignServerRelationId, check_certificate},
    {"max_retries", ForeignServerRelationId, check_count},
    {"proxy", ForeignServerRelationId, check_proxy_url},
    {"renderer", ForeignServerRelationId, check_any},
    {"renderer_body", ForeignServerRelationId, check_any},
    {"renderer_content_type", ForeignServerRelationId, check_any},
    {"requests_per_second", ForeignServerRelationId, check_positive},
    {"respect_robots", ForeignServerRelationId, check_bool},
    {"stale_while_revalidate", ForeignServerRelationId, check_interval},
    {"user_agent", ForeignServerRelationId, check_no_line_break},
    {"adapt", ForeignServerRelationId, check_bool},
    {"parser", ForeignServerRelationId, check_parser},
    {"bearer_token", UserMappingRelationId, check_no_line_break},
    {"client_certificate", UserMappingRelationId, check_certificate},
    {"client_key", UserMappingRelationId, check_key},
    {"client_key_password", UserMappingRelationId, check_any},
    {"cookie", UserMappingRelationId, check_no_line_break},
    {"header", UserMappingRelationId, check_header_lines},
    {"password", UserMappingRelationId, check_any},
    {"proxy_password", UserMappingRelationId, check_any},
    {"proxy_username", UserMappingRelationId, check_username},
    {"username", UserMappingRelationId, check_username},
    {"adapt", ForeignTableRelationId, check_bool},
    {"adapt_bottom_up", ForeignTableRelationId, check_bool},
    {"adapt_labels", ForeignTableRelationId, check_labels},
    {"adapt_measure", ForeignTableRelationId, check_measure},
    {"adapt_measures", ForeignTableRelationId, check_measures},
    {"adapt_refresh", ForeignTableRelationId, check_bool},
    {"adapt_similarity_threshold", ForeignTableRelationId, check_probability},
    {"adapt_text_nodes", ForeignTableRelationId, check_bool},
    {"adapt_threshold", ForeignTableRelationId, check_probability},
    {"adapt_top_down", ForeignTableRelationId, check_top_down},
    {"alternatives", ForeignTableRelationId, check_alternatives},
    {"cache_ttl", ForeignTableRelationId, check_interval},
    {"consent", ForeignTableRelationId, check_xpath},
    {"delimiter", ForeignTableRelationId, check_delimiter},
    {"flow", ForeignTableRelationId, check_flow},
    {"format", ForeignTableRelationId, check_format},
    {"header", ForeignTableRelationId, check_bool},
    {"max_children", ForeignTableRelationId, check_count},
    {"max_pages", ForeignTableRelationId, check_count},
    {"max_rows", ForeignTableRelationId, check_count},
    {"min_children", ForeignTableRelationId, check_count},
    {"min_rows", ForeignTableRelationId, check_count},
    {"next_page", ForeignTableRelationId, check_xpath},
    {"parser", ForeignTableRelationId, check_parser},
    {"rows", ForeignTableRelationId, check_xpath},
    {"rows_css", ForeignTableRelationId, check_rows_css},
    {"stale", ForeignTableRelationId, check_bool},
    {"stale_while_revalidate", ForeignTableRelationId, check_interval},
    {"url", ForeignTableRelationId, check_url_template},
    {"xml_schema", ForeignTableRelationId, check_xml_schema},
    {"min_records", kImportOptions, check_min_records},
    {"url", kImportOptions, check_url_template},
    {"adapt_similarity_threshold", AttributeRelationId, check_probability},
    {"adapt_threshold", AttributeRelationId, check_probability},
    {"css", AttributeRelationId, check_css},
    {"field", AttributeRelationId, check_field},
    {"locale", AttributeRelationId, check_locale},
    {"max_occurs", AttributeRelationId, check_max_occurs},
    {"min_occurs", AttributeRelationId, check_count},
    {"null_value", AttributeRelationId, check_any},
    {"parameter", AttributeRelationId, check_any},
    {"pattern", AttributeRelationId, check_pattern},
    {"separator", AttributeRelationId, check_any},
    {"value", AttributeRelationId, check_page_value},
    {"xpath", AttributeRelationId, check_xpath},
};

int edit_distance(std::string_view a, std::string_view b) {
    return call_pg([a, b] {
        return varstr_levenshtein(a.data(), static_cast<int>(a.size()), b.data(), static_cast<int>(b.size()), 1, 1, 1,
                                  true);
    });
}

/* "Perhaps you meant ..." for a near miss, and the list of valid names. */
std::string hint_for(const std::string &name, Oid catalog) {
    std::string list;
    std::string nearest;
    int nearest_distance = std::min(4, static_cast<int>(name.size() / 2) + 1); /* as the server does */
    for (const OptionSpec &spec : kOptions) {
        if (spec.catalog != catalog)
            continue;
        list += (list.empty() ? "" : ", ") + std::string(spec.name);
        const int distance = name.size() < 64 ? edit_distance(name, spec.name) : nearest_distance;
        if (distance < nearest_distance) {
            nearest_distance = distance;
            nearest = spec.name;
        }
    }
    if (list.empty())
        return "There are no valid options in this context.";
    return (nearest.empty() ? "" : "Perhaps you meant \"" + nearest + "\". ") + "Valid options are: " + list + ".";
}

[[noreturn]] void raise_unknown_option(const std::string &name, Oid catalog) {
    const std::string hint = hint_for(name, catalog);
    const char *name_text = name.c_str();
    const char *hint_text = hint.c_str();
    call_pg([name_text, hint_text] {
        ereport(ERROR, (errcode(ERRCODE_FDW_INVALID_OPTION_NAME), errmsg("invalid option \"%s\"", name_text),
                        errhint("%s", hint_text)));
    });
    throw Error(ErrorKind::kInternal, "unreachable");
}

/* Both bounds have passed check_count. */
void check_bounds(const Options &options, const char *minimum, const char *maximum) {
    const std::string *least = find_option(options, minimum);
    const std::string *most = find_option(options, maximum);
    if (least != nullptr && most != nullptr && std::stoi(*least) > std::stoi(*most))
        throw Error(ErrorKind::kInvalidOption, std::string("option \"") + minimum + "\" is " + *least +
                                                   ", more than the " + *most + " of option \"" + maximum + "\"");
}

void check_credentials(const Options &options) {
    const auto has = [&](const char *name) { return find_option(options, name) != nullptr; };
    if (has("bearer_token") && (has("username") || has("password")))
        throw Error(ErrorKind::kInvalidOption, "option \"bearer_token\" excludes \"username\" and \"password\"");
    if (has("password") && !has("username"))
        throw Error(ErrorKind::kInvalidOption, "option \"password\" needs \"username\"");
    if (has("client_certificate") != has("client_key"))
        throw Error(ErrorKind::kInvalidOption, "options \"client_certificate\" and \"client_key\" need each other");
    if (has("client_key_password") && !has("client_key"))
        throw Error(ErrorKind::kInvalidOption, "option \"client_key_password\" needs \"client_key\"");
    if (has("proxy_password") && !has("proxy_username"))
        throw Error(ErrorKind::kInvalidOption, "option \"proxy_password\" needs \"proxy_username\"");
    if (!has("header"))
        return;
    for (const auto &[name, value] : parse_header_lines(*find_option(options, "header"))) {
        const std::string lower = ascii_lower(name);
        if (lower == "authorization" && (has("bearer_token") || has("username")))
            throw Error(ErrorKind::kInvalidOption,
                        "option \"header\" sets Authorization, as does \"bearer_token\" or \"username\"");
        if (lower == "cookie" && has("cookie"))
            throw Error(ErrorKind::kInvalidOption, "option \"header\" sets Cookie, as does \"cookie\"");
    }
}

void check_server_access(const Options &options) {
    if (find_option(options, "renderer") == nullptr) {
        for (const char *name : {"renderer_body", "renderer_content_type"})
            if (find_option(options, name) != nullptr)
                throw Error(ErrorKind::kInvalidOption, std::string("option \"") + name + "\" needs \"renderer\"");
        return;
    }
    try {
        const Access access = read_site(InvalidOid, options).access;
        check_renderer(access.renderer);
        check_combination(access);
    } catch (const Error &error) {
        throw Error(ErrorKind::kInvalidOption, "invalid value for option \"renderer\": " + error.message(),
                    error.detail(), error.hint());
    }
}

/* Steps of the flow and what they need go together. */
void check_flow_options(const Options &options) {
    const std::string *flow = find_option(options, "flow");
    FlowRules rules;
    if (flow != nullptr)
        rules.steps = flow_steps_from_text(*flow);
    const std::pair<const char *, FlowStep> needs[] = {{"consent", FlowStep::kConsent},
                                                       {"alternatives", FlowStep::kAlternatives}};
    for (const auto &[name, step] : needs) {
        const bool is_given = find_option(options, name) != nullptr;
        if (flow != nullptr && is_given != rules.has(step))
            throw Error(ErrorKind::kInvalidOption,
                        is_given ? std::string("option \"") + name + "\" is given, but \"flow\" does not name it"
                                 : std::string("step ") + name + " of option \"flow\" needs option \"" + name + "\"");
    }
}

/* What of a table and of its columns is about pages with markup. */
constexpr auto kMarkupOptions = std::to_array<std::string_view>({"adapt",
                                                                 "adapt_bottom_up",
                                                                 "adapt_labels",
                                                                 "adapt_measure",
                                                                 "adapt_measures",
                                                                 "adapt_refresh",
                                                                 "adapt_similarity_threshold",
                                                                 "adapt_text_nodes",
                                                                 "adapt_threshold",
                                                                 "adapt_top_down",
                                                                 "alternatives",
                                                                 "consent",
                                                                 "css",
                                                                 "flow",
                                                                 "locale",
                                                                 "max_children",
                                                                 "max_occurs",
                                                                 "max_rows",
                                                                 "min_children",
                                                                 "min_occurs",
                                                                 "min_rows",
                                                                 "next_page",
                                                                 "null_value",
                                                                 "parser",
                                                                 "pattern",
                                                                 "rows",
                                                                 "rows_css",
                                                                 "separator",
                                                                 "stale",
                                                                 "xml_schema",
                                                                 "xpath"});

bool is_for_markup(const std::string &name) {
    return std::find(kMarkupOptions.begin(), kMarkupOptions.end(), name) != kMarkupOptions.end();
}

/* Options of a table go with its format. */
void check_format_options(const Options &options) {
    const std::string *given = find_option(options, "format");
    const DocumentFormat format = given == nullptr ? DocumentFormat::kHtml : document_format_from_name(*given);
    for (const auto &[name, value] : options) {
        if (format != DocumentFormat::kHtml && is_for_markup(name))
            throw Error(ErrorKind::kInvalidOption,
                        "option \"" + name + "\" is not for tables of format " + document_format_name(format), {},
                        "It is about pages with markup, format html.");
        if (format != DocumentFormat::kCsv && (name == "delimiter" || name == "header"))
            throw Error(ErrorKind::kInvalidOption,
                        "option \"" + name + "\" is not for tables of format " + document_format_name(format), {},
                        "It is for tables with option format 'csv'.");
    }
}

/* A column reads a field or something of a page with markup. */
void check_field_options(const Options &options) {
    if (find_option(options, "field") == nullptr)
        return;
    for (const auto &[name, value] : options)
        if (is_for_markup(name) || name == "parameter" || name == "value")
            throw Error(ErrorKind::kInvalidOption, "options \"field\" and \"" + name + "\" exclude each other");
}

void check_options(const Options &options, Oid catalog) {
    const auto has = [&](const char *name) { return find_option(options, name) != nullptr; };
    if (catalog == ForeignTableRelationId && !has("url"))
        throw Error(ErrorKind::kInvalidOption, "option \"url\" is required for a foreign table");
    if (catalog == ForeignTableRelationId)
        check_format_options(options);
    if (catalog == AttributeRelationId)
        check_field_options(options);
    if (catalog == ForeignTableRelationId && has("rows") && has("rows_css"))
        throw Error(ErrorKind::kInvalidOption, "options \"rows\" and \"rows_css\" exclude each other");
    if (catalog == ForeignTableRelationId && !has("rows") && !has("rows_css") && (has("min_rows") || has("max_rows")))
        throw Error(ErrorKind::kInvalidOption,
                    "options \"min_rows\" and \"max_rows\" need option \"rows\" or \"rows_css\"");
    if (catalog == AttributeRelationId && has("xpath") + has("css") + has("parameter") + has("value") > 1)
        throw Error(ErrorKind::kInvalidOption,
                    "options \"xpath\", \"css\", \"parameter\" and \"value\" exclude each other");
    const bool has_rows = has("rows") || has("rows_css");
    if (catalog == ForeignTableRelationId && !has_rows && (has("min_children") || has("max_children")))
        throw Error(ErrorKind::kInvalidOption,
                    "options \"min_children\" and \"max_children\" need option \"rows\" or \"rows_css\"");
    if (catalog == AttributeRelationId && !has("xpath") && !has("css") &&
        (has("adapt_threshold") || has("adapt_similarity_threshold")))
        throw Error(ErrorKind::kInvalidOption, "thresholds of a column need option \"xpath\" or \"css\"");
    if (catalog == ForeignTableRelationId)
        check_flow_options(options);
    check_bounds(options, "min_rows", "max_rows");
    check_bounds(options, "min_children", "max_children");
    check_bounds(options, "min_occurs", "max_occurs");
    if (catalog == UserMappingRelationId)
        check_credentials(options);
    if (catalog == ForeignServerRelationId)
        check_server_access(options);
}

/* Names and values, each for itself. */
void check_each(const Options &options, Oid catalog) {
    for (const auto &[name, value] : options) {
        const auto *spec = std::find_if(std::begin(kOptions), std::end(kOptions),
                                        [&](const OptionSpec &s) { return s.catalog == catalog && name == s.name; });
        if (spec == std::end(kOptions))
            raise_unknown_option(name, catalog);
        spec->check(name, value);
    }
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_fdw_validator) {
    const Datum list = fcinfo->args[0].value;
    const Oid catalog = DatumGetObjectId(fcinfo->args[1].value);
    const Options options = options_of(call_pg([list] { return untransformRelOptions(list); }));
    check_each(options, catalog);
    check_options(options, catalog);
    return 0;
}

namespace webwrap::pg {

void check_import_options(const Options &options) {
    check_each(options, kImportOptions);
    for (auto option = options.begin(); option != options.end(); ++option)
        if (find_option({options.begin(), option}, option->first) != nullptr)
            throw Error(ErrorKind::kInvalidOption, "option \"" + option->first + "\" is given more than once");
    const std::string *url = find_option(options, "url");
    if (url == nullptr)
        throw Error(ErrorKind::kInvalidOption, "option \"url\" is required to import a foreign schema", {},
                    "Name the page whose lists are to become tables: OPTIONS (url '...').");
    if (const UrlTemplate page(*url); !page.parameters().empty())
        throw Error(ErrorKind::kInvalidOption,
                    "URL template of an import has the parameter {" + page.parameters().front() + "}", {},
                    "Only a column can fill it: give the URL of one page, and change option url of the table later.");
}

Options options_of(List *list) {
    Options options;
    ListCell *cell = nullptr;
    foreach (cell, list) {
        auto *element = static_cast<DefElem *>(lfirst(cell));
        options.emplace_back(element->defname,
                             call_pg([element] { return const_cast<const char *>(defGetString(element)); }));
    }
    return options;
}

const std::string *find_option(const Options &options, std::string_view name) {
    for (const auto &[key, value] : options)
        if (key == name)
            return &value;
    return nullptr;
}

} // namespace webwrap::pg
