#include "tests/support/faulty_run.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "tests/support/random_stages.hpp"

namespace weir::testing {
namespace {

// Keeps the numbers of rejected records, and why they were.
class rejected_sink final : public sink {
 public:
  explicit rejected_sink(faulty_run* into) : into_(into) {}
  stage_answer consume(const chunk_ptr& chunk, outlet&) override {
    chunk->each_row([&](std::uint32_t row) {
      const std::string text(chunk->find("record")->string(row));  // {"n":17}
      into_->rejected.push_back(std::stoll(text.substr(text.find(':') + 1)));
      into_->reasons.emplace_back(chunk->find("reason")->string(row));
    });
    return answer::wait;
  }

 private:
  faulty_run* into_;
};

made_stage sink_of_rejected(faulty_run& run) {
  made_stage made{.name = "rejected", .kind = stage_kind::sink};
  made.make = [&run]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<rejected_sink>(&run));
  };
  return made;
}

}  // namespace

std::size_t faulty_run::count(run_event::kind what) const {
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [&](const run_event& e) { return e.what == what; }));
}

std::uint64_t faulty_run::figure(const std::string& stage,
                                 std::uint64_t stage_report::*what) const {
  const auto& all = report->stages;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == stage; });
  return at == all.end() ? 0 : *at.*what;
}

made_stage lodged(made_stage stage, lodging how) {
  stage.never_waits = stage.cheap = how == lodging::fused;
  return stage;
}

made_stage numbers_for(lodging how, std::uint64_t count, std::uint32_t chunk) {
  auto from = numbers_source(count, chunk);
  from.never_waits = how == lodging::fused;
  return from;
}

made_stage faulty_pass(const std::shared_ptr<faults>& by, lodging how, failure_policy policy) {
  auto made = with_faults(passing_stage(how == lodging::blocking), by);
  made.name = "faulty";
  made.workers_most = 1;
  made.failed = after_failure::goes_on;
  made.on_failure = policy;
  return made;
}

faulty_run run_faulty(const named_executor& by, made_stage faulty, lodging how, std::uint64_t count,
                      std::uint32_t chunk) {
  faulty_run run;
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto from = build.add(numbers_for(how, count, chunk));
  const bool is_sink = faulty.kind == stage_kind::sink;
  const auto at = build.add(lodged(std::move(faulty), how));
  build.connect(from, at);
  if (!is_sink) build.connect(at, build.add(lodged(collecting_sink(got), how)));
  build.connect_rejected(at, build.add(sink_of_rejected(run)));
  run_options options;
  options.on_event = [&](const run_event& event) { run.events.push_back(event); };
  run.report = run_to_end(by, build.finish(), options);
  run.got = got->numbers();
  return run;
}

faulty_run end_once_told(const named_executor& by, made_stage faulty, lodging how,
                         run_event::kind told, early_end end) {
  faulty_run seen;
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto from = build.add(numbers_for(how, 0, 10));
  const auto at = build.add(lodged(std::move(faulty), how));
  build.connect(from, at).connect(at, build.add(collecting_sink(got)));
  build.drain_budget(end.drains && end.is_long ? nanoseconds(std::chrono::milliseconds(100))
                                               : nanoseconds(std::chrono::minutes(1)));
  // The event may come before there is a handle to end the run by.
  std::atomic<run*> running = nullptr;
  std::atomic<bool> is_told = false;
  run_options options;
  options.on_event = [&](const run_event& event) {
    seen.events.push_back(event);
    if (event.what != told) return;
    is_told = true;
    if (run* const now = running) end.drains ? now->drain() : now->abort();
  };
  const auto executor = by.make();
  const auto run = executor->start(build.finish(), options);
  running = run.get();
  if (is_told) end.drains ? run->drain() : run->abort();
  seen.report = run->wait(machine_clock().now() + hang_limit);
  seen.got = got->numbers();
  return seen;
}

}  // namespace weir::testing
