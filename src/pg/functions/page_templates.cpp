#include "pg/functions/page_templates.hpp"

#include "core/parse/parse.hpp"
#include "pg/bridge/settings.hpp"

#include "pg/bridge/server.hpp"

namespace webwrap::pg {

std::vector<PageTemplate> page_templates(TrustedQueries &queries, const std::string &owner, const std::string &site) {
    const std::uint64_t count = queries.run_kept("SELECT id, prefix_hash, sketch FROM webwrap.page_template "
                                                 "WHERE owner = $1 AND site = $2 ORDER BY id DESC LIMIT 64",
                                                 {parameter(owner), parameter(site)}, true);
    std::vector<PageTemplate> templates;
    for (std::uint64_t row = 0; row < count; ++row)
        templates.push_back({std::stoll(queries.text(row, 0).value()), queries.bytes(row, 1).value(),
                             sketch_from_bytes(queries.bytes(row, 2).value())});
    return templates;
}

std::int64_t make_page_template(TrustedQueries &queries, const std::string &owner, const std::string &site,
                                std::string_view prefix_hash, const TemplateSketch &sketch) {
    queries.run_kept(
        "INSERT INTO webwrap.page_template AS t (owner, site, prefix_hash, sketch) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (owner, site, prefix_hash) DO UPDATE SET sketch = excluded.sketch RETURNING id",
        {parameter(owner), parameter(site), bytea_parameter(prefix_hash), bytea_parameter(sketch_to_bytes(sketch))},
        false);
    return std::stoll(queries.text(0, 0).value());
}

std::optional<TemplateSketch> sketch_of_page(std::string_view html) {
    try {
        return template_sketch(*parse_html(html, current_limits()));
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kLimitExceeded)
            throw;
        return std::nullopt;
    }
}

bool lock_pages(const std::string &owner, const std::string &site, bool for_all_others) {
    TrustedQueries queries;
    queries.run_kept("SELECT webwrap.page_lock($1, $2, $3 <> 0)",
                     {parameter(owner), parameter(site), int4_parameter(for_all_others ? 1 : 0)}, false);
    const bool is_locked = queries.text(0, 0) == "t";
    queries.finish();
    return is_locked;
}

} // namespace webwrap::pg
