#pragma once

#include <exception>
#include <string>

#if defined(POSTGRES_H)
#error "core headers come before postgres.h and never depend on it"
#endif

namespace webwrap {

/* What went wrong, in the terms of the core. The bridge maps each kind to one SQLSTATE. */
enum class ErrorKind {
    kInvalidArgument,    /* a value that a function cannot work with */
    kInvalidOption,      /* an option of a wrapper, table, column or call is unknown or malformed */
    kInvalidXPath,       /* an XPath that does not compile, or whose evaluation fails */
    kInvalidSelector,    /* a CSS selector that does not compile */
    kInvalidUrl,         /* not an absolute http(s) URL */
    kForbidden,          /* the address guard or a switch refuses the request */
    kDisabled,           /* webwrap.enabled is off */
    kNetwork,            /* name look-up, connection, TLS or protocol failure */
    kTimeout,            /* a time limit of ours ran out */
    kHttpStatus,         /* a page answered with a status that is no success where a page is needed */
    kDecoding,           /* bytes that are not text in the charset that they claim */
    kLimitExceeded,      /* a named limit; the message names it, the hint its setting */
    kConstraintViolated, /* integrity constraints of a wrapper do not hold */
    kNotAdapted,         /* constraints are violated and no adaptation is sure enough */
    kCorrupted,          /* stored data that do not match their hash or codec */
    kInternal,           /* a defect of ours */
    kBadFormat,          /* a document of records that is not in its format */
    kUndefinedField,     /* a document of records lacks a field */
};

/* The one exception that core code throws. The message follows the server's style: lower case, no full stop;
 * detail and hint are sentences and may be empty. */
class Error : public std::exception {
  public:
    Error(ErrorKind kind, std::string message, std::string detail = {}, std::string hint = {})
        : kind_(kind), message_(std::move(message)), detail_(std::move(detail)), hint_(std::move(hint)) {}

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const char *what() const noexcept override { return message_.c_str(); }
    [[nodiscard]] const std::string &message() const noexcept { return message_; }
    [[nodiscard]] const std::string &detail() const noexcept { return detail_; }
    [[nodiscard]] const std::string &hint() const noexcept { return hint_; }

  private:
    ErrorKind kind_;
    std::string message_;
    std::string detail_;
    std::string hint_;
};

} // namespace webwrap
