#pragma once

#include <gtest/gtest.h>

#include <source_location>
#include <string_view>

#include "core/base/error.hpp"

namespace webwrap::test {

/* Fails unless the call throws an Error that says exactly this. */
template <typename Call>
void expect_error(Call call, ErrorKind kind, std::string_view message, std::string_view hint,
                  const std::source_location &where = std::source_location::current()) {
    const testing::ScopedTrace trace(where.file_name(), static_cast<int>(where.line()), "expect_error");
    try {
        call();
        ADD_FAILURE() << "no error";
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), kind);
        EXPECT_EQ(error.message(), message);
        EXPECT_EQ(error.hint(), hint);
    }
}

} // namespace webwrap::test
