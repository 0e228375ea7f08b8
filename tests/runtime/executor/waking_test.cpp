// Stages that wait for somebody outside, or for a time.

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/pipe_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Stages whose calls are functions.
class function_source final : public source {
 public:
  using pulling = std::function<stage_answer(context&, outlet&)>;
  function_source(bool blocking, std::function<void(context&)> opened, pulling pull)
      : blocking_(blocking), opened_(std::move(opened)), pull_(std::move(pull)) {}
  bool blocks() const override { return blocking_; }
  result<void> open(context& of) override {
    context_ = &of;
    if (opened_) opened_(of);
    return {};
  }
  stage_answer pull(outlet& out) override { return pull_(*context_, out); }

 private:
  bool blocking_;
  std::function<void(context&)> opened_;
  pulling pull_;
  context* context_ = nullptr;
};

made_stage source_of(const function_source::pulling& pull, bool blocking = false,
                     const std::function<void(context&)>& opened = nullptr) {
  made_stage made{.name = "waiting", .kind = stage_kind::source};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<function_source>(blocking, opened, pull));
  };
  return made;
}

std::optional<run_report> run_to_sink(const named_executor& by, made_stage from,
                                      const std::shared_ptr<collected>& got) {
  graph_builder build;
  const auto a = build.add(std::move(from));
  const auto b = build.add(collecting_sink(got));
  build.connect(a, b);
  return run_to_end(by, build.finish());
}

TEST_CASE("a waker wakes a source from any thread, however soon") {
  constexpr int wakers = 4;
  constexpr int each = 200;
  for (const auto& by : all_executors())
    for (const bool blocking : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(blocking);
      // Each thread adds to what there is to pull and wakes. The source takes all there is and
      // waits: a wake that came between the two and was lost would end it all.
      std::atomic<int> there = 0;
      std::vector<std::jthread> others;
      int pulled = 0;
      const auto opened = [&](context& of) {
        for (int w = 0; w < wakers; ++w)
          others.emplace_back([&there, wake = of.waker()] {
            for (int i = 0; i < each; ++i) {
              ++there;
              wake.wake();
            }
          });
      };
      const auto pull = [&](context&, outlet& out) -> stage_answer {
        const int now = there.exchange(0);
        if (now > 0) out.emit(numbers_chunk(pulled, static_cast<std::uint32_t>(now)));
        pulled += now;
        return pulled == wakers * each ? answer::end : answer::wait;
      };
      const auto got = std::make_shared<collected>();
      const auto report = run_to_sink(by, source_of(pull, blocking, opened), got);
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(got->numbers().size() == wakers * each);
    }
}

TEST_CASE("a wake before the wait is kept") {
  for (const auto& by : all_executors())
    for (const bool blocking : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(blocking);
      int pulls = 0;
      const auto pull = [&](context& of, outlet&) -> stage_answer {
        if (++pulls == 3) return answer::end;
        of.waker().wake();
        return answer::wait;
      };
      const auto report = run_to_sink(by, source_of(pull, blocking), std::make_shared<collected>());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(pulls == 3);
    }
}

TEST_CASE("a waker that outlives its run wakes nobody") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    waker kept;
    const auto pull = [&](context& of, outlet&) -> stage_answer {
      kept = of.waker();
      return answer::end;
    };
    const auto report = run_to_sink(by, source_of(pull), std::make_shared<collected>());
    REQUIRE(report);
    kept.wake();
    CHECK(report->outcome == run_outcome::complete);
  }
}

TEST_CASE("a time wakes a source, and the last one asked for is kept") {
  for (const auto& by : all_executors())
    for (const bool blocking : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(blocking);
      std::vector<time_point> pulls;
      constexpr auto pause = std::chrono::milliseconds(5);
      const auto pull = [&](context& of, outlet&) -> stage_answer {
        pulls.push_back(of.now());
        if (pulls.size() == 3) return answer::end;
        of.wake_at(of.now() + 2 * hang_limit);
        of.wake_at(of.now() + pause);
        return answer::wait;
      };
      const auto report = run_to_sink(by, source_of(pull, blocking), std::make_shared<collected>());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      REQUIRE(pulls.size() == 3);
      CHECK(pulls[1] - pulls[0] >= pause);
      CHECK(pulls[2] - pulls[1] >= pause);
    }
}

TEST_CASE("a source that waits and has set neither a time nor a waker is a bug that is told") {
  for (const auto& by : all_executors())
    for (const bool blocking : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(blocking);
      const auto pull = [](context&, outlet&) -> stage_answer { return answer::wait; };
      const auto report = run_to_sink(by, source_of(pull, blocking), std::make_shared<collected>());
      REQUIRE(report);
      REQUIRE(report->outcome == run_outcome::failed);
      CHECK(report->failure->stage == "waiting");
      CHECK(report->failure->call == "pull");
      CHECK(report->failure->cause.code == "bug");
    }
}

TEST_CASE("draining ends a source that waits to be woken") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    happening waits;
    const auto pull = [&](context& of, outlet&) -> stage_answer {
      of.wake_at(of.now() + 2 * hang_limit);
      waits.happen();
      return answer::wait;
    };
    graph_builder build;
    const auto a = build.add(source_of(pull));
    const auto b = build.add(collecting_sink(std::make_shared<collected>()));
    build.connect(a, b);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), {});
    auto other = std::async(std::launch::async, [&] {
      const bool came = waits.wait();
      run->drain();
      return came;
    });
    const auto report = run->wait(machine_clock().now() + hang_limit);
    CHECK(other.get());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::drained);
  }
}

// Holds one chunk back until it is called again, by a time or by a waker used in another thread.
class lingering final : public transform {
 public:
  explicit lingering(bool by_time) : by_time_(by_time) {}
  ~lingering() override {
    if (other_.valid()) other_.wait();
  }
  result<void> open(context& of) override {
    context_ = &of;
    return {};
  }
  stage_answer process(port_number, const chunk_ptr& records, outlet&) override {
    held_ = records;
    if (by_time_) {
      context_->wake_at(context_->now() + std::chrono::milliseconds(1));
    } else {
      other_ = std::async(std::launch::async, [wake = context_->waker()] { wake.wake(); });
    }
    return answer::wait;
  }
  stage_answer resume(outlet& out) override {
    if (held_) out.emit(std::exchange(held_, nullptr));
    return answer::wait;
  }

 private:
  bool by_time_;
  std::future<void> other_;
  chunk_ptr held_;
  context* context_ = nullptr;
};

// Runs the stage behind a pipe that is closed when something has come out of it: one that nobody
// resumes while its input is quiet keeps the run from its end.
void check_resumed_behind(pipe_pair& pipe, made_stage through, const named_executor& by) {
  const auto got = std::make_shared<collected>();
  graph_builder build;
  const auto a = build.add(pipe_source(pipe.reader(), std::make_shared<happening>()));
  const auto b = build.add(std::move(through));
  const auto c = build.add(collecting_sink(got));
  build.connect(a, b).connect(b, c);
  const auto executor = by.make();
  const auto run = executor->start(build.finish(), {});
  auto other = std::async(std::launch::async, [&] {
    const bool came = got->wait_for(1);
    pipe.close_writer();
    return came;
  });
  const auto report = run->wait(machine_clock().now() + 2 * hang_limit);
  CHECK(other.get());
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->imbalances.empty());
}

TEST_CASE("a transform that waits for a time or a waker is resumed while its input is quiet") {
  for (const auto& by : all_executors())
    for (const bool by_time : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(by_time);
      pipe_pair pipe;
      REQUIRE(::write(pipe.writer(), "x", 1) == 1);
      made_stage through{.name = "linger", .hold = hold_bound::chunks(1)};
      through.make = [=]() -> configured_stage::instance {
        return std::unique_ptr<transform>(std::make_unique<lingering>(by_time));
      };
      check_resumed_behind(pipe, std::move(through), by);
    }
}

TEST_CASE("a time that a transform sets when it is opened is kept") {
  class ticking final : public transform {
   public:
    result<void> open(context& of) override {
      of.wake_at(of.now());
      return {};
    }
    stage_answer process(port_number, const chunk_ptr&, outlet&) override { return answer::wait; }
    stage_answer resume(outlet& out) override {
      out.emit(numbers_chunk(0, 1));
      return answer::wait;
    }
  };
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    made_stage through{.name = "ticking", .ledger = ledger_kind::creates};
    through.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<ticking>());
    };
    check_resumed_behind(pipe, std::move(through), by);
  }
}

TEST_CASE("in virtual time a run jumps from timer to timer, and waits for none") {
  constexpr std::chrono::hours pause(1);
  const auto got = std::make_shared<collected>();
  std::vector<time_point> called;
  int left = 5;
  const named_executor by{"inline in virtual time", make_inline_executor_in_virtual_time};
  const auto report = run_to_sink(by, source_of([&](context& of, outlet&) -> stage_answer {
                                    called.push_back(of.now());
                                    if (left-- == 0) return answer::end;
                                    of.wake_at(of.now() + pause);
                                    return answer::wait;
                                  }),
                                  got);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  REQUIRE(called.size() == 6);
  for (std::size_t i = 1; i < called.size(); ++i) CHECK(called[i] - called[i - 1] == pause);
  CHECK(report->wall == 5 * pause);
}

TEST_CASE("virtual time stands still while a call is under way in another thread") {
  pipe_pair pipe;
  happening waits;
  nanoseconds passed{1};
  const auto pull = [&](context& of, outlet&) -> stage_answer {
    const auto begun = of.now();
    waits.happen();
    of.wait(pipe.reader(), context::direction::readable, std::nullopt);
    passed = of.now() - begun;
    return answer::end;
  };
  graph_builder build;
  const auto a = build.add(source_of(pull, true));
  const auto b = build.add(ignoring_sink());
  build.connect(a, b);
  const auto run = make_inline_executor_in_virtual_time()->start(build.finish(), {});
  auto ended =
      std::async(std::launch::async, [&] { return run->wait(machine_clock().now() + hang_limit); });
  CHECK(waits.wait());
  // Time that does not stand still would fly now: there is nothing else to do.
  nanoseconds flown{0};
  for (int look = 0; look < 100'000 && flown.count() == 0; ++look) flown = run->snapshot().wall;
  CHECK(flown == nanoseconds(0));
  CHECK(::write(pipe.writer(), "x", 1) == 1);
  const auto report = ended.get();
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(passed == nanoseconds(0));
}

TEST_CASE("a run in virtual time that has work without end is given up by the machine's clock") {
  graph_builder build;
  const auto a =
      build.add(source_of([](context&, outlet&) -> stage_answer { return answer::more; }));
  const auto b = build.add(ignoring_sink());
  build.connect(a, b);
  const auto run = make_inline_executor_in_virtual_time()->start(build.finish(), {});
  CHECK_FALSE(run->wait(machine_clock().now() + std::chrono::milliseconds(5)));
  run->drain();
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::drained);
}

}  // namespace
}  // namespace weir
