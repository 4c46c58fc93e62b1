#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/wrap/adapt.hpp"
#include "pg/bridge/server.hpp"
#include "pg/fdw/table.hpp"

namespace webwrap::pg {

/* A page that the table was right on. */
struct Snapshot {
    std::string url;
    std::string html;
    bool is_last_page = false;
    double age_s = 0; /* since it was taken */
};

/* An XPath that a pattern must not be adapted to: its owner took it back. */
struct Veto {
    std::string pattern;
    std::string xpath;
};

/* An adaptation in use. */
struct AdaptedPattern {
    std::string pattern;
    std::string option_xpath;
    std::string xpath;
    double confidence = 0;
    bool is_approved = false;
};

/* What webwrap knows about a foreign table besides its options. */
struct Learned {
    Wrapper wrapper;        /* of the options, with adapted XPaths in place */
    std::int64_t batch = 0; /* of the adaptations in use, 0 for none */
    std::vector<AdaptedPattern> adapted;
    Wrapper evidence_wrapper;        /* what `snapshots` are right under: `wrapper`, or that of the options where
                                        adaptations are not to be the evidence of later ones */
    std::vector<Snapshot> snapshots; /* oldest first */
    double snapshot_age_s = 0;       /* of the newest one */
    std::vector<Veto> vetoes;

    /* Whether the snapshots show pages as they are read now. */
    [[nodiscard]] bool has_current_evidence() const {
        return wrapper_to_json(wrapper) == wrapper_to_json(evidence_wrapper);
    }
};

/* Reads overlay and snapshots with the latest snapshot, or from the session where they could not be stored. */
[[nodiscard]] Learned load_learned(const TableDefinition &table);

/* What one scan learned. */
struct Lesson {
    std::vector<PatternAdaptation> adaptations; /* of this scan, empty when nothing was adapted */
    std::vector<Snapshot> snapshots;
};

/* Stores what a scan learned: `wrapper` is the one now in use. Keeps it for the session and says so once when it cannot be
 * stored. */
void store_lesson(const TableDefinition &table, const Learned &before, const Wrapper &wrapper, const Lesson &lesson);

} // namespace webwrap::pg
