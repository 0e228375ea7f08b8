// Sources that promised data within a time, and give none.

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/executor/simulated_executor.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/pipe_stages.hpp"
#include "tests/support/test_seeds.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;

// Gives a record each `pause`, the first at once, so many in all.
class pausing_source final : public source {
 public:
  pausing_source(unsigned count, nanoseconds pause) : left_(count), pause_(pause) {}

  result<void> open(context& in) override {
    context_ = &in;
    return {};
  }
  stage_answer pull(outlet& out) override {
    if (context_->now() >= next_) {
      if (left_ == 0 || context_->stopping()) return answer::end;
      --left_;
      out.emit(numbers_chunk(left_, 1));
      next_ = context_->now() + pause_;
    }
    context_->wake_at(next_);
    return answer::wait;
  }

 private:
  context* context_ = nullptr;
  unsigned left_;
  nanoseconds pause_;
  time_point next_{};
};

// Takes all of its first input before its second.
class first_then_second final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return answer::wait;
  }
};

struct silences {
  std::mutex lock;
  std::vector<run_event> told;

  std::function<void(const run_event&)> listener() {
    return [this](const run_event& event) {
      if (event.what != run_event::kind::silent) return;
      const std::lock_guard held(lock);
      told.push_back(event);
    };
  }
};

made_stage source_that_pauses(unsigned count, nanoseconds pause, nanoseconds timeout) {
  made_stage made{.name = "feed", .kind = stage_kind::source, .inputs = {}};
  made.timeout = timeout;
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<pausing_source>(count, pause));
  };
  return made;
}

std::vector<named_executor> executors_in_virtual_time() {
  std::vector<named_executor> list = {
      {"inline", [] { return make_inline_executor_in_virtual_time(); }}};
  for (const auto seed : test_seeds(20))
    list.push_back({"simulated, seed " + std::to_string(seed),
                    [seed] { return make_simulated_executor({.seed = seed}); }});
  return list;
}

}  // namespace

TEST_CASE(
    "each silence of a source is told once, with the stage and since when, and is no failure") {
  std::size_t told_in_all = 0;
  for (const auto& by : executors_in_virtual_time()) {
    CAPTURE(by.name);
    silences heard;
    graph_builder build;
    const auto a = build.add(source_that_pauses(3, 60s, 5s));
    const auto b = build.add(collecting_sink(std::make_shared<collected>()));
    build.connect(a, b);
    const auto report = run_to_end(by, build.finish(), {.on_event = heard.listener()});
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    // Behind each record, also behind the last: only then does the source end. A schedule may jump
    // over a silence before anybody has looked.
    CHECK(heard.told.size() <= 3);
    if (by.name == "inline") CHECK(heard.told.size() == 3);
    told_in_all += heard.told.size();
    std::set<std::string> texts;
    for (const auto& event : heard.told) {
      CHECK(event.stage == "feed");
      CHECK(event.text.starts_with("it has given nothing since "));
      CHECK(event.text.ends_with(", for longer than its 'timeout: 5s'"));
      CHECK(texts.insert(event.text).second);
    }
  }
  CHECK(told_in_all > 3);
}

TEST_CASE("a source that keeps its time is not told") {
  for (const auto& by : executors_in_virtual_time()) {
    CAPTURE(by.name);
    silences heard;
    graph_builder build;
    const auto a = build.add(source_that_pauses(20, 4s, 5s));
    const auto b = build.add(collecting_sink(std::make_shared<collected>()));
    build.connect(a, b);
    const auto report = run_to_end(by, build.finish(), {.on_event = heard.listener()});
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    for (const auto& event : heard.told) FAIL_CHECK(event.stage << ": " << event.text);
  }
}

TEST_CASE("a source that has no room is not told") {
  for (const auto& by : executors_in_virtual_time()) {
    CAPTURE(by.name);
    silences heard;
    graph_builder build;
    auto held_up = numbers_source(1000, 2);
    held_up.timeout = 5s;
    made_stage join{.name = "join", .inputs = {"first", "second"}, .order = input_order::chosen};
    join.make = []() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<first_then_second>());
    };
    const auto a = build.add(source_that_pauses(3, 60s, 1h));
    const auto b = build.add(held_up);
    const auto c = build.add(join);
    const auto d = build.add(collecting_sink(std::make_shared<collected>()));
    build.connect(a, c, 0, 0).connect(b, c, 0, 1).connect(c, d);
    const auto report = run_to_end(by, build.finish(), {.on_event = heard.listener()});
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    for (const auto& event : heard.told) FAIL_CHECK(event.stage << ": " << event.text);
  }
}

TEST_CASE("a pipe in which nothing comes is told by actors and inline alike") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    pipe_pair pipe;
    happening told;
    std::string stage;
    graph_builder build;
    auto reader = pipe_source(pipe.reader(), std::make_shared<happening>());
    reader.timeout = 100ms;
    const auto a = build.add(reader);
    const auto b = build.add(collecting_sink(std::make_shared<collected>()));
    build.connect(a, b);
    run_options options;
    options.on_event = [&](const run_event& event) {
      if (event.what != run_event::kind::silent) return;
      stage = event.stage;
      told.happen();
    };
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), std::move(options));
    // Inline the graph runs in the thread that waits for it.
    std::thread waiter([&] { run->wait(machine_clock().now() + hang_limit); });
    CHECK(told.wait());
    pipe.close_writer();
    waiter.join();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(stage == reader.name);
  }
}

}  // namespace weir
