#include "core/wrap/value.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/wrap/number.hpp"

namespace webwrap {
namespace {

/* What a column of this type reads: the canonical text, "NULL", or "!" and the problem. */
std::string read(CellType type, std::string_view text, const std::string &locale = {}, const std::string &pattern = {},
                 std::vector<std::string> null_values = {}) {
    Column column;
    column.name = "c";
    column.xpath = ".";
    column.type = type;
    column.locale = locale;
    column.pattern = pattern;
    column.null_values = std::move(null_values);
    const CellValue value = CellReader(column).read(text);
    return !value.problem.empty() ? "!" + value.problem : value.text.value_or("NULL");
}

TEST(CellReader, folds_white_space_and_reads_nothing_as_null) {
    EXPECT_EQ(read(CellType::kText, "  a \n\t b\xC2\xA0"), "a b");
    EXPECT_EQ(read(CellType::kText, " \n "), "NULL");
    EXPECT_EQ(read(CellType::kNumeric, ""), "NULL");
    EXPECT_EQ(read(CellType::kText, " n/a ", {}, {}, {"n/a"}), "NULL");
}

TEST(CellReader, takes_the_first_group_of_its_pattern) {
    EXPECT_EQ(read(CellType::kInteger, "Heat (1995)", {}, "\\((\\d{4})\\)"), "1995");
    EXPECT_EQ(read(CellType::kText, "abc 12", {}, "\\d+"), "12");
    EXPECT_EQ(read(CellType::kText, "abc", {}, "x(y)?|abc"), "NULL");
    EXPECT_EQ(read(CellType::kText, "abc", {}, "\\d+"), "!\"abc\" does not match the pattern");
    EXPECT_EQ(read(CellType::kText, "id: -", {}, "id: (.*)", {"-"}), "NULL");
}

TEST(CellReader, bounds_patterns_that_explode) {
    const std::string text(40, 'a');
    EXPECT_NE(read(CellType::kText, text + "!", {}, "^(([a-z])+.)+[A-Z]$").find('!'), std::string::npos);
}

TEST(CellReader, refuses_patterns_that_do_not_compile) {
    Column column;
    column.name = "year";
    column.pattern = "(";
    try {
        const CellReader reader(column);
        FAIL();
    } catch (const Error &error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInvalidOption);
        EXPECT_NE(error.message().find("\"year\""), std::string::npos);
    }
}

TEST(CellReader, reads_plain_numbers_strictly) {
    EXPECT_EQ(read(CellType::kNumeric, "-012.50"), "-12.50");
    EXPECT_EQ(read(CellType::kNumeric, "+.5"), "0.5");
    EXPECT_EQ(read(CellType::kNumeric, "1e3"), "1e3");
    EXPECT_EQ(read(CellType::kNumeric, "12345678901234567890.123456789"), "12345678901234567890.123456789");
    for (const char *text : {"1,000", "5.", "$5", "12 min", "7.5/10", "1e", "--1", "1.2.3", "50%", "NaN"})
        EXPECT_EQ(read(CellType::kNumeric, text), "!\"" + std::string(text) + "\" is not numeric");
    EXPECT_EQ(read(CellType::kInteger, "007"), "7");
    for (const char *text : {"12.0", "1e3", "1 2"})
        EXPECT_EQ(read(CellType::kInteger, text), "!\"" + std::string(text) + "\" is not an integer");
}

TEST(CellReader, refuses_locales_that_do_not_exist) {
    for (const char *locale : {"xx_nowhere", "C", "12"}) {
        Column column;
        column.locale = locale;
        EXPECT_THROW(CellReader{column}, Error) << locale;
    }
    for (const char *locale : {"en_US", "de", "pt_BR", "zh_Hans_CN", "en-US"}) {
        Column column;
        column.locale = locale;
        EXPECT_NO_THROW(CellReader{column}) << locale;
    }
}

TEST(CellReader, reads_numbers_of_a_locale_exactly) {
    EXPECT_EQ(read(CellType::kNumeric, "$2.8M", "en_US"), "2800000");
    EXPECT_EQ(read(CellType::kInteger, "$2.8M", "en_US"), "2800000");
    EXPECT_EQ(read(CellType::kNumeric, "$1,234,567.89", "en_US"), "1234567.89");
    EXPECT_EQ(read(CellType::kNumeric, "-$5", "en_US"), "-5");
    EXPECT_EQ(read(CellType::kNumeric, "$-5", "en_US"), "-5");
    EXPECT_EQ(read(CellType::kNumeric, "US$ 12K", "en_US"), "12000");
    EXPECT_EQ(read(CellType::kNumeric, "1.5B", "en_US"), "1500000000");
    EXPECT_EQ(read(CellType::kNumeric, "1.234,56 €", "de_DE"), "1234.56");
    EXPECT_EQ(read(CellType::kNumeric, "EUR 1.234", "de_DE"), "1234");
    EXPECT_EQ(read(CellType::kNumeric,
                   "1\xE2\x80\xAF"
                   "234,5",
                   "fr_FR"),
              "1234.5");
    EXPECT_EQ(read(CellType::kNumeric, "12,34,567", "hi_IN"), "1234567");
    EXPECT_EQ(read(CellType::kNumeric,
                   "\xE2\x88\x92"
                   "7",
                   "en_US"),
              "-7");
    EXPECT_EQ(read(CellType::kNumeric, "\xD9\xA1\xD9\xA2", "ar_EG"), "12");
}

TEST(CellReader, never_guesses_a_number) {
    for (const char *text : {"1.234.567", "1,23", "12,3456", ",123", "about 5", "5 or 6", "$5 €", "2.8 M", "2.8m",
                             "50%", "5 apples", "1,234,56", "K", "$", ".", "2.8MM", "1 000"})
        EXPECT_EQ(read(CellType::kNumeric, text, "en_US").substr(0, 1), "!") << text;
    EXPECT_EQ(read(CellType::kNumeric, "1.5", "de_DE"), "!\"1.5\" is not numeric");
    EXPECT_EQ(read(CellType::kInteger, "2.85K", "en_US"), "2850");
    EXPECT_EQ(read(CellType::kInteger, "2.8555K", "en_US"), "!\"2.8555K\" is not an integer");
}

TEST(CellReader, reads_dates) {
    EXPECT_EQ(read(CellType::kDate, "1986-05-12"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "12 May 1986"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "May 12, 1986", "en_US"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "Monday, May 12, 1986", "en_US"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "5/12/1986", "en_US"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "12.05.1986", "de_DE"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "12. Mai 1986", "de_DE"), "1986-05-12");
    EXPECT_EQ(read(CellType::kDate, "29 Feb 2000", "en_GB"), "2000-02-29");
    EXPECT_EQ(read(CellType::kDate, "1960-01-01"), "1960-01-01");
    EXPECT_EQ(read(CellType::kDate, "Jan 1, 1960", "en_US"), "1960-01-01");
    for (const char *text : {"1986-02-30", "Feb 30, 1986", "5/12/86", "1986", "May 1986", "May 12, 1986 (USA)", "12/31",
                             "1986-05-12T10:00", "31/12/1986"})
        EXPECT_EQ(read(CellType::kDate, text, "en_US"), "!\"" + std::string(text) + "\" is not a date");
    EXPECT_EQ(read(CellType::kDate, "5/12/1986"), "!\"5/12/1986\" is not a date");
}

TEST(CellReader, reads_timestamps) {
    EXPECT_EQ(read(CellType::kTimestamp, "1986-05-12T20:15:30Z"), "1986-05-12 20:15:30+00:00");
    EXPECT_EQ(read(CellType::kTimestamp, "1986-05-12 20:15+0230"), "1986-05-12 20:15:00+02:30");
    EXPECT_EQ(read(CellType::kTimestamp, "1986-05-12T20:15:30.25"), "1986-05-12 20:15:30.25");
    EXPECT_EQ(read(CellType::kTimestamp, "1986-05-12"), "1986-05-12 00:00:00");
    EXPECT_EQ(read(CellType::kTimestamp, "12.05.1986, 20:15", "de_DE"), "1986-05-12 20:15:00");
    EXPECT_EQ(read(CellType::kTimestamp, "1986-05-12T25:00"), "!\"1986-05-12T25:00\" is not a timestamp");
}

TEST(CellReader, reads_booleans) {
    for (const char *text : {"true", "Yes", "t", "1"})
        EXPECT_EQ(read(CellType::kBoolean, text), "true");
    for (const char *text : {"FALSE", "no", "f", "0"})
        EXPECT_EQ(read(CellType::kBoolean, text), "false");
    EXPECT_EQ(read(CellType::kBoolean, "maybe"), "!\"maybe\" is not a boolean");
}

TEST(NormalNumber, is_equal_for_equal_numbers) {
    EXPECT_EQ(normal_number("1.50"), normal_number("1.5"));
    EXPECT_EQ(normal_number("1e3"), "1000");
    EXPECT_EQ(normal_number("15e-1"), "1.5");
    EXPECT_EQ(normal_number("-0.00"), "0");
    EXPECT_NE(normal_number("10"), normal_number("1"));
}

} // namespace
} // namespace webwrap
