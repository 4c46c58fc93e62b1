#include "core/wrap/page_data.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxJsonBytes = 262144;
constexpr std::size_t kMaxValues = 2000;
constexpr std::size_t kMaxTextBytes = 2000;
constexpr int kMaxNesting = 64;
constexpr int kPollEvery = 256;
constexpr std::int32_t kMostInDuration = 100'000; /* of one unit */

/* Takes the strings of a JSON text with the key of the object member they belong to, arrays looked through. Without
 * recursion and without a tree. */
class ValueReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    explicit ValueReader(PageData &data) : data_(data) {}

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t value) override { return take(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return take(std::to_string(value)); }
    bool number_float(number_float_t, const string_t &text) override { return take(text); }
    bool string(string_t &value) override { return take(value); }
    bool binary(binary_t &) override { return true; }
    bool start_object(std::size_t) override { return enter(); }
    bool end_object() override { return leave(); }
    bool start_array(std::size_t) override { return enter(); }
    bool end_array() override { return leave(); }
    bool key(string_t &name) override {
        keys_.back() = name;
        return true;
    }
    bool parse_error(std::size_t, const std::string &, const nlohmann::json::exception &) override { return false; }

  private:
    bool take(const std::string &text) {
        if (!text.empty() && text.size() <= kMaxTextBytes && !keys_.back().empty() && keys_.back()[0] != '@')
            data_.values.push_back({keys_.back(), text});
        return data_.values.size() < kMaxValues;
    }
    bool enter() {
        if (keys_.size() >= kMaxNesting)
            return false;
        keys_.push_back(keys_.back());
        return true;
    }
    bool leave() {
        keys_.pop_back();
        return true;
    }

    PageData &data_;
    std::vector<std::string> keys_{""};
};

void read_meta(const Document &document, NodeId node, PageData &data) {
    const std::string_view content = document.attribute_value(node, "content");
    if (content.empty() || content.size() > kMaxTextBytes)
        return;
    for (const char *naming : {"name", "property", "itemprop"})
        if (const std::string_view key = document.attribute_value(node, naming); !key.empty())
            data.values.push_back({std::string(key), std::string(content)});
}

} // namespace

std::optional<std::int32_t> minutes_of_duration(std::string_view text) {
    if (text.size() < 3 || text.size() > 20 || text[0] != 'P')
        return std::nullopt;
    std::int32_t minutes = 0, number = -1;
    bool is_time = false, has_part = false;
    for (const char c : text.substr(1)) {
        if (is_digit(c)) {
            number = std::max(number, 0) * 10 + (c - '0');
            if (number > kMostInDuration)
                return std::nullopt;
            continue;
        }
        if (c == 'T' && !is_time && number < 0) {
            is_time = true;
            continue;
        }
        if (number < 0 || (c != 'D' && !is_time))
            return std::nullopt;
        switch (c) {
        case 'D':
            minutes += number * 24 * 60;
            break;
        case 'H':
            minutes += number * 60;
            break;
        case 'M':
            minutes += number;
            break;
        case 'S':
            minutes += number / 60;
            break;
        default:
            return std::nullopt;
        }
        number = -1;
        has_part = true;
    }
    if (number >= 0 || !has_part)
        return std::nullopt;
    return minutes;
}

PageData page_data(const Document &document) {
    PageData data;
    for (NodeId node = 1; node < document.size() && data.values.size() < kMaxValues; ++node) {
        if (node % kPollEvery == 0)
            Interrupt::poll();
        if (!document.is_element(node))
            continue;
        const std::string_view tag = document.name(node);
        if (tag == "title" && data.title.empty()) {
            data.title = fold_space(document.string_value(node));
        } else if (tag == "meta") {
            read_meta(document, node, data);
        } else if (tag == "script" &&
                   ascii_lower(document.attribute_value(node, "type")).starts_with("application/ld+json")) {
            const std::string text = document.string_value(node);
            ValueReader reader(data);
            if (text.size() <= kMaxJsonBytes)
                (void)nlohmann::json::sax_parse(text, &reader, nlohmann::json::input_format_t::json, false);
        }
    }
    return data;
}

} // namespace webwrap
