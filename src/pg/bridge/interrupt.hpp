#pragma once

namespace webwrap::pg {

/* Serves pending interrupts; a cancel leaves as the server's own error (57014). */
void poll_interrupts();

/* Connects core's Interrupt to the server; called once when the library is loaded. */
void install_interrupt_hooks() noexcept;

} // namespace webwrap::pg
