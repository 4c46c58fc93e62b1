#pragma once

/* C++ objects that live as long as a memory context. */

#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* Creates a T that is destroyed when `context` is reset or deleted, errors included: end callbacks of scans do not run
 * then. The callback is registered before the object exists, so nothing can leak in between. */
template <typename T, typename... Arguments> T *make_in_context(MemoryContext context, Arguments &&...arguments) {
    struct Owner {
        MemoryContextCallback callback;
        T *object;
    };
    auto *owner = call_pg([context] {
        auto *made = static_cast<Owner *>(MemoryContextAllocZero(context, sizeof(Owner)));
        made->callback.arg = made;
        made->callback.func = [](void *arg) {
            auto *self = static_cast<Owner *>(arg);
            delete std::exchange(self->object, nullptr);
        };
        MemoryContextRegisterResetCallback(context, &made->callback);
        return made;
    });
    owner->object = new T(std::forward<Arguments>(arguments)...);
    return owner->object;
}

/* What is palloc'ed while it lives goes with it: for loops that make rows. */
class ScratchMemory {
  public:
    ScratchMemory()
        : context_(call_pg(
              [] { return AllocSetContextCreate(CurrentMemoryContext, "webwrap scratch", ALLOCSET_DEFAULT_SIZES); })),
          caller_(MemoryContextSwitchTo(context_)) {}
    ~ScratchMemory() {
        MemoryContextSwitchTo(caller_);
        MemoryContextDelete(context_);
    }
    ScratchMemory(const ScratchMemory &) = delete;
    ScratchMemory &operator=(const ScratchMemory &) = delete;

  private:
    MemoryContext context_;
    MemoryContext caller_;
};

} // namespace webwrap::pg
