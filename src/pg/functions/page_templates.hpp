#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/match/template_sketch.hpp"
#include "pg/bridge/spi.hpp"

namespace webwrap::pg {

/* A template of an owner's pages of a site: the page that is its prefix, and what it looks like. */
struct PageTemplate {
    std::int64_t id;
    std::string prefix_hash;
    TemplateSketch sketch;
};

/* Those of an owner and site, the newest first, a bounded number. */
[[nodiscard]] std::vector<PageTemplate> page_templates(TrustedQueries &queries, const std::string &owner,
                                                       const std::string &site);

/* Makes a template of a body that has no prefix, or finds the one that is there; returns its id. */
[[nodiscard]] std::int64_t make_page_template(TrustedQueries &queries, const std::string &owner,
                                              const std::string &site, std::string_view prefix_hash,
                                              const TemplateSketch &sketch);

/* What a page looks like; nothing when it is beyond the limits of what is parsed. */
[[nodiscard]] std::optional<TemplateSketch> sketch_of_page(std::string_view html);

/* webwrap.page_lock: whether this transaction may rely on the prefixes of the site, or take them away (for_all_others). */
[[nodiscard]] bool lock_pages(const std::string &owner, const std::string &site, bool for_all_others);

} // namespace webwrap::pg
