#include "pg/bridge/network.hpp"

#include "pg/bridge/settings.hpp"

namespace webwrap::pg {

Client &client() {
    /* Never destroyed: a backend may leave through exit() at any time. */
    static constinit Client *kept = nullptr;
    if (kept == nullptr)
        kept = new Client();
    return *kept;
}

void require_network() {
    if (!Settings::enabled)
        throw Error(ErrorKind::kDisabled, "network use is switched off", {},
                    "A superuser can set webwrap.enabled to on.");
}

} // namespace webwrap::pg
