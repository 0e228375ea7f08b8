// How much an endless source makes for a reader that wants little.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {

TEST_CASE("a head stops an endless source within the credit of the way between them") {
  for (const auto& by : all_executors()) {
    const auto executor = by.make();
    for (const std::uint64_t credit : {1, 2, 4, 8, 64})
      for (const std::uint64_t wanted : {std::uint64_t{1}, std::uint64_t{100'000}}) {
        CAPTURE(by.name);
        CAPTURE(credit);
        CAPTURE(wanted);
        const auto stages = fmt::format(
            "  - {{type: generate, columns: {{n: {{counter: 0}}}}}}\n"
            "  - {{type: filter, where: n >= 0, credit: {{chunks: {0}}}}}\n"
            "  - {{type: head, count: {1}, credit: {{chunks: {0}}}}}\n"
            "  - {{type: discard}}\n",
            credit, wanted);
        const auto run = executor->start(load_graph(stages), {});
        const auto report = run->wait(machine_clock().now() + hang_limit);
        REQUIRE(report);
        CHECK(report->outcome == run_outcome::complete);
        CHECK(report->imbalances.empty());
        const auto& generate = report->stages.at(0);
        const auto& head = report->stages.at(2);
        CHECK(head.passed == wanted);
        const auto chunk = generate.sent() / generate.chunks_out;
        const auto needed = (wanted + chunk - 1) / chunk;
        // Over two edges, each with one chunk more in hand; inline each chunk reaches the head
        // before the next is made.
        const auto ahead = by.name == "inline" ? 1 : 2 * (credit + 1);
        CHECK(generate.chunks_out >= needed);
        CHECK(generate.chunks_out <= needed + ahead);
      }
  }
}

}  // namespace weir::testing
