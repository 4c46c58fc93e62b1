#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/separate/layout.hpp"

namespace webwrap {

using TemplateData = nlohmann::ordered_json;

/* The template language. A template is the page's text with
 *
 *   {rN}                 reference: the member "rN" of the record, a string: a text, or the value of an attribute
 *   {sN}                 likewise, what lies between nodes: white space, comments, stray tags
 *   <forN>...</forN>     iteration: "forN" is an array of records, one for each turn; absent is empty
 *   <ifN>...</ifN>       condition: the content stands when the record has "ifN"
 *
 * The record is the data, and inside an iteration the one of the turn. Page text that looks like one of these, with any
 * number of "=" after "{", "<" or "</", is written with one "=" more. Nothing else is changed. */

enum class PieceKind : std::uint8_t { kLiteral, kReference, kSpace, kBeginFor, kEndFor, kBeginIf, kEndIf };

struct TemplatePiece {
    PieceKind kind;
    std::int32_t number = 0;     /* N */
    std::int32_t partner = 0;    /* of a begin: index of its end, and the other way round */
    std::string text = {};       /* of a literal, unescaped */
    std::size_t begin_bytes = 0; /* in the template */
};

/* Throws kInvalidArgument when iterations and conditions do not nest, or nest deeper than 1,000. */
[[nodiscard]] std::vector<TemplatePiece> parse_template(std::string_view text);

/* Writes templates: literals are escaped as a whole, since what needs it may arise from pieces. */
class TemplateWriter {
  public:
    void literal(std::string_view text) { pending_ += text; }
    void tag(PieceKind kind, std::int32_t number);
    [[nodiscard]] std::string finish();

  private:
    void flush();

    std::string pending_;
    std::string text_;
};

/* Told of the turns of iterations while a page is restored. */
class RestoreObserver {
  public:
    virtual ~RestoreObserver() = default;
    virtual void begin_turn(std::int32_t iteration, const TemplateData &record, const std::string &page_so_far) = 0;
    virtual void end_turn(const std::string &page_so_far) = 0;
};

/* The page. Throws kInvalidArgument for a broken template, and for data that lack what it refers to or have it as another
 * type. O(page). */
[[nodiscard]] std::string restore(std::string_view template_text, const TemplateData &data,
                                  RestoreObserver *observer = nullptr);

/* A Jinja2 template that a default environment renders with the data to the same bytes. */
[[nodiscard]] std::string template_as_jinja(std::string_view template_text);

/* Parses data given as JSON text; throws kInvalidArgument. */
[[nodiscard]] TemplateData parse_template_data(std::string_view json);

} // namespace webwrap
