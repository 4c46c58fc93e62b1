#include <algorithm>
#include <array>

#include "core/fetch/message.hpp"
#include "core/fetch/url.hpp"
#include "core/parse/page_text.hpp"
#include "core/store/codec.hpp"
#include "pg/bridge/key_scan.hpp"
#include "pg/bridge/time.hpp"
#include "pg/functions/page_templates.hpp"
#include "pg/network/body_store.hpp"

#include "pg/bridge/server.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/acl.h"
#include "utils/timestamp.h"
}

using namespace webwrap;
using namespace webwrap::pg;

namespace {

constexpr int kLevel = 3;             /* webwrap.page_recompress does better later */
constexpr double kSureTemplate = 0.6; /* pages that are as similar share a template: docs/store.md has the figures */
constexpr double kWorthPrefix = 0.5;  /* of the bytes that the page takes by itself: above it is a prefix of its own */
constexpr std::string_view kPublic = "public";

enum Column : int { kOwner = 2, kUrl = 3, kBodyHash = 6, kEncoding = 11 }; /* of webwrap.stored_page */
constexpr std::array kColumns{static_cast<int>(kOwner), static_cast<int>(kBodyHash), static_cast<int>(kEncoding),
                              static_cast<int>(kUrl)};
constexpr KeyScan kScan{"stored_page", "stored_page_pkey", kColumns};

std::string_view view_of(const BodyHash &hash) { return {reinterpret_cast<const char *>(hash.data()), hash.size()}; }

std::string optional_text(FunctionCallInfo fcinfo, int number) {
    return fcinfo->args[number].isnull ? std::string() : std::string(text_argument(fcinfo, number));
}

std::string role_name() {
    return call_pg([] { return static_cast<const char *>(GetUserNameFromId(GetUserId(), false)); });
}

bool has_rights_of(const std::string &owner) {
    const char *name = owner.c_str();
    return call_pg([name] {
        if (superuser())
            return true;
        const Oid role = get_role_oid(name, true);
        return OidIsValid(role) && has_privs_of_role(GetUserId(), role);
    });
}

bool may_see(const std::string &owner) { return owner == kPublic || has_rights_of(owner); }

/* Whose the page is to be. */
std::string owner_argument(FunctionCallInfo fcinfo, int number) {
    if (fcinfo->args[number].isnull)
        return role_name();
    std::string owner(text_argument(fcinfo, number));
    if (owner == kPublic)
        return owner;
    const char *name = owner.c_str();
    call_pg([name] { (void)get_role_oid(name, false); });
    if (!has_rights_of(owner))
        throw Error(ErrorKind::kForbidden, "you do not have the privileges of role \"" + owner + "\"", {},
                    "Pages may belong to you, to a role that you are a member of, or to public.");
    return owner;
}

std::string site_of(const std::string &url) {
    try {
        return parse_url(url).host;
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kInvalidUrl)
            throw;
        return {};
    }
}

struct NewPage {
    std::string owner, url, site;
    Response response;               /* body, content type and charset */
    std::optional<DecodedText> text; /* when it is text */
    std::optional<TemplateSketch> sketch;
    BodyHash hash;
    bool may_replace; /* a version that is there already */
};

struct StoredBodyRow {
    std::string frame;
    std::optional<std::string> prefix_hash;
    std::optional<std::int64_t> template_id;
};

NewPage read_page(FunctionCallInfo fcinfo) {
    if (fcinfo->args[0].isnull || fcinfo->args[1].isnull)
        throw Error(ErrorKind::kInvalidArgument, "a page needs a URL and a body");
    NewPage page;
    page.owner = owner_argument(fcinfo, 7);
    page.may_replace = page.owner != kPublic || call_pg([] { return superuser(); });
    page.url = text_argument(fcinfo, 0);
    page.site = site_of(page.url);
    page.response.final_url = page.url;
    page.response.body = bytea_argument(fcinfo, 1);
    const ContentType type = parse_content_type(optional_text(fcinfo, 2));
    page.response.content_type = type.media_type;
    page.response.charset = optional_text(fcinfo, 3);
    if (page.response.charset.empty())
        page.response.charset = type.charset;
    page.hash = body_hash(page.response.body);
    page.text = page_text(page.response);
    return page;
}

/* The template that looks most like the page; null when there is none. */
const PageTemplate *most_similar(const std::vector<PageTemplate> &templates, const TemplateSketch &sketch,
                                 double &similarity) {
    const PageTemplate *best = nullptr;
    for (const PageTemplate &candidate : templates) {
        const double found = template_similarity(candidate.sketch, sketch);
        if (best == nullptr || found > similarity)
            best = &candidate, similarity = found;
    }
    return best;
}

/* Compressed against the prefix of its template, or as the first page of a new one. */
StoredBodyRow compress_page(const NewPage &page, const std::vector<PageTemplate> &templates) {
    const std::string &body = page.response.body;
    double similarity = 0;
    const PageTemplate *best = page.sketch ? most_similar(templates, *page.sketch, similarity) : nullptr;
    const auto prefix = best == nullptr ? nullptr : stored_prefix(best->prefix_hash);
    if (prefix == nullptr)
        return {compress_body(body, {}, kLevel), {}, {}};
    StoredBodyRow with{compress_body(body, *prefix, kLevel), best->prefix_hash, best->id};
    if (similarity >= kSureTemplate)
        return with;
    std::string alone = compress_body(body, {}, kLevel);
    if (static_cast<double>(with.frame.size()) <= kWorthPrefix * static_cast<double>(alone.size()))
        return with;
    return {std::move(alone), {}, {}};
}

/* Stores the body unless it is there, and returns its template if it has one. A template begins only with a body that this
 * transaction has stored: another one may be given a prefix by page_recompress at this moment. */
std::optional<std::int64_t> store_new_body(TrustedQueries &queries, NewPage &page, bool may_use_prefixes) {
    if (page.text)
        page.sketch = sketch_of_page(page.text->text);
    std::vector<PageTemplate> templates;
    if (page.sketch && may_use_prefixes)
        templates = page_templates(queries, page.owner, page.site);
    const StoredBodyRow row = compress_page(page, templates);
    const std::uint64_t inserted = queries.run_kept(
        "INSERT INTO webwrap.body (hash, prefix_hash, codec, size_bytes, bytes) VALUES ($1, $2, 'zstd', $3, $4) "
        "ON CONFLICT (hash) DO NOTHING",
        {bytea_parameter(view_of(page.hash)),
         row.prefix_hash ? bytea_parameter(*row.prefix_hash) : Parameter{BYTEAOID, Value{}},
         int8_parameter(static_cast<std::int64_t>(page.response.body.size())), bytea_parameter(row.frame)},
        false);
    if (inserted == 0)
        return std::nullopt;
    if (!row.template_id && page.sketch && may_use_prefixes)
        return make_page_template(queries, page.owner, page.site, view_of(page.hash), *page.sketch);
    return row.template_id;
}

/* The template of another page of that owner and site with the same body. */
std::optional<std::int64_t> known_template(TrustedQueries &queries, const NewPage &page) {
    if (queries.run_kept("SELECT template FROM webwrap.stored_page WHERE body_hash = $1 AND owner = $2 AND site = $3 "
                         "AND template IS NOT NULL LIMIT 1",
                         {bytea_parameter(view_of(page.hash)), parameter(page.owner), parameter(page.site)}, true) == 0)
        return std::nullopt;
    return std::stoll(queries.text(0, 0).value());
}

void insert_page(TrustedQueries &queries, const NewPage &page, FunctionCallInfo fcinfo, std::string_view key,
                 TimestampTz fetched_at, std::optional<std::int64_t> template_id) {
    const Parameter none{TEXTOID, Value{}};
    const std::uint64_t stored = queries.run_kept(
        "INSERT INTO webwrap.stored_page AS p (key, owner, url, site, fetched_at, body_hash, size_bytes, template, "
        "status, "
        "content_type, encoding, headers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT (key) DO UPDATE SET body_hash = excluded.body_hash, size_bytes = excluded.size_bytes, "
        "template = excluded.template, status = excluded.status, content_type = excluded.content_type, "
        "encoding = excluded.encoding, headers = excluded.headers, is_packed = false "
        "WHERE p.owner = excluded.owner AND p.url = excluded.url AND p.fetched_at = excluded.fetched_at "
        "AND ($13 <> 0 OR p.body_hash = excluded.body_hash)",
        {bytea_parameter(key), parameter(page.owner), parameter(page.url), parameter(page.site),
         Parameter{TIMESTAMPTZOID, Value{TimestampTzGetDatum(fetched_at)}}, bytea_parameter(view_of(page.hash)),
         int8_parameter(static_cast<std::int64_t>(page.response.body.size())),
         template_id ? int8_parameter(*template_id) : Parameter{INT8OID, Value{}},
         int4_parameter(fcinfo->args[5].isnull ? 0 : DatumGetInt32(fcinfo->args[5].value)),
         parameter(page.response.content_type), page.text ? parameter(page.text->encoding) : none,
         Parameter{JSONBOID, fcinfo->args[6].isnull ? Value{} : Value{fcinfo->args[6].value}},
         int4_parameter(page.may_replace ? 1 : 0)},
        false);
    if (stored == 0 && !page.may_replace)
        throw Error(ErrorKind::kForbidden, "a public version of \"" + page.url + "\" of that time is there already", {},
                    "Only superusers replace and delete pages of public.");
    if (stored == 0)
        throw Error(ErrorKind::kCorrupted, "another page has the same key");
}

/* The parts have their lengths before them, so that no two pages are written alike. */
BodyHash key_of(const NewPage &page, TimestampTz fetched_at) {
    return body_hash(std::to_string(page.owner.size()) + " " + std::to_string(page.url.size()) + " " + page.owner +
                     page.url + std::to_string(fetched_at));
}

/* Of a page that the caller may see. */
std::optional<RowFields> visible_page(FunctionCallInfo fcinfo) {
    const std::vector<RowFields> rows = rows_by_key(kScan, bytea_argument(fcinfo, 0), KeyScanView::kStatement);
    if (rows.empty() || !may_see(rows.front()[0].value()))
        return std::nullopt;
    return rows.front();
}

/* Among many pages the one that is damaged has to be found. */
std::string body_of(const RowFields &page) {
    try {
        if (std::optional<std::string> body = stored_body_in_statement(page[1].value()))
            return std::move(*body);
        throw Error(ErrorKind::kCorrupted, "stored page lacks its body");
    } catch (const Error &error) {
        throw Error(error.kind(), error.message(),
                    "The page is \"" + page[3].value() + "\"." + (error.detail().empty() ? "" : " " + error.detail()),
                    error.hint());
    }
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_store_page) {
    NewPage page = read_page(fcinfo);
    const TimestampTz fetched_at =
        fcinfo->args[4].isnull ? GetCurrentTransactionStartTimestamp() : DatumGetTimestampTz(fcinfo->args[4].value);
    const BodyHash key = key_of(page, fetched_at);
    const bool may_use_prefixes = lock_pages(page.owner, page.site, false);
    TrustedQueries queries; /* what the lock keeps in place is seen from now on */
    /* As in webwrap.store_body: nothing is dropped before the reference to it is committed. */
    queries.run_kept("SELECT pg_advisory_xact_lock_shared('webwrap.body'::regclass::oid::int, 0)", {}, false);
    std::optional<std::int64_t> template_id;
    if (const auto stored = stored_body(view_of(page.hash))) {
        if (*stored != page.response.body)
            throw Error(ErrorKind::kCorrupted, "another body has the same hash");
        template_id = known_template(queries, page);
    } else {
        template_id = store_new_body(queries, page, may_use_prefixes);
    }
    insert_page(queries, page, fcinfo, view_of(key), fetched_at, template_id);
    queries.finish();
    return bytea_datum(view_of(key));
}

WEBWRAP_SQL_FUNCTION(webwrap_page_body) {
    const auto page = visible_page(fcinfo);
    if (!page) {
        fcinfo->isnull = true;
        return 0;
    }
    return bytea_datum(body_of(*page));
}

WEBWRAP_SQL_FUNCTION(webwrap_page_html) {
    const auto page = visible_page(fcinfo);
    if (!page || !(*page)[2]) {
        fcinfo->isnull = true;
        return 0;
    }
    return text_datum(decode_page(body_of(*page), *(*page)[2]).text);
}

WEBWRAP_SQL_FUNCTION(webwrap_delete_pages) {
    const Parameter role = oid_parameter(GetUserId());
    const Parameter pattern =
        fcinfo->args[0].isnull ? Parameter{TEXTOID, Value{}} : parameter(text_argument(fcinfo, 0));
    const Parameter before{TIMESTAMPTZOID, fcinfo->args[1].isnull ? Value{} : Value{fcinfo->args[1].value}};
    TrustedQueries queries;
    /* CASE, so that the pattern meets no URL of others: LIKE has an error that tells how far one matched. */
    queries.run("WITH gone AS (DELETE FROM webwrap.stored_page p WHERE CASE WHEN "
                "(SELECT r.rolsuper FROM pg_roles r WHERE r.oid = $1) OR p.owner IN (SELECT r.rolname::text "
                "FROM pg_roles r WHERE pg_has_role($1, r.oid, 'USAGE')) "
                "THEN ($2 IS NULL OR p.url LIKE $2) AND ($3 IS NULL OR p.fetched_at < $3) ELSE false END "
                "RETURNING p.body_hash) SELECT count(*), array_agg(DISTINCT body_hash) FROM gone",
                {role, pattern, before}, false);
    const std::int64_t deleted = std::stoll(queries.text(0, 0).value());
    if (const std::optional<std::string> hashes = queries.text(0, 1)) {
        queries.run("SELECT webwrap.drop_unused_templates()", {}, false);
        queries.run("SELECT array_agg(DISTINCT prefix_hash) FROM webwrap.body WHERE hash = ANY ($1::bytea[])",
                    {parameter(*hashes)}, true);
        const std::optional<std::string> prefixes = queries.text(0, 0);
        for (const auto &gone :
             {hashes, hashes, prefixes}) /* pages, those of them that were prefixes, other prefixes */
            if (gone)
                queries.run("SELECT webwrap.drop_bodies($1::bytea[])", {parameter(*gone)}, false);
    }
    queries.finish();
    return Int64GetDatum(deleted);
}
