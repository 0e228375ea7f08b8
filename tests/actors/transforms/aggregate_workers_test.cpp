// Several workers of an aggregate: the same records as from one, whoever runs them, and nothing
// where one of them fails.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "actors/codecs/gzip.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

// --- from files ---------------------------------------------------------------------------------

// Keys and numbers that are written in many ways, some of them refused; large enough for several
// readers of one file.
std::string random_lines(random_source& random, std::size_t count) {
  const std::vector<std::string> keys = {
      "1",   "1.0",    "10e-1", "\"a\"", "\"a text of some length\"",
      "7.5", "[1, 2]", "[1,2]", "null",  "true"};
  const std::vector<std::string> numbers = {"1e300", "-1e300", "1e308", "-1e308", "0.1",
                                            "1e-5",  "-0.0",   "0",     "3",      "3.00"};
  const auto any = [&](const auto& of) {
    return of[random.below(static_cast<std::uint32_t>(of.size()))];
  };
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number =
        random.below(4) == 0 ? any(numbers) : fmt::format("{:.4f}", random.fraction() * 1e6);
    lines += fmt::format("{{\"k\": {}, \"host\": \"host number {}\", \"v\": {}, \"w\": {}}}\n",
                         any(keys), random.below(40),
                         random.below(500) == 0 ? "\"no number\"" : number, random.below(50));
  }
  return lines;
}

struct written {
  std::string groups;
  std::string total;
  std::string rejected;
  bool operator==(const written&) const = default;
};

written count_files(executor& by, const std::vector<std::string>& paths, const std::string& readers,
                    const std::string& workers) {
  const temporary_folder folder;
  const auto run = by.start(
      load_graph(fmt::format(
          "  - {{name: in, type: read_file, path: [{0}]{1}}}\n"
          "  - {{type: filter, where: w < 45}}\n"
          "  - type: aggregate\n"
          "    by: [k, host]\n"
          "    compute: {{n: count(), s: sum(v), m: mean(v), lo: min(v), hi: max(v),"
          " p: 'quantile(v, 0.9)', rest: '100 % (count() - 40)'}}\n{2}"
          "  - {{type: write_file, path: {3}}}\n"
          "  - {{type: map, from: aggregate.rejected, drop: [file, time]}}\n"
          "  - {{type: write_file, path: {4}}}\n"
          "  - {{name: total, type: aggregate, from: filter, compute: {{s: sum(w), lo: min(k)}}}}\n"
          "  - {{type: write_file, path: {5}}}\n",
          fmt::join(paths, ", "), readers, workers, folder.path("groups.ndjson"),
          folder.path("rejected.ndjson"), folder.path("total.ndjson"))),
      {});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->imbalances == std::vector<std::string>());
  for (const auto& stage : report->stages)
    if (stage.type == "aggregate") CHECK(stage.absorbed + stage.rejected >= stage.received);
  return {folder.read("groups.ndjson"), folder.read("total.ndjson"),
          folder.read("rejected.ndjson")};
}

TEST_CASE("files are counted the same to the byte, however many workers read and count") {
  random_source random(7);
  const temporary_folder folder;
  std::vector<std::string> paths;
  for (const char* name : {"a.ndjson", "b.ndjson", "c.ndjson"})
    paths.push_back(folder.write(name, random_lines(random, 9'000)));
  const auto expected =
      count_files(*make_inline_executor(), paths, ", workers: 1", "    workers: 1\n");
  CHECK(std::count(expected.groups.begin(), expected.groups.end(), '\n') > 250);
  CHECK(std::count(expected.rejected.begin(), expected.rejected.end(), '\n') > 40);
  for (const auto& e : all_executors()) {
    const auto by = e.make();
    for (const char* readers : {"", ", workers: 1", ", workers: 3"})
      for (const char* workers : {"", "    workers: 1\n", "    workers: 4\n", "    workers: auto\n",
                                  "    workers: 3\n    credit: {chunks: 1}\n"}) {
        CAPTURE(e.name);
        CAPTURE(readers);
        CAPTURE(workers);
        CHECK(count_files(*by, paths, readers, workers) == expected);
      }
  }
}

TEST_CASE("groups that do not fit into memory are the same, however many workers spill them") {
  random_source random(9);
  const temporary_folder folder;
  std::string lines;
  for (int i = 0; i < 60'000; ++i)
    lines += fmt::format("{{\"k\": \"key number {}\", \"v\": {:.3f}}}\n", random.below(30'000),
                         random.fraction() * 1e6);
  const auto in = folder.write("in.ndjson", lines);
  const auto counted = [&](const named_executor& on, const char* workers, const char* memory) {
    const temporary_folder out;
    const temporary_folder spilled;
    std::atomic<int> told = 0;
    run_options options;
    options.temporary_folder = spilled.path("");
    options.on_event = [&](const run_event& event) {
      if (event.what == run_event::kind::told) ++told;
    };
    const auto report = run_to_end(
        on,
        load_graph(fmt::format("  - {{type: read_file, path: {}, workers: 3}}\n"
                               "  - {{type: aggregate, by: k, compute: {{n: count(), s: sum(v),"
                               " hi: max(v)}}{}}}\n"
                               "  - {{type: write_file, path: {}}}\n"
                               "memory: {}\n",
                               in, workers, out.path("out.ndjson"), memory)),
        std::move(options));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances == std::vector<std::string>());
    CHECK(report->stages[1].absorbed == 60'000);
    CHECK(spilled.files() == 0);
    return std::pair(out.read("out.ndjson"), told.load());
  };
  const auto expected = counted(all_executors().front(), ", workers: 1", "1GiB");
  CHECK(expected.second == 0);
  CHECK(std::count(expected.first.begin(), expected.first.end(), '\n') > 20'000);
  for (const auto& on : all_executors())
    for (const char* workers : {"", ", workers: 1", ", workers: 4"}) {
      CAPTURE(on.name);
      CAPTURE(workers);
      const auto got = counted(on, workers, "3MiB");
      CHECK(got.first == expected.first);
      // Once that they spill, and once that all is merged.
      CHECK(got.second == 2);
    }
}

// --- with workers that fail ---------------------------------------------------------------------

// What one worker does in a call of that name before it counts: fails, throws, or asks for
// something.
struct fault {
  const char* call = "";
  unsigned worker = 0;
  std::function<result<void>()> what;
};

result<void> fails() { return failure("told", "told to fail"); }
result<void> throws() { throw std::runtime_error("told to fail"); }

class failing_worker final : public transform {
 public:
  failing_worker(std::unique_ptr<transform> inner, std::optional<fault> fails)
      : inner_(std::move(inner)), fails_(fails) {}

  result<void> open(context& in) override {
    if (auto answered = call("open"); !answered) return failure(std::move(answered.error()));
    return inner_->open(in);
  }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override {
    if (auto answered = call("process"); !answered) return answered;
    return inner_->process(port, records, out);
  }
  stage_answer resume(outlet& out) override { return inner_->resume(out); }
  stage_answer finish(port_number port, outlet& out) override {
    if (auto answered = call("finish"); !answered) return answered;
    return inner_->finish(port, out);
  }
  void close() override { inner_->close(); }

 private:
  stage_answer call(const std::string& name) {
    if (!fails_ || name != fails_->call) return answer::wait;
    if (auto done = fails_->what(); !done) return failure(std::move(done.error()));
    return answer::wait;
  }

  std::unique_ptr<transform> inner_;
  std::optional<fault> fails_;
};

// `from` -> aggregate with three workers -> sink.
graph counting_graph(made_stage from, const char* options, std::optional<fault> fails,
                     std::shared_ptr<collected> into) {
  static const stage_harness harness("aggregate", options);
  const auto& counts = harness.configured();
  made_stage made{.name = "count", .ledger = ledger_kind::creates};
  made.hold = hold_bound::everything();
  made.workers_most = workers_without_bound;
  made.workers = 3;
  made.make_workers = [&counts, fails](unsigned number) {
    auto all = counts.make_workers(number);
    for (unsigned worker = 0; worker < number; ++worker) {
      auto& inner = std::get<std::unique_ptr<transform>>(all[worker]);
      const bool is_it = fails && fails->worker == worker;
      inner = std::make_unique<failing_worker>(std::move(inner), is_it ? fails : std::nullopt);
    }
    return all;
  };
  graph_builder build;
  const auto source = build.add(std::move(from));
  const auto count = build.add(std::move(made));
  const auto sink = build.add(collecting_sink(std::move(into)));
  build.connect(source, count).connect(count, sink);
  return build.finish();
}

constexpr const char* by_number = "{by: [n], compute: {}}";

TEST_CASE("a worker that fails in any call leaves no group to come out") {
  const char* calls[] = {"open", "process", "finish"};
  for (const auto& on : all_executors())
    for (const char* call : calls)
      for (const unsigned worker : {0U, 1U, 2U})
        for (const auto& what : {&fails, &throws}) {
          CAPTURE(on.name);
          CAPTURE(call);
          CAPTURE(worker);
          // Without an end until each worker has had a chunk.
          const std::uint64_t count = call == std::string("process") ? 0 : 300;
          const auto into = std::make_shared<collected>();
          const auto report = run_to_end(on, counting_graph(numbers_source(count, 10), by_number,
                                                            fault{call, worker, what}, into));
          REQUIRE(report);
          CHECK(report->outcome == run_outcome::failed);
          REQUIRE(report->failure);
          CHECK(report->failure->stage == "count");
          CHECK(report->failure->call == call);
          CHECK(report->imbalances == std::vector<std::string>());
          CHECK(report->stages[1].created == 0);
          CHECK(into->numbers().empty());
        }
}

TEST_CASE("without a failure the workers' groups come out once, sorted") {
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    const auto into = std::make_shared<collected>();
    const auto report =
        run_to_end(on, counting_graph(numbers_source(300, 10), by_number, std::nullopt, into));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->stages[1].absorbed == 300);
    CHECK(report->stages[1].created == 300);
    std::vector<std::int64_t> expected(300);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(i);
    CHECK(into->numbers() == expected);
  }
}

TEST_CASE("an endless input that is drained is counted, and one that is aborted is not") {
  for (const auto& on : all_executors())
    for (const bool drained : {true, false}) {
      CAPTURE(on.name);
      CAPTURE(drained);
      const auto into = std::make_shared<collected>();
      const auto by = on.make();
      std::promise<run*> started;
      // Asked for by a worker that has counted 20 chunks.
      const auto ask = [&, handle = started.get_future().share(), seen = 0]() mutable {
        if (++seen == 20) drained ? handle.get()->drain() : handle.get()->abort();
        return result<void>();
      };
      const auto run = by->start(
          counting_graph(numbers_source(0, 10), by_number, fault{"process", 1, ask}, into), {});
      started.set_value(run.get());
      const auto report = run->wait(machine_clock().now() + hang_limit);
      REQUIRE(report);
      CHECK(report->outcome == (drained ? run_outcome::drained : run_outcome::aborted));
      CHECK(report->imbalances == std::vector<std::string>());
      CHECK(report->stages[1].received >= 200);
      CHECK(report->stages[1].created == (drained ? report->stages[1].received : 0));
      CHECK(into->numbers().size() == report->stages[1].created);
    }
}

TEST_CASE("a reader that fails leaves no group of the workers behind the other readers") {
  random_source random(3);
  const temporary_folder folder;
  const auto lines = random_lines(random, 9'000);
  folder.write("a.ndjson", lines);
  const auto packed = packed_by<codecs::gzip_packer>(lines);
  folder.write("b.ndjson.gz", packed.substr(0, packed.size() - 9));
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    const auto report = run_to_end(
        on, load_graph(fmt::format("  - {{type: read_file, path: [{}, {}], workers: 3}}\n"
                                   "  - {{type: aggregate, by: host, compute: {{n: count()}}}}\n"
                                   "  - {{type: discard}}\n",
                                   folder.path("a.ndjson"), folder.path("b.ndjson.gz"))));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::failed);
    CHECK(report->imbalances == std::vector<std::string>());
    CHECK(report->stages[1].created == 0);
  }
}

TEST_CASE("a reader that wants no group more ends all workers") {
  for (const auto& on : all_executors()) {
    CAPTURE(on.name);
    const auto by = on.make();
    const auto run =
        by->start(load_graph("  - {type: generate, count: 5000, columns: {n: {counter: 0}}}\n"
                             "  - {type: aggregate, by: n, compute: {}, workers: 3}\n"
                             "  - {type: head, count: 2}\n"
                             "  - {type: discard}\n"),
                  {});
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->imbalances == std::vector<std::string>());
    CHECK(report->stages[3].received == 2);
  }
}

}  // namespace
}  // namespace weir::testing
