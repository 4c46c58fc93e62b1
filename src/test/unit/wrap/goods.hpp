#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/parse/parse.hpp"
#include "core/wrap/adapt.hpp"
#include "core/wrap/extract.hpp"

namespace webwrap::test {

/* One record of the pages that these tests make up: invented goods. Empty strings are missing values. */
struct Good {
    std::string name, maker, seller, price, made;
};

inline std::vector<Good> goods(std::size_t count, std::size_t first = 0) {
    const std::vector<std::string> words{"Lamp", "Chair", "Kettle", "Clock", "Ladder", "Basket", "Mirror", "Carpet"};
    const std::vector<std::string> people{"Abel Moor", "Berta Lund", "Carl Voss", "Dora Quist", "Emil Hartz"};
    std::vector<Good> all;
    for (std::size_t i = first; i < first + count; ++i) {
        Good good;
        good.name = words[i % 8] + " " + std::to_string(100 + i * 7);
        good.maker = people[i % 5];
        good.seller = i % 4 == 3 ? "" : people[(i * 3 + 1) % 5];
        good.price = i % 6 == 5 ? "" : std::to_string(20 + i * i % 83) + ".50";
        good.made = "20" + std::to_string(10 + i % 9) + "-0" + std::to_string(1 + i % 9) + "-1" + std::to_string(i % 9);
        all.push_back(good);
    }
    return all;
}

/* The table that the wrapper was written for. */
inline std::string classic(const std::vector<Good> &all, const std::string &head = "Name Maker Seller Price Made") {
    std::string html = "<html><body><h1>Goods</h1><table id='goods'><thead><tr>";
    std::string word;
    for (const char c : head + " ")
        if (c != ' ')
            word += c;
        else if (!word.empty())
            html += "<th>" + std::exchange(word, {}) + "</th>";
    html += "</tr></thead><tbody>";
    for (const Good &good : all)
        html += "<tr class='good'><td class='n'><a href='#'>" + good.name + "</a></td><td>" + good.maker + "</td><td>" +
                good.seller + "</td><td>" + good.price + "</td><td>" + good.made + "</td></tr>";
    return html + "</tbody></table></body></html>";
}

inline Wrapper classic_wrapper() {
    return wrapper_from_json(R"({"rows":{"xpath":"//table[@id='goods']/tbody/tr","min":3},"columns":{)"
                             R"("name":{"xpath":"./td[1]/a","required":true},"maker":{"xpath":"./td[2]"},)"
                             R"("seller":{"xpath":"./td[3]"},"price":{"xpath":"./td[4]","type":"numeric"},)"
                             R"("made":{"xpath":"./td[5]","type":"date"}}})");
}

/* A page of records, each written by `item`, between `before` and `after`. */
inline std::string page_of(const std::vector<Good> &all, const std::function<std::string(const Good &)> &item,
                           const std::string &before = "<ul class='list'>", const std::string &after = "</ul>") {
    std::string html = "<html><body><nav><a href='#'>Home</a></nav>" + before;
    for (const Good &good : all)
        html += item(good);
    return html + after + "<footer><p>About</p></footer></body></html>";
}

inline std::string value_or_null(const std::string &text) { return text.empty() ? "null" : "\"" + text + "\""; }

inline std::string as_json(const Good &good) {
    const std::string price = good.price.empty() ? "null" : good.price;
    return "{\"name\": " + value_or_null(good.name) + ", \"maker\": " + value_or_null(good.maker) +
           ", \"seller\": " + value_or_null(good.seller) + ", \"price\": " + price +
           ", \"made\": " + value_or_null(good.made) + "}";
}

} // namespace webwrap::test
