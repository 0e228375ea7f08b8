// What a call gives once the run is aborted counts for nothing, and a call can know.

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <stop_token>
#include <utility>

#include "tests/support/executors.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {
namespace {

// At work until the run is aborted; then it gives something all the same.
class busy final : public transform {
 public:
  explicit busy(std::shared_ptr<happening> entered) : entered_(std::move(entered)) {}
  result<void> open(context& in) override {
    context_ = &in;
    return {};
  }
  stage_answer process(port_number, const chunk_ptr&, outlet& out) override {
    happening aborted;
    const std::stop_callback told(context_->aborted(), [&] { aborted.happen(); });
    entered_->happen();
    if (!aborted.wait()) return failure("untold", "nobody tells that the run is aborted");
    out.emit(numbers_chunk(-1, 1));
    return answer::wait;
  }

 private:
  std::shared_ptr<happening> entered_;
  context* context_ = nullptr;
};

made_stage busy_stage(std::shared_ptr<happening> entered) {
  made_stage made{.name = "busy"};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<busy>(entered));
  };
  return made;
}

// Fails when another stage is at work.
class failing_then final : public sink {
 public:
  explicit failing_then(std::shared_ptr<happening> entered) : entered_(std::move(entered)) {}
  stage_answer consume(const chunk_ptr&, outlet&) override {
    if (!entered_->wait()) return failure("late", "the other stage has not begun");
    return failure("told", "told to fail");
  }

 private:
  std::shared_ptr<happening> entered_;
};

void check_nothing_came(const run_report& report, const collected& got) {
  CHECK(report.unfinished.empty());
  CHECK(report.imbalances.empty());
  CHECK(got.numbers().empty());
}

TEST_CASE("a call learns that the run is aborted, and what it gives then goes nowhere") {
  for (const auto& by : all_executors())
    for (const bool is_fused : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(is_fused);
      const auto entered = std::make_shared<happening>();
      const auto got = std::make_shared<collected>();
      graph_builder build;
      const auto from = build.add(numbers_source(0, 10));
      auto stage = busy_stage(entered);
      const auto over = build.add(is_fused ? fused(std::move(stage)) : std::move(stage));
      build.connect(from, over).connect(over, build.add(collecting_sink(got)));
      const auto executor = by.make();
      const auto run = executor->start(build.finish(), {});
      auto other = std::async(std::launch::async, [&] {
        const bool came = entered->wait();
        run->abort();
        return came;
      });
      const auto report = run->wait(machine_clock().now() + 2 * hang_limit);
      CHECK(other.get());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::aborted);
      check_nothing_came(*report, *got);
    }
}

TEST_CASE("a call learns that another stage has failed") {
  const named_executor by{"actors, threads: 2", [] { return make_actors_executor(2); }};
  const auto entered = std::make_shared<happening>();
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto over = build.add(busy_stage(entered));
  build.connect(build.add(numbers_source(0, 10)), over);
  build.connect(over, build.add(collecting_sink(got)));
  made_stage failing{.name = "failing", .kind = stage_kind::sink};
  failing.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<failing_then>(entered));
  };
  build.connect(build.add(numbers_source(0, 10)), build.add(failing));
  const auto report = run_to_end(by, build.finish());
  REQUIRE(report);
  REQUIRE(report->failure);
  CHECK(report->failure->stage == "failing");
  check_nothing_came(*report, *got);
}

}  // namespace
}  // namespace weir::testing
