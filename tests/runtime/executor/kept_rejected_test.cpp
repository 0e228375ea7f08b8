// Rejected records that no stage reads, and what keeps them: all of them, however the run ends, and
// no others.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/data/records.hpp"
#include "tests/support/faulty_run.hpp"
#include "tests/support/random_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using numbers = std::vector<std::int64_t>;

// Keeps lines of JSON, at most so many.
class line_keeper final : public rejected_keeper {
 public:
  explicit line_keeper(std::size_t most = 1'000'000) : most_(most) {}

  result<void> keep(const chunk& rejected) override {
    const std::lock_guard held(lock_);
    if (lines_.size() + rejected.size() > most_) {
      lost_ += rejected.size();
      return failure("full", "there is no room for what it rejected");
    }
    rejected.each_row([&](std::uint32_t row) {
      lines_.emplace_back();
      append_json_record(lines_.back(), rejected, row);
    });
    return {};
  }

  result<void> begin_again() override { return failure("not-here", "no run begins again here"); }

  std::uint64_t kept() const { return lines_.size(); }
  std::uint64_t lost() const { return lost_; }
  /// The numbers of the records, ascending.
  numbers all() const {
    numbers found;
    for (const auto& line : lines_) {
      const auto at = line.find("\"record\":{\"n\":");
      REQUIRE(at != std::string::npos);
      found.push_back(std::stoll(line.substr(at + 14)));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::size_t most_;
  std::mutex lock_;
  std::vector<std::string> lines_;
  std::uint64_t lost_ = 0;
};

numbers each(std::int64_t step, std::int64_t end) {
  numbers all;
  for (std::int64_t n = 0; n < end; n += step) all.push_back(n);
  return all;
}

TEST_CASE("what no stage reads is kept, and what a stage reads is not") {
  everywhere([](const named_executor& by, lodging how) {
    for (const bool read : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(read);
      const auto keeper = std::make_shared<line_keeper>();
      graph_builder build;
      const auto a = build.add(numbers_for(how, 100, 7));
      const auto b = build.add(lodged(refusing_stage(4), how));
      const auto c = build.add(ignoring_sink());
      build.connect(a, b).connect(b, c);
      if (read) build.connect_rejected(b, build.add(ignoring_sink("rejected")));
      graph made = build.finish();
      made.keeper = keeper;
      const auto report = run_to_end(by, std::move(made));
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(report->stages[1].rejected == 25);
      CHECK(report->rejected_unread() == (read ? 0 : 25));
      CHECK(keeper->all() == (read ? numbers() : each(4, 100)));
    }
  });
}

TEST_CASE("what was rejected before a run fails is kept") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto keeper = std::make_shared<line_keeper>();
    const auto fails =
        std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
          return call == "process" && on.back() > 5'000;
        });
    graph_builder build;
    const auto a = build.add(numbers_source(1'000'000, 10));
    auto refuse = lodged(refusing_stage(4), how);
    refuse.workers_most = 1;
    const auto b = build.add(std::move(refuse));
    const auto c = build.add(faulty_pass(fails, how, {}));
    const auto d = build.add(ignoring_sink());
    build.connect(a, b).connect(b, c).connect(c, d);
    graph made = build.finish();
    made.keeper = keeper;
    const auto report = run_to_end(by, std::move(made));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::failed);
    CHECK(report->failure->stage == "faulty");
    CHECK(report->imbalances.empty());
    // All that came to the stage which failed had left the one that rejects.
    CHECK(keeper->kept() >= 1'250);
    CHECK(keeper->kept() == report->rejected_unread());
    const auto all = keeper->all();
    CHECK(all == each(4, all.back() + 1));
  });
}

TEST_CASE("what was rejected before a run is aborted is kept") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto keeper = std::make_shared<line_keeper>();
    const auto got = std::make_shared<collected>();
    std::atomic<bool> rejected = false;
    run_options options;
    options.on_event = [&](const run_event& event) {
      if (event.what == run_event::kind::rejected) rejected = true;
    };
    graph_builder build;
    const auto a = build.add(numbers_source(0, 10));
    const auto b = build.add(refusing_stage(4));
    build.connect(a, b).connect(b, build.add(collecting_sink(got)));
    graph made = build.finish();
    made.keeper = keeper;
    const auto executor = by.make();
    const auto run = executor->start(std::move(made), std::move(options));
    while (!rejected) run->wait(machine_clock().now() + std::chrono::milliseconds(1));
    run->abort();
    const auto report = run->wait(machine_clock().now() + hang_limit);
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::aborted);
    CHECK(report->imbalances.empty());
    CHECK(keeper->kept() > 0);
    CHECK(keeper->kept() == report->rejected_unread());
  }
}

TEST_CASE("a record that a policy rejects is kept, and what a failed call rejected is not") {
  everywhere([](const named_executor& by, lodging how) {
    for (const auto action : {failure_action::restart, failure_action::skip}) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(static_cast<int>(action));
      const auto keeper = std::make_shared<line_keeper>();
      const auto fails =
          std::make_shared<faults>([](const std::string& call, const numbers& on, unsigned) {
            return call == "process" && std::find(on.begin(), on.end(), 17) != on.end();
          });
      auto poisoned = lodged(with_faults(refusing_stage(4), fails), how);
      poisoned.failed = after_failure::goes_on;
      poisoned.on_failure = quick(action);
      graph_builder build;
      const auto a = build.add(numbers_for(how, 100, 10));
      const auto b = build.add(std::move(poisoned));
      build.connect(a, b).connect(b, build.add(ignoring_sink()));
      graph made = build.finish();
      made.keeper = keeper;
      const auto report = run_to_end(by, std::move(made));
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(keeper->kept() == report->rejected_unread());
      auto expected = each(4, 100);
      if (action == failure_action::restart) {
        expected.push_back(17);
      } else {
        // The whole chunk, each record once.
        std::erase_if(expected, [](std::int64_t n) { return n >= 10 && n < 20; });
        for (std::int64_t n = 10; n < 20; ++n) expected.push_back(n);
      }
      std::sort(expected.begin(), expected.end());
      CHECK(keeper->all() == expected);
    }
  });
}

TEST_CASE(
    "where nothing more can be kept the run fails with the cause, and what is lost is known") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    const auto keeper = std::make_shared<line_keeper>(10);
    graph_builder build;
    const auto a = build.add(numbers_for(how, 1'000'000, 8));
    const auto b = build.add(lodged(refusing_stage(4), how));
    build.connect(a, b).connect(b, build.add(ignoring_sink()));
    graph made = build.finish();
    made.keeper = keeper;
    const auto report = run_to_end(by, std::move(made));
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::failed);
    REQUIRE(report->failure);
    CHECK(report->failure->stage == "refuse");
    CHECK(report->failure->cause.text == "there is no room for what it rejected");
    CHECK(report->imbalances.empty());
    CHECK(keeper->kept() == 10);
    CHECK(keeper->lost() > 0);
    CHECK(keeper->kept() + keeper->lost() == report->rejected_unread());
  });
}

TEST_CASE("several workers keep what they reject, each record once") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto keeper = std::make_shared<line_keeper>();
    auto refuse = refusing_stage(4);
    refuse.workers_most = 4;
    refuse.workers = 4;
    graph_builder build;
    const auto a = build.add(numbers_source(10'000, 10));
    const auto b = build.add(std::move(refuse));
    build.connect(a, b).connect(b, build.add(ignoring_sink()));
    graph made = build.finish();
    made.keeper = keeper;
    const auto report = run_to_end(by, std::move(made));
    REQUIRE(report);
    CHECK(report->imbalances.empty());
    CHECK(keeper->all() == each(4, 10'000));
  }
}

}  // namespace
}  // namespace weir
