#include "runtime/observe/stall_mermaid.hpp"

#include <fmt/format.h>

#include <string_view>

#include "runtime/base/text.hpp"
#include "runtime/supervision/restart_policy.hpp"

namespace weir {
namespace {

// What may stand in a label as it is: not what ends it, nor `%%`, `\n`, `style x: #y;`, `<b>` and
// backticks, which mean something to Mermaid wherever they stand.
bool is_plain(char c) {
  constexpr std::string_view marks = " '.,_-()/";
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
  return !is_ascii || is_letter || marks.find(c) != std::string_view::npos;
}

// Requires: names in `text` are quoted, so that it is UTF-8 without control characters.
std::string label(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += is_plain(c) ? std::string(1, c) : fmt::format("#{};", int{c});
  return out + '"';
}

// The node of a stage, or of an end of an edge that has ended.
std::string node_of(const std::optional<std::size_t>& stage, std::size_t edge) {
  return stage ? fmt::format("s{}", *stage) : fmt::format("e{}", edge);
}

std::string waits_text(const stalled_stage& stage) {
  return fmt::format("waits for {}, {}", stage.wants_room ? "room" : "input",
                     wait_text(stage.waited));
}

}  // namespace

std::string stall_mermaid(const stall_report& report) {
  std::string out = "flowchart LR\n";
  std::string cycle;
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    const stalled_stage& stage = report.stages[i];
    std::string text = name_of(stage);
    if (stage.edges.empty())
      text += fmt::format(" waits and names no edge, {}", wait_text(stage.waited));
    out += fmt::format("  s{}[{}]\n", i, label(text));
    if (stage.in_cycle) cycle += fmt::format("{}s{}", cycle.empty() ? "" : ",", i);
  }
  for (std::size_t i = 0; i < report.edges.size(); ++i) {
    const stalled_edge& edge = report.edges[i];
    if (!edge.producer)
      out += fmt::format("  e{}[{}]\n", i, label(quoted(edge.from) + " has ended"));
    if (!edge.consumer) out += fmt::format("  e{}[{}]\n", i, label(quoted(edge.to) + " has ended"));
    out += fmt::format("  {} -->|\"{}\"| {}\n", node_of(edge.producer, i), load_of(edge),
                       node_of(edge.consumer, i));
  }
  for (std::size_t i = 0; i < report.stages.size(); ++i) {
    const stalled_stage& stage = report.stages[i];
    for (const std::size_t number : stage.edges) {
      const stalled_edge& edge = report.edges[number];
      out += fmt::format("  s{} -.->|\"{}\"| {}\n", i, waits_text(stage),
                         node_of(stage.wants_room ? edge.consumer : edge.producer, number));
    }
  }
  if (!cycle.empty())
    out += fmt::format("  classDef cycle stroke-width:3px\n  class {} cycle\n", cycle);
  return out;
}

}  // namespace weir
