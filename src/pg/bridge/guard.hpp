#pragma once

/* The two bridges between C++ exceptions and the server's errors. */

#include "core/base/error.hpp"
#include "pg/bridge/server.hpp"

namespace webwrap::pg {

/* A server error is on its way through C++ frames; the error itself stays on the server's error stack. Not a
 * std::exception, so that core code cannot swallow it. */
struct PendingPgError {};

/* An error as plain data, copied inside a handler and raised outside of it. */
class ErrorReport {
  public:
    void set(const Error &error) noexcept;
    void set(int sqlstate, const char *message) noexcept;
    [[noreturn]] void raise() const;

  private:
    int sqlstate_ = 0;
    char message_[1024] = "";
    char detail_[4096] = "";
    char hint_[1024] = "";
};

[[nodiscard]] int sqlstate_of(ErrorKind kind) noexcept;

/* Runs one entry point from the server: whatever C++ throws leaves as a server error, with every destructor run. The body
 * may capture references and plain data only. */
template <typename Body> auto guard(Body body) -> decltype(body()) {
    static_assert(std::is_trivially_destructible_v<Body>);
    static_assert(std::is_void_v<decltype(body())> || std::is_trivially_copyable_v<decltype(body())>);
    ErrorReport report;
    bool is_pending = false;
    try {
        return body();
    } catch (const PendingPgError &) {
        is_pending = true;
    } catch (const Error &error) {
        report.set(error);
    } catch (const std::bad_alloc &) {
        report.set(ERRCODE_OUT_OF_MEMORY, "out of memory");
    } catch (const std::exception &error) {
        report.set(ERRCODE_INTERNAL_ERROR, error.what());
    } catch (...) {
        report.set(ERRCODE_INTERNAL_ERROR, "unrecognized C++ exception");
    }
    if (is_pending)
        PG_RE_THROW();
    report.raise();
}

/* Restores the server's error stacks when a call into it ends. */
class ErrorStackScope {
  public:
    ErrorStackScope() noexcept : exception_stack_(PG_exception_stack), context_stack_(error_context_stack) {}
    ~ErrorStackScope() {
        PG_exception_stack = exception_stack_;
        error_context_stack = context_stack_;
    }
    ErrorStackScope(const ErrorStackScope &) = delete;
    ErrorStackScope &operator=(const ErrorStackScope &) = delete;

  private:
    sigjmp_buf *exception_stack_;
    ErrorContextCallback *context_stack_;
};

/* Calls the server while C++ objects are alive: a server error becomes PendingPgError. Inside the lambda only C calls and
 * plain data; costs one sigsetjmp. */
template <typename Call> auto call_pg(Call call) -> decltype(call()) {
    static_assert(std::is_trivially_destructible_v<Call>);
    static_assert(std::is_void_v<decltype(call())> || std::is_trivially_copyable_v<decltype(call())>);
    const MemoryContext caller = CurrentMemoryContext;
    {
        const ErrorStackScope scope;
        sigjmp_buf here;
        if (sigsetjmp(here, 0) == 0) {
            PG_exception_stack = &here;
            return call();
        }
    }
    MemoryContextSwitchTo(caller);
    throw PendingPgError{};
}

/* A server error that was absorbed by a subtransaction. */
struct AbsorbedError {
    int sqlstate = 0;
    std::string message;
};

/* Which errors are not absorbed: as a rule those that are about the server, not about what was tried. */
using PassesOn = bool (*)(int sqlstate) noexcept;
namespace detail {
[[nodiscard]] bool ends_statement(int sqlstate) noexcept;
}
/* Cancel and shutdown only: for what may fail for want of memory, too. */
[[nodiscard]] bool is_interruption(int sqlstate) noexcept;
[[nodiscard]] bool in_parallel_mode() noexcept;

/* Runs the call in a subtransaction that absorbs a server error, except those that pass on. Must not be used in parallel
 * mode. Only C calls and plain data inside the lambda. */
template <typename Call> std::optional<AbsorbedError> try_pg(Call call, PassesOn passes_on = detail::ends_statement);

/* Runs what may fail for want of shared memory (a full /dev/shm) and must not cost the query its result; false when it
 * has failed. In parallel mode nothing is absorbed. Only C calls and plain data inside the lambda. */
template <typename Call> [[nodiscard]] bool has_room_for(Call call) {
    if (!in_parallel_mode())
        return !try_pg(call, is_interruption);
    call_pg(call);
    return true;
}

} // namespace webwrap::pg

#include "pg/bridge/subtransaction.hpp"

/* Defines the C entry point of an SQL function; the body follows and sees `fcinfo`. */
#define WEBWRAP_SQL_FUNCTION(name)                                                                                     \
    static Datum name##_body(FunctionCallInfo fcinfo);                                                                 \
    extern "C" {                                                                                                       \
    PG_FUNCTION_INFO_V1(name);                                                                                         \
    Datum name(FunctionCallInfo fcinfo) {                                                                              \
        return webwrap::pg::guard([fcinfo] { return name##_body(fcinfo); });                                           \
    }                                                                                                                  \
    }                                                                                                                  \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
