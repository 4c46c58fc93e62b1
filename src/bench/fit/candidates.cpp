/* What the ranking model and the confidence are fitted to: for each case of a set of page pairs the groups that adaptation
 * considers, with their evidence and how right each is. Writes one JSON object a line for src/bench/fit/fit.py.
 *
 * usage: candidates FOLDER SHARD SHARDS [MODEL|-] [back]
 * Without a model the candidates, for the ranking; with one its answers, for the confidence. With "back" from the true
 * elements of the new page to those of the old one. */

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "core/parse/parse.hpp"
#include "core/select/xpath.hpp"
#include "core/wrap/anchored_path.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/relocate.hpp"
#include "core/wrap/targets.hpp"

using namespace webwrap;
using nlohmann::json;

namespace {

constexpr std::size_t kAnswers = 2; /* the best ones whose trust is written */

using Keys = std::set<std::string>;

/* As keys.py of the set defines them: visible letters and digits, or the file names of an image. */
std::string text_key(const std::string &text) {
    UErrorCode code = U_ZERO_ERROR;
    const icu::Normalizer2 *nfkc = icu::Normalizer2::getNFKCInstance(code);
    icu::UnicodeString all = nfkc->normalize(icu::UnicodeString::fromUTF8(text), code);
    all.toLower(icu::Locale::getRoot());
    icu::UnicodeString key;
    for (int32_t at = 0; at < all.length(); at = all.moveIndex32(at, 1)) {
        const UChar32 c = all.char32At(at);
        const int8_t type = u_charType(c);
        if (u_isalpha(c) || type == U_DECIMAL_DIGIT_NUMBER || type == U_LETTER_NUMBER || type == U_OTHER_NUMBER)
            key.append(c);
    }
    std::string out;
    return key.toUTF8String(out);
}

std::string visible(const Document &page, NodeId element) {
    std::string text;
    for (NodeId node = element; node < page.end_of(element); ++node) {
        if (page.kind(node) == NodeKind::kText)
            text += page.text(node);
        const std::string_view tag = page.name(node);
        if (tag == "br")
            text += " ";
        if (tag == "script" || tag == "style" || tag == "noscript" || tag == "template" || tag == "svg" ||
            tag == "iframe")
            node = page.end_of(node) - 1;
    }
    return text;
}

Keys image_keys(const Document &page, NodeId element) {
    Keys keys;
    for (NodeId node = element; node < page.end_of(element); ++node) {
        if (!page.is_element(node))
            continue;
        for (const char *name :
             {"src", "srcset", "data-src", "data-srcset", "data-lazy-src", "data-original", "content", "href"}) {
            std::string value(page.attribute_value(node, name));
            for (char &c : value)
                if (c == ',' || c == '\n' || c == '\t')
                    c = ' ';
            for (std::size_t at = 0; at < value.size();) {
                const std::size_t end = std::min(value.find(' ', at), value.size());
                std::string part = value.substr(at, end - at);
                at = end + 1;
                part = part.substr(0, part.find('?'));
                while (!part.empty() && part.back() == '/')
                    part.pop_back();
                part = part.substr(part.rfind('/') + 1);
                if (part.find('.') == std::string::npos || part.starts_with("data:"))
                    continue;
                for (char &c : part)
                    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
                keys.insert(part);
            }
        }
    }
    return keys;
}

class Truth {
  public:
    virtual ~Truth() = default;
    /* True positives, false positives, false negatives. */
    virtual std::array<int, 3> compare(const std::vector<NodeId> &elements) = 0;
};

/* Known elements of a page; what stands in or around one with the same text is the same. */
class KnownElements final : public Truth {
  public:
    KnownElements(const Document &page, const std::vector<NodeId> &elements) : page_(page), want_(elements) {}

    std::array<int, 3> compare(const std::vector<NodeId> &elements) override {
        std::set<std::size_t> hit;
        int wrong = 0;
        for (const NodeId element : elements) {
            std::size_t free = want_.size();
            for (std::size_t i = 0; i < want_.size() && free == want_.size(); ++i)
                if (!hit.contains(i) && is_same(element, want_[i]))
                    free = i;
            if (free < want_.size())
                hit.insert(free);
            else
                ++wrong;
        }
        return {static_cast<int>(hit.size()), wrong, static_cast<int>(want_.size() - hit.size())};
    }

  private:
    bool is_same(NodeId a, NodeId b) const {
        return a < page_.end_of(b) && b < page_.end_of(a) &&
               (a == b || text_key(visible(page_, a)) == text_key(visible(page_, b)));
    }

    const Document &page_;
    const std::vector<NodeId> &want_;
};

/* The keys of a case's true elements. */
class KnownKeys final : public Truth {
  public:
    KnownKeys(const json &found, const Document &page) : page_(page), is_image_(found.at("field") == "image") {
        for (const json &keys : found.at("truth"))
            want_.push_back(keys.get<Keys>());
        ignore_ = found.at("ignore").get<Keys>();
    }

    std::array<int, 3> compare(const std::vector<NodeId> &elements) override {
        std::set<std::size_t> hit;
        int wrong = 0;
        for (const NodeId element : elements) {
            const Keys &keys = keys_of(element);
            std::size_t free = want_.size();
            for (std::size_t i = 0; i < want_.size() && free == want_.size(); ++i)
                if (!hit.contains(i) && share(keys, want_[i]))
                    free = i;
            if (free < want_.size())
                hit.insert(free);
            else if (!share(keys, ignore_))
                ++wrong;
        }
        return {static_cast<int>(hit.size()), wrong, static_cast<int>(want_.size() - hit.size())};
    }

  private:
    static bool share(const Keys &a, const Keys &b) {
        for (const std::string &key : a)
            if (b.contains(key))
                return true;
        return false;
    }
    const Keys &keys_of(NodeId element) {
        const auto [found, is_new] = keys_.try_emplace(element);
        if (is_new) {
            if (is_image_)
                found->second = image_keys(page_, element);
            if (found->second.empty())
                found->second = {text_key(visible(page_, element))};
        }
        return found->second;
    }

    const Document &page_;
    bool is_image_;
    std::vector<Keys> want_;
    Keys ignore_;
    std::map<NodeId, Keys> keys_;
};

struct Page {
    std::string text;
    std::unique_ptr<Document> document;
};

const Document &load(const std::string &folder, const std::string &name) {
    static std::map<std::string, Page> pages;
    Page &page = pages[name];
    if (page.document == nullptr) {
        std::ifstream file(folder + "/pages/" + name + ".html", std::ios::binary);
        page.text.assign(std::istreambuf_iterator<char>(file), {});
        page.document = parse_html(page.text);
    }
    return *page.document;
}

template <typename Vector> json rounded(const Vector &vector) {
    json out = json::array();
    for (const float value : vector)
        out.push_back(std::round(value * 1e4F) / 1e4F);
    return out;
}

json candidate_json(const Relocation &relocation, Truth &truth) {
    return {{"x", rounded(relocation.ranked.evidence)}, {"right", truth.compare(relocation.elements)}};
}

AdaptationModel model_from_file(const std::string &path) {
    std::ifstream file(path);
    return model_from_json(std::string(std::istreambuf_iterator<char>(file), {}));
}

/* Every candidate with its evidence. */
json ranking_json(Relocator &relocator, Truth &truth) {
    json candidates = json::array();
    for (const Relocation &relocation : relocator.find())
        candidates.push_back(candidate_json(relocation, truth));
    return candidates;
}

/* What the model makes of the best answers and of what the old XPath selects now. */
json trust_json(Relocator &relocator, Truth &truth, const std::optional<Targets> &now, std::size_t most) {
    json out{{"answers", json::array()}};
    const std::vector<Relocation> &found = relocator.find();
    for (std::size_t i = 0; i < found.size() && out["answers"].size() < most; ++i) {
        bool is_new = true;
        for (std::size_t j = 0; j < i && is_new; ++j)
            is_new = !relocator.is_same_answer(found[i], found[j]);
        if (is_new)
            out["answers"].push_back({{"t", rounded(relocator.trust(found[i]))},
                                      {"x", rounded(found[i].ranked.evidence)},
                                      {"right", truth.compare(found[i].elements)}});
    }
    if (now)
        if (const auto own = relocator.judge(now->elements))
            out["own"] = {{"t", rounded(relocator.trust(*own))}, {"right", truth.compare(own->elements)}};
    return out;
}

/* Steps from the root with the positions that all elements share, as people write an XPath by hand; empty where their tags
 * differ. */
std::string path_of_steps(const Document &page, std::vector<NodeId> level) {
    std::string path;
    while (!level.empty() && level.front() > 0) {
        const NodeId first = level.front();
        if (!std::ranges::all_of(level, [&](NodeId node) { return page.name(node) == page.name(first); }))
            return {};
        std::string step = positional_path(page, {first, -1});
        step.erase(0, step.rfind('/'));
        if (std::ranges::any_of(level, [&](NodeId node) { return node != first; }))
            step.resize(std::min(step.size(), step.find('[')));
        path.insert(0, step);
        for (NodeId &node : level)
            node = page.parent(node);
    }
    return path;
}

/* What an XPath that is written for these elements of one page selects on another one. */
std::optional<Targets> selected_elsewhere(const Document &page, const std::vector<NodeId> &elements, bool is_absolute,
                                          const Document &other) {
    const std::string path =
        is_absolute ? path_of_steps(page, elements) : exact_path(page, elements, Limits{}).value_or("");
    if (path.empty())
        return std::nullopt;
    const XPath xpath(path);
    const auto own = targets_of(page, xpath.evaluate(page, 0, Limits{}));
    if (!own || own->elements != elements)
        return std::nullopt;
    return targets_of(other, xpath.evaluate(other, 0, Limits{}));
}

/* Names of all weights, and the equal ones. */
void print_names() {
    json out{{"ranking", rank_feature_names()}, {"trust", trust_names()}};
    const char *kinds[] = {"text", "list", "media"};
    for (std::size_t kind = 0; kind < kTargetKinds; ++kind)
        for (std::size_t i = 0; i < kRankFeatureCount; ++i)
            out["equal"][kinds[kind]][rank_feature_names()[i]] = equal_weights().weights[kind][i];
    std::printf("%s\n", out.dump().c_str());
}

} // namespace

int main(int argc, char **argv) {
    const std::string folder = argc > 1 ? argv[1] : "";
    if (folder == "names") {
        print_names();
        return 0;
    }
    const int shard = argc > 3 ? std::atoi(argv[2]) : 0, shards = argc > 3 ? std::atoi(argv[3]) : 1;
    const bool has_model = argc > 4 && argv[4][0] != '-';
    AdaptationModel model;
    if (has_model)
        model = model_from_file(argv[4]);
    else
        model.ranking = equal_weights(); /* not equal_model(), which is one of the models that are made from this */
    std::ifstream cases(folder + "/cases.jsonl");
    if (!cases) {
        std::fprintf(stderr, "no cases.jsonl in %s\n", folder.c_str());
        return 1;
    }
    int number = 0;
    for (std::string line; std::getline(cases, line);) {
        const json found = json::parse(line);
        if (number++ % shards != shard)
            continue;
        const Document &old_page = load(folder, found.at("old_page")), &new_page = load(folder, found.at("new_page"));
        const ComparedPages pages(old_page, new_page);
        const XPath xpath(found.at("xpath_old").get<std::string>());
        const auto targets = targets_of(old_page, xpath.evaluate(old_page, 0, Limits{}));
        json out = {{"case", found.at("case")},        {"site", found.at("site")},
                    {"field", found.at("field")},      {"status", found.at("status_on_new")},
                    {"same", found.at("same_recipe")}, {"style", found.at("style")}};
        const bool is_back = argc > 5;
        if (targets && is_back) {
            KnownKeys truth(found, new_page);
            Relocator there(pages, targets->elements, model);
            for (const Relocation &relocation : there.find())
                if (const auto right = truth.compare(relocation.elements); right[1] + right[2] == 0) {
                    KnownElements old(old_page, targets->elements);
                    const ComparedPages back_pages(new_page, old_page);
                    Relocator back(back_pages, relocation.elements, model);
                    out["kind"] = static_cast<int>(back.kind());
                    if (has_model)
                        out.update(trust_json(
                            back, old,
                            selected_elsewhere(new_page, relocation.elements, found.at("style") == "abs", old_page),
                            1));
                    else
                        out["candidates"] = ranking_json(back, old);
                    break;
                }
        } else if (targets) {
            KnownKeys truth(found, new_page);
            Relocator relocator(pages, targets->elements, model);
            out["kind"] = static_cast<int>(relocator.kind());
            auto now = targets_of(new_page, xpath.evaluate(new_page, 0, Limits{}));
            if (now && now->tail != targets->tail)
                now.reset();
            if (has_model)
                out.update(trust_json(relocator, truth, now, found.at("status_on_new") == "unbroken" ? 1 : kAnswers));
            else
                out["candidates"] = ranking_json(relocator, truth);
        }
        std::printf("%s\n", out.dump().c_str());
    }
    return 0;
}
