#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/wrap/extract.hpp"
#include "core/wrap/wrapper.hpp"

namespace webwrap::pg {

/* What a foreign table is called, where it stands, and the page that its wrapper was learned on. */
struct TableStatement {
    std::string table; /* as SQL writes it: quoted where it must be, maybe with a schema */
    std::string server;
    std::string url;
    std::optional<HtmlParser> parser; /* where it is not the server's */
};

/* The CREATE FOREIGN TABLE for a wrapper. `records` are what it reads from the page that it was learned on: types and
 * CHECKs follow from them. Throws kInvalidArgument for nested columns. */
[[nodiscard]] std::string create_table_statement(const TableStatement &statement, const Wrapper &wrapper,
                                                 const std::vector<Record> &records);

/* The name as SQL has it, quoted where it must be. */
[[nodiscard]] std::string sql_name(const std::string &name);

} // namespace webwrap::pg
