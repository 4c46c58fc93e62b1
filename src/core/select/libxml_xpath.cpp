#include "core/select/libxml_xpath.hpp"

#include <libxml/xpathInternals.h>

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/mirror.hpp"

namespace webwrap {

namespace {

/* The last error of one XPath context; written by a callback of libxml2, so plain data only. */
struct XPathProblem {
    int code = 0;
    int column = 0;
};

extern "C" {

static void note_problem(void *data, LibxmlError error) {
    auto *problem = static_cast<XPathProblem *>(data);
    if (problem != nullptr && problem->code == 0) {
        problem->code = error->code;
        problem->column = error->int1;
    }
}

static void raise_unknown_function(xmlXPathParserContext *parser, int) {
    xmlXPathErr(parser, XPATH_UNKNOWN_FUNC_ERROR);
}

/* Finds nothing for the functions of XPath itself; for all others one that fails quietly, since libxml2 would write about
 * them to the server's log. */
static xmlXPathFunction look_up_function(void *data, const xmlChar *name, const xmlChar *uri) {
    auto *context = static_cast<xmlXPathContext *>(data);
    const bool is_known = xmlHashLookup2(context->funcHash, name, uri) != nullptr;
    return is_known ? nullptr : raise_unknown_function;
}

} // extern "C"

/* What a code of libxml2 means to the writer of the path. Its messages are not available through the handler. */
const char *problem_text(int code) {
    switch (code - XML_XPATH_EXPRESSION_OK) {
    case XPATH_NUMBER_ERROR:
        return "bad number";
    case XPATH_UNFINISHED_LITERAL_ERROR:
    case XPATH_START_LITERAL_ERROR:
        return "unfinished string literal";
    case XPATH_VARIABLE_REF_ERROR:
    case XPATH_UNDEF_VARIABLE_ERROR:
        return "variables are not supported";
    case XPATH_INVALID_PREDICATE_ERROR:
        return "invalid predicate";
    case XPATH_UNCLOSED_ERROR:
        return "unclosed bracket";
    case XPATH_INVALID_OPERAND:
        return "invalid operand";
    case XPATH_INVALID_TYPE:
        return "a value of another type is needed";
    case XPATH_INVALID_ARITY:
        return "wrong number of arguments";
    case XPATH_UNKNOWN_FUNC_ERROR:
        return "unknown function";
    case XPATH_UNDEF_PREFIX_ERROR:
        return "unknown namespace prefix";
    case XPATH_INVALID_CHAR_ERROR:
        return "invalid character";
    case XPATH_STACK_ERROR:
    case XPATH_RECURSION_LIMIT_EXCEEDED:
        return "nested too deeply";
    default:
        return "syntax error";
    }
}

[[noreturn]] void throw_problem(const std::string &path, const XPathProblem &problem) {
    if (problem.code - XML_XPATH_EXPRESSION_OK == XPATH_MEMORY_ERROR)
        throw std::bad_alloc();
    std::string message = "invalid XPath \"" + abbreviate(path, 200) + "\": " + problem_text(problem.code);
    if (problem.column > 0)
        message += " at character " + std::to_string(problem.column + 1);
    throw Error(ErrorKind::kInvalidXPath, std::move(message));
}

/* Points a context's error handler at `problem` for the life of the scope. */
class ProblemScope {
  public:
    ProblemScope(xmlXPathContext *context, XPathProblem *problem) : context_(context) {
        context_->error = note_problem;
        context_->userData = problem;
    }
    ~ProblemScope() { context_->userData = nullptr; }
    ProblemScope(const ProblemScope &) = delete;
    ProblemScope &operator=(const ProblemScope &) = delete;

  private:
    xmlXPathContext *context_;
};

xmlXPathContext *context_of(LibxmlMirror &mirror) {
    if (mirror.xpath_context == nullptr) {
        mirror.xpath_context.reset(xmlXPathNewContext(mirror.doc.get()));
        if (mirror.xpath_context == nullptr)
            throw std::bad_alloc();
        xmlXPathRegisterFuncLookup(mirror.xpath_context.get(), look_up_function, mirror.xpath_context.get());
    }
    return mirror.xpath_context.get();
}

std::int32_t id_in(const void *priv) { return static_cast<std::int32_t>(reinterpret_cast<std::intptr_t>(priv) - 1); }

/* Appends the reference of a selected node; nodes without a place in the arrays (namespaces, declarations) are dropped. */
void append_ref(std::vector<NodeRef> &refs, const xmlNode *node) {
    if (node->type == XML_NAMESPACE_DECL || node->_private == nullptr)
        return;
    if (node->type == XML_ATTRIBUTE_NODE)
        refs.push_back({id_in(node->parent->_private), id_in(node->_private)});
    else
        refs.push_back({id_in(node->_private), -1});
}

std::string number_text(const xmlXPathObject *object) {
    const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlXPathCastNumberToString(object->floatval), xmlFree);
    return reinterpret_cast<const char *>(text.get());
}

Selection selection_of(const xmlXPathObject *object) {
    Selection selection;
    switch (object->type) {
    case XPATH_NODESET:
        if (object->nodesetval != nullptr)
            for (int i = 0; i < object->nodesetval->nodeNr; ++i)
                append_ref(selection.nodes, object->nodesetval->nodeTab[i]);
        std::sort(selection.nodes.begin(), selection.nodes.end());
        return selection;
    case XPATH_BOOLEAN:
        selection.value = object->boolval != 0 ? "true" : "false";
        break;
    case XPATH_NUMBER:
        selection.value = number_text(object);
        break;
    default:
        selection.value = reinterpret_cast<const char *>(object->stringval);
    }
    selection.is_node_set = false;
    return selection;
}

} // namespace

LibxmlXPath::LibxmlXPath(const std::string &path) : path_(path) {
    const XPathContextHandle context(xmlXPathNewContext(nullptr));
    if (context == nullptr)
        throw std::bad_alloc();
    XPathProblem problem;
    const ProblemScope scope(context.get(), &problem);
    program_.reset(xmlXPathCtxtCompile(context.get(), reinterpret_cast<const xmlChar *>(path_.c_str())));
    if (program_ == nullptr)
        throw_problem(path_, problem);
}

Selection LibxmlXPath::evaluate(const Document &document, NodeId context_node, const Limits &limits) const {
    LibxmlMirror &mirror = mirror_of(document, limits);
    xmlXPathContext *context = context_of(mirror);
    XPathProblem problem;
    const ProblemScope scope(context, &problem);
    context->node = mirror.node_to_xml[static_cast<std::size_t>(context_node)];
    context->opLimit = static_cast<unsigned long>(limits.max_xpath_operations);
    context->opCount = 0;
    const XPathObjectHandle object = [&] {
        const Interrupt::Fuse fuse(&context->opLimit);
        return XPathObjectHandle(xmlXPathCompiledEval(program_.get(), context));
    }();
    Interrupt::poll(); /* before the budget that a cancel took away is mistaken for a limit */
    if (problem.code - XML_XPATH_EXPRESSION_OK == XPATH_OP_LIMIT_EXCEEDED)
        throw Error(ErrorKind::kLimitExceeded,
                    "XPath \"" + abbreviate(path_, 200) + "\" needs more than " +
                        std::to_string(limits.max_xpath_operations) + " operations",
                    {}, "Raise webwrap.max_xpath_operations or make the path more specific.");
    if (object == nullptr || problem.code != 0)
        throw_problem(path_, problem);
    return selection_of(object.get());
}

} // namespace webwrap
