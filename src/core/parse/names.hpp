#pragma once

#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace webwrap {

using NameId = std::int32_t; /* interned element or attribute name */
inline constexpr NameId kNoName = -1;

/* Ids of the names that every document knows: they are equal in all documents. */
namespace names {

enum Known : NameId {
#define X(constant, text) constant,
#include "core/parse/names.inc"
#undef X
    kKnownCount
};

/* "clippath" in SVG is spelled clipPath; other names stay as they are. */
[[nodiscard]] constexpr NameId spelled_in_svg(NameId name) noexcept {
    if (name >= kAltglyphLower && name <= kTextpathLower)
        return name + (kAltGlyph - kAltglyphLower);
    return name;
}

/* "viewbox" on an SVG element is spelled viewBox, "definitionurl" on a MathML element definitionURL. */
[[nodiscard]] constexpr NameId spelled_as_svg_attribute(NameId name) noexcept {
    if (name == kGlyphrefLower)
        return kGlyphRef;
    if (name >= kAttributenameLower && name < kDefinitionurlLower)
        return name + (kAttributeName - kAttributenameLower);
    return name;
}
[[nodiscard]] constexpr NameId spelled_as_mathml_attribute(NameId name) noexcept {
    return name == kDefinitionurlLower ? NameId{kDefinitionURL} : name;
}

[[nodiscard]] constexpr bool is_html_element(NameId name) noexcept { return name >= kA && name <= kXmp; }

} // namespace names

/* Names and their ids: the known ones, then those of one document in the order of their first use. Look-up is O(length). */
class NameTable {
  public:
    explicit NameTable(std::pmr::memory_resource *memory) : texts_(memory), slots_(memory), memory_(memory) {}

    /* Copies a name that is new. */
    [[nodiscard]] NameId intern(std::string_view name);
    /* The same for a name of at most 8 bytes that is given as a number, first byte lowest. */
    [[nodiscard]] NameId intern_short(std::uint64_t key);
    /* kNoName when neither the document nor the known names have it. */
    [[nodiscard]] NameId find(std::string_view name) const;
    /* Among the known names only. */
    [[nodiscard]] static NameId find_known(std::string_view name);
    [[nodiscard]] std::string_view text(NameId id) const;
    [[nodiscard]] NameId size() const noexcept { return names::kKnownCount + static_cast<NameId>(texts_.size()); }

  private:
    struct Slot {
        std::uint64_t key = 0;
        NameId id = kNoName;
    };
    [[nodiscard]] NameId find_own(std::uint64_t key, std::string_view name) const;
    NameId add(std::uint64_t key, std::string_view name);
    void put(std::uint64_t key, NameId id);
    void grow();

    std::pmr::vector<std::string_view> texts_;
    std::pmr::vector<Slot> slots_; /* open addressing, a power of two, at most half full */
    std::pmr::memory_resource *memory_;
};

} // namespace webwrap
