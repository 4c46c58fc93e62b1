#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/parse/parse.hpp"
#include "core/wrap/confidence.hpp"

namespace webwrap {

/* Settings of adaptation (paper section 4). */
struct AdaptOptions {
    double threshold = 0.7;                       /* confidence below which webwrap abstains */
    double similarity_threshold = 0.0;            /* tree similarity below which a candidate is dropped */
    std::string measure = "simple";               /* tree measure: simple, clustered, bigram, jaro_winkler */
    std::shared_ptr<const AdaptationModel> model; /* null: the fitted one */
    HtmlParser parser = HtmlParser::kHtml5;       /* for callers that parse the pages */
};

/* Reads options as JSON: threshold, similarity_threshold, measure, model, parser. Throws kInvalidOption. */
[[nodiscard]] AdaptOptions adapt_options_from_json(std::string_view json);

} // namespace webwrap
