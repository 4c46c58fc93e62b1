#include "core/parse/parse.hpp"

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>

#include <climits>

#include "core/base/interrupt.hpp"
#include "core/parse/libxml.hpp"

namespace webwrap {

namespace {

/* What a parse leaves behind besides the tree. Lives in ctxt->_private; callbacks of libxml2 only write plain data. */
struct ParseState {
    const Limits *limits;
    int max_depth; /* of elements; libxml2 has a limit of its own for XML */
    int elements = 0;
    bool is_too_large = false;
    bool is_too_deep = false;
    bool is_interrupted = false;
};

ParseState *state_of(xmlParserCtxt *context) { return static_cast<ParseState *>(context->_private); }

extern "C" {

/* Stands in for the process-wide handlers, which belong to the server's xml type. */
static void note_error(void *data, LibxmlError error) {
    auto *context = static_cast<xmlParserCtxt *>(data);
    ParseState *state = state_of(context);
    if (error->code == XML_ERR_INTERNAL_ERROR && context->nameNr > static_cast<int>(xmlParserMaxDepth)) {
        state->is_too_deep = true;
        state->max_depth = static_cast<int>(xmlParserMaxDepth);
    }
}

static void stop_when_needed(xmlParserCtxt *context) {
    ParseState *state = state_of(context);
    state->is_too_large |= ++state->elements > state->limits->max_nodes;
    state->is_too_deep |= context->nodeNr > state->max_depth;
    state->is_interrupted |= Interrupt::pending();
    if (state->is_too_large || state->is_too_deep || state->is_interrupted)
        xmlStopParser(context);
}

static void start_html_element(void *data, const xmlChar *name, const xmlChar **attributes) {
    auto *context = static_cast<xmlParserCtxt *>(data);
    /* Lifts libxml2's own depth limit, which would cut the page without a word; ours follows. */
    context->options |= XML_PARSE_HUGE;
    xmlSAX2StartElement(data, name, attributes);
    stop_when_needed(context);
}

static void start_xml_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                              int namespace_count, const xmlChar **namespaces, int attribute_count, int default_count,
                              const xmlChar **attributes) {
    xmlSAX2StartElementNs(data, name, prefix, uri, namespace_count, namespaces, attribute_count, default_count,
                          attributes);
    stop_when_needed(static_cast<xmlParserCtxt *>(data));
}

} // extern "C"

using ParserHandle = std::unique_ptr<xmlParserCtxt, LibxmlFree<xmlFreeParserCtxt>>;

int checked_size(std::string_view text) {
    if (text.size() > INT_MAX)
        throw Error(ErrorKind::kLimitExceeded, "markup is larger than 2 GB");
    return static_cast<int>(text.size());
}

/* Throws when a limit stopped the parser. */
void check_limits(const ParseState &state) {
    if (state.is_too_large)
        throw_too_many_nodes(state.limits->max_nodes);
    if (state.is_too_deep)
        throw Error(ErrorKind::kLimitExceeded,
                    "page nests elements deeper than " + std::to_string(state.max_depth) + " levels", {},
                    "Raise webwrap.max_depth.");
}

template <typename Context> Context *require(Context *context) {
    if (context == nullptr)
        throw std::bad_alloc();
    return context;
}

std::unique_ptr<Document> empty_document(const Limits &limits) {
    return document_from_libxml(XmlDocHandle(require(htmlNewDocNoDtD(nullptr, nullptr))), false, limits);
}

/* Parses until done or stopped; the tree of a stopped parse is incomplete. */
XmlDocHandle read_html(std::string_view html, ParseState &state) {
    const ParserHandle parser(require(htmlNewParserCtxt()));
    parser->_private = &state;
    /* Without the magic number serror is not looked at, and errors would reach the server's own handler. */
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->serror = note_error;
    parser->sax->startElement = start_html_element;
    return XmlDocHandle(
        htmlCtxtReadMemory(parser.get(), html.data(), checked_size(html), nullptr, "UTF-8",
                           HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_NODEFDTD));
}

/* Null unless well-formed; the tree of a stopped parse is never returned. */
XmlDocHandle read_xml(std::string_view xml, ParseState &state) {
    const ParserHandle parser(require(xmlNewParserCtxt()));
    parser->_private = &state;
    parser->sax->serror = note_error;
    parser->sax->startElementNs = start_xml_element;
    return XmlDocHandle(
        xmlCtxtReadMemory(parser.get(), xml.data(), checked_size(xml), nullptr, "UTF-8", XML_PARSE_NONET));
}

/* Runs `read` until no interrupt stopped it: one that does not end the statement (a configuration reload, a barrier)
 * must not leave half a page. */
template <typename Read> XmlDocHandle read_whole(std::string_view text, const Limits &limits, Read read) {
    for (;;) {
        Interrupt::poll();
        ParseState state{&limits, limits.max_depth};
        XmlDocHandle doc = read(text, state);
        check_limits(state);
        if (!state.is_interrupted)
            return doc;
    }
}

} // namespace

std::unique_ptr<Document> parse_html_libxml(std::string_view html, const Limits &limits) {
    XmlDocHandle doc = html.empty() ? nullptr : read_whole(html, limits, read_html);
    return doc == nullptr ? empty_document(limits) : document_from_libxml(std::move(doc), false, limits);
}

std::unique_ptr<Document> parse_xml(std::string_view xml, const Limits &limits) {
    XmlDocHandle doc = xml.empty() ? nullptr : read_whole(xml, limits, read_xml);
    return doc == nullptr ? nullptr : document_from_libxml(std::move(doc), true, limits);
}

} // namespace webwrap
