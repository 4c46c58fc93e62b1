#pragma once

namespace webwrap {

/* Cancel requests reach the core through two injected functions. Without injection (unit tests, benchmarks) nothing is
 * ever pending. `poll` may throw; `pending` never does, so callbacks of C libraries can ask it and stop by return code. */
struct Interrupt {
    using PollHook = void (*)();
    using PendingHook = bool (*)() noexcept;
    static inline constinit PollHook poll_hook = nullptr;
    static inline constinit PendingHook pending_hook = nullptr;

    static void poll() {
        if (poll_hook != nullptr)
            poll_hook();
    }
    [[nodiscard]] static bool pending() noexcept { return pending_hook != nullptr && pending_hook(); }
};

} // namespace webwrap
