#include "core/wrap/anchored_path.hpp"

#include <algorithm>

#include "core/base/interrupt.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/paths.hpp"

namespace webwrap {

namespace {

constexpr int kPositional = 20; /* cost from which a path of set_paths stands on positions */
constexpr std::size_t kMaxAnchors = 12;

/* One level above the elements: the distinct elements there, and what one step to them may look like. */
struct Level {
    std::vector<NodeId> elements;
    std::string tag;  /* common tag, or * */
    int ordinal = 0;  /* common place among the siblings of its tag, 0 when there is none or it is the only one */
    std::string name; /* common test for a class or another name, empty when there is none */
    std::string id;   /* test for its id, when it is one element that has a lasting one */
};

class PathBuilder {
  public:
    PathBuilder(const Document &page, const std::vector<NodeId> &elements, const Limits &limits)
        : page_(page), elements_(elements), limits_(limits) {}

    [[nodiscard]] bool is_exact(const std::string &xpath) const;
    [[nodiscard]] std::optional<std::string> by_common_form(bool positional) const;
    [[nodiscard]] std::optional<std::string> by_anchor();

  private:
    void add_level(std::vector<NodeId> elements);
    [[nodiscard]] std::string step(std::size_t level) const;
    [[nodiscard]] std::string path_from(const std::string &anchor, std::size_t first) const;
    [[nodiscard]] std::optional<std::string> reduced(const std::string &anchor, std::size_t first);

    const Document &page_;
    const std::vector<NodeId> &elements_;
    const Limits &limits_;
    std::vector<Level> levels_;    /* the elements first, the root element last */
    std::vector<int> use_ordinal_; /* by level, of the path at hand */
    std::vector<int> use_name_;
};

bool PathBuilder::is_exact(const std::string &xpath) const {
    Interrupt::poll();
    const Selection selection = XPath(xpath).evaluate(page_, 0, limits_);
    if (selection.nodes.size() != elements_.size())
        return false;
    for (std::size_t i = 0; i < elements_.size(); ++i)
        if (selection.nodes[i] != NodeRef{elements_[i], -1})
            return false;
    return true;
}

std::optional<std::string> PathBuilder::by_common_form(bool positional) const {
    const ElementSet set{&page_, elements_};
    for (const PathCandidate &candidate : set_paths({&set, 1}))
        if ((candidate.cost >= kPositional) == positional && is_exact(candidate.xpath))
            return candidate.xpath;
    return std::nullopt;
}

/* Place among the siblings of its tag; 0 for an only one. */
int ordinal_of(const Document &page, NodeId element) {
    int count = 0, place = 0;
    for (NodeId sibling = page.first_child(page.parent(element)); sibling != kNoNode;
         sibling = page.next_sibling(sibling))
        if (page.is_element(sibling) && page.name_id(sibling) == page.name_id(element)) {
            ++count;
            place = sibling == element ? count : place;
        }
    return count > 1 ? place : 0;
}

void PathBuilder::add_level(std::vector<NodeId> elements) {
    Level level;
    level.tag = page_.name(elements.front());
    level.ordinal = ordinal_of(page_, elements.front());
    for (const NodeId element : elements) {
        if (page_.name(element) != level.tag)
            level.tag = "*";
        if (ordinal_of(page_, element) != level.ordinal)
            level.ordinal = 0;
    }
    if (level.tag == "*")
        level.ordinal = 0;
    const ElementSet set{&page_, elements};
    if (level.tag != "*")
        if (const std::vector<PathCandidate> tests = common_tests(set); !tests.empty())
            level.name = tests.front().xpath.substr(level.tag.size());
    if (elements.size() == 1) {
        if (has_lasting_id(page_, elements.front()))
            level.id = "[@id=" + xpath_literal(page_.attribute_value(elements.front(), "id")) + "]";
    }
    level.elements = std::move(elements);
    levels_.push_back(std::move(level));
}

std::string PathBuilder::step(std::size_t at) const {
    const Level &level = levels_[at];
    std::string text = level.tag;
    if (use_name_[at] != 0)
        text += level.name;
    if (use_ordinal_[at] != 0) {
        /* The place is counted among siblings of the tag, so it has to stand before the name. */
        text = level.tag + "[" + std::to_string(level.ordinal) + "]" + (use_name_[at] != 0 ? level.name : "");
    }
    return text;
}

std::string PathBuilder::path_from(const std::string &anchor, std::size_t first) const {
    std::string path = anchor;
    for (std::size_t at = first; at-- > 0;)
        path += "/" + step(at);
    return path;
}

/* The path below an anchor at level `first` with everything that can be said of each step, then with as little as
 * suffices: positions go first. */
std::optional<std::string> PathBuilder::reduced(const std::string &anchor, std::size_t first) {
    use_ordinal_.assign(levels_.size(), 0);
    use_name_.assign(levels_.size(), 0);
    for (std::size_t at = 0; at < first; ++at) {
        use_ordinal_[at] = levels_[at].ordinal > 0 ? 1 : 0;
        use_name_[at] = levels_[at].name.empty() ? 0 : 1;
    }
    if (!is_exact(path_from(anchor, first)))
        return std::nullopt;
    for (std::vector<int> *used : {&use_ordinal_, &use_name_})
        for (std::size_t at = first; at-- > 0;) {
            if ((*used)[at] == 0)
                continue;
            (*used)[at] = 0;
            if (!is_exact(path_from(anchor, first)))
                (*used)[at] = 1;
        }
    return path_from(anchor, first);
}

std::optional<std::string> PathBuilder::by_anchor() {
    std::vector<NodeId> level = elements_;
    while (!level.empty() && level.front() > 0) {
        add_level(level);
        for (NodeId &element : level)
            element = page_.parent(element);
        std::sort(level.begin(), level.end());
        level.erase(std::unique(level.begin(), level.end()), level.end());
        if (level.size() > 1 && level.front() == 0)
            return std::nullopt; /* elements of different depths */
    }
    std::size_t anchors = 0;
    for (std::size_t at = 1; at < levels_.size() && anchors < kMaxAnchors; ++at) {
        const Level &anchor = levels_[at];
        if (anchor.id.empty() && anchor.name.empty())
            continue;
        ++anchors;
        const std::string test = anchor.id.empty() ? anchor.name : anchor.id;
        if (std::optional<std::string> path = reduced("//" + anchor.tag + test, at))
            return path;
    }
    return reduced("/" + levels_.back().tag, levels_.size() - 1);
}

} // namespace

std::optional<std::string> exact_path(const Document &page, const std::vector<NodeId> &elements, const Limits &limits) {
    PathBuilder builder(page, elements, limits);
    if (std::optional<std::string> path = builder.by_common_form(false))
        return path;
    if (std::optional<std::string> path = builder.by_anchor())
        return path;
    return builder.by_common_form(true);
}

} // namespace webwrap
