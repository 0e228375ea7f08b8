// The supervisor alone, report by report.

#include "runtime/executor/supervisor.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

#include "tests/support/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

class ignored_commands final : public supervisor_links {
 public:
  void command(std::uint32_t, shell_command) override {}
};

TEST_CASE("looks at stages that began before the last was open are no stall") {
  graph_builder build;
  build.connect(build.add(numbers_source(1, 1)), build.add(ignoring_sink()));
  const plan planned = make_plan(build.finish());
  manual_clock time;
  memory_budget budget(64_MiB);
  std::vector<node_instances> instances = make_instances(planned);
  const run_environment environment{planned, time, budget, 1, instances};
  const run_options options;
  ignored_commands links;
  supervisor over(environment, options, links);

  over.start();
  over.tick();
  const auto unopened = [](std::uint32_t node) {
    shell_status status{.round = 1};
    status.wait.what = stage_wait::kind::starved;
    if (node == 0) status.outputs.push_back({});
    if (node == 1) status.inputs.push_back({});
    return status;
  };
  over.receive(0, unopened(0));
  over.receive(0, stage_opened{});
  over.receive(1, stage_opened{});
  over.receive(1, unopened(1));
  CHECK_FALSE(over.report().failure);
}

}  // namespace
}  // namespace weir
