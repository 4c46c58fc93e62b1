#include "core/select/json_text.hpp"

namespace webwrap {

void JsonText::key(std::string_view name) {
    separate();
    append_quoted(name);
    text_ += ':';
    is_after_key_ = true;
}

void JsonText::string(std::string_view value) {
    separate();
    append_quoted(value);
}

void JsonText::raw(std::string_view json) {
    separate();
    budget_.charge(json.size());
    text_ += json;
}

void JsonText::open(char bracket) {
    separate();
    text_ += bracket;
    is_first_.push_back(true);
}

void JsonText::close(char bracket) {
    text_ += bracket;
    is_first_.pop_back();
}

void JsonText::separate() {
    budget_.charge(2);
    if (is_after_key_) {
        is_after_key_ = false;
        return;
    }
    if (is_first_.empty())
        return;
    if (!is_first_.back())
        text_ += ',';
    is_first_.back() = false;
}

void JsonText::append_quoted(std::string_view value) {
    constexpr std::string_view kHex = "0123456789abcdef";
    budget_.charge(value.size() + 2);
    text_ += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (c == '\n') {
            text_ += "\\n";
        } else if (byte == 0) {
            text_ += "\ufffd"; /* jsonb holds no NUL */
        } else if (byte < 0x20) {
            text_ += "\\u00";
            text_ += kHex[byte >> 4];
            text_ += kHex[byte & 15];
        } else {
            text_ += c;
        }
    }
    text_ += '"';
}

} // namespace webwrap
