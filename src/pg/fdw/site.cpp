#include "core/base/error.hpp"
#include "core/fetch/url.hpp"
#include "pg/bridge/compat.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/bridge/time.hpp"
#include "pg/fdw/site.hpp"
#include "pg/network/cache.hpp"

extern "C" {
#include "access/reloptions.h"
#include "catalog/pg_user_mapping.h"
#include "foreign/foreign.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace webwrap::pg {

namespace {

std::string text_option(const Options &options, const char *name) {
    const std::string *text = find_option(options, name);
    return text == nullptr ? std::string() : *text;
}

/* Whatever its name is: anyone who may can make more wrappers with our handler. */
bool has_our_handler(Oid wrapper) {
    const Oid handler = GetForeignDataWrapper(wrapper)->fdwhandler;
    const char *name = OidIsValid(handler) ? get_func_name(handler) : nullptr;
    const char *schema = name == nullptr ? nullptr : get_namespace_name(get_func_namespace(handler));
    return schema != nullptr && strcmp(schema, "webwrap") == 0 && strcmp(name, "fdw_handler") == 0;
}

/* The options of a mapping, and what tells its present state from others. */
struct UserMapping {
    List *options = NIL;
    Oid mapping = InvalidOid;
    TransactionId changed_by = InvalidTransactionId;
    CommandId changed_in = FirstCommandId; /* of that transaction */
    bool is_of_role = false;               /* and not of PUBLIC */
};

UserMapping user_mapping(Oid user, Oid server) {
    /* GetUserMapping raises when there is none, which is fine here: look first for the user, then for PUBLIC. */
    return call_pg([user, server] {
        for (const Oid role : {user, static_cast<Oid>(ACL_ID_PUBLIC)}) {
            HeapTuple tuple = SearchSysCache2(USERMAPPINGUSERSERVER, ObjectIdGetDatum(role), ObjectIdGetDatum(server));
            if (!HeapTupleIsValid(tuple))
                continue;
            bool is_null = false;
            const Datum options =
                SysCacheGetAttr(USERMAPPINGUSERSERVER, tuple, Anum_pg_user_mapping_umoptions, &is_null);
            const UserMapping found{is_null ? NIL : untransformRelOptions(options),
                                    reinterpret_cast<Form_pg_user_mapping>(GETSTRUCT(tuple))->oid,
                                    HeapTupleHeaderGetRawXmin(tuple->t_data),
                                    HeapTupleHeaderGetRawCommandId(tuple->t_data), role != ACL_ID_PUBLIC};
            ReleaseSysCache(tuple);
            return found;
        }
        return UserMapping{};
    });
}

std::string base64(const std::string &plain) {
    std::string encoded((plain.size() + 2) / 3 * 4 + 1, '\0');
    char *target = encoded.data();
    const int room = static_cast<int>(encoded.size());
    const char *source = plain.data();
    const int size = static_cast<int>(plain.size());
    encoded.resize(static_cast<std::size_t>(
        call_pg([source, size, target, room] { return encode_base64(source, size, target, room); })));
    return encoded;
}

Credentials credentials_of(const Options &options) {
    Credentials credentials;
    credentials.headers = parse_header_lines(text_option(options, "header"));
    if (const std::string *cookie = find_option(options, "cookie"))
        credentials.headers.emplace_back("Cookie", *cookie);
    if (const std::string *token = find_option(options, "bearer_token"))
        credentials.headers.emplace_back("Authorization", "Bearer " + *token);
    else if (find_option(options, "username") != nullptr)
        credentials.headers.emplace_back("Authorization", "Basic " + base64(text_option(options, "username") + ":" +
                                                                            text_option(options, "password")));
    credentials.client_certificate = text_option(options, "client_certificate");
    credentials.client_key = text_option(options, "client_key");
    credentials.client_key_password = text_option(options, "client_key_password");
    return credentials;
}

} // namespace

std::string Site::absolute(const std::string &url) const {
    return base_url.empty() ? parse_url(url).text : resolve_url(parse_url(base_url), url).text;
}

bool Site::contains(const std::string &url) const {
    return !base_url.empty() && parse_url(url).origin() == parse_url(base_url).origin();
}

void Site::prepare(Request &request) const {
    if (!user_agent.empty())
        request.user_agent = user_agent;
    request.access = access;
    request.requests_per_second = requests_per_second;
    if (max_retries >= 0)
        request.max_retries = max_retries;
    if (respects_robots)
        request.respects_robots = *respects_robots;
    request.cache.rules.ttl_s = cache_ttl_s;
    request.cache.rules.stale_while_revalidate_s = stale_while_revalidate_s;
}

Site read_site(Oid server, const Options &server_options) {
    Site site;
    site.server = server;
    site.base_url = text_option(server_options, "base_url");
    site.user_agent = text_option(server_options, "user_agent");
    if (const std::string *rate = find_option(server_options, "requests_per_second"))
        site.requests_per_second = std::stod(*rate);
    if (const std::string *retries = find_option(server_options, "max_retries"))
        site.max_retries = std::stoi(*retries);
    if (const std::string *text = find_option(server_options, "respect_robots")) {
        bool is_on = true;
        (void)parse_bool(text->c_str(), &is_on);
        site.respects_robots = is_on;
    }
    if (const std::string *ttl = find_option(server_options, "cache_ttl"))
        site.cache_ttl_s = interval_seconds(*ttl);
    if (const std::string *stale = find_option(server_options, "stale_while_revalidate"))
        site.stale_while_revalidate_s = interval_seconds(*stale);
    site.access.ca_certificates = text_option(server_options, "ca_certificate");
    site.access.proxy.url = text_option(server_options, "proxy");
    site.access.renderer = {text_option(server_options, "renderer"), text_option(server_options, "renderer_body"),
                            text_option(server_options, "renderer_content_type")};
    return site;
}

Site read_site(const std::string &server_name, Oid user) {
    const char *name = server_name.c_str();
    ForeignServer *server = call_pg([name, user] {
        ForeignServer *found = GetForeignServerByName(name, false);
        check_server_usage(found->serverid, user, found->servername);
        return found;
    });
    if (!call_pg([server] { return has_our_handler(server->fdwid); }))
        throw Error(ErrorKind::kInvalidOption, "server \"" + server_name + "\" is not one of webwrap", {},
                    "Name a server that was created with FOREIGN DATA WRAPPER webwrap.");
    return read_site(server->serverid, options_of(server->options));
}

Access personal_access(const Site &site, Oid user) {
    const UserMapping mapping = user_mapping(user, site.server);
    Access access = site.access;
    const Options options = options_of(mapping.options);
    access.credentials = credentials_of(options);
    access.credentials.identity = std::string(kMappingIdentity) + std::to_string(mapping.mapping) + " of " +
                                  std::to_string(mapping.changed_by) + "." + std::to_string(mapping.changed_in);
    if (mapping.is_of_role)
        access.credentials.identity += std::string(kIdentityRole) + std::to_string(user);
    access.proxy.username = text_option(options, "proxy_username");
    access.proxy.password = text_option(options, "proxy_password");
    check_combination(access);
    return access;
}

} // namespace webwrap::pg
