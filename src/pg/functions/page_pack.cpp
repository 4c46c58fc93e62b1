/* webwrap.page_recompress: each page against the best prefix of its site, at a high level. One transaction: a crash in the
 * middle leaves everything as it was. */

#include <algorithm>
#include <map>

#include "core/base/interrupt.hpp"
#include "core/parse/charset.hpp"
#include "core/store/codec.hpp"
#include "core/store/packing.hpp"
#include "pg/functions/page_templates.hpp"
#include "pg/network/body_store.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;

namespace {

constexpr std::size_t kPagesTogether = 24;   /* of one site */
constexpr std::size_t kPrefixesTogether = 8; /* of the site's templates, those that look most like the pages */
constexpr std::size_t kBytesTogether = std::size_t{64} << 20;
constexpr int kEstimateLevel = 3; /* tells which prefix is best about as well as the highest level */

struct Site {
    std::string owner, name;
};

/* A body on its way into its new form. */
struct Item {
    std::string hash;
    std::string bytes;
    std::optional<TemplateSketch> sketch;    /* none: is no text, has no template */
    std::optional<std::int64_t> template_id; /* whose prefix it is now */
    bool is_root = true;
    bool is_needed = false; /* as prefix, by something else than the pages at hand */
    bool is_page = true;    /* to be packed; else one of the site's prefixes */
};

/* The site after this one, in the order of names, that has something to pack. */
std::optional<Site> next_site(const Site &after) {
    TrustedQueries queries;
    std::optional<Site> found;
    if (queries.run("SELECT owner, site FROM webwrap.stored_page WHERE NOT is_packed AND (owner, site) > ($1, $2) "
                    "ORDER BY owner, site LIMIT 1",
                    {parameter(after.owner), parameter(after.name)}, true) > 0)
        found = Site{queries.text(0, 0).value(), queries.text(0, 1).value()};
    queries.finish();
    return found;
}

/* The pages to pack, those fetched first first. */
std::vector<Item> read_pages(TrustedQueries &queries, const Site &site, std::size_t count) {
    const std::uint64_t rows = queries.run(
        "SELECT p.body_hash, min(p.encoding), min(t.id), b.prefix_hash IS NULL, "
        "b.prefix_hash IS NULL AND (EXISTS (SELECT FROM webwrap.page_template o "
        "WHERE o.prefix_hash = p.body_hash AND (o.owner, o.site) <> ($1, $2)) "
        "OR EXISTS (SELECT FROM webwrap.snapshot s WHERE s.body_hash = p.body_hash)) "
        "FROM webwrap.stored_page p JOIN webwrap.body b ON b.hash = p.body_hash "
        "LEFT JOIN webwrap.page_template t ON t.prefix_hash = p.body_hash AND (t.owner, t.site) = ($1, $2) "
        "WHERE p.owner = $1 AND p.site = $2 AND NOT p.is_packed GROUP BY p.body_hash, b.prefix_hash "
        "ORDER BY min(p.fetched_at), p.body_hash LIMIT $3",
        {parameter(site.owner), parameter(site.name), int8_parameter(static_cast<std::int64_t>(count))}, true);
    std::vector<Item> items;
    std::vector<std::optional<std::string>> encodings;
    for (std::uint64_t row = 0; row < rows; ++row) {
        Item item;
        item.hash = queries.bytes(row, 0).value();
        encodings.push_back(queries.text(row, 1));
        if (const auto id = queries.text(row, 2))
            item.template_id = std::stoll(*id);
        item.is_root = queries.text(row, 3) == "t";
        item.is_needed = queries.text(row, 4) == "t";
        items.push_back(std::move(item));
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        std::optional<std::string> body = stored_body(items[i].hash);
        if (!body)
            throw Error(ErrorKind::kCorrupted, "a stored page has no body");
        items[i].bytes = std::move(*body);
        bytes += items[i].bytes.size();
        if (i > 0 && bytes > kBytesTogether) {
            items.resize(i);
            break;
        }
        if (encodings[i])
            items[i].sketch = sketch_of_page(decode_page(items[i].bytes, *encodings[i]).text);
    }
    return items;
}

bool holds(const std::vector<Item> &items, std::string_view hash) {
    return std::any_of(items.begin(), items.end(), [&](const Item &item) { return item.hash == hash; });
}

/* Marks the prefixes that bodies other than those at hand have. */
void mark_needed(TrustedQueries &queries, std::vector<Item> &items) {
    for (Item &item : items) {
        if (!item.is_root || item.is_needed)
            continue;
        const std::uint64_t rows = queries.run("SELECT hash FROM webwrap.body WHERE prefix_hash = $1 LIMIT 100",
                                               {bytea_parameter(item.hash)}, true);
        for (std::uint64_t row = 0; row < rows && !item.is_needed; ++row)
            item.is_needed = !holds(items, queries.bytes(row, 0).value());
    }
}

/* Puts the site's other prefixes before the pages. */
void add_prefixes(TrustedQueries &queries, const Site &site, std::vector<Item> &items) {
    std::vector<std::pair<double, PageTemplate>> ranked;
    for (PageTemplate &candidate : page_templates(queries, site.owner, site.name)) {
        if (holds(items, candidate.prefix_hash))
            continue;
        double similarity = 0;
        for (const Item &item : items)
            if (item.sketch)
                similarity = std::max(similarity, template_similarity(*item.sketch, candidate.sketch));
        ranked.emplace_back(similarity, std::move(candidate));
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto &x, const auto &y) { return x.first > y.first; });
    ranked.resize(std::min(ranked.size(), kPrefixesTogether));
    std::vector<Item> prefixes;
    for (auto &[similarity, found] : ranked) {
        const auto bytes = stored_prefix(found.prefix_hash);
        if (bytes == nullptr)
            continue;
        Item item;
        item.hash = found.prefix_hash;
        item.bytes = *bytes;
        item.sketch = std::move(found.sketch);
        item.template_id = found.id;
        item.is_needed = true;
        item.is_page = false;
        prefixes.push_back(std::move(item));
    }
    items.insert(items.begin(), std::make_move_iterator(prefixes.begin()), std::make_move_iterator(prefixes.end()));
}

/* For each item the one that is its prefix, itself for none. Items that are needed come first, those without template last. */
std::vector<std::size_t> choose(const std::vector<Item> &items, std::size_t needed, std::size_t with_template) {
    PackingCosts costs(with_template, std::vector<std::size_t>(with_template));
    for (std::size_t i = 0; i < with_template; ++i)
        for (std::size_t j = 0; j < with_template; ++j) {
            Interrupt::poll();
            const bool is_settled = i < needed && i != j; /* stays without prefix */
            if (!is_settled)
                costs[i][j] =
                    compress_body(items[i].bytes, i == j ? std::string_view() : items[j].bytes, kEstimateLevel).size();
        }
    std::vector<std::size_t> item_to_prefix = choose_prefixes(costs, needed);
    for (std::size_t i = with_template; i < items.size(); ++i)
        item_to_prefix.push_back(i);
    return item_to_prefix;
}

void write_body(TrustedQueries &queries, const Item &item, const Item *prefix, int level) {
    const std::string_view prefix_bytes = prefix == nullptr ? std::string_view() : prefix->bytes;
    const std::string frame = compress_body(item.bytes, prefix_bytes, level);
    if (decompress_body(frame, prefix_bytes, item.bytes.size()) != item.bytes)
        throw Error(ErrorKind::kInternal, "a compressed body does not give its bytes back");
    queries.run_kept("UPDATE webwrap.body SET bytes = $2, prefix_hash = $3, level = $4 WHERE hash = $1",
                     {bytea_parameter(item.hash), bytea_parameter(frame),
                      prefix == nullptr ? Parameter{BYTEAOID, Value{}} : bytea_parameter(prefix->hash),
                      int4_parameter(level)},
                     false);
}

/* Marks the pages of an item; a template that its body is no prefix of any more goes. */
void mark_packed(TrustedQueries &queries, const Site &site, const Item &item, std::optional<std::int64_t> template_id) {
    const Parameter its_template = template_id ? int8_parameter(*template_id) : Parameter{INT8OID, Value{}};
    queries.run_kept("UPDATE webwrap.stored_page SET is_packed = true, template = $4 "
                     "WHERE owner = $1 AND site = $2 AND body_hash = $3",
                     {parameter(site.owner), parameter(site.name), bytea_parameter(item.hash), its_template}, false);
}

void drop_template(TrustedQueries &queries, std::int64_t id, std::int64_t successor) {
    queries.run_kept("UPDATE webwrap.stored_page SET template = $2 WHERE template = $1",
                     {int8_parameter(id), int8_parameter(successor)}, false);
    queries.run_kept("DELETE FROM webwrap.page_template WHERE id = $1", {int8_parameter(id)}, false);
}

/* The order matters: at no moment a prefix has a prefix. */
void write(TrustedQueries &queries, const Site &site, const std::vector<Item> &items,
           const std::vector<std::size_t> &item_to_prefix, int level) {
    std::vector<std::optional<std::int64_t>> item_to_template(items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (item_to_prefix[i] != i)
            continue;
        if (items[i].is_page)
            write_body(queries, items[i], nullptr, level);
        if (items[i].sketch)
            item_to_template[i] = items[i].template_id ? *items[i].template_id
                                                       : make_page_template(queries, site.owner, site.name,
                                                                            items[i].hash, *items[i].sketch);
    }
    for (const bool was_root : {false, true}) {
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::size_t prefix = item_to_prefix[i];
            if (prefix == i || items[i].is_root != was_root)
                continue;
            item_to_template[i] = item_to_template[prefix];
            write_body(queries, items[i], &items[prefix], level);
            if (items[i].template_id)
                drop_template(queries, *items[i].template_id, item_to_template[prefix].value());
        }
    }
    for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].is_page)
            mark_packed(queries, site, items[i], item_to_template[i]);
}

/* Packs pages of a site, at most `count`, and returns how many there were; nothing when others store pages of it. */
std::optional<std::size_t> pack(const Site &site, std::size_t count, int level) {
    if (!lock_pages(site.owner, site.name, true))
        return std::nullopt;
    TrustedQueries queries;
    queries.run("SELECT pg_advisory_xact_lock_shared('webwrap.body'::regclass::oid::int, 0)", {}, false);
    std::vector<Item> items = read_pages(queries, site, std::min(count, kPagesTogether));
    const std::size_t pages = items.size();
    mark_needed(queries, items);
    add_prefixes(queries, site, items);
    const auto place = [](const Item &item) { return item.sketch ? (item.is_needed ? 0 : 1) : 2; };
    std::stable_sort(items.begin(), items.end(), [&](const Item &x, const Item &y) { return place(x) < place(y); });
    const auto before = [&](int limit) {
        return static_cast<std::size_t>(
            std::count_if(items.begin(), items.end(), [&](const Item &item) { return place(item) < limit; }));
    };
    write(queries, site, items, choose(items, before(1), before(2)), level);
    queries.finish();
    return pages;
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_page_recompress) {
    const int max_pages = DatumGetInt32(fcinfo->args[0].value), level = DatumGetInt32(fcinfo->args[1].value);
    if (level < 1 || level > 22)
        throw Error(ErrorKind::kInvalidArgument, "level must lie between 1 and 22");
    std::size_t done = 0;
    const std::size_t wanted = max_pages < 0 ? 0 : static_cast<std::size_t>(max_pages);
    std::optional<Site> site = next_site({});
    while (done < wanted && site) {
        const auto packed = pack(*site, wanted - done, level);
        done += packed.value_or(0);
        if (!packed || *packed == 0 || *packed < kPagesTogether)
            site = next_site(*site);
    }
    return Int64GetDatum(static_cast<std::int64_t>(done));
}
