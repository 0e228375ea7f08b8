// Stages that are cut off where they fail: what else ends by that, and what goes on.

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/faulty_run.hpp"
#include "tests/support/random_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using numbers = std::vector<std::int64_t>;

// What a sink got and how it was told that the run ended.
struct seen_sink {
  collected got;
  std::optional<outcome> how;
};

class noting final : public sink {
 public:
  explicit noting(std::shared_ptr<seen_sink> into) : into_(std::move(into)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    into_->got.add(*records);
    return answer::wait;
  }
  result<void> settle(outcome how) override {
    into_->how = how;
    return {};
  }

 private:
  std::shared_ptr<seen_sink> into_;
};

made_stage noting_sink(std::shared_ptr<seen_sink> into, const char* name) {
  made_stage made{.name = name, .kind = stage_kind::sink};
  made.make = [into]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<noting>(into));
  };
  return made;
}

// Numbers from 0 on; fails after some pulls.
class failing_source final : public source {
 public:
  stage_answer pull(outlet& out) override {
    if (pulls_++ == 3) return failure("told", "told to fail");
    out.emit(numbers_chunk((pulls_ - 1) * 10, 10));
    return answer::more;
  }

 private:
  int pulls_ = 0;
};

std::shared_ptr<faults> failing_at(const char* call, unsigned at) {
  return std::make_shared<faults>([=](const std::string& made, const numbers&, unsigned before) {
    return made == call && before == at;
  });
}

made_stage isolated(made_stage stage, const char* call = "process", unsigned at = 2) {
  stage = with_faults(std::move(stage), failing_at(call, at));
  stage.name = "faulty";
  stage.on_failure.action = failure_action::isolate;
  return stage;
}

std::shared_ptr<seen_sink> add_sink(graph_builder& build, std::uint32_t from, const char* name,
                                    lodging how) {
  auto seen = std::make_shared<seen_sink>();
  build.connect(from, build.add(lodged(noting_sink(seen, name), how)));
  return seen;
}

void check_isolated(const std::optional<run_report>& report, const char* call) {
  REQUIRE(report);
  CHECK(report->imbalances.empty());
  CHECK(report->unfinished.empty());
  CHECK_FALSE(report->failure.has_value());
  CHECK(report->outcome == run_outcome::complete);
  REQUIRE(report->isolated.size() == 1);
  CHECK(report->isolated.front().stage == "faulty");
  CHECK(report->isolated.front().call == call);
  CHECK(report->isolated.front().cause.text == "told to fail");
}

TEST_CASE("a branch is cut off where its stage fails, and the other branch goes on to its end") {
  for (const std::string call : {"process", "finish"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      CAPTURE(call);
      graph_builder build;
      const auto from = build.add(numbers_source(1000, 10));
      const auto at = build.add(lodged(isolated(passing_stage(how == lodging::blocking),
                                                call.c_str(), call == "process" ? 2 : 0),
                                       how));
      build.connect(from, at);
      const auto below = build.add(lodged(passing_stage(false), how));
      build.connect(at, below);
      const auto lost = add_sink(build, below, "lost", how);
      const auto kept = add_sink(build, from, "kept", how);
      const auto report = run_to_end(by, build.finish());
      check_isolated(report, call.c_str());
      CHECK(kept->got.numbers() == up_to(1000));
      CHECK(kept->how == outcome::complete);
      CHECK(lost->how == outcome::failed);
      CHECK(lost->got.numbers() == up_to(lost->got.numbers().size()));
    });
}

TEST_CASE("a sink is cut off where it fails") {
  for (const std::string call : {"consume", "flush"})
    everywhere([&](const named_executor& by, lodging how) {
      CAPTURE(by.name);
      CAPTURE(how);
      graph_builder build;
      const auto from = build.add(numbers_source(1000, 10));
      auto lost = std::make_shared<seen_sink>();
      build.connect(
          from,
          build.add(lodged(
              isolated(noting_sink(lost, "lost"), call.c_str(), call == "consume" ? 2 : 0), how)));
      const auto kept = add_sink(build, from, "kept", how);
      const auto report = run_to_end(by, build.finish());
      check_isolated(report, call.c_str());
      CHECK(kept->got.numbers() == up_to(1000));
      CHECK(kept->how == outcome::complete);
      CHECK(lost->got.numbers() == up_to(call == "flush" ? 1000 : 20));
    });
}

TEST_CASE("what something else leads to as well goes on, as a part") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    graph_builder build;
    const auto from = build.add(numbers_source(1000, 10));
    const auto at = build.add(lodged(isolated(passing_stage(false)), how));
    build.connect(from, at);
    const auto both = build.add(lodged(passing_stage(false), how));
    build.connect(from, both).connect(at, both);
    const auto below = build.add(lodged(passing_stage(false), how));
    build.connect(both, below);
    const auto part = add_sink(build, below, "part", how);
    const auto report = run_to_end(by, build.finish());
    check_isolated(report, "process");
    CHECK(part->how == outcome::partial);
    auto got = part->got.numbers();
    CHECK(got.size() >= 1000);
    CHECK(got.size() <= 1020);
    std::sort(got.begin(), got.end());
    got.erase(std::unique(got.begin(), got.end()), got.end());
    CHECK(got == up_to(1000));
  });
}

TEST_CASE("a source is cut off where it fails, and another one goes on") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    graph_builder build;
    made_stage broken{.name = "faulty", .kind = stage_kind::source};
    broken.on_failure.action = failure_action::isolate;
    broken.make = []() -> configured_stage::instance {
      return std::unique_ptr<source>(std::make_unique<failing_source>());
    };
    const auto lost = add_sink(build, build.add(std::move(broken)), "lost", how);
    const auto kept = add_sink(build, build.add(numbers_for(how, 1000, 10)), "kept", how);
    const auto report = run_to_end(by, build.finish());
    check_isolated(report, "pull");
    CHECK(lost->how == outcome::failed);
    CHECK(kept->how == outcome::complete);
    CHECK(kept->got.numbers() == up_to(1000));
  });
}

TEST_CASE("where no sink is left the run has failed with the first cause") {
  everywhere([](const named_executor& by, lodging how) {
    CAPTURE(by.name);
    CAPTURE(how);
    graph_builder build;
    const auto at = build.add(lodged(isolated(passing_stage(false)), how));
    build.connect(build.add(numbers_source(0, 10)), at);
    const auto lost = add_sink(build, at, "lost", how);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->imbalances.empty());
    CHECK(report->outcome == run_outcome::failed);
    REQUIRE(report->failure);
    CHECK(report->failure->stage == "faulty");
    CHECK(lost->how == outcome::failed);
  });
}

TEST_CASE("of what a stage gave beside the branch that was cut off a part is kept") {
  // The one that refuses ends with the reader of what it passes on.
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    graph_builder build;
    const auto from = build.add(numbers_source(0, 10));
    const auto refuse = build.add(refusing_stage(3));
    build.connect(from, refuse);
    build.connect(refuse, build.add(isolated(ignoring_sink(), "consume")));
    made_stage counting{.name = "rejected", .kind = stage_kind::sink};
    const auto seen = std::make_shared<std::optional<outcome>>();
    class settling final : public sink {
     public:
      explicit settling(std::shared_ptr<std::optional<outcome>> how) : how_(std::move(how)) {}
      stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
      result<void> settle(outcome how) override {
        *how_ = how;
        return {};
      }

     private:
      std::shared_ptr<std::optional<outcome>> how_;
    };
    counting.make = [seen]() -> configured_stage::instance {
      return std::unique_ptr<sink>(std::make_unique<settling>(seen));
    };
    build.connect_rejected(refuse, build.add(std::move(counting)));
    const auto report = run_to_end(by, build.finish());
    check_isolated(report, "consume");
    CHECK(*seen == outcome::partial);
  }
}

TEST_CASE("workers below a stage that is cut off are cut off with it") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    graph_builder build;
    const auto from = build.add(numbers_source(1000, 10));
    const auto at = build.add(isolated(passing_stage(false)));
    build.connect(from, at);
    auto shared = passing_stage(false);
    shared.workers = 3;
    const auto workers = build.add(std::move(shared));
    build.connect(at, workers);
    const auto lost = add_sink(build, workers, "lost", lodging::apart);
    const auto kept = add_sink(build, from, "kept", lodging::apart);
    const auto report = run_to_end(by, build.finish());
    check_isolated(report, "process");
    CHECK(kept->got.numbers() == up_to(1000));
    CHECK(lost->how == outcome::failed);
  }
}

}  // namespace
}  // namespace weir
