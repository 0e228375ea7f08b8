#include "tests/support/faulty_stages.hpp"

#include <utility>

#include "runtime/stage/stage_access.hpp"

namespace weir::testing {
namespace {

class faulty_transform final : public transform {
 public:
  faulty_transform(std::unique_ptr<transform> of, std::shared_ptr<faults> by)
      : of_(std::move(of)), by_(std::move(by)) {}
  bool blocks() const override { return of_->blocks(); }
  result<void> open(context& in) override {
    stage_access::set_ports(*of_, inputs(), outputs());
    if (auto why = by_->due("open")) return failure(std::move(*why));
    return of_->open(in);
  }
  void close() override {
    by_->due("close");
    of_->close();
  }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override {
    auto given = of_->process(port, records, out);
    return checked("process", std::move(given), records);
  }
  stage_answer resume(outlet& out) override {
    auto given = of_->resume(out);
    return checked("resume", std::move(given));
  }
  stage_answer on_mark(port_number port, mark what, outlet& out) override {
    auto given = of_->on_mark(port, what, out);
    return checked("on_mark", std::move(given));
  }
  stage_answer finish(port_number port, outlet& out) override {
    auto given = of_->finish(port, out);
    return checked("finish", std::move(given));
  }
  port_number next_input() const override { return of_->next_input(); }

 private:
  stage_answer checked(const char* call, stage_answer given, const chunk_ptr& on = nullptr) {
    if (auto why = by_->due(call, on)) return failure(std::move(*why));
    return given;
  }

  std::unique_ptr<transform> of_;
  std::shared_ptr<faults> by_;
};

class faulty_sink final : public sink {
 public:
  faulty_sink(std::unique_ptr<sink> of, std::shared_ptr<faults> by)
      : of_(std::move(of)), by_(std::move(by)) {}
  bool blocks() const override { return of_->blocks(); }
  result<void> open(context& in) override {
    if (auto why = by_->due("open")) return failure(std::move(*why));
    return of_->open(in);
  }
  void close() override {
    by_->due("close");
    of_->close();
  }
  stage_answer consume(const chunk_ptr& records, outlet& out) override {
    if (auto why = by_->due("consume", records)) return failure(std::move(*why));
    return of_->consume(records, out);
  }
  stage_answer resume(outlet& out) override {
    if (auto why = by_->due("resume")) return failure(std::move(*why));
    return of_->resume(out);
  }
  stage_answer on_mark(mark what, outlet& out) override {
    if (auto why = by_->due("on_mark")) return failure(std::move(*why));
    return of_->on_mark(what, out);
  }
  result<void> flush() override {
    if (auto why = by_->due("flush")) return failure(std::move(*why));
    return of_->flush();
  }
  result<void> roll_back() override {
    if (auto why = by_->due("roll_back")) return failure(std::move(*why));
    return of_->roll_back();
  }
  result<void> settle(outcome how) override { return of_->settle(how); }

 private:
  std::unique_ptr<sink> of_;
  std::shared_ptr<faults> by_;
};

}  // namespace

std::optional<error> faults::due(const std::string& call, const chunk_ptr& on) {
  const std::lock_guard held(lock_);
  const auto numbers = on ? numbers_in(*on) : std::vector<std::int64_t>();
  const unsigned before = counts_[call]++;
  const bool passes = passing_ && passing_(call, numbers, before);
  if (!passes && !fails_(call, numbers, before)) return std::nullopt;
  ++failed_;
  return error{"told", passes ? "told to wait" : "told to fail", {}, passes};
}

unsigned faults::count(const std::string& call) const {
  const std::lock_guard held(lock_);
  const auto found = counts_.find(call);
  return found == counts_.end() ? 0 : found->second;
}

made_stage with_faults(made_stage stage, std::shared_ptr<faults> by) {
  stage.make = [make = std::move(stage.make), by = std::move(by)]() -> configured_stage::instance {
    auto made = make();
    if (auto* of = std::get_if<std::unique_ptr<transform>>(&made))
      return std::unique_ptr<transform>(std::make_unique<faulty_transform>(std::move(*of), by));
    return std::unique_ptr<sink>(
        std::make_unique<faulty_sink>(std::move(std::get<std::unique_ptr<sink>>(made)), by));
  };
  stage.make_prepared = nullptr;  // its instances would not be faulty
  return stage;
}

failure_policy quick(failure_action what, std::uint32_t most) {
  failure_policy policy{.action = what, .restart = {}};
  policy.restart.most = most;
  policy.restart.within = std::chrono::hours(1);
  policy.restart.backoff.first = policy.restart.backoff.max = std::chrono::microseconds(1);
  return policy;
}

failure_policy retrying(failure_action what, nanoseconds deadline) {
  auto policy = quick(what);
  policy.retry = {.deadline = deadline,
                  .backoff = {.first = std::chrono::milliseconds(1), .factor = 1, .jitter = 0}};
  return policy;
}

}  // namespace weir::testing
