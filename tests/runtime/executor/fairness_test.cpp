// Stages that could go on for ever leave the thread to others, also where the run's clock, by which
// a turn is measured, stands still.

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Gives its input on without end, and asks to be called again.
class endless final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    what_ = records;
    return resume(out);
  }
  stage_answer resume(outlet& out) override {
    out.emit(what_);
    return answer::more;
  }

 private:
  chunk_ptr what_;
};

made_stage endless_stage() {
  made_stage made{.name = "endless", .ledger = ledger_kind::creates};
  made.make = []() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<endless>());
  };
  return made;
}

// Beside `busy`, which nobody reads and which never ends, a chain that does end.
void check_leaves_the_thread(graph_builder build) {
  manual_clock still;
  const auto got = std::make_shared<collected>();
  auto from = numbers_source(20, 1);
  from.name = "other";
  build.connect(build.add(std::move(from)), build.add(collecting_sink(got)));
  const auto on = make_actors_executor(1);
  const auto run = on->start(build.finish(), {.time = &still});
  CHECK(got->wait_for(20));
  run->abort();
  const auto report = run->wait();
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::aborted);
  CHECK(report->imbalances.empty());
}

TEST_CASE("an actor with a call always ready leaves the thread to others") {
  graph_builder build;
  build.add(numbers_source(0, 1));
  check_leaves_the_thread(std::move(build));
}

TEST_CASE("a fused stage with a call always ready leaves the thread to others") {
  graph_builder build;
  build.connect(build.add(fused(numbers_source(1, 1))), build.add(fused(endless_stage())));
  check_leaves_the_thread(std::move(build));
}

}  // namespace
}  // namespace weir
