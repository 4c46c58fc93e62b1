#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/wrap/alignment.hpp"
#include "core/wrap/evidence.hpp"
#include "core/wrap/names.hpp"
#include "core/wrap/paths.hpp"

namespace webwrap {

/* How an XPath's values compare with the known ones. */
struct Agreement {
    std::size_t equal = 0; /* both have the same value */
    std::size_t both_null = 0;
    std::size_t lost = 0;       /* known value, nothing there */
    std::size_t gained = 0;     /* known to have no value, something there: perhaps a mark for "nothing" */
    std::size_t changed = 0;    /* other value */
    std::size_t misplaced = 0;  /* of the lost and changed: the known value stands elsewhere in the record */
    std::size_t unreadable = 0; /* a text that is no value of the column, or too many nodes */
    std::size_t distinct = 0;   /* different values among the equal ones */
    std::string sample;         /* the first disagreement, for people */

    [[nodiscard]] std::size_t records() const { return equal + both_null + lost + gained + changed + unreadable; }
    [[nodiscard]] std::size_t disagreeing() const { return lost + gained + changed + unreadable; }
};

/* A place in the records of the new pages that a column may have moved to. */
struct Place {
    PathCandidate path;
    Agreement agreement;
    std::vector<NodeRef> refs; /* by aligned record: the innermost node that holds the text; default where none */
    PlaceNames names;          /* what is common to the records */
    double name_match = 0;     /* likeness to the names of the old place */
    bool is_kept = false;      /* the old XPath */
};

/* Finds the places of one column at one level of records. */
class PlaceFinder {
  public:
    PlaceFinder(Evidence &evidence, const RecordLevel &level) : evidence_(evidence), level_(level) {}

    /* Places that agree with all known values, one for each distinct one, best path first. When there is none: those that
     * disagree least, at most five. Polls. */
    [[nodiscard]] std::vector<Place> find(std::size_t column);

  private:
    struct Seed {
        PathCandidate path;
        std::size_t count = 0;
        std::vector<std::pair<std::size_t, NodeRef>> origins; /* aligned record and innermost node it was made for */
        bool is_kept = false;
    };
    [[nodiscard]] std::vector<Seed> seeds(std::size_t column);
    [[nodiscard]] Place evaluate(const Seed &seed, std::size_t column, std::size_t max_disagreeing);
    void compare(Agreement &agreement, std::size_t column, const AlignedRecord &aligned, ValueId got,
                 const Selection &selection);
    [[nodiscard]] bool stands_elsewhere(std::size_t column, const AlignedRecord &aligned, ValueId value);
    void describe(Place &place, std::size_t column);

    Evidence &evidence_;
    const RecordLevel &level_;
};

/* The innermost place with the same text: from an element down through only children to the one that holds the text. */
[[nodiscard]] NodeRef innermost(const Document &document, NodeRef ref);

/* True when both stand for the same nodes in every record where both stand anywhere. */
[[nodiscard]] bool same_place(const Place &a, const Place &b);

/* Words that all descriptions share. */
[[nodiscard]] PlaceNames common_names(const std::vector<PlaceNames> &all);

} // namespace webwrap
