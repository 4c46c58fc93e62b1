#include "core/select/evaluator.hpp"
namespace webwrap { bool Evaluator::css(const Expr &, const Focus &) { return false; } }
