#include "core/wrap/adapt_options.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/match/similarity.hpp"

namespace webwrap {

namespace {

double number_of(const nlohmann::json &object, const char *key, double fallback) {
    const auto found = object.find(key);
    if (found == object.end())
        return fallback;
    if (!found->is_number() || found->get<double>() < 0 || found->get<double>() > 1)
        throw Error(ErrorKind::kInvalidOption, std::string("option \"") + key + "\" must be a number from 0 to 1");
    return found->get<double>();
}

/* "fitted", "equal", or a model of one's own. */
std::shared_ptr<const AdaptationModel> model_from_option(const nlohmann::json &model) {
    if (model == "fitted")
        return nullptr;
    if (model == "equal")
        return {std::shared_ptr<void>(), &equal_model()};
    return std::make_shared<const AdaptationModel>(model_from_json(model.dump()));
}

} // namespace

AdaptOptions adapt_options_from_json(std::string_view json) {
    const nlohmann::json object = nlohmann::json::parse(json, nullptr, false);
    if (!object.is_object())
        throw Error(ErrorKind::kInvalidOption, "options must be a JSON object");
    for (const auto &[key, value] : object.items())
        if (key != "threshold" && key != "similarity_threshold" && key != "measure" && key != "model" &&
            key != "parser")
            throw Error(ErrorKind::kInvalidOption, "unknown option \"" + key + "\"", {},
                        "Valid options are threshold, similarity_threshold, measure, model, parser.");
    AdaptOptions options;
    options.threshold = number_of(object, "threshold", options.threshold);
    options.similarity_threshold = number_of(object, "similarity_threshold", options.similarity_threshold);
    const auto text_of = [&object](const char *key, std::string fallback) {
        const auto found = object.find(key);
        if (found == object.end())
            return fallback;
        if (!found->is_string())
            throw Error(ErrorKind::kInvalidOption, "option \"" + std::string(key) + "\" must be a string");
        return found->get<std::string>();
    };
    options.measure = text_of("measure", options.measure);
    options.parser = html_parser_from_name(text_of("parser", "html5"));
    if (const auto model = object.find("model"); model != object.end())
        options.model = model_from_option(*model);
    try {
        (void)measure_from_name(options.measure);
    } catch (const Error &error) {
        throw Error(ErrorKind::kInvalidOption, error.message(), error.detail(), error.hint());
    }
    return options;
}

} // namespace webwrap
