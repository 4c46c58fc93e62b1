#include "core/fetch/url_template.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "core/base/error.hpp"
#include "core/fetch/url.hpp"

namespace webwrap {

namespace {

constexpr std::int64_t kUncountable = std::numeric_limits<std::int64_t>::max();

bool is_name(std::string_view text) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && is_letter(text[0]) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::optional<std::int64_t> natural_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || code != std::errc{} || end != text.data() + text.size() || number < 0)
        return std::nullopt;
    return number;
}

[[noreturn]] void throw_bad_template(const std::string &reason) {
    throw Error(ErrorKind::kInvalidOption, "invalid URL template: " + reason, {},
                "Places are ranges {1..40}, lists {a,b,c} and parameters {name}.");
}

} // namespace

UrlTemplate::Part UrlTemplate::parse_place(std::string_view place) {
    Part part;
    if (const std::size_t dots = place.find(".."); dots != std::string_view::npos) {
        const std::string_view first = place.substr(0, dots);
        const auto from = natural_number(first);
        const auto to = natural_number(place.substr(dots + 2));
        if (!from || !to || *from > *to)
            throw_bad_template("bad range {" + std::string(place) + "}");
        part.kind = Part::Kind::kRange;
        part.first = *from;
        part.last = *to;
        part.width = first.size() > 1 && first[0] == '0' ? first.size() : 0;
    } else if (place.find(',') != std::string_view::npos) {
        part.kind = Part::Kind::kList;
        for (std::size_t at = 0; at <= place.size();) {
            const std::size_t end = std::min(place.find(',', at), place.size());
            part.members.emplace_back(place.substr(at, end - at));
            at = end + 1;
        }
    } else {
        if (!is_name(place))
            throw_bad_template("bad place {" + std::string(place) + "}");
        part.kind = Part::Kind::kParameter;
        part.text = place;
    }
    return part;
}

UrlTemplate::UrlTemplate(std::string_view text) : text_(text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t brace = std::min(text.find_first_of("{}", at), text.size());
        if (brace > at)
            parts_.push_back({Part::Kind::kLiteral, std::string(text.substr(at, brace - at)), {}, 0, 0, 0, false});
        if (brace == text.size())
            break;
        const std::size_t end = text.find_first_of("{}", brace + 1);
        if (text[brace] == '}' || end == std::string_view::npos || text[end] == '{')
            throw_bad_template("unbalanced brace");
        parts_.push_back(parse_place(text.substr(brace + 1, end - brace - 1)));
        Part &part = parts_.back();
        part.is_repeated = part.kind == Part::Kind::kParameter &&
                           std::find(parameters_.begin(), parameters_.end(), part.text) != parameters_.end();
        if (part.kind == Part::Kind::kParameter && !part.is_repeated)
            parameters_.push_back(part.text);
        at = end + 1;
    }
}

std::int64_t UrlTemplate::choices(const Part &part, const UrlParameters &values) {
    switch (part.kind) {
    case Part::Kind::kRange:
        return part.last - part.first + 1;
    case Part::Kind::kList:
        return static_cast<std::int64_t>(part.members.size());
    case Part::Kind::kParameter: {
        const auto found = values.find(part.text);
        return found == values.end() || part.is_repeated ? 1 : static_cast<std::int64_t>(found->second.size());
    }
    case Part::Kind::kLiteral:
        break;
    }
    return 1;
}

std::int64_t UrlTemplate::count() const { return count({}); }

std::int64_t UrlTemplate::count(const UrlParameters &values) const {
    std::int64_t product = 1;
    for (const Part &part : parts_)
        if (__builtin_mul_overflow(product, choices(part, values), &product))
            return kUncountable;
    return product;
}

std::string UrlTemplate::choice(const Part &part, std::int64_t index, const UrlParameters &values) {
    switch (part.kind) {
    case Part::Kind::kRange: {
        std::string number = std::to_string(part.first + index);
        return number.size() < part.width ? std::string(part.width - number.size(), '0') + number : number;
    }
    case Part::Kind::kList:
        return part.members[static_cast<std::size_t>(index)];
    case Part::Kind::kParameter: {
        const auto found = values.find(part.text);
        if (found == values.end() || found->second.empty())
            throw Error(ErrorKind::kInvalidArgument, "URL parameter \"" + part.text + "\" has no value");
        return percent_encode(found->second[static_cast<std::size_t>(index)]);
    }
    case Part::Kind::kLiteral:
        break;
    }
    return part.text;
}

/* Which choice each part takes in the URL at `index`: mixed-radix digits, the last part varying fastest. */
std::vector<std::int64_t> UrlTemplate::choices_at(std::int64_t index, const UrlParameters &values) const {
    std::vector<std::int64_t> chosen(parts_.size());
    for (std::size_t i = parts_.size(); i-- > 0;) {
        const std::int64_t n = std::max<std::int64_t>(choices(parts_[i], values), 1);
        chosen[i] = index % n;
        index /= n;
    }
    for (std::size_t i = 0; i < parts_.size(); ++i)
        if (parts_[i].is_repeated)
            chosen[i] = chosen[static_cast<std::size_t>(std::find_if(parts_.begin(), parts_.end(),
                                                                     [&](const Part &p) {
                                                                         return p.kind == Part::Kind::kParameter &&
                                                                                p.text == parts_[i].text;
                                                                     }) -
                                                        parts_.begin())];
    return chosen;
}

std::string UrlTemplate::url_at(std::int64_t index, const UrlParameters &values) const {
    const std::vector<std::int64_t> chosen = choices_at(index, values);
    std::string url;
    for (std::size_t i = 0; i < parts_.size(); ++i)
        url += choice(parts_[i], chosen[i], values);
    return url;
}

UrlParameters UrlTemplate::values_at(std::int64_t index, const UrlParameters &values) const {
    const std::vector<std::int64_t> chosen = choices_at(index, values);
    UrlParameters single;
    for (std::size_t i = 0; i < parts_.size(); ++i)
        if (parts_[i].kind == Part::Kind::kParameter)
            single[parts_[i].text] = {values.at(parts_[i].text).at(static_cast<std::size_t>(chosen[i]))};
    return single;
}

} // namespace webwrap
