#pragma once

#include "core/fetch/services.hpp"
#include "pg/bridge/guard.hpp"

namespace webwrap::pg {

/* Turns at hosts, shared by all backends of the cluster. What a process holds is given back when it ends, however that
 * happens. With more hosts at a time than there is room for, those beyond are not governed. */
class SharedTurns final : public Turns {
  public:
    [[nodiscard]] Answer take(const std::string &origin, const TurnRules &rules) override;
    void give_back(const std::string &origin) noexcept override;
    void hold_off(const std::string &origin, std::int64_t wait_ms) override;
};

void release_turns_of_process() noexcept;

} // namespace webwrap::pg
