#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

#include "pg/bridge/settings.hpp"
#include "pg/bridge/spi.hpp"
#include "pg/fdw/learned.hpp"
#include "pg/worker/writer.hpp"

using nlohmann::json;

namespace webwrap::pg {

namespace {

constexpr std::string_view kRows = "rows";

/* The XPath of a pattern ("rows" or a column's name), or null when the wrapper has no such pattern. */
std::string *xpath_of(Wrapper &wrapper, std::string_view pattern) {
    if (pattern == kRows && wrapper.rows)
        return &wrapper.rows->xpath;
    for (Column &column : wrapper.columns)
        if (column.name == pattern)
            return &column.xpath;
    return nullptr;
}

/* What could not be stored about a table, good for this session, and the options that it was learned under. */
struct Kept {
    std::string options;
    Learned learned;
};

/* By relation; never destroyed. */
std::map<Oid, Kept> &session_memory() {
    static constinit std::map<Oid, Kept> *memory = nullptr;
    if (memory == nullptr)
        memory = new std::map<Oid, Kept>();
    return *memory;
}

bool is_vetoed(Learned &learned, const std::vector<Veto> &vetoes) {
    return std::any_of(vetoes.begin(), vetoes.end(), [&](const Veto &veto) {
        const std::string *xpath = xpath_of(learned.wrapper, veto.pattern);
        return xpath != nullptr && *xpath == veto.xpath;
    });
}

/* The session's knowledge where it is still good: nothing like it stored by now, same options, not reverted. */
Learned *find_kept(const TableDefinition &table, const Learned &stored) {
    const auto found = session_memory().find(table.relation);
    if (found == session_memory().end())
        return nullptr;
    Kept &kept = found->second;
    const bool is_superseded = !stored.adapted.empty() || (kept.learned.adapted.empty() && !stored.snapshots.empty());
    if (is_superseded || kept.options != wrapper_to_json(table.wrapper) || is_vetoed(kept.learned, stored.vetoes)) {
        session_memory().erase(found);
        return nullptr;
    }
    kept.learned.vetoes = stored.vetoes;
    return &kept.learned;
}

void load_overlay(TrustedQueries &queries, const TableDefinition &table, Learned &learned) {
    const std::uint64_t count =
        queries.run("SELECT coalesce(column_name::text, 'rows'), option_xpath, new_xpath, batch, status, confidence "
                    "FROM webwrap.adaptation WHERE relation = $1 AND status IN ('active', 'approved', 'reverted')",
                    {oid_parameter(table.relation)}, true);
    for (std::uint64_t row = 0; row < count; ++row) {
        const std::string pattern = queries.text(row, 0).value();
        const std::string option = queries.text(row, 1).value();
        const std::string xpath = queries.text(row, 2).value();
        Wrapper of_options = table.wrapper;
        const std::string *now = xpath_of(of_options, pattern);
        if (now == nullptr || *now != option)
            continue; /* void: the option has changed since */
        if (queries.text(row, 4) == "reverted") {
            learned.vetoes.push_back({pattern, xpath});
            continue;
        }
        *xpath_of(learned.wrapper, pattern) = xpath;
        learned.batch = std::max<std::int64_t>(learned.batch, std::stoll(queries.text(row, 3).value()));
        learned.adapted.push_back(
            {pattern, option, xpath, std::stod(queries.text(row, 5).value()), queries.text(row, 4) == "approved"});
    }
}

void load_generation(TrustedQueries &queries, const TableDefinition &table, std::int64_t batch, const Wrapper &wrapper,
                     Learned &learned) {
    learned.evidence_wrapper = wrapper;
    const std::uint64_t count = queries.run(
        "SELECT url, webwrap.load_body(body_hash), is_last_page, extract(epoch FROM clock_timestamp() - taken_at) "
        "FROM webwrap.snapshot WHERE relation = $1 AND batch = $2 AND wrapper = $3 ORDER BY taken_at, url",
        {oid_parameter(table.relation), int8_parameter(batch), parameter(wrapper_to_json(wrapper))}, true);
    for (std::uint64_t row = 0; row < count; ++row) {
        learned.snapshot_age_s = std::stod(queries.text(row, 3).value());
        learned.snapshots.push_back({queries.text(row, 0).value(), queries.bytes(row, 1).value_or(""),
                                     queries.text(row, 2) == "t", learned.snapshot_age_s});
    }
}

/* The pages of the wrapper in use; those of the options where adaptations do not become evidence, as long as they are kept. */
void load_snapshots(TrustedQueries &queries, const TableDefinition &table, Learned &learned) {
    if (!table.refreshes && learned.batch != 0)
        load_generation(queries, table, 0, table.wrapper, learned);
    if (learned.snapshots.empty())
        load_generation(queries, table, learned.batch, learned.wrapper, learned);
}

json adaptations_json(const TableDefinition &table, const Wrapper &wrapper, const Lesson &lesson) {
    json list = json::array();
    Wrapper of_options = table.wrapper;
    Wrapper now = wrapper;
    for (const PatternAdaptation &pattern : lesson.adaptations) {
        const std::string &option = *xpath_of(of_options, pattern.pattern);
        const std::string &xpath = *xpath_of(now, pattern.pattern);
        if (xpath == option)
            continue;
        list.push_back({{"column_name", pattern.pattern == kRows ? json(nullptr) : json(pattern.pattern)},
                        {"option_xpath", option},
                        {"old_xpath", pattern.old_xpath},
                        {"new_xpath", xpath},
                        {"measure", pattern.measure},
                        {"similarity", pattern.similarity},
                        {"confidence", pattern.confidence},
                        {"old_sample", pattern.old_sample},
                        {"new_sample", pattern.new_sample},
                        {"evidence", pattern.evidence.empty() ? json(nullptr) : json::parse(pattern.evidence)}});
    }
    return list;
}

std::string lesson_json(const TableDefinition &table, const Learned &before, const Wrapper &wrapper,
                        const Lesson &lesson) {
    json snapshots = json::array();
    for (const Snapshot &s : lesson.snapshots)
        snapshots.push_back({{"url", s.url}, {"html", s.html}, {"is_last_page", s.is_last_page}});
    return json{{"relation", std::to_string(table.relation)},
                {"batch", before.batch},
                {"wrapper", wrapper_to_json(wrapper)},
                {"max_snapshots", std::max(Settings::snapshot_pages, 1)},
                {"adaptations", adaptations_json(table, wrapper, lesson)},
                {"snapshots", std::move(snapshots)}}
        .dump();
}

void report_outcome(const TableDefinition &table, WriteOutcome outcome) {
    const char *reason = outcome == WriteOutcome::kNoWorker      ? "there is no free background worker slot"
                         : outcome == WriteOutcome::kUnconfirmed ? "the background writer did not finish in time"
                                                                 : "the background writer failed";
    const char *hint = outcome == WriteOutcome::kNoWorker      ? "Raise max_worker_processes."
                       : outcome == WriteOutcome::kUnconfirmed ? "Raise webwrap.writer_timeout or look for locks."
                                                               : "The server log says why.";
    const char *name = table.name.c_str();
    call_pg([name, reason, hint] {
        ereport(WARNING, (errmsg("what was learned about %s is kept for this session only", name),
                          errdetail("It could not be stored: %s.", reason), errhint("%s", hint)));
    });
}

} // namespace

Learned load_learned(const TableDefinition &table) {
    TrustedQueries queries;
    Learned learned;
    learned.wrapper = table.wrapper;
    load_overlay(queries, table, learned);
    load_snapshots(queries, table, learned);
    queries.finish();
    const Learned *kept = find_kept(table, learned);
    return kept == nullptr ? learned : *kept;
}

void store_lesson(const TableDefinition &table, const Learned &before, const Wrapper &wrapper, const Lesson &lesson) {
    const WriteOutcome outcome = write_learned(table.relation, lesson_json(table, before, wrapper, lesson));
    if (outcome == WriteOutcome::kWritten) {
        session_memory().erase(table.relation);
        return;
    }
    if (outcome == WriteOutcome::kDeferred && lesson.adaptations.empty())
        return;
    const auto known = session_memory().find(table.relation);
    const bool is_known = known != session_memory().end() && !known->second.learned.adapted.empty();
    session_memory()[table.relation].options = wrapper_to_json(table.wrapper);
    Learned &kept = session_memory()[table.relation].learned;
    if (lesson.adaptations.empty()) {
        /* Pages alone are worth no warning: the query has lost nothing. */
        kept = before;
        for (const Snapshot &page : lesson.snapshots) {
            std::erase_if(kept.snapshots, [&](const Snapshot &s) { return s.url == page.url; });
            kept.snapshots.push_back(page);
        }
        return;
    }
    kept.wrapper = wrapper;
    kept.evidence_wrapper = table.refreshes ? wrapper : before.evidence_wrapper;
    kept.batch = before.batch;
    kept.adapted.clear();
    for (const PatternAdaptation &pattern : lesson.adaptations)
        kept.adapted.push_back({pattern.pattern, pattern.old_xpath, pattern.new_xpath, pattern.confidence, false});
    kept.snapshots = table.refreshes ? lesson.snapshots : before.snapshots;
    if (outcome != WriteOutcome::kDeferred && !is_known)
        report_outcome(table, outcome);
}

} // namespace webwrap::pg
