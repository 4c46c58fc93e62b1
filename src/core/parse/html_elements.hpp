#pragma once

/* Internal to parse: what tree construction asks about elements (HTML standard, 13.2.4 and 13.2.6). */

#include <array>
#include <cstdint>
#include <initializer_list>

#include "core/parse/document.hpp"

namespace webwrap::html {

enum ElementClass : std::uint16_t {
    kSpecial = 1,
    kScope = 2,          /* ends the search for an element in scope */
    kImpliedEnd = 4,     /* its end tag may be implied */
    kImpliedEndAll = 8,  /* likewise, "thoroughly" */
    kFormatting = 16,    /* stands in the list of active formatting elements */
    kHeading = 32,       /* h1 to h6 */
    kTablePart = 64,     /* table, tbody, tfoot, thead, tr: what is foreign to them is foster-parented */
    kModeGiving = 128,   /* decides when the insertion mode is reset */
    kBreaksOut = 256,    /* a start tag that ends foreign content */
    kListBoundary = 512, /* special, but for address, div and p: ends the search for an open li, dd or dt */
    kHeadContent = 1024, /* goes by the rules of the head wherever it stands */
    kBlock = 2048,       /* its start tag closes a p, its end tag what is open inside of it */
};

constexpr auto make_element_classes() {
    using namespace names;
    std::array<std::uint16_t, kKnownCount> classes{};
    const auto mark = [&classes](std::uint16_t bit, std::initializer_list<NameId> list) {
        for (const NameId name : list)
            classes[static_cast<std::size_t>(name)] |= bit;
    };
    mark(kSpecial | kListBoundary,
         {kApplet,   kArea,     kArticle,    kAside,    kBase,     kBasefont, kBgsound, kBlockquote, kBody, kBr,
          kButton,   kCaption,  kCenter,     kCol,      kColgroup, kDd,       kDetails, kDir,        kDl,   kDt,
          kEmbed,    kFieldset, kFigcaption, kFigure,   kFooter,   kForm,     kFrame,   kFrameset,   kH1,   kH2,
          kH3,       kH4,       kH5,         kH6,       kHead,     kHeader,   kHgroup,  kHr,         kHtml, kIframe,
          kImg,      kInput,    kKeygen,     kLi,       kLink,     kListing,  kMain,    kMarquee,    kMenu, kMeta,
          kNav,      kNoembed,  kNoframes,   kNoscript, kObject,   kOl,       kParam,   kPlaintext,  kPre,  kScript,
          kSearch,   kSection,  kSelect,     kSource,   kStyle,    kSummary,  kTable,   kTbody,      kTd,   kTemplate,
          kTextarea, kTfoot,    kTh,         kThead,    kTitle,    kTr,       kTrack,   kUl,         kWbr,  kXmp});
    mark(kSpecial, {kAddress, kDiv, kP});
    mark(kScope, {kApplet, kCaption, kHtml, kTable, kTd, kTh, kMarquee, kObject, kSelect, kTemplate});
    mark(kImpliedEnd | kImpliedEndAll, {kDd, kDt, kLi, kOptgroup, kOption, kP, kRb, kRp, kRt, kRtc});
    mark(kImpliedEndAll, {kCaption, kColgroup, kTbody, kTd, kTfoot, kTh, kThead, kTr});
    mark(kFormatting, {kA, kB, kBig, kCode, kEm, kFont, kI, kNobr, kS, kSmall, kStrike, kStrong, kTt, kU});
    mark(kHeading, {kH1, kH2, kH3, kH4, kH5, kH6});
    mark(kTablePart, {kTable, kTbody, kTfoot, kThead, kTr});
    mark(kModeGiving, {kTd, kTh, kTr, kTbody, kThead, kTfoot, kCaption, kColgroup, kTable, kTemplate, kHead, kBody,
                       kFrameset, kHtml});
    mark(kBreaksOut, {kB,     kBig,   kBlockquote, kBody,   kBr,   kCenter, kCode,  kDd, kDiv,  kDl,   kDt,
                      kEm,    kEmbed, kH1,         kH2,     kH3,   kH4,     kH5,    kH6, kHead, kHr,   kI,
                      kImg,   kLi,    kListing,    kMenu,   kMeta, kNobr,   kOl,    kP,  kPre,  kRuby, kS,
                      kSmall, kSpan,  kStrong,     kStrike, kSub,  kSup,    kTable, kTt, kU,    kUl,   kVar});
    mark(kHeadContent, {kBase, kBasefont, kBgsound, kLink, kMeta, kNoframes, kScript, kStyle, kTemplate, kTitle});
    mark(kBlock, {kAddress, kArticle, kAside,    kBlockquote, kCenter, kDetails, kDialog,  kDir,
                  kDiv,     kDl,      kFieldset, kFigcaption, kFigure, kFooter,  kHeader,  kHgroup,
                  kMain,    kMenu,    kNav,      kOl,         kSearch, kSection, kSummary, kUl});
    return classes;
}

inline constexpr auto kElementClasses = make_element_classes();

/* Whether an HTML element of the name has one of the classes. */
[[nodiscard]] constexpr bool is(NameId name, unsigned classes) noexcept {
    return name < names::kKnownCount && name >= 0 && (kElementClasses[static_cast<std::size_t>(name)] & classes) != 0;
}

} // namespace webwrap::html
