#include "pipelines/simulation/given_sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "pipelines/simulation/stand_in_stage.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

class giving_source final : public source {
 public:
  giving_source(std::shared_ptr<const source_sample> what, std::shared_ptr<given_sample> how)
      : what_(std::move(what)), how_(std::move(how)) {}

  result<void> open(context& in) override {
    context_ = &in;
    began_ = in.now();
    // Another one before it was of a run that begins again.
    how_->given = how_->records = 0;
    how_->ended = false;
    return {};
  }
  stage_answer pull(outlet& out) override {
    if (how_->fails && how_->fails->begins_pull(how_->given)) return failure(how_->fails->cause());
    if (at_ == what_->entries.size() || how_->given >= how_->until) return end();
    if (context_->stopping()) return answer::more;
    const sample_entry& entry = what_->entries[at_];
    if (began_ + entry.at > context_->now()) {
      context_->wake_at(began_ + entry.at);
      return answer::wait;
    }
    give(entry, out);
    return answer::more;
  }

 private:
  answer end() {
    if (!std::exchange(how_->ended, true) && how_->tell)
      how_->tell(fmt::format("ends, after {} records", with_thousands(how_->records)));
    return answer::end;
  }

  void give(const sample_entry& entry, outlet& out) {
    if (entry.records) return give_records(entry, out);
    ++at_;
    if (entry.passed) return out.pass(entry.port, *entry.passed);
    const auto& refused = *entry.rejected;
    ++how_->given;
    if (refused.from)
      out.reject(*refused.from, refused.row, refused.code, refused.reason);
    else
      out.reject({refused.code, refused.reason, refused.bytes, refused.place});
  }

  void give_records(const sample_entry& entry, outlet& out) {
    std::uint64_t count = entry.records->size() - row_;
    if (how_->chunk_records > 0) count = std::min<std::uint64_t>(count, how_->chunk_records);
    count = std::min(count, how_->until - how_->given);
    out.emit(entry.port, slice(entry.records, row_, static_cast<std::uint32_t>(count)));
    how_->given += count;
    how_->records += count;
    row_ += static_cast<std::uint32_t>(count);
    if (row_ < entry.records->size()) return;
    row_ = 0;
    ++at_;
  }

  std::shared_ptr<const source_sample> what_;
  std::shared_ptr<given_sample> how_;
  context* context_ = nullptr;
  time_point began_{};
  std::size_t at_ = 0;     // of the entries
  std::uint32_t row_ = 0;  // of the entry at hand
};

class giving_stage final : public stand_in_stage {
 public:
  giving_stage(std::shared_ptr<const configured_stage> of,
               std::shared_ptr<const source_sample> what, std::shared_ptr<given_sample> how)
      : stand_in_stage(std::move(of)), what_(std::move(what)), how_(std::move(how)) {}

  instance make() const override {
    return std::unique_ptr<source>(std::make_unique<giving_source>(what_, how_));
  }

 private:
  std::shared_ptr<const source_sample> what_;
  std::shared_ptr<given_sample> how_;
};

}  // namespace

void put_sample(graph_stage& in_place_of, std::shared_ptr<const source_sample> what,
                std::shared_ptr<given_sample> how) {
  in_place_of.configured = std::make_shared<giving_stage>(std::move(in_place_of.configured),
                                                          std::move(what), std::move(how));
}

}  // namespace weir
