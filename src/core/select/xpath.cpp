#include "core/select/xpath.hpp"

#include <optional>

#include "core/base/error.hpp"
#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/select/evaluator.hpp"
#include "core/select/libxml_xpath.hpp"
#include "core/select/xpath_parser.hpp"

namespace webwrap {

/* The program is null for what only libxml2 runs. The other is there from the start then, so that a bad path is known at
 * once, and else made for the first XML document: its names have namespaces, which the arrays do not keep. */
struct XPath::Compiled {
    std::optional<Program> program;
    std::unique_ptr<LibxmlXPath> libxml;
};

XPath::XPath(std::string_view path) : path_(path), compiled_(std::make_unique<Compiled>()) {
    if (trim(path).empty())
        throw Error(ErrorKind::kInvalidXPath, "XPath is empty");
    if (path.find('\0') != std::string_view::npos)
        throw Error(ErrorKind::kInvalidXPath, "XPath contains a NUL character");
    compiled_->program = compile_xpath(path);
    if (!compiled_->program)
        compiled_->libxml = std::make_unique<LibxmlXPath>(path_);
}

XPath::~XPath() = default;
XPath::XPath(XPath &&) noexcept = default;
XPath &XPath::operator=(XPath &&) noexcept = default;

bool XPath::is_compiled() const noexcept { return compiled_->program.has_value(); }

Selection XPath::evaluate(const Document &document, NodeId context, const Limits &limits) const {
    Interrupt::poll();
    if (compiled_->program && !document.is_xml())
        return Evaluator(*compiled_->program, document, context, limits.max_xpath_operations).run();
    if (compiled_->libxml == nullptr)
        compiled_->libxml = std::make_unique<LibxmlXPath>(path_);
    return compiled_->libxml->evaluate(document, context, limits);
}

} // namespace webwrap
