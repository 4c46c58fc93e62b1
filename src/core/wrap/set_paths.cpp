#include <algorithm>
#include <map>

#include "core/base/interrupt.hpp"
#include "core/base/text.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/paths.hpp"

namespace webwrap {

namespace {

constexpr std::size_t kMaxPaths = 160;
constexpr int kMaxContainerSteps = 3; /* levels between the elements and the container that anchors their path */

/* What all elements of all sets have in common. */
class CommonForm {
  public:
    explicit CommonForm(std::span<const ElementSet> sets) : sets_(sets) {}

    /* Tests that hold for each element: names first, the bare tag, the tag with a kind of child, nothing in common left
     * out. Empty when the tags differ. */
    [[nodiscard]] std::vector<PathCandidate> tests() const;

  private:
    template <typename Collect> [[nodiscard]] std::vector<PathCandidate> shared(const Collect &collect) const;

    std::span<const ElementSet> sets_;
};

template <typename Collect> std::vector<PathCandidate> CommonForm::shared(const Collect &collect) const {
    std::map<std::string, std::pair<std::size_t, PathCandidate>> counts;
    std::size_t total = 0;
    for (const ElementSet &set : sets_)
        for (const NodeId element : set.elements) {
            ++total;
            for (const PathCandidate &one : collect(*set.document, element)) {
                auto &entry = counts.try_emplace(one.xpath, 0, one).first->second;
                ++entry.first;
            }
        }
    std::vector<PathCandidate> common;
    for (const auto &[text, entry] : counts)
        if (entry.first == total)
            common.push_back(entry.second);
    std::stable_sort(common.begin(), common.end(), [](const auto &a, const auto &b) { return a.cost < b.cost; });
    return common;
}

/* `[td]`, `[td[2]]` for the tags of an element's children, unless they stand among its own words: what is marked up in a text is
 * content; `[not(@class)]` where that sets it apart. */
std::vector<PathCandidate> child_tests(const Document &document, NodeId element) {
    std::map<std::string, int> counts;
    bool has_words = false;
    for (NodeId child = document.first_child(element); child != kNoNode; child = document.next_sibling(child)) {
        if (document.is_element(child))
            ++counts[std::string(document.name(child))];
        else if (document.kind(child) == NodeKind::kText)
            has_words = has_words || !trim(document.text(child)).empty();
    }
    if (has_words)
        counts.clear();
    std::vector<PathCandidate> tests;
    const std::string tag(document.name(element));
    for (const auto &[name, count] : counts) {
        tests.push_back({tag + "[" + name + "]", 7, false});
        if (count > 1)
            tests.push_back({tag + "[" + name + "[2]]", 8, false});
    }
    if (document.attribute_value(element, "class").data() == nullptr)
        tests.push_back({tag + "[not(@class)]", 8, false});
    return tests;
}

std::vector<PathCandidate> CommonForm::tests() const {
    std::vector<PathCandidate> tests =
        shared([](const Document &document, NodeId element) { return element_tests(document, element); });
    const std::vector<PathCandidate> children = shared(child_tests);
    tests.insert(tests.end(), children.begin(), children.end());
    return tests;
}

std::vector<PathCandidate> with_id(const Document &document, NodeId element) {
    std::vector<PathCandidate> tests = element_tests(document, element);
    const std::string_view id = document.attribute_value(element, "id");
    if (has_lasting_id(document, element))
        tests.insert(tests.begin(),
                     {std::string(document.name(element)) + "[@id=" + xpath_literal(id) + "]", 0, false});
    return tests;
}

/* Sets of the distinct parents of the elements. */
std::vector<ElementSet> parents_of(std::span<const ElementSet> sets) {
    std::vector<ElementSet> parents;
    for (const ElementSet &set : sets) {
        ElementSet up{set.document, {}};
        for (const NodeId element : set.elements)
            if (const NodeId parent = set.document->parent(element); parent > 0)
                up.elements.push_back(parent);
        std::sort(up.elements.begin(), up.elements.end());
        up.elements.erase(std::unique(up.elements.begin(), up.elements.end()), up.elements.end());
        parents.push_back(std::move(up));
    }
    return parents;
}

/* Tests common to all containers, with ids. */
std::vector<PathCandidate> container_tests(std::span<const ElementSet> sets) {
    std::map<std::string, std::pair<std::size_t, PathCandidate>> counts;
    std::size_t total = 0;
    for (const ElementSet &set : sets)
        for (const NodeId element : set.elements) {
            ++total;
            for (const PathCandidate &one : with_id(*set.document, element))
                ++counts.try_emplace(one.xpath, 0, one).first->second.first;
        }
    std::vector<PathCandidate> common;
    for (const auto &[text, entry] : counts)
        if (entry.first == total)
            common.push_back(entry.second);
    std::stable_sort(common.begin(), common.end(), [](const auto &a, const auto &b) { return a.cost < b.cost; });
    return common;
}

std::string bare_positional(const Document &document, NodeId element) {
    return positional_path(document, {element, -1});
}

} // namespace

std::vector<PathCandidate> common_tests(const ElementSet &set) {
    std::vector<PathCandidate> tests = container_tests({&set, 1});
    std::erase_if(tests,
                  [&set](const PathCandidate &test) { return test.xpath == set.document->name(set.elements.front()); });
    return tests;
}

std::vector<PathCandidate> set_paths(std::span<const ElementSet> sets) {
    std::vector<PathCandidate> paths;
    const auto add = [&](std::string xpath, int cost) {
        if (paths.size() < kMaxPaths)
            paths.push_back({std::move(xpath), cost, false});
    };
    const std::vector<PathCandidate> tests = CommonForm(sets).tests();
    if (tests.empty())
        return paths;
    for (const ElementSet &set : sets)
        if (set.elements.size() == 1)
            for (const PathCandidate &own : with_id(*set.document, set.elements.front()))
                if (own.cost == 0)
                    add("//" + own.xpath, 0);
    for (const PathCandidate &test : tests)
        add("//" + test.xpath, test.cost);
    std::vector<ElementSet> containers(sets.begin(), sets.end());
    std::string between;
    for (int steps = 0; steps < kMaxContainerSteps; ++steps) {
        Interrupt::poll();
        containers = parents_of(containers);
        const std::vector<PathCandidate> outer = container_tests(containers);
        if (outer.empty())
            break;
        for (const PathCandidate &container : outer)
            for (const PathCandidate &test : tests) {
                if (container.cost < 6 || steps == 0)
                    add("//" + container.xpath + between + "/" + test.xpath,
                        container.cost + test.cost / 2 + steps + 1);
                if (steps > 0 && container.cost < 6)
                    add("//" + container.xpath + "//" + test.xpath, container.cost + test.cost / 2 + steps + 2);
            }
        between = "/" + outer.back().xpath + between;
        if (outer.back().xpath.find('[') != std::string::npos)
            break;
    }
    /* By position, where one container holds all of a page. */
    const std::vector<ElementSet> parents = parents_of(sets);
    if (!parents.empty() && parents.front().elements.size() == 1) {
        const std::string place = bare_positional(*parents.front().document, parents.front().elements.front());
        for (const PathCandidate &test : tests)
            add(place + "/" + test.xpath, 20 + test.cost);
    }
    if (sets.size() == 1 && sets.front().elements.size() == 1)
        add(bare_positional(*sets.front().document, sets.front().elements.front()), 30);
    std::stable_sort(paths.begin(), paths.end(), [](const auto &a, const auto &b) { return a.cost < b.cost; });
    return paths;
}

} // namespace webwrap
