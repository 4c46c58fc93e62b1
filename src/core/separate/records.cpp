#include "core/separate/records.hpp"

#include "core/base/text.hpp"
#include "core/parse/parse.hpp"
#include "core/select/visible_text.hpp"

namespace webwrap {

namespace {

class RecordCollector final : public RestoreObserver {
  public:
    explicit RecordCollector(const Limits &limits) : limits_(limits) {}

    void begin_turn(std::int32_t iteration, const TemplateData &record, const std::string &page) override {
        TemplateRecord found;
        found.list = "for" + std::to_string(iteration);
        found.number = ++last_number(iteration);
        found.parent = open_.empty() ? 0 : records[open_.back().record].number;
        TemplateData fields = TemplateData::object();
        auto &members = fields.get_ref<TemplateData::object_t &>();
        for (const auto &[name, value] : record.items()) {
            if (value.is_string() && name.starts_with("r"))
                members.push_back({name, value});
            else if (name.starts_with("if"))
                members.push_back({name, true});
        }
        found.fields = fields.dump();
        open_.push_back({records.size(), page.size()});
        records.push_back(std::move(found));
    }

    void end_turn(const std::string &page) override {
        const Open turn = open_.back();
        open_.pop_back();
        const auto document = parse_html(std::string_view(page).substr(turn.begin_bytes), limits_);
        records[turn.record].text = fold_space(visible_text(*document));
    }

    std::vector<TemplateRecord> records;

  private:
    struct Open {
        std::size_t record;
        std::size_t begin_bytes;
    };

    std::int32_t &last_number(std::int32_t iteration) {
        for (auto &[known, number] : numbers_)
            if (known == iteration)
                return number;
        return numbers_.emplace_back(iteration, 0).second;
    }

    const Limits &limits_;
    std::vector<Open> open_;
    std::vector<std::pair<std::int32_t, std::int32_t>> numbers_;
};

} // namespace

std::vector<TemplateRecord> records_of(std::string_view template_text, const TemplateData &data, const Limits &limits) {
    RecordCollector collector(limits);
    (void)restore(template_text, data, &collector);
    return std::move(collector.records);
}

} // namespace webwrap
