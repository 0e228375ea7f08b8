#include "pipelines/simulation/sink_records.hpp"

#include <fmt/format.h>

#include <utility>

#include "pipelines/simulation/stage_fault.hpp"
#include "pipelines/simulation/stand_in_stage.hpp"

namespace weir {
namespace {

class keeping_sink final : public sink {
 public:
  keeping_sink(std::shared_ptr<sink_records> to, bool takes_back)
      : to_(std::move(to)), takes_back_(takes_back) {}

  // Behind a run that failed this one is of the run that begins again.
  result<void> open(context&) override {
    if (std::exchange(to_->settled, std::nullopt) && takes_back_) *to_ = {};
    return {};
  }
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    before_ = to_->lines.size();
    records->each_row([&](std::uint32_t row) {
      to_->lines.push_back(record_text(*records, row));
      to_->bytes.bytes += to_->lines.back().size();
    });
    if (to_->bytes.bytes > kept_bytes_max.bytes)
      return failure(too_many_kept,
                     fmt::format("more than {} of records came, and a simulation keeps no more; "
                                 "give '--records' a smaller number",
                                 to_text(kept_bytes_max)));
    return answer::wait;
  }
  result<void> roll_back() override {
    to_->lines.resize(before_);
    return {};
  }
  result<void> settle(outcome how) override {
    to_->settled = how;
    return {};
  }

 private:
  std::shared_ptr<sink_records> to_;
  bool takes_back_;
  std::size_t before_ = 0;  // lines, as the last call found them
};

class keeping_stage final : public stand_in_stage {
 public:
  keeping_stage(std::shared_ptr<const configured_stage> of, std::shared_ptr<sink_records> to)
      : stand_in_stage(std::move(of)), to_(std::move(to)) {}

  column_demand demand(port_number input, const std::vector<column_demand>& below) const override {
    auto wanted = of().demand(input, below);
    if (wanted.all || !wanted.raw_formats.empty())
      return {.all = false, .columns = {}, .raw_formats = {"ndjson"}};
    return wanted;
  }
  instance make() const override {
    return std::unique_ptr<sink>(std::make_unique<keeping_sink>(to_, !of().why_not_again()));
  }

 private:
  std::shared_ptr<sink_records> to_;
};

}  // namespace

void put_keeper(graph_stage& in_place_of, std::shared_ptr<sink_records> to) {
  in_place_of.configured =
      std::make_shared<keeping_stage>(std::move(in_place_of.configured), std::move(to));
}

}  // namespace weir
