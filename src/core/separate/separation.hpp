#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/separate/template_text.hpp"

namespace webwrap {

enum class SeparationMethod : std::uint8_t { kSynthia, kMaxMi, kMaxMiLcs, kMiDualTlbo, kOptimal, kRecords };

/* By its name: synthia, max_mi, max_mi_lcs, mi_dual_tlbo, optimal, records. Throws kInvalidArgument. */
[[nodiscard]] SeparationMethod separation_method(std::string_view name);
[[nodiscard]] std::string_view separation_method_name(SeparationMethod method);

/* What the paper's methods take the index of when they weigh an operation: the whole page, or the trees at hand. */
enum class SeparationScope : std::uint8_t { kPage, kSubtree };

struct SeparationOptions {
    SeparationScope scope = SeparationScope::kPage;
    double threshold = 0.7;   /* synthia: similarity of neighbours that go into one run */
    int population = 100;     /* mi_dual_tlbo */
    int iterations = 400;     /* mi_dual_tlbo */
    double learning_rate = 1; /* mi_dual_tlbo */
    std::uint64_t seed = 1;   /* mi_dual_tlbo: equal seeds, equal results */
};

/* From JSON with the names above; throws kInvalidOption. */
[[nodiscard]] SeparationOptions separation_options_from_json(std::string_view json);

struct Separation {
    std::string template_text;
    TemplateData data;
    std::string data_text; /* as JSON */
    double maintainability = 0;
    double page_maintainability = 0;
    double compression_ratio = 0; /* (template + data) / page in bytes, data in the paper's notation */
};

/* Template and data of a page; restore() of both is the page byte for byte, which is verified here. Polls. Throws
 * kLimitExceeded. */
[[nodiscard]] Separation separate(std::string_view page, SeparationMethod method, const SeparationOptions &options = {},
                                  const Limits &limits = {});

/* Data as the paper prints them: JSON without quotes around names and plain strings. For counting characters. */
[[nodiscard]] std::string paper_notation(const TemplateData &data);

} // namespace webwrap
