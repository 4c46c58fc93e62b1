#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "core/parse/parse.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"

namespace webwrap {
namespace {

/* Machines with parts, and parts with suppliers. Many machines have parts of one name and number. */
struct Part {
    std::string name;
    int count = 0;
    std::vector<std::string> suppliers;
};
struct Machine {
    std::string name;
    std::vector<Part> parts;
};

std::vector<Machine> machines(std::size_t count, std::size_t first = 0) {
    const std::vector<std::string> names{"wheel", "axle", "belt", "gear", "lever", "spring", "valve"};
    const std::vector<std::string> suppliers{"Abel Moor", "Berta Lund", "Carl Voss", "Dora Quist"};
    std::vector<Machine> all;
    for (std::size_t i = first; i < first + count; ++i) {
        Machine machine{"Machine " + std::to_string(300 + i * 7), {}};
        for (std::size_t part = 0; part < 1 + i % 4; ++part) {
            Part one{names[(i + part * 2) % names.size()], static_cast<int>(1 + (i * 3 + part) % 5), {}};
            for (std::size_t s = 0; s < (i + part) % 3; ++s)
                one.suppliers.push_back(suppliers[(i + part + s) % suppliers.size()]);
            machine.parts.push_back(std::move(one));
        }
        all.push_back(std::move(machine));
    }
    return all;
}

std::string joined(const std::vector<std::string> &texts, const std::string &before, const std::string &after) {
    std::string all;
    for (const std::string &text : texts)
        all += before + text + after;
    return all;
}

/* The layout that the wrapper was written for. */
std::string old_part(const Part &part) {
    return "<li><b>" + part.name + "</b> <i>" + std::to_string(part.count) + "</i><p>" +
           joined(part.suppliers, "<em>", "</em>") + "</p></li>";
}
/* Another one: other tags, one level more, other order. */
std::string new_part(const Part &part) {
    return "<div class='piece'><div class='top'><span class='number'>" + std::to_string(part.count) +
           "</span><span class='label'>" + part.name + "</span></div><ol class='from'>" +
           joined(part.suppliers, "<li><a href='#'>", "</a></li>") + "</ol></div>";
}

using RenderPart = std::function<std::string(const Part &)>;

std::string page_of(const std::vector<Machine> &all, const std::string &before, const std::string &middle,
                    const std::string &after, const RenderPart &render) {
    std::string html = "<body><h1>Machines</h1><main>";
    for (const Machine &machine : all) {
        html += before + machine.name + middle;
        for (const Part &part : machine.parts)
            html += render(part);
        html += after;
    }
    return html + "</main><footer><p>About</p></footer></body>";
}

std::string old_page(const std::vector<Machine> &all) {
    return page_of(all, "<div class='machine'><h2>", "</h2><ul>", "</ul></div>", old_part);
}
std::string new_page(const std::vector<Machine> &all, const RenderPart &render = new_part) {
    return page_of(all, "<article><header><strong>", "</strong></header><section class='pieces'>",
                   "</section></article>", render);
}

Wrapper machine_wrapper(const std::string &threshold = {}) {
    return wrapper_from_json(R"({"rows":{"xpath":"//div[@class='machine']"},"columns":{"name":{"xpath":"./h2"},)"
                             R"("parts":{"xpath":"./ul/li")" +
                             threshold +
                             R"(,"columns":{"what":{"xpath":"./b"},"count":{"xpath":"./i","type":"integer"},)"
                             R"("suppliers":{"xpath":"./p/em","columns":{"supplier":{"xpath":"."}}}}}}})");
}

std::vector<std::string> read(const Wrapper &wrapper, const std::string &html) {
    const auto page = parse_html(html);
    std::vector<std::string> all;
    for (const Record &record : Extractor(wrapper).extract(*page, {}).records)
        all.push_back(record_to_json(wrapper, record));
    return all;
}

WrapperAdaptation adapt(const Wrapper &wrapper, const std::string &before, const std::string &after) {
    const auto old_document = parse_html(before), new_document = parse_html(after);
    const PagePair pair{old_document.get(), new_document.get(), false};
    return adapt_wrapper(wrapper, {&pair, 1}, wrapper.adaptation, {});
}

const PatternAdaptation &pattern_of(const WrapperAdaptation &adaptation, const std::string &name) {
    return *std::find_if(adaptation.patterns.begin(), adaptation.patterns.end(),
                         [&](const PatternAdaptation &one) { return one.pattern == name; });
}

std::string reasons(const WrapperAdaptation &adaptation) {
    std::string text;
    for (const PatternAdaptation &one : adaptation.patterns)
        text += one.pattern + " " + one.new_xpath + " " + std::to_string(one.confidence) + " " + one.reason + "\n";
    return text;
}

TEST(NestedColumns, keep_what_still_works) {
    const WrapperAdaptation adaptation =
        adapt(machine_wrapper(), old_page(machines(12)), old_page(machines(12)) + "<p>more</p>");
    ASSERT_TRUE(adaptation.is_sure) << reasons(adaptation);
    EXPECT_EQ(wrapper_to_json(adaptation.wrapper), wrapper_to_json(machine_wrapper()));
}

TEST(NestedColumns, follow_their_records_and_what_these_hold) {
    const WrapperAdaptation adaptation = adapt(machine_wrapper(), old_page(machines(12)), new_page(machines(12)));
    ASSERT_TRUE(adaptation.is_sure) << reasons(adaptation);
    for (const std::size_t first : {0U, 100U})
        EXPECT_EQ(read(adaptation.wrapper, new_page(machines(20, first))),
                  read(machine_wrapper(), old_page(machines(20, first))))
            << reasons(adaptation);
    /* Each of them is a pattern of its own. */
    for (const char *name : {"parts", "parts.what", "parts.count", "parts.suppliers", "parts.suppliers.supplier"}) {
        const PatternAdaptation &pattern = pattern_of(adaptation, name);
        EXPECT_EQ(pattern.pattern, name);
        EXPECT_TRUE(pattern.is_sure) << name;
    }
    EXPECT_EQ(pattern_of(adaptation, "parts.count").old_xpath, "./i");
    EXPECT_NE(pattern_of(adaptation, "parts.count").new_xpath, "./i");
}

TEST(NestedColumns, of_a_page_that_is_one_record) {
    const std::string columns = R"({"columns":{"name":{"xpath":"//h2"},"parts":{"xpath":"//ul/li",)"
                                R"("columns":{"what":{"xpath":"./b"},"count":{"xpath":"./i","type":"integer"}}}}})";
    const Wrapper wrapper = wrapper_from_json(columns);
    Machine machine = machines(1, 3).front();
    machine.parts.push_back({"hook", 8, {}});
    const WrapperAdaptation adaptation = adapt(wrapper, old_page({machine}), new_page({machine}));
    EXPECT_TRUE(pattern_of(adaptation, "parts").is_sure) << reasons(adaptation);
    EXPECT_EQ(read(adaptation.wrapper, new_page({machine})), read(wrapper, old_page({machine})));
}

TEST(NestedColumns, are_refused_when_a_value_is_lost) {
    const auto without_count = [](const Part &part) {
        return "<div class='piece'><span class='label'>" + part.name + "</span></div>";
    };
    const WrapperAdaptation adaptation =
        adapt(machine_wrapper(), old_page(machines(12)), new_page(machines(12), without_count));
    EXPECT_FALSE(adaptation.is_sure);
    EXPECT_FALSE(pattern_of(adaptation, "parts").is_sure) << reasons(adaptation);
    EXPECT_NE(pattern_of(adaptation, "parts").reason.find("parts.count"), std::string::npos) << reasons(adaptation);
    EXPECT_EQ(pattern_of(adaptation, "parts").new_xpath, "./ul/li");
    EXPECT_TRUE(pattern_of(adaptation, "name").is_sure) << reasons(adaptation);
}

TEST(NestedColumns, are_refused_when_records_are_left_out) {
    const auto few = [](const Part &part) { return part.count == 3 ? "" : new_part(part); };
    const WrapperAdaptation adaptation = adapt(machine_wrapper(), old_page(machines(12)), new_page(machines(12), few));
    EXPECT_FALSE(pattern_of(adaptation, "parts").is_sure) << reasons(adaptation);
}

TEST(NestedColumns, are_refused_when_one_of_several_pages_differs) {
    const auto old_a = parse_html(old_page(machines(6))), old_b = parse_html(old_page(machines(6, 40)));
    const auto other = [](const Part &part) { return old_part({part.name, part.count + 1, part.suppliers}); };
    const auto new_a = parse_html(page_of(machines(6), "<div class='machine'><h2>", "</h2><ul>", "</ul></div>", other));
    const auto new_b = parse_html(old_page(machines(6, 40)) + "<p>more</p>");
    const PagePair pairs[] = {{old_a.get(), new_a.get(), false}, {old_b.get(), new_b.get(), true}};
    const WrapperAdaptation adaptation = adapt_wrapper(machine_wrapper(), pairs, {}, {});
    EXPECT_FALSE(pattern_of(adaptation, "parts").is_sure) << reasons(adaptation);
}

TEST(NestedColumns, have_the_threshold_of_their_column) {
    const Wrapper strict = machine_wrapper(R"(,"threshold":1)");
    const WrapperAdaptation adaptation = adapt(strict, old_page(machines(12)), new_page(machines(12)));
    EXPECT_FALSE(pattern_of(adaptation, "parts").is_sure) << reasons(adaptation);
    EXPECT_TRUE(pattern_of(adaptation, "name").is_sure) << reasons(adaptation);
}

} // namespace
} // namespace webwrap
