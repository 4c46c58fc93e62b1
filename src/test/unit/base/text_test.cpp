#include <gtest/gtest.h>

#include "core/base/budget.hpp"
#include "core/base/text.hpp"

namespace webwrap {
namespace {

TEST(TextTest, InvalidUtf8IsFound) {
    EXPECT_EQ(find_invalid_utf8("aé€😀"), std::string_view::npos);
    EXPECT_EQ(find_invalid_utf8("a\xC0\x80"), 1u) << "overlong";
    EXPECT_EQ(find_invalid_utf8("ab\xED\xA0\x80"), 2u) << "surrogate";
    EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0u) << "above U+10FFFF";
    EXPECT_EQ(find_invalid_utf8("x\xE2\x82"), 1u) << "truncated";
}

TEST(TextTest, SpaceIsFoldedWithNoBreakSpace) {
    EXPECT_EQ(fold_space(" \xC2\xA0 a \t\n b\xC2\xA0"), "a b");
    EXPECT_EQ(fold_space(" \xC2\xA0"), "");
}

TEST(TextTest, AbbreviationKeepsCharactersWhole) {
    EXPECT_EQ(abbreviate("aé", 2), "a…");
    EXPECT_EQ(abbreviate("ab", 2), "ab");
}

TEST(BudgetTest, LimitNamesItsSetting) {
    BudgetResource budget(1 << 20, "webwrap.max_document_memory");
    void *block = budget.allocate(1 << 19);
    EXPECT_EQ(budget.used_bytes(), std::size_t{1} << 19);
    try {
        (void)budget.allocate((1 << 19) + 1);
        FAIL() << "no error";
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::kLimitExceeded);
        EXPECT_EQ(e.hint(), "Raise webwrap.max_document_memory.");
    }
    budget.deallocate(block, 1 << 19);
    EXPECT_EQ(budget.used_bytes(), 0u);
}

} // namespace
} // namespace webwrap
