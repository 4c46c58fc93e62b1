/* Separation: the first byte of an input chooses the method, the rest is a page. Template and data restore the page; as a
 * template, the page is either refused or restored from data of its own. */

#include <string>

#include "core/separate/maintainability.hpp"
#include "core/separate/records.hpp"
#include "core/separate/separation.hpp"
#include "core/separate/source_layout.hpp"
#include "test/fuzz/fuzz.hpp"

namespace webwrap::fuzz {

namespace {

/* Records that fit any template of low numbers. */
const TemplateData &generous_data() {
    static const auto *const data = [] {
        TemplateData record = TemplateData::object();
        for (int depth = 0; depth < 3; ++depth) {
            TemplateData outer = TemplateData::object();
            for (int number = 1; number <= 9; ++number) {
                outer["r" + std::to_string(number)] = "{r1}";
                if (number % 2 == 0)
                    outer["if" + std::to_string(number)] = TemplateData::array();
                outer["for" + std::to_string(number)] = TemplateData::array({record, record});
            }
            record = std::move(outer);
            if (depth == 0)
                continue;
            for (int number = 3; number <= 9; ++number)
                record.erase("for" + std::to_string(number));
        }
        return new TemplateData(std::move(record));
    }();
    return *data;
}

void check_page(std::string_view input) {
    static constexpr SeparationMethod kMethods[] = {SeparationMethod::kOptimal,    SeparationMethod::kRecords,
                                                    SeparationMethod::kMaxMiLcs,   SeparationMethod::kMaxMi,
                                                    SeparationMethod::kMiDualTlbo, SeparationMethod::kSynthia};
    const SeparationMethod method = kMethods[take_byte(input) % std::size(kMethods)];
    const std::string page = repaired(input);
    const Limits limits = small_limits();
    {
        LayoutPool pool;
        require(page_of_layout(pool, layout_of_page(pool, page, limits)) == page, "a layout tree is its page", page);
    }
    SeparationOptions options;
    options.population = 3;
    options.iterations = 2;
    const Separation result = separate(page, method, options, limits);
    require(restore(result.template_text, parse_template_data(result.data_text)) == page, "a page is restored", page);
    (void)records_of(result.template_text, result.data, limits);
    (void)template_as_jinja(result.template_text);
    (void)count_markup(result.template_text, limits);
}

} // namespace

} // namespace webwrap::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace webwrap::fuzz;
    const std::string_view input(reinterpret_cast<const char *>(data), size);
    attempt([&] { check_page(input); });
    attempt([&] { (void)webwrap::template_as_jinja(repaired(input)); });
    attempt([&] { (void)webwrap::restore(repaired(input), generous_data()); });
    return 0;
}
