#include "core/parse/media_type.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/fetch/message.hpp"

namespace webwrap {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSniffedBytes = 1445;

/* Types that are text though their names do not say so. Those of the standard's JavaScript and JSON types come first. */
constexpr std::array kTextTypes = std::to_array<std::string_view>(
    {"application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
     "application/json", "application/xml", "application/json-seq", "application/jsonl", "application/ndjson",
     "application/sql", "application/toml", "application/x-ndjson", "application/x-www-form-urlencoded",
     "application/x-yaml", "application/xml-dtd", "application/xml-external-parsed-entity", "application/yaml"});

/* What Apache sends for files that it does not know (section 5.3). */
constexpr std::array kApacheTypes = {"text/plain"sv, "text/plain; charset=ISO-8859-1"sv,
                                     "text/plain; charset=iso-8859-1"sv, "text/plain; charset=UTF-8"sv};

constexpr std::array kMarkup = {"<!DOCTYPE HTML"sv,
                                "<HTML"sv,
                                "<HEAD"sv,
                                "<SCRIPT"sv,
                                "<IFRAME"sv,
                                "<H1"sv,
                                "<DIV"sv,
                                "<FONT"sv,
                                "<TABLE"sv,
                                "<A"sv,
                                "<STYLE"sv,
                                "<TITLE"sv,
                                "<B"sv,
                                "<BODY"sv,
                                "<BR"sv,
                                "<P"sv,
                                "<!--"sv};

/* Files that may go on for a while without a byte that text does not have. `tail` stands four bytes behind the head. */
struct Signature {
    std::string_view head;
    std::string_view tail = {};
};
constexpr std::array kSignatures = std::to_array<Signature>({
    {"%PDF-"},
    {"%!PS-Adobe-"},
    {"GIF87a"},
    {"GIF89a"},
    {"\x89PNG\r\n\x1A\n"},
    {"\xFF\xD8\xFF"},
    {"RIFF", "WEBPVP"},
    {"RIFF", "AVI "},
    {"RIFF", "WAVE"},
    {"FORM", "AIFF"},
    {"ID3"},
    {"OggS\0"sv},
    {"MThd\0\0\0\6"sv},
    {"\x1A\x45\xDF\xA3"},
    {"\x1F\x8B\x08"},
    {"PK\3\4"},
    {"Rar!\x1A\7"},
});

bool has_signature(std::string_view body, const Signature &signature) {
    if (!body.starts_with(signature.head))
        return false;
    return signature.tail.empty() ||
           body.substr(std::min(signature.head.size() + 4, body.size())).starts_with(signature.tail);
}

bool is_binary_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x08 || byte == 0x0B || (byte >= 0x0E && byte <= 0x1A) || (byte >= 0x1C && byte <= 0x1F);
}

/* Section 7.2, rules to tell text from binary data. */
bool looks_like_text(std::string_view body) {
    if (body.starts_with("\xFE\xFF") || body.starts_with("\xFF\xFE") || body.starts_with("\xEF\xBB\xBF"))
        return true;
    return std::ranges::none_of(body, is_binary_byte);
}

bool looks_like_markup(std::string_view body) {
    while (!body.empty() && is_html_space(body.front()))
        body.remove_prefix(1);
    if (body.starts_with("<?xml"))
        return true;
    return std::ranges::any_of(kMarkup, [&](std::string_view tag) {
        return body.size() > tag.size() && ascii_lower(body.substr(0, tag.size())) == ascii_lower(tag) &&
               (body[tag.size()] == ' ' || body[tag.size()] == '>');
    });
}

/* Section 7.1. Bitmaps ("BM") are left to their other bytes: text may begin like that, too. */
bool is_unknown_text(std::string_view body) {
    if (looks_like_markup(body))
        return true;
    return std::ranges::none_of(kSignatures, [&](const Signature &s) { return has_signature(body, s); }) &&
           looks_like_text(body);
}

/* Not "type/subtype", or one that only says that nobody knows. */
bool says_nothing(std::string_view media_type) {
    const std::size_t slash = media_type.find('/');
    return slash == std::string_view::npos || !is_header_name(media_type.substr(0, slash)) ||
           !is_header_name(media_type.substr(slash + 1)) || media_type == "*/*" || media_type == "unknown/unknown" ||
           media_type == "application/unknown";
}

} // namespace

bool is_text_body(std::string_view content_type, std::string_view body, bool is_certain) {
    const std::string media_type = parse_content_type(content_type).media_type;
    body = body.substr(0, kSniffedBytes);
    if (says_nothing(media_type))
        return is_unknown_text(body);
    if (!is_certain && std::ranges::find(kApacheTypes, trim(content_type)) != kApacheTypes.end())
        return looks_like_text(body);
    return media_type.starts_with("text/") || media_type.ends_with("+xml") || media_type.ends_with("+json") ||
           std::ranges::find(kTextTypes, media_type) != kTextTypes.end();
}

} // namespace webwrap
