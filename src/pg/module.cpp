#include "pg/bridge/interrupt.hpp"
#include "pg/bridge/settings.hpp"

extern "C" {
#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "webwrap", .version = WEBWRAP_VERSION);
#else
PG_MODULE_MAGIC;
#endif

void _PG_init(void) {
    webwrap::pg::install_interrupt_hooks();
    webwrap::pg::define_settings();
}
}
