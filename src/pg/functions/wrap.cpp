#include <nlohmann/json.hpp>

#include "core/base/text.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"
#include "core/wrap/priorities.hpp"
#include "pg/bridge/memory.hpp"
#include "pg/bridge/settings.hpp"
#include "pg/bridge/values.hpp"
#include "pg/functions/session_cache.hpp"

#include "pg/bridge/server.hpp"

using namespace webwrap;
using namespace webwrap::pg;
using nlohmann::json;

namespace {

struct WrappedPage {
    std::shared_ptr<const Extractor> extractor;
    std::shared_ptr<const Document> document;
    Extraction extraction;
};

WrappedPage wrap_page(FunctionCallInfo fcinfo) {
    const Limits limits = current_limits();
    auto extractor = compiled_wrapper(jsonb_argument(fcinfo, 1));
    auto document = parsed_page(fcinfo, 0, limits, extractor->wrapper().parser);
    Extraction extraction = extractor->extract(*document, limits);
    return {std::move(extractor), std::move(document), std::move(extraction)};
}

json pattern_json(const PatternAdaptation &pattern, bool explain) {
    json object = {{"pattern", pattern.pattern}, {"old_xpath", pattern.old_xpath},   {"new_xpath", pattern.new_xpath},
                   {"sure", pattern.is_sure},    {"similarity", pattern.similarity}, {"confidence", pattern.confidence},
                   {"measure", pattern.measure}, {"old_sample", pattern.old_sample}, {"new_sample", pattern.new_sample},
                   {"reason", pattern.reason}};
    if (explain)
        object["evidence"] = pattern.evidence.empty() ? json(nullptr) : json::parse(pattern.evidence);
    return object;
}

} // namespace

WEBWRAP_SQL_FUNCTION(webwrap_apply_wrapper) {
    RowSink rows(fcinfo);
    const WrappedPage page = wrap_page(fcinfo);
    if (!page.extraction.violations.empty())
        throw Error(ErrorKind::kConstraintViolated, "page violates its wrapper",
                    describe_violations(page.extraction.violations), "webwrap.verify lists the violated constraints.");
    for (const Record &record : page.extraction.records) {
        const ScratchMemory scratch;
        rows.put({jsonb_datum(record_to_json(page.extractor->wrapper(), record))});
    }
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_verify) {
    RowSink rows(fcinfo);
    for (const Violation &violation : wrap_page(fcinfo).extraction.violations)
        rows.put({text_datum(violation.pattern), text_datum(violation.constraint_name), text_datum(violation.detail)});
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_adapt) {
    RowSink rows(fcinfo);
    const Limits limits = current_limits();
    const AdaptOptions options = adapt_options_from_json(jsonb_argument(fcinfo, 3));
    const auto old_page = parsed_page(fcinfo, 0, limits, options.parser);
    const auto new_page = parsed_page(fcinfo, 2, limits, options.parser);
    for (const Candidate &c : adapt_by_priority(*old_page, text_argument(fcinfo, 1), *new_page, options, limits))
        rows.put({text_datum(c.xpath), Float8GetDatum(c.similarity), Float8GetDatum(c.confidence),
                  text_datum(c.measure), c.evidence.empty() ? Value() : Value(jsonb_datum(c.evidence))});
    return 0;
}

WEBWRAP_SQL_FUNCTION(webwrap_still_holds) {
    const Limits limits = current_limits();
    const AdaptOptions options = adapt_options_from_json(jsonb_argument(fcinfo, 3));
    const auto old_page = parsed_page(fcinfo, 0, limits, options.parser);
    const auto new_page = parsed_page(fcinfo, 2, limits, options.parser);
    return Float8GetDatum(still_holds(*old_page, text_argument(fcinfo, 1), *new_page, options, limits));
}

WEBWRAP_SQL_FUNCTION(webwrap_adapt_wrapper) {
    const Limits limits = current_limits();
    const Wrapper wrapper = wrapper_from_json(jsonb_argument(fcinfo, 1));
    const AdaptOptions options = call_adapt_options_from_json(jsonb_argument(fcinfo, 3), wrapper.adaptation);
    const auto old_page = parsed_page(fcinfo, 0, limits, wrapper.parser);
    const auto new_page = parsed_page(fcinfo, 2, limits, wrapper.parser);
    const PagePair pair{old_page.get(), new_page.get(), true};
    const WrapperAdaptation adapted = adapt_wrapper(wrapper, {&pair, 1}, options, limits);
    json result = {{"sure", adapted.is_sure},
                   {"wrapper", json::parse(wrapper_to_json(adapted.wrapper))},
                   {"patterns", json::array()}};
    for (const PatternAdaptation &pattern : adapted.patterns)
        result["patterns"].push_back(pattern_json(pattern, options.explain));
    return jsonb_datum(result.dump());
}
