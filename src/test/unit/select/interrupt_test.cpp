#include <gtest/gtest.h>

#include "core/base/interrupt.hpp"
#include "core/parse/parse.hpp"
#include "core/select/links.hpp"
#include "core/select/metadata.hpp"
#include "core/select/tables.hpp"
#include "core/select/visible_text.hpp"

namespace webwrap {
namespace {

struct Cancelled {};

/* From now on every poll finds a cancel request. */
class CancelRequest {
  public:
    CancelRequest() {
        Interrupt::poll_hook = [] { throw Cancelled(); };
    }
    ~CancelRequest() { Interrupt::poll_hook = nullptr; }
    CancelRequest(const CancelRequest &) = delete;
    CancelRequest &operator=(const CancelRequest &) = delete;
};

TEST(InterruptTest, WhatReadsAPageCanBeCancelled) {
    std::string page = "<script type=application/ld+json>[";
    for (int i = 0; i < 2000; ++i)
        page += "1,";
    page += "1]</script>";
    for (int i = 0; i < 2000; ++i)
        page += "<p>x</p>";
    const auto document = parse_html(page + "<table><tr><td>x</table>");
    const CancelRequest request;
    EXPECT_THROW((void)visible_text(*document), Cancelled);
    EXPECT_THROW((void)find_links(*document, "http://h.test/"), Cancelled);
    EXPECT_THROW((void)find_tables(*document), Cancelled);
    EXPECT_THROW((void)page_metadata(*document), Cancelled);
}

TEST(InterruptTest, RepeatedPartsOfAPageCanBeCancelled) {
    std::string rows = "<table><tr><td colspan=1000 rowspan=0>x";
    std::string items = "<div itemscope itemref=x></div><div id=x>";
    std::string json = "<script type=application/ld+json>[";
    for (int i = 0; i < 500; ++i)
        rows += "<tr>";
    for (int i = 0; i < 500; ++i)
        items += "<b itemprop=a>y</b>";
    for (int i = 0; i < 1100; ++i)
        json += "{},";
    const auto table_page = parse_html(rows);
    const auto item_page = parse_html(items);
    const auto json_page = parse_html(json + "1]</script>");
    ASSERT_LT(json_page->size(), 1000) << "the loop over the page does not poll";
    const CancelRequest request;
    EXPECT_THROW((void)find_tables(*table_page), Cancelled);
    EXPECT_THROW((void)page_metadata(*item_page), Cancelled);
    EXPECT_THROW((void)page_metadata(*json_page), Cancelled);
}

} // namespace
} // namespace webwrap
