#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "core/base/error.hpp"

namespace webwrap::test {

/* The error that `call` throws, or a test failure and nothing. */
inline std::optional<Error> error_of(const auto &call) {
    try {
        call();
    } catch (const Error &error) {
        return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return std::nullopt;
}

} // namespace webwrap::test
