#pragma once

#include <random>
#include <string>

namespace webwrap::test {

inline constexpr int kShopItems = 60;

/* A list of goods before and after a redesign: a table becomes cards in sections, in another order, with other classes and
 * a level more; the search form moves from the top to the end. Attribute `truth` says what is what. */
inline std::string shop_page(bool is_new, int items = kShopItems) {
    const auto truth = [is_new](const std::string &key) {
        return " truth='" + std::string(is_new ? "new-" : "old-") + key + "'";
    };
    const std::string search =
        "<form action='/find'" + truth("search") + "><input name='q'><button>Find goods</button></form>";
    std::string html = "<!doctype html><title>Goods</title><h1>All goods</h1>";
    html += is_new ? "<main><section class='grid'>" : search + "<table class='list'><tbody>";
    for (int place = 0; place < items; ++place) {
        const int item = is_new ? (place * 7 + 3) % items : place;
        const std::string key = std::to_string(item);
        const std::string name = "Item " + key + " of series s" + std::to_string(item / 5);
        const std::string price = std::to_string(100 + item * 37 % 900) + ".9" + std::to_string(item % 10);
        if (is_new)
            html += "<article class='card'" + truth("row" + key) + "><div class='body'><h3" + truth("name" + key) +
                    "><a href='/goods/" + key + "'>" + name + "</a></h3><p class='cost'" + truth("price" + key) + ">" +
                    price + " EUR</p></div></article>";
        else
            html += "<tr" + truth("row" + key) + "><td" + truth("name" + key) + "><a href='/goods/" + key + "'>" +
                    name + "</a><td class='price'" + truth("price" + key) + ">" + price + " EUR";
    }
    return html + (is_new ? "</section></main><footer>" + search + "</footer>" : "</tbody></table>");
}

/* Well-formed markup with attributes and text, at random. */
inline std::string random_markup(std::mt19937 &random, int max_elements) {
    const auto below = [&random](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
    const auto letter = [&](char first, int count) { return std::string(1, static_cast<char>(first + below(count))); };
    std::string markup;
    std::string open;
    for (int left = 1 + below(max_elements); left > 0; --left) {
        while (open.size() > 1 && below(3) == 0) {
            markup += std::string("</") + open.back() + ">";
            open.pop_back();
        }
        const std::string name = open.empty() ? "r" : letter('s', 4);
        markup += "<" + name;
        if (below(3) == 0)
            markup += " id='" + letter('i', 3) + "'";
        if (below(3) == 0)
            markup += " class='" + letter('k', 3) + " " + letter('k', 3) + "'";
        if (below(3) == 0)
            markup += " href='/" + letter('a', 3) + "'";
        markup += ">" + (below(2) == 0 ? letter('t', 4) + " " + letter('t', 4) : std::string());
        open += name;
    }
    for (; !open.empty(); open.pop_back())
        markup += std::string("</") + open.back() + ">";
    return markup;
}

} // namespace webwrap::test
