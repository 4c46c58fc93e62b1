#pragma once

namespace webwrap::pg {

/* Serves pending interrupts; a cancel leaves as the server's own error (57014). */
void poll_interrupts();

/* Watches over a budget of operations until called with null: sets it to 1 within 50 ms of a cancel or shutdown request. */
void watch_budget(volatile unsigned long *budget) noexcept;

/* Connects core's Interrupt to the server; called once when the library is loaded. */
void install_interrupt_hooks() noexcept;

} // namespace webwrap::pg
