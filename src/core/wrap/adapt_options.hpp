#pragma once

#include <string>
#include <string_view>

#include "core/parse/parse.hpp"

namespace webwrap {

/* Settings of adaptation (paper section 4). */
struct AdaptOptions {
    double threshold = 0.7;                 /* confidence below which webwrap abstains */
    double similarity_threshold = 0.0;      /* tree similarity below which a candidate is dropped */
    std::string measure = "simple";         /* tree measure: simple, clustered, bigram, jaro_winkler */
    HtmlParser parser = HtmlParser::kHtml5; /* for callers that parse the pages */
};

/* Reads options as JSON: threshold, similarity_threshold, measure, parser. Throws kInvalidOption. */
[[nodiscard]] AdaptOptions adapt_options_from_json(std::string_view json);

} // namespace webwrap
