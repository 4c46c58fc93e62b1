#include <cstdio>
#include <cstring>

#include "pg/shared/segment.hpp"

#include "pg/bridge/compat.hpp"
#include "pg/bridge/guard.hpp"
#include "pg/shared/flights.hpp"
#include "pg/shared/turns.hpp"

extern "C" {
#include "storage/dsm.h"
#include "storage/fd.h"
#include "storage/ipc.h"
}

namespace webwrap::pg {

namespace {

/* Says that memory is ours and laid out as this library does it: another version of it makes its own. */
constexpr std::uint64_t kMagic = 0x7765627772617000ULL + (sizeof(SharedState) << 16) + 1;

constinit SharedState *attached = nullptr;
constinit dsa_area *area = nullptr;

void initialize(void *memory) {
    auto *state = static_cast<SharedState *>(memory);
    memset(memory, 0, sizeof(SharedState));
    state->tranche = LWLockNewTrancheId();
    for (LWLock *lock : {&state->turns_lock, &state->flights_lock, &state->writers_lock})
        LWLockInitialize(lock, state->tranche);
    dsa_area *made = dsa_create_in_place(state->message_space, kMessageSpace, state->tranche, nullptr);
    dsa_pin(made);
    dsa_set_size_limit(made, kMessageLimit);
    dsa_detach(made);
    state->magic = kMagic;
}

void release_at_exit(int, Datum) {
    LWLockReleaseAll(); /* the error that ends this process may have come under one of ours */
    release_turns_of_process();
    release_flights_of_process();
}

} // namespace

SharedState &shared_state() {
    if (attached == nullptr) {
        const MemoryContext caller = MemoryContextSwitchTo(TopMemoryContext);
        attached = call_pg([] {
            auto *state = static_cast<SharedState *>(
                attach_named_segment("webwrap", sizeof(SharedState), initialize, [](const void *memory) {
                    return static_cast<const SharedState *>(memory)->magic == kMagic;
                }));
            LWLockRegisterTranche(state->tranche, "webwrap");
            area = dsa_attach_in_place(state->message_space, nullptr);
            dsa_pin_mapping(area);
            before_shmem_exit(release_at_exit, 0);
            return state;
        });
        MemoryContextSwitchTo(caller);
    }
    return *attached;
}

dsa_area *message_area() {
    (void)shared_state();
    return area;
}

} // namespace webwrap::pg
