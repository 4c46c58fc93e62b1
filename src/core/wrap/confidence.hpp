#pragma once

#include <array>
#include <string>

#include "core/wrap/ranking.hpp"

namespace webwrap {

/* What the confidence in an answer rests on. */
enum class Trust : std::size_t {
    kShare,     /* softmax mass of the answer among the groups considered */
    kLead,      /* its score minus that of the best other answer */
    kBackShare, /* the same on the way back, for the old elements */
    kBackLead,
    kLogShare, /* logarithms of both masses */
    kLogBackShare,
    kMutual,   /* F1 of the group that the way back likes best against the old elements */
    kLikeness, /* means over the three families of evidence */
    kRarity,
    kWhole,
    kCount, /* and what tells most of it */
    kLengths,
    kShapes,
    kWords,
    kHeading,
    kMargin,
    kWorst,
    kName,
    kTag,
    kData,
    kAddress,
    kPathShare,
    kClassShare,
    kKnownTexts,
    kNotElsewhere,
    kNamesOwn,
    kLabelOwn,
    kIsList, /* 1 or 0 */
    kIsMedia,
    kTextsStay, /* share of the old page's texts, and of its names, that stand on the new page as well: how much to expect */
    kNamesStay,
    kAroundStays, /* the same of the texts around the old elements */
    kTextsLost,   /* what the answer falls short of that: texts not known, likeness, texts around it */
    kLikenessLost,
    kAroundLost,
    kDataLost,    /* the metadata still state what the old elements say, but not what the answer says */
    kOtherMarkup, /* share of elements with a child of a tag that no old element has one of */
    kTagLost,     /* elements without text are of another tag: they are little else than that */
};
inline constexpr std::size_t kTrustCount = 38;
using TrustVector = std::array<float, kTrustCount>;

/* Logistic regression. */
struct ConfidenceModel {
    TrustVector weights{};
    float intercept = 0;

    [[nodiscard]] double probability(const TrustVector &trust) const;
};

/* All that is fitted: how groups are ranked, how sure an answer is, whether what an XPath selects is still right. */
struct AdaptationModel {
    RankingModel ranking;
    ConfidenceModel answer;
    ConfidenceModel holds;
};

/* Fitted to real redesigns (src/bench/fit), see docs/wrap.md. */
[[nodiscard]] const AdaptationModel &fitted_model();
/* Equal weights for the ranking; only the confidence is fitted. */
[[nodiscard]] const AdaptationModel &equal_model();

[[nodiscard]] const std::array<std::string, kTrustCount> &trust_names();

/* {"ranking": {"text": {feature: weight}, "list": ..., "media": ...}, "answer": {"intercept": ..., name: weight},
 * "holds": ...}; what is left out is 0. Throws kInvalidOption naming what it does not know. */
[[nodiscard]] AdaptationModel model_from_json(std::string_view json);

} // namespace webwrap
