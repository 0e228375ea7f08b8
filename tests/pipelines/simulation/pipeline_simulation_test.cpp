// What simulated runs tell of good pipelines, and that they find what is wrong with bad ones.

#include "pipelines/simulation/pipeline_simulation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/pipelines/simulation/simulations.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

// A transform that is not what it is declared to be.
enum class lie : std::uint8_t {
  keeps,    // a record back, although it says that it keeps nothing
  swaps,    // the first two records of a chunk, every second time
  hangs,    // has more to give, without end, but for its first run
  forgets,  // what it was given the second time
};

class lying final : public transform {
 public:
  lying(lie what, std::shared_ptr<int> calls) : what_(what), calls_(std::move(calls)) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    switch (what_) {
      case lie::keeps:
        if (kept_) out.emit(kept_);
        kept_ = records;
        return answer::wait;
      case lie::hangs:
        out.emit(records);
        return *calls_ > 0 ? answer::more : answer::wait;
      case lie::forgets:
        if (++*calls_ % 2 == 1) out.emit(records);
        return answer::wait;
      case lie::swaps:
        break;
    }
    if (records->size() < 2 || ++*calls_ % 2 == 0) {
      out.emit(records);
      return answer::wait;
    }
    out.emit(slice(records, 1, records->size() - 1));
    out.emit(slice(records, 0, 1));
    return answer::wait;
  }
  stage_answer resume(outlet&) override { return answer::more; }
  stage_answer finish(port_number, outlet& out) override {
    if (kept_) out.emit(kept_);
    if (what_ == lie::hangs) ++*calls_;
    return answer::wait;
  }

 private:
  lie what_;
  std::shared_ptr<int> calls_;
  chunk_ptr kept_;
};

class lying_stage final : public configured_stage {
 public:
  explicit lying_stage(lie what) : what_(what) {}
  std::vector<std::string> inputs() const override { return {"in"}; }
  std::vector<std::string> outputs() const override { return {"out"}; }
  std::vector<expression_use> expressions() const override { return {}; }
  std::vector<column_path> columns() const override { return {}; }
  bool rejects() const override { return false; }
  hold_bound hold() const override { return {}; }
  known_columns known(port_number, const std::vector<known_columns>&) const override { return {}; }
  column_demand demand(port_number, const std::vector<column_demand>&) const override {
    return column_demand::everything();
  }
  std::vector<std::string> files_read() const override { return {}; }
  std::vector<std::string> files_written() const override { return {}; }
  instance make() const override {
    return std::unique_ptr<transform>(std::make_unique<lying>(what_, calls_));
  }

 private:
  lie what_;
  std::shared_ptr<int> calls_ = std::make_shared<int>(0);
};

class numbers_file {
 public:
  explicit numbers_file(int count) {
    std::string text;
    for (int n = 0; n < count; ++n) text += fmt::format("{{\"n\":{}}}\n", n);
    path_ = folder_.write("in.ndjson", text);
  }
  // A source of them, and what stands behind it.
  graph with(const std::string& stages) const {
    return load_graph(
        fmt::format("  - {{name: in, type: read_file, path: \"{}\"}}\n{}", path_, stages));
  }

 private:
  temporary_folder folder_;
  std::string path_;
};

// `in -> lying -> print`, where a failure of the one in the middle is forgiven.
graph graph_with(lie what, const numbers_file& numbers) {
  auto of = numbers.with("  - {name: lying, type: map, set: {m: n}}\n  - {type: print}\n");
  auto& stage = of.stages[1];
  auto type = std::make_shared<stage_type>(*stage.type);
  type->ledger = what == lie::forgets ? ledger_kind::filters : ledger_kind::passes;
  stage.type = type;
  stage.configured = std::make_shared<lying_stage>(what);
  stage.on_failure.action = failure_action::restart;
  return of;
}

TEST_CASE("a stage that keeps what it says it does not is found when it fails") {
  const numbers_file numbers(50);
  const auto simulated = simulation_of(graph_with(lie::keeps, numbers));
  CHECK(findings_in(simulated, 40, {simulated_fault::none, simulated_fault::drain}) == "");
  const auto found = findings_in(simulated, 40, {simulated_fault::fail});
  CHECK_MESSAGE(found.find(" are missing") != std::string::npos, found);
}

TEST_CASE("records out of order, and records that vanish, are found") {
  const numbers_file numbers(50);
  CHECK(findings_in(simulation_of(graph_with(lie::swaps, numbers)), 20, {simulated_fault::none})
            .find("the order of records is not kept, first at record") != std::string::npos);
  CHECK(findings_in(simulation_of(graph_with(lie::forgets, numbers)), 20, {simulated_fault::slow})
            .find("are missing") != std::string::npos);
}

TEST_CASE("a run that does not end is found") {
  const numbers_file numbers(50);
  const auto simulated = simulation_of(graph_with(lie::hangs, numbers));
  CHECK(findings_in(simulated, 1, {simulated_fault::none}).find("the run is stuck") !=
        std::string::npos);
}

TEST_CASE("all of a sample arrives, and a shorter sample is the beginning of a longer one") {
  const numbers_file numbers(50);
  const auto make = [&](std::uint64_t records) {
    return simulation_of(numbers.with("  - {type: print}\n"), records);
  };
  const auto whole = make(50);
  CHECK(whole.samples()[0]->whole);
  CHECK(whole.samples()[0]->records == 50);
  const auto part = make(20);
  CHECK_FALSE(part.samples()[0]->whole);
  CHECK(part.samples()[0]->records == 20);
  CHECK(part.expected()[0].second == 20);
  CHECK(findings_in(part, 60) == "");
}

TEST_CASE("a run of the same seed is the same, with its history") {
  const numbers_file numbers(80);
  const auto stages =
      "  - {type: filter, where: n % 3 != 0, on_failure: restart}\n  - {type: print}\n";
  const auto one = simulation_of(numbers.with(stages));
  const auto other = simulation_of(numbers.with(stages));
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const auto a = one.run(seed, all_faults());
    const auto b = other.run(seed, all_faults());
    CHECK(a.steps == b.steps);
    CHECK(a.time == b.time);
    REQUIRE(a.history.size() == b.history.size());
    for (std::size_t i = 0; i < a.history.size(); ++i) {
      CHECK(a.history[i].text == b.history[i].text);
      CHECK(a.history[i].step == b.history[i].step);
    }
  }
}

TEST_CASE("each fault does what it says") {
  const numbers_file numbers(200);
  const auto simulated = simulation_of(
      numbers.with("  - {name: led_back, type: map, set: {m: n + 1}, on_failure: restart}\n"
                   "  - {name: skips, type: map, set: {k: n + 2}, on_failure: skip}\n"
                   "  - {name: ends, type: rechunk, records: 7}\n"
                   "  - {type: print}\n"
                   "  - {name: cut, type: filter, from: in, where: n >= 0, on_failure: isolate}\n"
                   "  - {name: other, type: print}\n"));
  const auto any = [&](simulated_fault fault, const auto& holds) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto run = simulated.run(seed, {fault});
      CAPTURE(seed);
      for (const auto& found : run.findings) FAIL_CHECK(found);
      if (holds(run)) return true;
    }
    return false;
  };
  using run = simulated_result;
  CHECK(any(simulated_fault::none, [](const run& r) {
    return r.outcome == run_outcome::complete && r.sinks[0].got == 200 && r.sinks[1].got == 200;
  }));
  CHECK(any(simulated_fault::fail, [](const run& r) {
    return r.stage == "led_back" && r.restarts == 1 && r.refused == 0 && r.sinks[0].got == 200;
  }));
  CHECK(any(simulated_fault::fail, [](const run& r) {
    return r.stage == "led_back" && r.refused == 1 && r.sinks[0].got == 199;
  }));
  CHECK(any(simulated_fault::fail, [](const run& r) {
    return r.stage == "skips" && r.refused > 1 && r.sinks[0].got == 200 - r.refused;
  }));
  CHECK(any(simulated_fault::fail, [](const run& r) {
    return r.stage == "ends" && r.outcome == run_outcome::failed && r.sinks[0].got < 200;
  }));
  CHECK(any(simulated_fault::fail, [](const run& r) {
    return r.stage == "cut" && r.cut_off && r.sinks[0].got == 200 && r.sinks[1].got < 200;
  }));
  CHECK(any(simulated_fault::drain, [](const run& r) {
    return r.outcome == run_outcome::drained && r.sources[0].given < 200 &&
           r.sinks[0].got == r.sources[0].given;
  }));
  CHECK(any(simulated_fault::abort, [](const run& r) {
    return r.outcome == run_outcome::aborted && r.sinks[0].got < r.sources[0].given;
  }));
  CHECK(any(simulated_fault::slow, [](const run& r) { return r.sinks[0].got == 200; }));
  CHECK(any(simulated_fault::end, [](const run& r) {
    return r.outcome == run_outcome::complete && r.sources[0].given < 200 &&
           r.sinks[1].got == r.sources[0].given;
  }));
}

TEST_CASE("a run that begins again is simulated as one, whichever stage fails") {
  const numbers_file numbers(200);
  auto what = numbers.with(
      "  - {name: sums, type: aggregate, compute: {s: sum(n)}}\n"
      "  - {name: kept, type: write_file, path: /none/out.ndjson}\n"
      "  - {name: printed, type: print, from: in}\n");
  for (auto& stage : what.stages) stage.on_failure.action = failure_action::restart_run;
  const auto simulated = simulation_of(std::move(what));
  std::set<std::string> restarted_by;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    const auto run = simulated.run(seed, {simulated_fault::fail});
    if (run.outcome != run_outcome::complete || run.restarts == 0) continue;
    restarted_by.insert(run.stage);
    CHECK(run.sinks[0].got == 1);
    // What was printed before the failure is printed again, and that is told.
    for (const auto& found : run.findings) CHECK_MESSAGE(found.find("'printed': ") == 0, found);
    CHECK((run.sinks[1].got > 200) == !run.findings.empty());
  }
  CHECK(restarted_by == std::set<std::string>{"in", "sums", "kept", "printed"});
}

TEST_CASE("a sample is given at the times at which its source gave it") {
  const auto simulated =
      simulation_of(load_graph("  - {name: in, type: generate, count: 100, rate: 10, seed: 1, "
                               "columns: {n: {counter: 1}}}\n  - {type: print}\n"));
  const auto run = simulated.run(1, {simulated_fault::none});
  CHECK(run.findings.empty());
  CHECK(run.sinks[0].got == 100);
  CHECK(run.time > std::chrono::seconds(9));
}

TEST_CASE("a pipeline that fails on its sample by itself is not simulated") {
  const auto made =
      pipeline_simulation::make(load_graph("  - {name: in, type: read_file, path: none.ndjson}\n"
                                           "  - {type: print}\n"),
                                10);
  REQUIRE_FALSE(made);
  CHECK(made.error().text.starts_with("stage 'in': "));
}

// Whether some run of a stage that fails is like that; in none of those on the way is anything
// found.
template <class Holds>
bool any_failure(const pipeline_simulation& of, const Holds& holds) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto run = of.run(seed, {simulated_fault::fail});
    CAPTURE(seed);
    for (const auto& found : run.findings) FAIL_CHECK(found);
    if (run.happened && holds(run)) return true;
  }
  return false;
}

TEST_CASE(
    "a cause that passes is waited for where a stage has 'retry', and one that does not ends it") {
  const numbers_file numbers(50);
  using run = simulated_result;
  const auto simulated = simulation_of(
      numbers.with("  - {name: again, type: map, set: {m: n + 1}, retry: {deadline: 10s}}\n"
                   "  - {name: kept, type: write_file, path: o, retry: {deadline: 10s}}\n"));
  for (const char* stage : {"again", "kept"}) {
    CAPTURE(stage);
    CHECK(any_failure(simulated, [&](const run& r) {
      return r.stage == stage && r.temporary && r.outcome == run_outcome::complete &&
             r.retries > 1 && r.restarts == 0 && r.refused == 0 && r.sinks[0].got == 50;
    }));
    CHECK(any_failure(simulated, [&](const run& r) {
      return r.stage == stage && r.temporary && r.outcome == run_outcome::failed &&
             r.time > std::chrono::seconds(5);
    }));
    CHECK(any_failure(simulated, [&](const run& r) {
      return r.stage == stage && !r.temporary && r.outcome == run_outcome::failed && r.retries == 0;
    }));
  }
  const auto without = simulation_of(numbers.with("  - {type: print}\n"));
  CHECK_FALSE(any_failure(without, [](const run& r) { return r.temporary; }));
}

TEST_CASE("behind a cause that does not pass in time comes the policy") {
  const numbers_file numbers(50);
  using run = simulated_result;
  const auto simulated = simulation_of(
      numbers.with("  - {name: cut, type: map, set: {m: n + 1}, on_failure: restart, retry: "
                   "{deadline: 1s}}\n  - {type: print}\n"));
  CHECK(any_failure(simulated, [](const run& r) {
    return r.temporary && r.retries > 1 && r.refused > 0 && r.sinks[0].got == 50 - r.refused;
  }));
}

TEST_CASE("calls on marks fail too, and what they pass on is not lost") {
  const numbers_file numbers(50);
  using run = simulated_result;
  // Nothing passes, so that marks alone come to the stage behind.
  const auto simulated =
      simulation_of(numbers.with("  - {name: none, type: filter, where: n < 0}\n"
                                 "  - {name: marked, type: map, set: {m: n}, on_failure: restart}\n"
                                 "  - {name: skips, type: map, set: {k: n}, on_failure: skip}\n"
                                 "  - {type: zip, from: [skips, skips]}\n"
                                 "  - {type: print}\n"));
  for (const char* stage : {"marked", "skips"}) {
    CAPTURE(stage);
    CHECK(any_failure(simulated, [&](const run& r) {
      return r.stage == stage && r.call == fault_plan::call::mark && r.restarts == 1 &&
             r.outcome == run_outcome::complete;
    }));
  }
  CHECK(any_failure(simulated, [](const run& r) {
    return r.stage == "zip" && r.call == fault_plan::call::mark && r.outcome == run_outcome::failed;
  }));
}

TEST_CASE("a stage that fails as it goes on with a chunk ends the run, whatever its policy") {
  const numbers_file numbers(200);
  using run = simulated_result;
  const auto simulated = simulation_of(
      numbers.with("  - {name: cuts, type: rechunk, records: 7, on_failure: restart, restart: "
                   "{lossy_state: true}}\n  - {type: print}\n"));
  CHECK(any_failure(simulated, [](const run& r) {
    return r.call == fault_plan::call::resume && r.outcome == run_outcome::failed;
  }));
  CHECK_FALSE(any_failure(simulated, [](const run& r) {
    return r.call == fault_plan::call::resume && r.outcome != run_outcome::failed;
  }));
  CHECK(any_failure(simulated, [](const run& r) {
    return r.stage == "cuts" && r.restarts == 1 && r.outcome == run_outcome::complete &&
           r.sinks[0].got < 200;
  }));
}

TEST_CASE("with a stage that begins anew those below lose what the file says they may") {
  const numbers_file numbers(200);
  using run = simulated_result;
  auto of = numbers.with(
      "  - {name: leads, type: map, set: {m: n + 1}, on_failure: restart}\n"
      "  - {name: sums, type: aggregate, compute: {s: sum(m)}, restart: {lossy_state: true}}\n"
      "  - {name: cuts, type: rechunk, from: leads, records: 7, restart: {lossy_state: true}}\n"
      "  - {name: kept, type: write_file, path: o, from: [sums, cuts]}\n");
  for (const auto at : {2, 3}) of.stages[static_cast<std::size_t>(at)].follows_restarts = true;
  const auto simulated = simulation_of(std::move(of));
  CHECK(any_failure(simulated, [](const run& r) {
    return r.stage == "leads" && r.outcome == run_outcome::complete && r.restarts == 3 &&
           !r.sinks[0].compared;
  }));
  // Nobody below begins anew with one that leads nobody.
  CHECK(any_failure(simulated, [](const run& r) {
    return r.stage == "kept" && r.outcome == run_outcome::failed && r.restarts == 0;
  }));
}

}  // namespace
}  // namespace weir::testing
