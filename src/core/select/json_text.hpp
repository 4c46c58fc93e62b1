#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/select/output_budget.hpp"

namespace webwrap {

/* Writes JSON as text, member by member. Texts must be UTF-8. Numbers are given as text, so that none loses a digit. */
class JsonText {
  public:
    explicit JsonText(OutputBudget &budget) : budget_(budget) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    /* The name of the member whose value comes next. */
    void key(std::string_view name);
    void string(std::string_view value);
    /* A number, true, false, null, or JSON that another writer made. */
    void raw(std::string_view json);

    void member(std::string_view name, std::string_view value) {
        key(name);
        string(value);
    }

    [[nodiscard]] OutputBudget &budget() noexcept { return budget_; }
    [[nodiscard]] int depth() const noexcept { return static_cast<int>(is_first_.size()); }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void append_quoted(std::string_view value);

    OutputBudget &budget_;
    std::string text_;
    std::vector<bool> is_first_; /* of each open object or array */
    bool is_after_key_ = false;
};

} // namespace webwrap
