#include "core/wrap/xml_schema.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

#include <charconv>
#include <climits>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/parse/libxml.hpp"

namespace webwrap {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchemaNamespace = "http://www.w3.org/2001/XMLSchema";
constexpr std::size_t kMaxMessageBytes = 300;

using ParserHandle = std::unique_ptr<xmlParserCtxt, LibxmlFree<xmlFreeParserCtxt>>;
using SchemaParserHandle = std::unique_ptr<xmlSchemaParserCtxt, LibxmlFree<xmlSchemaFreeParserCtxt>>;
using SchemaHandle = std::unique_ptr<xmlSchema, LibxmlFree<xmlSchemaFree>>;
using ValidatorHandle = std::unique_ptr<xmlSchemaValidCtxt, LibxmlFree<xmlSchemaFreeValidCtxt>>;

std::string_view view(const xmlChar *text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char *>(text);
}

template <typename T> T *require(T *object) {
    if (object == nullptr)
        throw std::bad_alloc();
    return object;
}

[[noreturn]] void fail(const std::string &message, const std::string &detail = {}, const std::string &hint = {}) {
    throw Error(ErrorKind::kInvalidOption, message, detail, hint);
}

/* What libxml2 says during one call. Its callbacks must not throw, so running out of memory ends the list. */
struct Complaints {
    struct Complaint {
        std::string column;
        std::string message;
        int line = 0;
    };
    std::vector<Complaint> list;
};

/* The child of the root that the node is or stands in. */
std::string_view column_of(const xmlNode *node) {
    while (node != nullptr && node->parent != nullptr && node->parent->parent != nullptr &&
           node->parent->parent->type == XML_ELEMENT_NODE)
        node = node->parent;
    const bool is_child = node != nullptr && node->type == XML_ELEMENT_NODE && node->parent != nullptr &&
                          node->parent->type == XML_ELEMENT_NODE;
    return is_child ? view(node->name) : std::string_view();
}

extern "C" {

static void note_complaint(void *data, LibxmlError error) {
    auto *complaints = static_cast<Complaints *>(data);
    if (complaints->list.size() >= XmlSchema::kMaxProblems || error->message == nullptr)
        return;
    try {
        complaints->list.push_back({std::string(column_of(static_cast<xmlNode *>(error->node))),
                                    abbreviate(fold_space(error->message), kMaxMessageBytes), error->line});
    } catch (...) {
        complaints->list.clear();
    }
}

static void note_parse_error(void *data, LibxmlError error) {
    note_complaint(static_cast<xmlParserCtxt *>(data)->_private, error);
}

} // extern "C"

/* Well-formed XML without document type declaration; nullptr with complaints otherwise. */
XmlDocHandle read_xml(std::string_view text, Complaints &complaints) {
    const ParserHandle parser(require(xmlNewParserCtxt()));
    parser->_private = &complaints;
    parser->sax->serror = note_parse_error;
    return XmlDocHandle(
        xmlCtxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", XML_PARSE_NONET));
}

std::string attribute_of(const xmlNode *node, const char *name) {
    for (const xmlAttr *at = node->properties; at != nullptr; at = at->next)
        if (at->ns == nullptr && view(at->name) == name)
            return at->children == nullptr ? std::string() : std::string(view(at->children->content));
    return {};
}

void check_occurs(const xmlNode *node, const char *name) {
    const std::string value = attribute_of(node, name);
    int number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code == std::errc::result_out_of_range || number > XmlSchema::kMaxOccurs)
        fail("XML schema has a " + std::string(name) + " above " + std::to_string(XmlSchema::kMaxOccurs),
             "Line " + std::to_string(xmlGetLineNo(node)) + ".", "Use unbounded.");
}

/* Refuses what would make the validator read other documents or build huge automata. */
void check_schema_tree(const xmlDoc *doc) {
    if (doc->intSubset != nullptr || doc->extSubset != nullptr)
        fail("XML schema has a document type declaration", "It could refer to other documents.");
    const xmlNode *node = xmlDocGetRootElement(doc);
    for (int steps = 0; node != nullptr; ++steps) {
        if (steps % 1024 == 0)
            Interrupt::poll();
        if (node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == kSchemaNamespace) {
            const std::string_view name = view(node->name);
            if (name == "include" || name == "redefine" || name == "import")
                fail("XML schema has an xs:" + std::string(name), "No other document is read.",
                     "Put all declarations into one schema.");
            check_occurs(node, "minOccurs");
            check_occurs(node, "maxOccurs");
        }
        if (node->type == XML_ELEMENT_NODE && node->children != nullptr) {
            node = node->children;
            continue;
        }
        while (node != nullptr && node->next == nullptr)
            node = node->parent != nullptr && node->parent->type == XML_ELEMENT_NODE ? node->parent : nullptr;
        node = node == nullptr ? nullptr : node->next;
    }
}

[[noreturn]] void fail_with(const Complaints &complaints) {
    const bool is_known = !complaints.list.empty();
    fail("XML schema is not valid",
         is_known ? "Line " + std::to_string(complaints.list.front().line) + ": " + complaints.list.front().message
                  : "");
}

bool is_name_start(unsigned char c) { return is_letter(static_cast<char>(c)) || c == '_' || c >= 0x80; }

/* SQL/XML's mapping of identifiers, for the characters of ASCII. */
std::string xml_name(std::string_view name) {
    std::string escaped;
    const auto escape = [&escaped](unsigned char c) {
        constexpr char kDigits[] = "0123456789ABCDEF";
        escaped += std::string("_x00") + kDigits[c >> 4] + kDigits[c & 15] + "_";
    };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = static_cast<unsigned char>(name[i]);
        const bool is_part = is_name_start(c) || is_digit(name[i]) || c == '-' || c == '.';
        if (i == 0 ? !is_name_start(c) : !is_part)
            escape(c);
        else
            escaped += name[i];
    }
    return escaped.empty() ? "_" : escaped;
}

/* Characters that XML cannot hold are left out. */
std::string xml_text(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else if (c == '\r')
            escaped += "&#13;";
        else if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF")
            i += 2;
        else if (byte >= 0x20 || c == '\t' || c == '\n')
            escaped += c;
    }
    return escaped;
}

/* As the type's XML counterpart writes it: xs:dateTime has a T between date and time. */
std::string lexical(const Column &column, const std::string &value) {
    std::string text = value;
    if (column.type == CellType::kTimestamp)
        if (const std::size_t space = text.find(' '); space != std::string::npos)
            text[space] = 'T';
    return text;
}

std::string element(const std::string &name, const std::string &content) {
    return "<" + name + ">" + content + "</" + name + ">";
}

std::string nested_xml(const std::vector<Column> &columns, const Json &object);

std::string nested_cell(const Column &column, const Json &value) {
    if (value.is_null())
        return {};
    std::string xml;
    const std::string name = xml_name(column.name);
    if (!column.columns.empty()) {
        for (const Json &one : value)
            xml += element(name, nested_xml(column.columns, one));
        return xml;
    }
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    return element(name, xml_text(lexical(column, text)));
}

/* Nesting is bounded by what wrapper_from_json allows. */
std::string nested_xml(const std::vector<Column> &columns, const Json &object) {
    std::string xml;
    for (const Column &column : columns)
        if (const auto found = object.find(column.name); found != object.end())
            xml += nested_cell(column, *found);
    return xml;
}

std::string cell_xml(const Column &column, const Cell &cell) {
    if (!cell.value)
        return {};
    if (!column.columns.empty())
        return nested_cell(column, Json::parse(*cell.value, nullptr, false));
    const std::string name = xml_name(column.name);
    if (cell.parts.size() < 2)
        return element(name, xml_text(lexical(column, *cell.value)));
    std::string xml;
    for (const std::string &part : cell.parts)
        xml += element(name, xml_text(lexical(column, part)));
    return xml;
}

} // namespace

struct XmlSchema::State {
    XmlDocHandle doc; /* the schema points into it */
    SchemaHandle schema;
};

XmlSchema::XmlSchema(std::string_view text) : state_(std::make_unique<State>()) {
    if (text.size() > kMaxBytes)
        fail("XML schema is larger than " + std::to_string(kMaxBytes >> 10) + " kB");
    Complaints complaints;
    state_->doc = read_xml(text, complaints);
    if (state_->doc == nullptr)
        fail_with(complaints);
    check_schema_tree(state_->doc.get());
    const SchemaParserHandle parser(require(xmlSchemaNewDocParserCtxt(state_->doc.get())));
    xmlSchemaSetParserStructuredErrors(parser.get(), note_complaint, &complaints);
    state_->schema.reset(xmlSchemaParse(parser.get()));
    if (state_->schema == nullptr)
        fail_with(complaints);
}

XmlSchema::~XmlSchema() = default;
XmlSchema::XmlSchema(XmlSchema &&) noexcept = default;
XmlSchema &XmlSchema::operator=(XmlSchema &&) noexcept = default;

std::vector<SchemaProblem> XmlSchema::check(const Wrapper &wrapper, const Record &record) const {
    Interrupt::poll();
    const std::string xml = record_to_xml(wrapper, record);
    if (xml.size() > kMaxRecordBytes)
        return {{{}, "record is larger than " + std::to_string(kMaxRecordBytes >> 20) + " MB"}};
    Complaints complaints;
    const XmlDocHandle doc = read_xml(xml, complaints);
    if (doc == nullptr)
        return {{{}, complaints.list.empty() ? "record is no XML" : complaints.list.front().message}};
    const ValidatorHandle validator(require(xmlSchemaNewValidCtxt(state_->schema.get())));
    xmlSchemaSetValidStructuredErrors(validator.get(), note_complaint, &complaints);
    const int outcome = xmlSchemaValidateDoc(validator.get(), doc.get());
    if (outcome == 0)
        return {};
    std::vector<SchemaProblem> problems;
    for (Complaints::Complaint &complaint : complaints.list) {
        std::string column = complaint.column;
        for (const Column &known : wrapper.columns) /* back from the name that XML has */
            if (xml_name(known.name) == complaint.column)
                column = known.name;
        problems.push_back({std::move(column), std::move(complaint.message)});
    }
    if (problems.empty())
        problems.push_back({{}, "record does not satisfy the XML schema"});
    return problems;
}

std::string record_to_xml(const Wrapper &wrapper, const Record &record) {
    std::string content;
    for (std::size_t i = 0; i < wrapper.columns.size() && i < record.cells.size(); ++i)
        content += cell_xml(wrapper.columns[i], record.cells[i]);
    return element(xml_name(wrapper.name), content);
}

} // namespace webwrap
