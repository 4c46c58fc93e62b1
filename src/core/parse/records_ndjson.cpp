#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <map>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/records.hpp"

namespace webwrap {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kNoSlot = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kShownBytes = 200;

/* Where wanted values are: a tree of member names and array indexes. */
struct WantedNode {
    std::map<std::string, WantedNode, std::less<>> children;
    std::size_t slot = kNoSlot;

    [[nodiscard]] const WantedNode *child(std::string_view name) const {
        const auto found = children.find(name);
        return found == children.end() ? nullptr : &found->second;
    }
};

/* Gives the parser the bytes and notes how far it has come, so that objects and arrays can be cut out as they stand. */
class TrackedIterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char *;
    using reference = const char &;

    TrackedIterator(const char *at, const char **reached) : at_(at), reached_(reached) {}
    reference operator*() const noexcept { return *at_; }
    TrackedIterator &operator++() {
        *reached_ = ++at_;
        if ((reinterpret_cast<std::uintptr_t>(at_) & 0xFFFF) == 0)
            Interrupt::poll();
        return *this;
    }
    bool operator==(const TrackedIterator &other) const noexcept { return at_ == other.at_; }
    bool operator!=(const TrackedIterator &other) const noexcept { return at_ != other.at_; }

  private:
    const char *at_;
    const char **reached_;
};

/* What is wrong with a line, without its place. */
struct LineError {
    ErrorKind kind;
    std::string message;
};

/* The parser's events: hands the values of wanted places on. */
template <typename Take> class WantedValues {
  public:
    WantedValues(const WantedNode &root, const char *const *reached, Take take)
        : root_(root), reached_(reached), take_(std::move(take)) {}

    bool null() { return value({}, true); }
    bool boolean(bool truth) { return value(truth ? "true" : "false"); }
    /* The parser reads a number without a sign as unsigned: a signed 0 was "-0". */
    bool number_integer(Json::number_integer_t number) { return number == 0 ? value("-0") : integer(number); }
    bool number_unsigned(Json::number_unsigned_t number) { return integer(number); }
    bool number_float(Json::number_float_t, const Json::string_t &text) { return value(text); }
    bool string(Json::string_t &text) { return value(text); }
    bool binary(Json::binary_t &) { return false; }
    bool start_object(std::size_t) { return open(false); }
    bool start_array(std::size_t) { return open(true); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(Json::string_t &name) {
        const WantedNode *node = containers_.back().node;
        next_ = node == nullptr ? nullptr : node->child(name);
        return true;
    }

    bool parse_error(std::size_t, const std::string &, const Json::exception &error) {
        /* "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error ..." */
        std::string_view message = error.what();
        const std::size_t column = message.find("column ");
        const std::size_t begin = column != std::string_view::npos ? column : message.find("] ") + 2;
        message.remove_prefix(std::min(begin, message.size()));
        throw LineError{ErrorKind::kBadFormat,
                        (column != std::string_view::npos ? "invalid JSON at " : "invalid JSON: ") +
                            abbreviate(message, kShownBytes)};
    }

  private:
    struct Container {
        const WantedNode *node;
        const char *begin;
        std::size_t elements;
        bool is_array;
    };

    template <typename Number> bool integer(Number number) {
        char text[24];
        const char *end = std::to_chars(std::begin(text), std::end(text), number).ptr;
        return value({text, static_cast<std::size_t>(end - text)});
    }

    /* The wanted place of the value that comes now. */
    const WantedNode *place() {
        if (containers_.empty())
            throw LineError{ErrorKind::kBadFormat, "line is no JSON object"};
        Container &container = containers_.back();
        if (!container.is_array)
            return next_;
        const std::size_t index = container.elements++;
        return container.node == nullptr || container.node->children.empty()
                   ? nullptr
                   : container.node->child(std::to_string(index));
    }

    bool value(std::string_view text, bool is_null = false) {
        const WantedNode *node = place();
        if (node != nullptr && node->slot != kNoSlot)
            take_(node->slot, text, is_null);
        return true;
    }

    bool open(bool is_array) {
        const WantedNode *node = &root_;
        if (!containers_.empty())
            node = place();
        else if (is_array)
            throw LineError{ErrorKind::kBadFormat, "line is no JSON object but an array"};
        containers_.push_back({node, *reached_ - 1, 0, is_array});
        return true;
    }

    bool close() {
        const Container &container = containers_.back();
        if (container.node != nullptr && container.node->slot != kNoSlot)
            take_(container.node->slot,
                  std::string_view(container.begin, static_cast<std::size_t>(*reached_ - container.begin)), false);
        containers_.pop_back();
        return true;
    }

    const WantedNode &root_;
    const char *const *reached_;
    Take take_;
    const WantedNode *next_ = nullptr;
    std::vector<Container> containers_;
};

class NdjsonReader final : public RecordReader {
  public:
    NdjsonReader(std::string_view text, std::string source, std::vector<RecordField> fields)
        : text_(text, std::move(source)), at_(text_.begin()) {
        for (const RecordField &field : fields)
            want(field);
        is_taken_.resize(slot_to_offset_.size());
    }

    bool next() override;

  private:
    void want(const RecordField &field);
    void parse(const char *begin, const char *end);
    void take(std::size_t slot, std::string_view value, bool is_null);

    CheckedText text_;
    const char *at_;
    WantedNode root_;
    std::vector<bool> is_taken_; /* by slot, in the line at hand */
};

void NdjsonReader::want(const RecordField &field) {
    if (!field.is_needed) {
        field_to_slot_.push_back(0);
        return;
    }
    WantedNode *node = &root_;
    if (!field.name.starts_with('/')) {
        node = &node->children[field.name];
    } else {
        try {
            Json::json_pointer pointer(field.name);
            std::vector<std::string> names;
            for (; !pointer.empty(); pointer.pop_back())
                names.push_back(pointer.back());
            for (auto name = names.rbegin(); name != names.rend(); ++name)
                node = &node->children[*name];
        } catch (const Json::exception &) {
            throw Error(ErrorKind::kInvalidOption, "\"" + field.name + "\" is no JSON pointer", {},
                        "In a JSON pointer ~0 stands for ~ and ~1 for / inside of a name.");
        }
    }
    if (node->slot == kNoSlot) {
        node->slot = slot_to_offset_.size();
        slot_to_offset_.push_back(kNone);
    }
    field_to_slot_.push_back(node->slot);
}

bool NdjsonReader::next() {
    while (at_ != text_.end()) {
        Interrupt::poll();
        const char *const begin = at_;
        const auto *end =
            static_cast<const char *>(std::memchr(at_, '\n', static_cast<std::size_t>(text_.end() - at_)));
        at_ = end == nullptr ? text_.end() : end + 1;
        ++line_;
        text_.check(begin, at_, line_);
        if (std::all_of(begin, at_, is_html_space))
            continue;
        parse(begin, at_);
        return true;
    }
    return false;
}

void NdjsonReader::parse(const char *begin, const char *end) {
    clear_values();
    is_taken_.assign(is_taken_.size(), false);
    const char *reached = begin;
    WantedValues values(root_, &reached,
                        [this](std::size_t slot, std::string_view value, bool is_null) { take(slot, value, is_null); });
    try {
        (void)Json::sax_parse(TrackedIterator(begin, &reached), TrackedIterator(end, &reached), &values);
    } catch (const LineError &error) {
        throw Error(error.kind, error.message, text_.place(line_), "Each line holds one JSON object.");
    }
}

void NdjsonReader::take(std::size_t slot, std::string_view value, bool is_null) {
    if (is_taken_[slot])
        throw LineError{ErrorKind::kBadFormat, "object has a member twice that a column reads"};
    is_taken_[slot] = true;
    if (is_null)
        return;
    if (value.find('\0') != std::string_view::npos)
        throw LineError{ErrorKind::kDecoding, "text has \\u0000, which no text of the database can hold"};
    add_value(slot, value);
}

} // namespace

std::unique_ptr<RecordReader> read_ndjson(std::string_view text, std::string source, std::vector<RecordField> fields) {
    return std::make_unique<NdjsonReader>(text, std::move(source), std::move(fields));
}

} // namespace webwrap
