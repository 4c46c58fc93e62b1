#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/separate/page_tables.hpp"
#include "pg/bridge/compat.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/fdw/ddl.hpp"
#include "pg/fdw/import.hpp"
#include "pg/fdw/option_list.hpp"
#include "pg/fdw/pages.hpp"
#include "pg/fdw/table.hpp"

extern "C" {
#include "foreign/fdwapi.h"
#include "foreign/foreign.h"
}

namespace webwrap::pg {

namespace {

constexpr std::size_t kMinRecords = 3; /* fewer are as likely no list */

void notice(const std::string &message, const std::string &detail, const char *hint = nullptr) {
    const char *message_text = message.c_str();
    const char *detail_text = detail.c_str();
    call_pg([=] {
        ereport(NOTICE, (errmsg("%s", message_text), detail_text[0] != '\0' ? errdetail("%s", detail_text) : 0,
                         hint != nullptr ? errhint("%s", hint) : 0));
    });
}

/* What reading the page needs of a table that is not there yet. */
TableDefinition definition_of(ForeignServer *server, const Options &server_options, const std::string &url) {
    TableDefinition definition;
    definition.site = read_site(server->serverid, server_options);
    definition.leaves_base_url = call_pg([server] { return may_use_wrapper(server->fdwid, GetUserId()); });
    definition.url = UrlTemplate(url);
    return definition;
}

PageHandle fetch_page(const TableDefinition &definition) {
    PageSource source(definition, GetUserId());
    const std::string url = source.absolute(definition.url.url_at(0, {}));
    if (!definition.site.contains(url) && !definition.leaves_base_url)
        throw Error(
            ErrorKind::kForbidden, "page \"" + url + "\" is not of the site of the server",
            "Who imports may not choose other addresses.",
            "Use a URL of the site of the server's base_url, or grant role webwrap_fetch to the importing role.");
    return source.fetch(url);
}

/* Which of the page's lists the statement asks for. */
class Wanted {
  public:
    explicit Wanted(ImportForeignSchemaStmt *statement) : statement_(statement) {}

    [[nodiscard]] bool has(const std::string &name) const {
        const char *text = name.c_str();
        return call_pg([this, text] { return IsImportableForeignTable(text, statement_); });
    }

    /* Names after LIMIT TO that the page has no list for. */
    [[nodiscard]] std::vector<std::string> missing(const PageTables &found) const {
        std::vector<std::string> names;
        if (statement_->list_type != FDW_IMPORT_SCHEMA_LIMIT_TO)
            return names;
        ListCell *cell = nullptr;
        foreach (cell, statement_->table_list)
            names.emplace_back(lfirst_node(RangeVar, cell)->relname);
        std::erase_if(names, [&](const std::string &name) {
            return std::ranges::count(found.tables, name, &PageTable::name) +
                       std::ranges::count(found.rejected, name, &RejectedList::name) >
                   0;
        });
        return names;
    }

  private:
    ImportForeignSchemaStmt *statement_;
};

std::string names_of(const PageTables &found) {
    std::string names;
    for (const PageTable &table : found.tables)
        names += (names.empty() ? "" : ", ") + sql_name(table.name);
    return names;
}

void report(const Wanted &wanted, const PageTables &found, const std::string &url, std::size_t min_records) {
    for (const RejectedList &list : found.rejected)
        if (wanted.has(list.name))
            notice("list \"" + list.name + "\" of page \"" + abbreviate(url, 200) + "\" is not imported",
                   "No wrapper was learned: " + list.reason + ".");
    for (const PageTable &table : found.tables)
        if (wanted.has(table.name) && !table.left_out.empty()) {
            std::string detail;
            for (const std::string &column : table.left_out)
                detail += (detail.empty() ? "" : "\n") + column;
            notice("columns of foreign table \"" + table.name + "\" are left out", detail);
        }
    if (found.tables.empty())
        notice("page \"" + abbreviate(url, 200) + "\" has no list to import",
               "Lists have at least " + std::to_string(min_records) + " records and a column of text.",
               "Lower option min_records, or make a table from examples with webwrap.suggest_ddl.");
    else
        for (const std::string &name : wanted.missing(found))
            notice("page \"" + abbreviate(url, 200) + "\" has no list \"" + abbreviate(name, 63) + "\"",
                   "Its lists are " + names_of(found) + ".");
}

} // namespace

List *import_schema(ImportForeignSchemaStmt *statement, Oid server_oid) {
    const Options options = options_of(statement->options);
    check_import_options(options);
    const std::string &url = *find_option(options, "url");
    const std::string *least = find_option(options, "min_records");
    const std::size_t min_records = least == nullptr ? kMinRecords : std::stoul(*least);
    ForeignServer *server = call_pg([server_oid] { return GetForeignServer(server_oid); });
    const Options server_options = options_of(server->options);
    const TableDefinition definition = definition_of(server, server_options, url);
    const Limits limits = current_limits();
    const PageHandle page = fetch_page(definition);
    const auto document = parse_html(page->html, limits);
    const PageTables found = find_page_tables(*document, page->html, min_records, limits);

    TableStatement create;
    create.server = server->servername;
    create.url = url;
    if (const std::string *parser = find_option(server_options, "parser"))
        if (html_parser_from_name(*parser) != HtmlParser::kHtml5)
            create.parser = HtmlParser::kHtml5;
    const Wanted wanted(statement);
    List *statements = NIL;
    for (const PageTable &table : found.tables) {
        if (!wanted.has(table.name))
            continue;
        create.table = sql_name(table.name);
        const std::string sql = create_table_statement(create, table.wrapper, table.records);
        const char *text = sql.c_str();
        statements = call_pg([statements, text] { return lappend(statements, pstrdup(text)); });
    }
    report(wanted, found, page->url, min_records);
    return statements;
}

} // namespace webwrap::pg
