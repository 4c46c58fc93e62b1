#include "core/separate/site.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/separate/fold.hpp"
#include "core/separate/instance.hpp"
#include "core/separate/merge.hpp"
#include "core/separate/source_layout.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMostCells = 1'000'000; /* of one list alignment between template and page */

LayoutId layout_of_own_template(LayoutPool &pool, std::string_view text, const Limits &limits) {
    const LayoutId layout = layout_of_template(pool, text, limits);
    bool is_own = Instantiation(pool).text_of(layout) == text;
    for (LayoutId id = 0; id < pool.size() && is_own; ++id)
        is_own = pool.node(id).kind != LayoutKind::kIf || pool.node(id).child_count == 1;
    if (!is_own)
        throw Error(ErrorKind::kInvalidArgument, "template was not written by separation", {},
                    "Use templates of webwrap.separate and webwrap.site_template as they are.");
    return layout;
}

LayoutId extended(LayoutPool &pool, LayoutId layout, LayoutId own) {
    PricedScores scores(pool, {0.5, 1.0, 0.0, 0.1});
    Merger merger(pool, scores, {Alignment::kGlobal, true, kMostCells});
    const LayoutId merged = merger.merge(layout, own);
    if (merged == kNoLayout)
        throw Error(ErrorKind::kLimitExceeded, "template and page have lists that are too long to align");
    return merged;
}

} // namespace

std::string extend_site_template(std::string_view template_text, std::string_view page, const Limits &limits) {
    LayoutPool pool;
    const LayoutId plain = layout_of_page(pool, page, limits);
    const LayoutId own = OptimalFolder(pool).fold_eagerly(plain);
    if (template_text.empty())
        return Instantiation(pool).text_of(own);
    const LayoutId layout = layout_of_own_template(pool, template_text, limits);
    if (Instantiation(pool).run(layout, plain).has_value())
        return std::string(template_text);
    return Instantiation(pool).text_of(extended(pool, layout, own));
}

SiteSeparation separate_with(std::string_view template_text, std::string_view page, const Limits &limits) {
    LayoutPool pool;
    const LayoutId layout = layout_of_own_template(pool, template_text, limits);
    const LayoutId plain = layout_of_page(pool, page, limits);
    SiteSeparation separation;
    auto result = Instantiation(pool).run(layout, plain);
    if (!result.has_value()) {
        const LayoutId own = OptimalFolder(pool).fold_eagerly(plain);
        const LayoutId wider = extended(pool, layout, own);
        result = Instantiation(pool).run(wider, plain);
        separation.residual = std::clamp(static_cast<double>(pool.node(wider).size - pool.node(layout).size) /
                                             static_cast<double>(pool.node(own).size),
                                         0.0, 1.0);
    }
    if (!result.has_value() || restore(result->text, result->data) != page)
        throw Error(ErrorKind::kInternal, "separation with a template does not give the page back");
    separation.template_text = std::move(result->text);
    separation.data_text = result->data.dump();
    return separation;
}

} // namespace webwrap
