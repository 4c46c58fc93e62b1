#include "core/fetch/form.hpp"

#include <vector>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/fetch/url.hpp"

namespace webwrap {

namespace {

using nlohmann::json;

/* Builds a json value from the events of the parser; numbers beyond 64-bit integers stay what they were as text. */
class ExactBuilder : public nlohmann::json_sax<json> {
  public:
    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(json::number_integer_t value) override { return put(value); }
    bool number_unsigned(json::number_unsigned_t value) override { return put(value); }
    bool number_float(json::number_float_t, const std::string &digits) override {
        return put(json::binary(std::vector<std::uint8_t>(digits.begin(), digits.end())));
    }
    bool string(std::string &value) override { return put(std::move(value)); }
    bool binary(json::binary_t &) override { return false; }
    bool start_object(std::size_t) override { return begin(json::object()); }
    bool start_array(std::size_t) override { return begin(json::array()); }
    bool end_object() override { return end(); }
    bool end_array() override { return end(); }
    bool key(std::string &name) override {
        key_ = std::move(name);
        return true;
    }
    bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override { return false; }

    json take() { return std::move(root_); }

  private:
    bool put(json value) {
        (void)place(std::move(value));
        return true;
    }
    bool begin(json container) {
        json *placed = place(std::move(container));
        open_.push_back(placed);
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }
    json *place(json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        json &parent = *open_.back();
        if (parent.is_object())
            return &(parent[key_] = std::move(value));
        parent.push_back(std::move(value));
        return &parent.back();
    }

    json root_;
    std::vector<json *> open_; /* an array does not grow while its last element is open */
    std::string key_;
};

void append_json(std::string &out, const json &value) {
    if (value.is_binary()) {
        const auto &digits = value.get_binary();
        out.append(digits.begin(), digits.end());
    } else if (value.is_object()) {
        const char *separator = "{";
        for (const auto &[name, member] : value.items()) {
            out += separator + json(name).dump() + ":";
            append_json(out, member);
            separator = ",";
        }
        out += value.empty() ? "{}" : "}";
    } else if (value.is_array()) {
        const char *separator = "[";
        for (const json &element : value) {
            out += separator;
            append_json(out, element);
            separator = ",";
        }
        out += value.empty() ? "[]" : "]";
    } else {
        out += value.dump();
    }
}

/* What the serializer of forms leaves as it is: letters, digits and "*-._"; a blank becomes a plus. */
std::string form_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        if (c == ' ')
            encoded.push_back('+');
        else if (c == '*')
            encoded.push_back(c);
        else if (c == '~')
            encoded += "%7E";
        else
            encoded += percent_encode(std::string_view(&c, 1));
    }
    return encoded;
}

std::string member_text(const std::string &option, const std::string &name, const json &value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_boolean() || value.is_number() || value.is_binary())
        return exact_json_text(value);
    throw Error(ErrorKind::kInvalidOption, "option \"" + option + "." + abbreviate(name, 80) +
                                               "\" must be a string, a number, a boolean or an array of them");
}

template <typename Encode>
std::string pairs_text(const std::string &option, const json &members, const Encode &encode) {
    if (!members.is_object())
        throw Error(ErrorKind::kInvalidOption, "option \"" + option + "\" must be an object");
    std::string text;
    const auto append = [&](const std::string &name, const json &value) {
        text += text.empty() ? "" : "&";
        text += encode(name) + "=" + encode(member_text(option, name, value));
    };
    for (const auto &[name, value] : members.items()) {
        if (!value.is_array())
            append(name, value);
        else
            for (const json &element : value)
                append(name, element);
    }
    return text;
}

} // namespace

json parse_exact_json(std::string_view text) {
    ExactBuilder builder;
    if (!json::sax_parse(text.begin(), text.end(), &builder))
        throw Error(ErrorKind::kInvalidArgument, "invalid JSON, or a number in it is beyond 1e308");
    return builder.take();
}

std::string exact_json_text(const json &value) {
    std::string text;
    append_json(text, value);
    return text;
}

std::string form_text(const std::string &option, const json &members) {
    return pairs_text(option, members, form_encode);
}

std::string query_text(const std::string &option, const json &members) {
    return pairs_text(option, members, percent_encode);
}

std::string with_query(std::string_view url, std::string_view query) {
    std::string extended(url.substr(0, url.find('#')));
    if (query.empty())
        return extended;
    const std::size_t question = extended.find('?');
    if (question == std::string::npos)
        extended += '?';
    else if (question + 1 < extended.size() && extended.back() != '&')
        extended += '&';
    return extended.append(query);
}

} // namespace webwrap
