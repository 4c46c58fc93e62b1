#include <algorithm>
#include <memory>
#include <optional>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/parse/charset.hpp"
#include "core/parse/parse.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kPrescannedBytes = 1024;

/* Bytes that show an ASCII <meta> are not UTF-16, whatever it says. */
std::string declared(std::string_view label) {
    std::string encoding = encoding_for_label(label);
    if (encoding == "UTF-16LE" || encoding == "UTF-16BE")
        return "UTF-8";
    return encoding == "x-user-defined" ? "windows-1252" : encoding;
}

/* "Prescan a byte stream to determine its encoding" (HTML standard, 13.2.3.2): no parser, only comments, tags and their
 * attributes are told apart. */
class Prescan {
  public:
    explicit Prescan(std::string_view bytes) : bytes_(bytes.substr(0, kPrescannedBytes)) {}

    /* The encoding that the first meaningful <meta> declares, or empty. */
    std::string run() {
        while (at_ < bytes_.size()) {
            if (starts_with("<!--")) {
                skip_past("-->", at_ + 2); /* "<!-->" is a whole comment */
            } else if (is_meta()) {
                at_ += 5;
                if (std::string encoding = encoding_of_meta(); !encoding.empty())
                    return encoding;
            } else if (is_tag()) {
                at_ = std::min(bytes_.find_first_of(" \t\n\f\r>", at_), bytes_.size());
                while (next_attribute()) {
                }
            } else if (starts_with("<!") || starts_with("</") || starts_with("<?")) {
                skip_past(">", at_);
            } else {
                at_ = std::min(bytes_.find('<', at_ + 1), bytes_.size());
            }
        }
        return {};
    }

  private:
    struct Attribute {
        std::string name;
        std::string value;
    };

    [[nodiscard]] bool starts_with(std::string_view text) const { return bytes_.substr(at_).starts_with(text); }

    void skip_past(std::string_view text, std::size_t from) {
        const std::size_t found = bytes_.find(text, from);
        at_ = found == std::string_view::npos ? bytes_.size() : found + text.size();
    }

    [[nodiscard]] bool is_meta() const {
        if (at_ + 5 >= bytes_.size() || ascii_lower(bytes_.substr(at_, 5)) != "<meta")
            return false;
        return is_html_space(bytes_[at_ + 5]) || bytes_[at_ + 5] == '/';
    }

    [[nodiscard]] bool is_tag() const {
        std::size_t letter = at_ + 1;
        if (starts_with("</"))
            ++letter;
        if (bytes_[at_] != '<' || letter >= bytes_.size())
            return false;
        return is_letter(bytes_[letter]);
    }

    void skip_space() {
        while (at_ < bytes_.size() && is_html_space(bytes_[at_]))
            ++at_;
    }

    /* Nothing at the end of the tag (passed by then) or of the bytes. */
    std::optional<Attribute> next_attribute() {
        while (at_ < bytes_.size() && (is_html_space(bytes_[at_]) || bytes_[at_] == '/'))
            ++at_;
        if (at_ >= bytes_.size())
            return std::nullopt;
        if (bytes_[at_] == '>') {
            ++at_;
            return std::nullopt;
        }
        const std::size_t name_end = std::min(bytes_.find_first_of("= \t\n\f\r/>", at_ + 1), bytes_.size());
        Attribute attribute{ascii_lower(bytes_.substr(at_, name_end - at_)), {}};
        at_ = name_end;
        skip_space();
        if (at_ < bytes_.size() && bytes_[at_] == '=') {
            ++at_;
            skip_space();
            attribute.value = ascii_lower(take_value());
        }
        return attribute;
    }

    std::string_view take_value() {
        if (at_ >= bytes_.size())
            return {};
        const char quote = bytes_[at_];
        if (quote == '"' || quote == '\'') {
            const std::size_t begin = at_ + 1;
            const std::size_t end = std::min(bytes_.find(quote, begin), bytes_.size());
            at_ = std::min(end + 1, bytes_.size());
            return bytes_.substr(std::min(begin, end), end - std::min(begin, end));
        }
        const std::size_t begin = at_;
        at_ = std::min(bytes_.find_first_of(" \t\n\f\r>", at_), bytes_.size());
        return bytes_.substr(begin, at_ - begin);
    }

    /* A charset attribute counts by itself, a content attribute only with http-equiv="content-type". */
    std::string encoding_of_meta() {
        bool has_charset = false;
        bool has_content = false;
        bool is_content_type = false;
        std::string charset_label;
        std::string content_label;
        while (std::optional<Attribute> attribute = next_attribute()) {
            if (attribute->name == "http-equiv") {
                is_content_type = is_content_type || attribute->value == "content-type";
            } else if (attribute->name == "charset" && !has_charset) {
                has_charset = true;
                charset_label = attribute->value;
            } else if (attribute->name == "content" && !has_content) {
                content_label = charset_label_in(attribute->value);
                has_content = !content_label.empty();
            }
        }
        if (has_charset)
            return declared(charset_label);
        return has_content && is_content_type ? declared(content_label) : std::string();
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

/* The encoding in <?xml ... encoding="..."?>, or empty. */
std::string xml_declaration_encoding(std::string_view bytes) {
    if (!bytes.starts_with("<?xml"))
        return {};
    const std::string_view declaration =
        bytes.substr(0, std::min(bytes.substr(0, kPrescannedBytes).find('>'), bytes.size()));
    std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos)
        return {};
    std::string_view rest = trim(declaration.substr(at + 8));
    if (!rest.starts_with('='))
        return {};
    rest = trim(rest.substr(1));
    if (rest.empty() || (rest.front() != '"' && rest.front() != '\''))
        return {};
    const std::size_t end = rest.find(rest.front(), 1);
    const std::string encoding =
        end == std::string_view::npos ? std::string() : encoding_for_label(rest.substr(1, end - 1));
    return encoding.starts_with("UTF-16") ? "UTF-8" : encoding;
}

/* What a meta element declares behind the bytes of the prescan; a browser changes the encoding when it gets there (HTML
 * standard, 13.2.6.4.4), so the page is parsed as if it were ASCII. Empty when there is none, or the page is too large to
 * be parsed: then parsing it for its content will say so. */
std::string late_declaration(std::string_view bytes) {
    const auto folded_meta = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    constexpr std::string_view kMeta = "<meta";
    if (bytes.size() <= kPrescannedBytes ||
        std::search(bytes.begin(), bytes.end(), kMeta.begin(), kMeta.end(), folded_meta) == bytes.end())
        return {};
    std::unique_ptr<Document> page;
    try {
        page = parse_html(bytes);
    } catch (const Error &error) {
        if (error.kind() != ErrorKind::kLimitExceeded)
            throw;
        return {};
    }
    for (NodeId node = 0; node < page->size(); ++node) {
        if (page->name_id(node) != names::kMeta || page->space(node) != NodeSpace::kHtml)
            continue;
        std::string encoding = declared(page->attribute_value(node, "charset"));
        if (encoding.empty() && ascii_lower(page->attribute_value(node, "http-equiv")) == "content-type")
            encoding = declared(charset_label_in(ascii_lower(page->attribute_value(node, "content"))));
        if (!encoding.empty())
            return encoding;
    }
    return {};
}

} // namespace

std::string charset_label_in(std::string_view content_type) {
    std::size_t at = 0;
    while ((at = content_type.find("charset", at)) != std::string_view::npos) {
        at += 7;
        std::string_view rest = trim(content_type.substr(at));
        if (!rest.starts_with('='))
            continue;
        rest = trim(rest.substr(1));
        if (rest.empty())
            return {};
        if (rest.front() == '"' || rest.front() == '\'') {
            const std::size_t end = rest.find(rest.front(), 1);
            return end == std::string_view::npos ? std::string() : std::string(rest.substr(1, end - 1));
        }
        return std::string(rest.substr(0, rest.find_first_of("; \t\n\f\r")));
    }
    return {};
}

std::string sniff_encoding(std::string_view bytes, std::string_view label) {
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xEF\xBB\xBF"))
        return "UTF-8";
    if (bytes.starts_with("\xFE\xFF"))
        return "UTF-16BE";
    if (bytes.starts_with("\xFF\xFE"))
        return "UTF-16LE";
    if (std::string encoding = encoding_for_label(label); !encoding.empty())
        return encoding;
    if (bytes.starts_with("<\0?\0x\0"sv))
        return "UTF-16LE";
    if (bytes.starts_with("\0<\0?\0x"sv))
        return "UTF-16BE";
    if (std::string encoding = Prescan(bytes).run(); !encoding.empty())
        return encoding;
    if (std::string encoding = xml_declaration_encoding(bytes); !encoding.empty())
        return encoding;
    if (std::string encoding = late_declaration(bytes); !encoding.empty())
        return encoding;
    const bool is_ascii =
        std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
    return !is_ascii && find_invalid_utf8(bytes) == std::string_view::npos ? "UTF-8" : "windows-1252";
}

} // namespace webwrap
