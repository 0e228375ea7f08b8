// Stages with threads of their own: pipes that stay quiet, pipes that stay full, and calls that
// never return.

#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/pipe_stages.hpp"
#include "tests/support/threads_alive.hpp"

namespace weir {
namespace {

using namespace weir::testing;

constexpr std::size_t busy_numbers = 2'000;

// A quiet pipe merged with a busy source. In another thread `meanwhile` sees the run when the pipe
// is being waited for and the busy source is through.
std::optional<run_report> run_quiet_pipe(const named_executor& by, pipe_pair& pipe,
                                         const std::shared_ptr<collected>& got,
                                         const std::function<void(run&)>& meanwhile) {
  const auto waits = std::make_shared<happening>();
  graph_builder build;
  const auto quiet = build.add(pipe_source(pipe.reader(), waits));
  const auto busy = build.add(numbers_source(busy_numbers, 10));
  const auto to = build.add(collecting_sink(got));
  build.connect(quiet, to).connect(busy, to);
  const auto executor = by.make();
  const auto run = executor->start(build.finish(), {});
  auto other = std::async(std::launch::async, [&] {
    const bool both = waits->wait() && got->wait_for(busy_numbers);
    meanwhile(*run);
    return both;
  });
  auto report = run->wait(machine_clock().now() + 2 * hang_limit);
  CHECK(other.get());
  return report;
}

TEST_CASE("a quiet pipe does not hold up a busy source, and ends with its writer") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto got = std::make_shared<collected>();
    const auto report = run_quiet_pipe(by, pipe, got, [&](run&) {
      CHECK(::write(pipe.writer(), "ab", 2) == 2);
      pipe.close_writer();
    });
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances.empty());
    CHECK(report->stages[0].created == 2);
    CHECK(got->numbers().size() == busy_numbers + 2);
  }
}

TEST_CASE("draining ends a source that waits for a quiet pipe") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto got = std::make_shared<collected>();
    const auto report = run_quiet_pipe(by, pipe, got, [](run& of) { of.drain(); });
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::drained);
    CHECK(report->imbalances.empty());
    CHECK(report->unfinished.empty());
    CHECK(got->numbers().size() == busy_numbers);
  }
}

TEST_CASE("aborting ends a source that waits for a quiet pipe") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto got = std::make_shared<collected>();
    const auto report = run_quiet_pipe(by, pipe, got, [](run& of) { of.abort(); });
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::aborted);
    CHECK(report->imbalances.empty());
    CHECK(report->unfinished.empty());
  }
}

TEST_CASE("letting go of a run ends a source that waits for a quiet pipe, and its thread") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto threads = threads_alive();
    {
      pipe_pair pipe;
      const auto waits = std::make_shared<happening>();
      graph_builder build;
      const auto from = build.add(pipe_source(pipe.reader(), waits));
      const auto to = build.add(collecting_sink(std::make_shared<collected>()));
      build.connect(from, to);
      const auto executor = by.make();
      auto run = executor->start(build.finish(), {});
      run->wait(machine_clock().now());
      run.reset();
    }
    CHECK(threads_fall_to(threads));
  }
}

// An endless source before a pipe that nobody reads. `meanwhile` sees the run when the pipe is
// full.
std::optional<run_report> run_full_pipe(const named_executor& by, pipe_pair& pipe,
                                        nanoseconds budget,
                                        const std::function<void(run&)>& meanwhile) {
  const auto full = std::make_shared<happening>();
  graph_builder build;
  const auto from = build.add(numbers_source(0, 3));
  const auto to = build.add(pipe_sink(pipe.writer(), full));
  build.connect(from, to).drain_budget(budget);
  const auto executor = by.make();
  const auto run = executor->start(build.finish(), {});
  auto other = std::async(std::launch::async, [&] {
    const bool came = full->wait();
    meanwhile(*run);
    return came;
  });
  auto report = run->wait(machine_clock().now() + 2 * hang_limit);
  CHECK(other.get());
  return report;
}

TEST_CASE("aborting ends a sink that waits for a full pipe, and its failing then is no cause") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto report = run_full_pipe(by, pipe, hang_limit, [](run& of) { of.abort(); });
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::aborted);
    CHECK_FALSE(report->failure);
    CHECK(report->imbalances.empty());
    CHECK(report->unfinished.empty());
  }
}

TEST_CASE("a drain whose budget a full pipe exceeds fails and ends all the same") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    const auto budget = std::chrono::milliseconds(50);
    const auto report = run_full_pipe(by, pipe, budget, [](run& of) { of.drain(); });
    REQUIRE(report);
    REQUIRE(report->outcome == run_outcome::failed);
    CHECK(report->failure->cause.code == "drain-exceeded");
    CHECK(report->failure->cause.text.find("50ms") != std::string::npos);
    CHECK(report->imbalances.empty());
    CHECK(report->unfinished.empty());
  }
}

TEST_CASE("a drain hands everything on once a full pipe is read again") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    std::atomic<bool> over = false;
    std::uint64_t bytes = 0;
    std::jthread reader;
    const auto report = run_full_pipe(by, pipe, hang_limit, [&](run& of) {
      of.drain();
      reader = std::jthread([&] {
        std::array<char, 4096> block;
        for (;;) {
          const bool last_look = over;
          const auto got = ::read(pipe.reader(), block.data(), block.size());
          if (got > 0) bytes += static_cast<std::uint64_t>(got);
          if (got <= 0 && last_look) return;
          pollfd polled{pipe.reader(), POLLIN, 0};
          ::poll(&polled, 1, 1);
        }
      });
    });
    over = true;
    if (reader.joinable()) reader.join();
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::drained);
    CHECK(report->imbalances.empty());
    CHECK(report->edges[0].discarded == 0);
    CHECK(bytes == report->stages[0].created * 4096);
  }
}

// What the test shares with a stage one of whose calls returns only when the test lets it.
struct grip {
  std::string call;
  happening entered;
  happening let_go;
  happening gone;  // the stage was destroyed
};

template <class Kind>
class gripped : public Kind {
 public:
  explicit gripped(std::shared_ptr<grip> by) : by_(std::move(by)) {}
  ~gripped() override { by_->gone.happen(); }
  bool blocks() const override { return true; }
  result<void> open(context&) override {
    hold("open");
    return {};
  }
  void close() override { hold("close"); }

 protected:
  void hold(const char* call) {
    if (by_->call != call) return;
    by_->entered.happen();
    CHECK(by_->let_go.wait());
  }

 private:
  std::shared_ptr<grip> by_;
};

class gripped_source final : public gripped<source> {
 public:
  using gripped::gripped;
  stage_answer pull(outlet& out) override {
    out.emit(numbers_chunk(0, 2));
    hold("pull");
    return answer::end;
  }
};

class gripped_sink final : public gripped<sink> {
 public:
  using gripped::gripped;
  stage_answer consume(const chunk_ptr&, outlet&) override {
    hold("consume");
    return answer::wait;
  }
  result<void> flush() override {
    hold("flush");
    return {};
  }
  result<void> settle(outcome) override {
    hold("settle");
    return {};
  }
};

template <class Kind, class Stage>
made_stage gripped_stage(stage_kind kind, std::shared_ptr<grip> by) {
  made_stage made{.name = "stuck", .kind = kind};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<Kind>(std::make_unique<Stage>(by));
  };
  return made;
}

// Runs until a call of the stage 'stuck' does not return, aborts then, and lets the call return
// when run and executor are gone.
run_report run_stuck(const named_executor& by, bool in_source, const std::shared_ptr<grip>& held) {
  graph_builder build;
  const auto from =
      build.add(in_source ? gripped_stage<source, gripped_source>(stage_kind::source, held)
                          : numbers_source(10, 2));
  const auto to = build.add(in_source ? collecting_sink(std::make_shared<collected>())
                                      : gripped_stage<sink, gripped_sink>(stage_kind::sink, held));
  build.connect(from, to);
  std::optional<run_report> report;
  {
    const auto executor = by.make();
    run_options options;
    options.grace = std::chrono::milliseconds(100);
    const auto run = executor->start(build.finish(), options);
    auto other = std::async(std::launch::async, [&] {
      const bool came = held->entered.wait();
      run->abort();
      return came;
    });
    report = run->wait(machine_clock().now() + 2 * hang_limit);
    CHECK(other.get());
  }
  held->let_go.happen();
  CHECK(held->gone.wait());
  REQUIRE(report);
  return *report;
}

TEST_CASE("a call that never returns is named and left behind, and may return later") {
  for (const auto& by : all_executors()) {
    struct row {
      bool in_source;
      const char* call;
    };
    for (const auto& [in_source, call] : {row{true, "open"}, row{true, "pull"}, row{true, "close"},
                                          row{false, "consume"}, row{false, "settle"}}) {
      CAPTURE(by.name);
      CAPTURE(in_source);
      CAPTURE(call);
      const auto threads = threads_alive();
      const auto held = std::make_shared<grip>();
      held->call = call;
      const auto report = run_stuck(by, in_source, held);
      const unfinished_call named{"stuck", call};
      CHECK(std::count(report.unfinished.begin(), report.unfinished.end(), named) == 1);
      const bool all_handled = call == std::string("close") || call == std::string("settle");
      if (!all_handled) CHECK(report.outcome == run_outcome::aborted);
      // What a sink did not come to settle is not where it belongs.
      if (all_handled && !in_source) {
        REQUIRE(report.outcome == run_outcome::failed);
        CHECK(report.failure->stage == "stuck");
        CHECK(report.failure->call == call);
        CHECK(report.failure->cause.code == "unfinished");
      }
      CHECK(threads_fall_to(threads));
    }
  }
}

TEST_CASE("a stage that takes long to close is waited for while nobody asked for an end") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto held = std::make_shared<grip>();
    held->call = "settle";
    graph_builder build;
    const auto from = build.add(numbers_source(10, 2));
    const auto to = build.add(gripped_stage<sink, gripped_sink>(stage_kind::sink, held));
    build.connect(from, to);
    const auto executor = by.make();
    run_options options;
    options.grace = std::chrono::milliseconds(1);
    const auto run = executor->start(build.finish(), options);
    auto other = std::async(std::launch::async, [&] { return held->entered.wait(); });
    // Many times the grace.
    CHECK_FALSE(run->wait(machine_clock().now() + std::chrono::milliseconds(300)));
    CHECK(other.get());
    held->let_go.happen();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->unfinished.empty());
  }
}

}  // namespace
}  // namespace weir
