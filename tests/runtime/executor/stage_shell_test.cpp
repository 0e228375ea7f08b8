// A shell alone, message by message: when it calls its stage and what it asks of its executor.

#include "runtime/executor/stage_shell.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "tests/support/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;

// What a shell asked of its executor, in order.
class recorded_links final : public shell_links {
 public:
  void send_up(std::uint32_t, upstream_message message) override { up.push_back(message); }
  void send_down(std::uint32_t, downstream_message message) override {
    down.push_back(std::move(message));
  }
  void report(shell_report message) override { reports.push_back(std::move(message)); }
  void wake_at(time_point time, std::uint64_t number) override { timers.push_back({time, number}); }
  void call_elsewhere(std::function<void()>) override {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  }

  template <class Report>
  std::vector<Report> told() const {
    std::vector<Report> found;
    for (const auto& report : reports)
      if (const auto* one = std::get_if<Report>(&report)) found.push_back(*one);
    return found;
  }
  struct timer {
    time_point time;
    std::uint64_t number;
  };
  std::vector<upstream_message> up;
  std::vector<downstream_message> down;
  std::vector<shell_report> reports;
  std::vector<timer> timers;
};

// Passes on what it gets, and then does as it is told.
class made_transform final : public transform {
 public:
  std::function<stage_answer(context&, outlet&)> on_call;

  result<void> open(context& of) override {
    context_ = &of;
    return {};
  }
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return on_call(*context_, out);
  }
  stage_answer resume(outlet& out) override { return on_call(*context_, out); }

 private:
  context* context_ = nullptr;
};

class blocking_source final : public source {
 public:
  bool blocks() const override { return true; }
  stage_answer pull(outlet&) override { return answer::end; }
};

made_stage from_calls(const std::function<stage_answer(context&, outlet&)>& on_call) {
  made_stage made{.name = "stage"};
  made.make = [=]() -> configured_stage::instance {
    auto stage = std::make_unique<made_transform>();
    stage->on_call = on_call;
    return std::unique_ptr<transform>(std::move(stage));
  };
  return made;
}

void tell(stage_shell& shell, shell_message message, time_point now) {
  std::vector<shell_message> messages;
  messages.push_back(std::move(message));
  shell.receive(messages, now);
}

// `from -> stage -> to`, of which the second is looked at, or the first where there is no other.
class shell_alone {
 public:
  explicit shell_alone(made_stage stage)
      : planned_(planned(std::move(stage))),
        number_(node_named("stage")),
        shell_(environment_, number_, links, {}) {
    receive(shell_command(open_stage{}));
  }

  stage_shell* operator->() { return &shell_; }
  void receive(shell_message message) { tell(shell_, std::move(message), time.now()); }
  void go() { receive(shell_command(weir::go{})); }
  void step_all() {
    while (shell_.ready()) shell_.step(time.now());
  }
  // Credit for `chunks` chunks in all, on the edge below.
  void grant(std::uint64_t chunks) {
    receive(upstream_message(
        edge_grant{*planned_.nodes[number_].outputs[0], first_epoch, {chunks, 1 << 30}}));
  }
  void end_input(bool aborted) {
    receive(downstream_message(edge_end{planned_.nodes[number_].inputs[0], first_epoch, 0,
                                        aborted ? edge_ending::aborted : edge_ending::whole}));
  }
  downstream_message data(std::uint64_t sequence) const {
    return edge_data{
        planned_.nodes[number_].inputs[0], first_epoch, sequence, {numbers_chunk(0, 1), {}}};
  }
  void give(std::uint64_t sequence) { receive(data(sequence)); }

  manual_clock time;
  recorded_links links;

 private:
  static plan planned(made_stage stage) {
    graph_builder build;
    const bool is_source = stage.kind == stage_kind::source;
    const auto it = build.add(std::move(stage));
    if (!is_source) build.connect(build.add(numbers_source(1, 1)), it);
    build.connect(it, build.add(ignoring_sink()));
    return make_plan(build.finish());
  }
  std::uint32_t node_named(const std::string& name) const {
    for (std::uint32_t n = 0; n < planned_.nodes.size(); ++n)
      if (planned_.nodes[n].name == name) return n;
    FAIL("no such node");
    return 0;
  }

  plan planned_;
  memory_budget budget_{64_MiB};
  std::vector<node_instances> instances_ = make_instances(planned_);
  run_environment environment_{planned_, time, budget_, 1, instances_};
  std::uint32_t number_;
  stage_shell shell_;
};

TEST_CASE("the end of an aborted input is not taken for its end") {
  for (const bool aborted : {false, true}) {
    CAPTURE(aborted);
    shell_alone shell(from_calls([](context&, outlet&) -> stage_answer { return answer::wait; }));
    shell.go();
    shell.grant(1);
    shell.end_input(aborted);
    // Else it would be called to finish.
    CHECK(shell->ready() == !aborted);
    shell.step_all();
    REQUIRE(shell.links.down.size() == 1);
    const auto* end = std::get_if<edge_end>(&shell.links.down.front());
    REQUIRE(end != nullptr);
    CHECK((end->how == edge_ending::aborted) == aborted);
    CHECK(shell.links.told<stage_done>().size() == 1);
  }
}

TEST_CASE("a stage that said 'more' is called again only when its output has room") {
  int calls = 0;
  shell_alone shell(from_calls([&](context&, outlet&) -> stage_answer {
    ++calls;
    return answer::more;
  }));
  shell.go();
  shell.grant(1);
  shell.give(1);
  REQUIRE(shell->ready());
  shell->step(shell.time.now());
  // The one chunk has gone and nothing is parked; but there is no room for a second.
  CHECK(shell.links.down.size() == 1);
  CHECK(calls == 1);
  CHECK_FALSE(shell->ready());
  shell.receive(shell_command(probe_stage{1}));
  const auto statuses = shell.links.told<shell_status>();
  REQUIRE(statuses.size() == 1);
  CHECK(statuses[0].wait.what == stage_wait::kind::blocked);
  CHECK(statuses[0].wait.edges.size() == 1);
  shell.grant(2);
  CHECK(shell->ready());
}

TEST_CASE("a source is pulled only while there is room") {
  auto pulled = std::make_shared<std::uint64_t>(0);
  auto stage = numbers_source(0, 1, pulled);
  stage.name = "stage";
  shell_alone shell(std::move(stage));
  shell.go();
  CHECK_FALSE(shell->ready());
  shell.grant(3);
  shell.step_all();
  CHECK(*pulled == 3);
  CHECK(shell.links.down.size() == 3);
}

TEST_CASE("a stage that asks for a later time in each call has one timer under way") {
  int calls = 0;
  shell_alone shell(from_calls([&](context& of, outlet&) -> stage_answer {
    ++calls;
    of.wake_at(of.now() + 1h);
    return answer::wait;
  }));
  shell.go();
  shell.grant(100);
  for (std::uint64_t n = 1; n <= 50; ++n) {
    shell.give(n);
    shell.step_all();
    shell.time.advance(1s);
  }
  REQUIRE(shell.links.timers.size() == 1);
  // The timer of the first call comes before the last one's time: it sets the next.
  const auto first = shell.links.timers[0];
  shell.time.advance(first.time - shell.time.now());
  shell.receive(wake_due{first.number});
  CHECK_FALSE(shell->ready());
  REQUIRE(shell.links.timers.size() == 2);
  const auto second = shell.links.timers[1];
  CHECK(second.time - first.time == 49s);
  shell.time.advance(49s);
  shell.receive(wake_due{second.number});
  shell.step_all();
  CHECK(calls == 51);
}

TEST_CASE("a stage for which there is no thread fails, and is not closed as it was never opened") {
  made_stage stage{.name = "stage", .kind = stage_kind::source};
  stage.make = []() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<blocking_source>());
  };
  shell_alone shell(std::move(stage));
  const auto failures = shell.links.told<stage_failed>();
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].call == "open");
  CHECK(failures[0].cause.code == "no-thread");
  shell.receive(shell_command(abort_stage{}));
  shell.receive(shell_command(close_stage{}));
  REQUIRE(shell.links.told<stage_closed>().size() == 1);
  CHECK_FALSE(shell.links.told<stage_closed>()[0].failure.has_value());
  CHECK(shell.links.told<stage_failed>().size() == 1);
}

TEST_CASE("a stage that is asked behind what has just come tells that it can go on") {
  shell_alone shell(from_calls([](context&, outlet&) -> stage_answer { return answer::wait; }));
  shell.go();
  std::vector<shell_message> both;
  both.emplace_back(shell.data(1));
  both.emplace_back(shell_command(probe_stage{1}));
  shell->receive(both, shell.time.now());
  const auto statuses = shell.links.told<shell_status>();
  REQUIRE(statuses.size() == 1);
  CHECK(statuses[0].wait.what == stage_wait::kind::ready);
}

// What takes from two workers of a source, in the order of their turns: what they send, or what
// they reject.
class collect_alone {
 public:
  explicit collect_alone(bool rejected)
      : planned_(planned(rejected)),
        node_(the_collect(planned_)),
        shell_(environment_, node_, links, {}) {
    receive(shell_command(open_stage{}));
    receive(shell_command(go{}));
    receive(upstream_message(
        edge_grant{*node().outputs[0], first_epoch, {100, std::uint64_t{1} << 30}}));
  }

  void receive(shell_message message) { tell(shell_, std::move(message), time_.now()); }
  void give(std::size_t input, std::uint64_t sequence, stage_turn turn) {
    receive(downstream_message(
        edge_data{node().inputs[input], first_epoch, sequence, {numbers_chunk(0, 1), {}, turn}}));
    step_all();
  }
  void end(std::size_t input, std::uint64_t last_sequence) {
    receive(downstream_message(edge_end{node().inputs[input], first_epoch, last_sequence}));
    step_all();
  }
  /// Messages that left it.
  std::size_t sent() const { return links.down.size(); }

  recorded_links links;

 private:
  static plan planned(bool rejected) {
    graph_builder build;
    auto from = numbers_source(1, 1);
    from.workers_most = 2;
    from.workers = 2;
    const auto source = build.add(from);
    const auto sink = build.add(ignoring_sink());
    if (rejected)
      build.connect_rejected(source, sink);
    else
      build.connect(source, sink);
    return plan_run(build.finish(), 2);
  }
  static std::uint32_t the_collect(const plan& in) {
    const auto found = std::find_if(in.nodes.begin(), in.nodes.end(), [](const auto& node) {
      return node.what == plan_node::role::collect;
    });
    REQUIRE(found != in.nodes.end());
    return static_cast<std::uint32_t>(found - in.nodes.begin());
  }
  const plan_node& node() const { return planned_.nodes[node_]; }
  void step_all() {
    while (shell_.ready()) shell_.step(time_.now());
  }

  plan planned_;
  std::uint32_t node_;
  manual_clock time_;
  memory_budget budget_{64_MiB};
  std::vector<node_instances> instances_ = make_instances(planned_);
  run_environment environment_{planned_, time_, budget_, 1, instances_};
  stage_shell shell_;
};

TEST_CASE("behind workers nothing passes a turn that is missing, even when its worker has ended") {
  collect_alone collect(false);
  collect.give(1, 1, {2, true});
  collect.give(1, 2, {3, true});
  CHECK(collect.sent() == 0);
  collect.give(0, 1, {1, true});
  CHECK(collect.sent() == 3);
  // Turn 4 never comes.
  collect.give(1, 3, {5, true});
  collect.end(0, 1);
  collect.end(1, 3);
  CHECK(collect.sent() == 3);
}

TEST_CASE(
    "what a worker rejected passes a turn that went with another worker when it was stopped") {
  collect_alone collect(true);
  collect.give(0, 1, {1, true});
  CHECK(collect.sent() == 1);
  collect.give(1, 1, {3, true});
  // Turn 2 may still come, until its worker has ended.
  CHECK(collect.sent() == 1);
  collect.end(0, 1);
  CHECK(collect.sent() == 2);
  collect.end(1, 1);
  CHECK(collect.links.told<stage_done>().size() == 1);
}

TEST_CASE("what a worker gives in no turn comes behind the turns of those that have not ended") {
  for (const bool rejected : {false, true}) {
    CAPTURE(rejected);
    collect_alone collect(rejected);
    collect.give(0, 1, {1, true});
    collect.give(0, 2, {0, false});
    collect.give(0, 3, {0, false});
    collect.end(0, 3);
    CHECK(collect.sent() == 1);
    collect.give(1, 1, {2, true});
    CHECK(collect.sent() == 2);
    collect.end(1, 1);
    REQUIRE(collect.sent() == 5);
    CHECK(std::holds_alternative<edge_end>(collect.links.down.back()));
  }
}

TEST_CASE("workers that all have something in no turn do not wait for each other") {
  collect_alone collect(false);
  collect.give(0, 1, {0, false});
  CHECK(collect.sent() == 0);
  collect.give(1, 1, {0, false});
  CHECK(collect.sent() == 1);
}

}  // namespace
}  // namespace weir
