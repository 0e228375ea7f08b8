#pragma once

#include <chrono>

#include "runtime/observe/stall_report.hpp"

namespace weir::testing {

/// A diamond that waits for itself: a fork, one way through `hold` and one straight to `pair`. The
/// source above waits too.
inline stall_report stalled_diamond() {
  using std::chrono::milliseconds;
  stall_report report;
  report.stages.push_back({.name = "in.out",
                           .part = "fork",
                           .in_cycle = true,
                           .wants_room = true,
                           .edges = {2},
                           .waited = milliseconds(1'250)});
  report.stages.push_back({.name = "pair",
                           .runs_with = {"out"},
                           .in_cycle = true,
                           .edges = {3},
                           .waited = milliseconds(1'300)});
  report.stages.push_back(
      {.name = "hold", .in_cycle = true, .any = true, .edges = {1}, .waited = milliseconds(2'000)});
  report.stages.push_back(
      {.name = "in", .wants_room = true, .edges = {0}, .waited = milliseconds(1'249)});
  report.edges.push_back({"in.out", "in.out.fork", 3, 0, {2, 2'097'152}, {8, 2_MiB}});
  report.edges.push_back({"in.out", "hold", 0, 2, {0, 0}, {1, 1_MiB}});
  report.edges.push_back({"in.out", "pair", 0, 1, {4, 4'000}, {4, 1_MiB}});
  report.edges.push_back({"hold.out", "pair", 2, 1, {0, 0}, {4, 1_MiB}});
  return report;
}

}  // namespace weir::testing
