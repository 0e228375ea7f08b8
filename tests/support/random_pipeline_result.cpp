#include "tests/support/random_pipeline_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace weir::testing {
namespace {

using numbers = std::vector<std::int64_t>;

numbers sorted(numbers values) {
  std::sort(values.begin(), values.end());
  return values;
}

bool is_part(const numbers& some, const numbers& all) {
  const auto a = sorted(some);
  const auto b = sorted(all);
  return std::includes(b.begin(), b.end(), a.begin(), a.end());
}

bool is_whole(const random_pipeline::sink& sink, const numbers& got) {
  if (sink.drops || sink.skips) return is_part(got, sink.expected);
  return sink.ordered ? got == sink.expected : sorted(got) == sorted(sink.expected);
}

}  // namespace

std::string wrong_in(const random_pipeline& made, const run_report& report) {
  if (!report.imbalances.empty()) return report.imbalances.front();
  // Where all sinks were cut off.
  if (report.failure && !report.isolated.empty() && report.failure->cause.code == "told")
    return wrong_in_beginning(made);
  if (report.failure) return fmt::format("the run failed: {}", report.failure->cause.text);
  if (report.outcome != run_outcome::complete) return "the run is not complete";
  std::uint64_t lost = 0;
  for (const auto& sink : made.sinks) {
    const auto got = sink.got->numbers();
    if (!is_whole(sink, got))
      return fmt::format("{} got {} records of {}, or others, or in another order", sink.name,
                         got.size(), sink.expected.size());
    lost += sink.expected.size() - got.size();
  }
  std::uint64_t dropped = 0;
  std::uint64_t discarded = 0;
  for (const auto& edge : report.edges) {
    dropped += edge.dropped;
    discarded += edge.discarded;
  }
  // What one stage skips may be missing in several sinks, or in none.
  if (dropped != lost && !(made.skips && dropped <= lost))
    return fmt::format("{} records were lost and {} counted", lost, dropped);
  if (made.takes_all && discarded != 0)
    return fmt::format("{} records were discarded by nobody's wish", discarded);
  return {};
}

std::string wrong_in_beginning(const random_pipeline& made) {
  for (const auto& sink : made.sinks) {
    const auto got = sink.got->numbers();
    const bool fits = sink.ordered && !sink.drops && !sink.skips
                          ? got.size() <= sink.expected.size() &&
                                std::equal(got.begin(), got.end(), sink.expected.begin())
                          : is_part(got, sink.expected);
    if (!fits)
      return fmt::format("{} got {} records, which are no beginning of {}", sink.name, got.size(),
                         sink.expected.size());
  }
  return {};
}

}  // namespace weir::testing
