#include "core/select/css.hpp"

#include "core/base/interrupt.hpp"
#include "core/select/css_compiler.hpp"
#include "core/select/css_selector.hpp"
#include "core/select/evaluator.hpp"

namespace webwrap {

struct CssSelector::Compiled {
    Program page;
    Program scoped;
};

CssSelector::CssSelector(std::string_view selector) : selector_(selector) {
    const CssList list = parse_css(selector_);
    compiled_ =
        std::make_unique<Compiled>(Compiled{compile_css(list, selector_, false), compile_css(list, selector_, true)});
}

CssSelector::~CssSelector() = default;
CssSelector::CssSelector(CssSelector &&) noexcept = default;
CssSelector &CssSelector::operator=(CssSelector &&) noexcept = default;

Selection CssSelector::evaluate(const Document &document, NodeId context, const Limits &limits) const {
    Interrupt::poll();
    const Program &program = context == 0 ? compiled_->page : compiled_->scoped;
    return Evaluator(program, document, context, limits.max_xpath_operations).run();
}

} // namespace webwrap
