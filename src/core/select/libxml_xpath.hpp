#pragma once

/* Internal to select: the rest of XPath, and what bad expressions are told. */

#include <memory>
#include <string>

#include "core/parse/libxml.hpp"
#include "core/select/xpath.hpp"

namespace webwrap {

/* An expression compiled by libxml2. Throws kInvalidXPath when it does not compile. Errors and limits as XPath. */
class LibxmlXPath {
  public:
    explicit LibxmlXPath(const std::string &path);

    /* Runs over the document's mirror, which is made when there is none. */
    [[nodiscard]] Selection evaluate(const Document &document, NodeId context, const Limits &limits) const;

  private:
    std::string path_;
    XPathProgramHandle program_;
};

} // namespace webwrap
