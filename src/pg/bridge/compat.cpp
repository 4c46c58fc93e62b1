#include "pg/bridge/compat.hpp"

#if PG_VERSION_NUM < 170000
extern "C" {
#include <fcntl.h>
#include <unistd.h>

#include "pgstat.h"
#include "storage/dsm.h"
#include "storage/fd.h"
#include "storage/lwlock.h"
}

namespace webwrap::pg {

namespace {

/* What the file says: a segment of the server that now runs. After a crash of a backend the handle leads nowhere. */
struct NamedSegment {
    std::int32_t postmaster;
    dsm_handle handle;
};

bool read_name(const char *path, NamedSegment *found) {
    const int file = OpenTransientFile(path, O_RDONLY | PG_BINARY);
    if (file < 0)
        return false;
    const bool is_whole = read(file, found, sizeof *found) == static_cast<ssize_t>(sizeof *found);
    CloseTransientFile(file);
    return is_whole && found->postmaster == PostmasterPid;
}

void write_name(const char *path, const char *draft_path, const NamedSegment *made) {
    const int file = OpenTransientFile(draft_path, O_WRONLY | O_CREAT | O_TRUNC | PG_BINARY);
    if (file < 0)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not create file \"%s\": %m", draft_path)));
    const bool is_whole = write(file, made, sizeof *made) == static_cast<ssize_t>(sizeof *made);
    if (CloseTransientFile(file) != 0 || !is_whole)
        ereport(ERROR, (errcode_for_file_access(), errmsg("could not write file \"%s\": %m", draft_path)));
    (void)durable_rename(draft_path, path, ERROR);
}

} // namespace

void *attach_named_segment(const char *name, Size size, void (*initialize)(void *), bool (*is_ours)(const void *)) {
    char path[MAXPGPATH];
    char draft_path[MAXPGPATH];
    snprintf(path, sizeof path, "%s/%s.segment", PG_STAT_TMP_DIR, name);
    snprintf(draft_path, sizeof draft_path, "%s/%s.segment.new", PG_STAT_TMP_DIR, name);
    void *memory = nullptr;
    LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
    NamedSegment named;
    if (read_name(path, &named)) {
        dsm_segment *segment = dsm_attach(named.handle);
        if (segment != nullptr && dsm_segment_map_length(segment) >= size && is_ours(dsm_segment_address(segment))) {
            dsm_pin_mapping(segment);
            memory = dsm_segment_address(segment);
        } else if (segment != nullptr) {
            dsm_detach(segment);
        }
    }
    if (memory == nullptr) {
        dsm_segment *segment = dsm_create(size, 0);
        initialize(dsm_segment_address(segment));
        const NamedSegment made{PostmasterPid, dsm_segment_handle(segment)};
        write_name(path, draft_path, &made);
        dsm_pin_segment(segment);
        dsm_pin_mapping(segment);
        memory = dsm_segment_address(segment);
    }
    LWLockRelease(AddinShmemInitLock);
    return memory;
}

} // namespace webwrap::pg
#endif
