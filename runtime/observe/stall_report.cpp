#include "runtime/observe/stall_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {
namespace {

// One stall can take hold of hundreds of workers, and more lines than these tell no more.
constexpr std::size_t lines_most = 20;
constexpr std::size_t edges_most = 4;

std::string edges_of(const stalled_stage& stage, const stall_report& report) {
  std::string text;
  for (std::size_t i = 0; i < std::min(stage.edges.size(), edges_most); ++i) {
    const stalled_edge& edge = report.edges[stage.edges[i]];
    text += fmt::format("{}{} -> {} ({})",
                        i == 0      ? ""
                        : stage.any ? " or "
                                    : " and ",
                        edge.from, edge.to, load_of(edge));
  }
  if (stage.edges.size() > edges_most)
    text += fmt::format(" {} {} more", stage.any ? "or" : "and", stage.edges.size() - edges_most);
  return text;
}

std::string line_of(const stalled_stage& stage, const stall_report& report) {
  if (stage.edges.empty())
    return fmt::format("{} waits and names no edge, for {}", name_of(stage),
                       wait_text(stage.waited));
  return fmt::format("{} waits for {} {}, for {}", name_of(stage),
                     stage.wants_room ? "room on" : "input from", edges_of(stage, report),
                     wait_text(stage.waited));
}

}  // namespace

std::string name_of(const stalled_stage& stage) {
  std::string text = quoted(stage.name);
  if (!stage.part.empty()) return fmt::format("the {} of {}", stage.part, text);
  for (std::size_t i = 0; i < stage.runs_with.size(); ++i)
    text += (i == 0 ? " with " : ", ") + quoted(stage.runs_with[i]);
  return stage.worker == 0 ? text : fmt::format("worker {} of {}", stage.worker, text);
}

std::string load_of(const stalled_edge& edge) {
  const auto& [chunks, bytes] = edge.queued;
  if (chunks == 0) return "empty";
  if (chunks >= edge.credit.chunks || bytes < edge.credit.bytes.bytes)
    return fmt::format("{}{} of {} chunk{}", chunks >= edge.credit.chunks ? "full: " : "", chunks,
                       edge.credit.chunks, edge.credit.chunks == 1 ? "" : "s");
  return fmt::format("full: {} of {} in {} chunk{}", to_text(byte_size{bytes}),
                     to_text(edge.credit.bytes), chunks, chunks == 1 ? "" : "s");
}

std::vector<std::string> stall_lines(const stall_report& report) {
  std::vector<std::string> lines;
  const auto in_cycle = static_cast<std::size_t>(std::count_if(
      report.stages.begin(), report.stages.end(), [](const auto& s) { return s.in_cycle; }));
  const std::size_t told = std::min(report.stages.size(), std::max(lines_most, in_cycle));
  for (std::size_t i = 0; i < told; ++i) lines.push_back(line_of(report.stages[i], report));
  if (told < report.stages.size())
    lines.push_back(fmt::format("and {} more that wait for these", report.stages.size() - told));
  return lines;
}

}  // namespace weir
