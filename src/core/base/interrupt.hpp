#pragma once

namespace webwrap {

/* Cancel requests reach the core through injected functions. Without injection (unit tests, benchmarks) nothing is
 * ever pending. `poll` may throw; `pending` never does, so callbacks of C libraries can ask it and stop by return code. */
struct Interrupt {
    using PollHook = void (*)();
    using PendingHook = bool (*)() noexcept;
    using FuseHook = void (*)(volatile unsigned long *budget) noexcept;
    using WaitHook = void (*)(bool begins) noexcept;
    static inline constinit PollHook poll_hook = nullptr;
    static inline constinit WaitHook wait_hook = nullptr;
    static inline constinit PendingHook pending_hook = nullptr;
    static inline constinit FuseHook fuse_hook = nullptr;

    static void poll() {
        if (poll_hook != nullptr)
            poll_hook();
    }
    /* For code that can neither poll nor ask but keeps to a budget which it reads again and again: while a fuse lives, a
     * cancel request sets the budget to 1 (0 may mean "no limit"), from a signal handler. One at a time. */
    class Fuse {
      public:
        explicit Fuse(volatile unsigned long *budget) noexcept {
            if (fuse_hook != nullptr)
                fuse_hook(budget);
        }
        ~Fuse() {
            if (fuse_hook != nullptr)
                fuse_hook(nullptr);
        }
        Fuse(const Fuse &) = delete;
        Fuse &operator=(const Fuse &) = delete;
    };

    /* Lives while nothing is done but to wait for the network: the server shows it as a wait event. */
    class Wait {
      public:
        Wait() noexcept {
            if (wait_hook != nullptr)
                wait_hook(true);
        }
        ~Wait() {
            if (wait_hook != nullptr)
                wait_hook(false);
        }
        Wait(const Wait &) = delete;
        Wait &operator=(const Wait &) = delete;
    };

    [[nodiscard]] static bool pending() noexcept { return pending_hook != nullptr && pending_hook(); }
};

} // namespace webwrap
