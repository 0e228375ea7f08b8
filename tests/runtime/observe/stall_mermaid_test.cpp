#include "runtime/observe/stall_mermaid.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "runtime/base/text.hpp"
#include "tests/runtime/observe/sample_stall.hpp"

namespace weir::testing {
namespace {

TEST_CASE("a stall is a flowchart: edges with what is on them, dotted arrows for who waits") {
  CHECK(stall_mermaid(stalled_diamond()) == R"(flowchart LR
  s0["the fork of 'in.out'"]
  s1["'pair' with 'out'"]
  s2["'hold'"]
  s3["'in'"]
  s3 -->|"full: 2MiB of 2MiB in 2 chunks"| s0
  s0 -->|"empty"| s2
  s0 -->|"full: 4 of 4 chunks"| s1
  s2 -->|"empty"| s1
  s0 -.->|"waits for room, 1.25s"| s1
  s1 -.->|"waits for input, 1.3s"| s2
  s2 -.->|"waits for input, 2s"| s0
  s3 -.->|"waits for room, 1.249s"| s0
  classDef cycle stroke-width:3px
  class s0,s1,s2 cycle
)");
}

TEST_CASE("who waits for what has ended, or for nothing that has a name, is in the flowchart") {
  stall_report report;
  report.stages.push_back({.name = "zip", .edges = {0}, .waited = std::chrono::seconds(2)});
  report.stages.push_back({.name = "odd", .waited = std::chrono::seconds(3)});
  report.stages.push_back({.name = "map", .wants_room = true, .edges = {1}});
  report.edges.push_back({"in.out", "zip", {}, 0, {}, {}});
  report.edges.push_back({"map.out", "out", 2, {}, {8, 80}, {}});
  CHECK(stall_mermaid(report) == R"(flowchart LR
  s0["'zip'"]
  s1["'odd' waits and names no edge, 3s"]
  s2["'map'"]
  e0["'in.out' has ended"]
  e0 -->|"empty"| s0
  e1["'out' has ended"]
  s2 -->|"full: 8 of 8 chunks"| e1
  s0 -.->|"waits for input, 2s"| e0
  s2 -.->|"waits for room, 0s"| e1
)");
}

TEST_CASE("a name never ends its label, nor means anything to Mermaid") {
  struct row {
    const char* name;
    const char* label;
  };
  const row rows[] = {
      {"end", "'end'"},
      {"a\"] --> b[\"x", "'a#34;#93; --#62; b#91;#34;x'"},
      {"%%{init: {}}%%", "'#37;#37;#123;init#58; #123;#125;#125;#37;#37;'"},
      {"style x: #y;", "'style x#58; #35;y#59;'"},
      {"#quot;", "'#35;quot#59;'"},
      {"`**bold**`", "'#96;#42;#42;bold#42;#42;#96;'"},
      {"<b>&amp;|{}\\n", "'#60;b#62;#38;amp#59;#124;#123;#125;#92;n'"},
      {"two\nlines", "'two#92;nlines'"},
      {"gr\xc3\xb6\xc3\x9f"
       "e",
       "'gr\xc3\xb6\xc3\x9f"
       "e'"},
      {"not utf-8 \xff", "'not utf-8 #92;xff'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    stall_report report;
    report.stages.push_back({.name = row.name, .edges = {0}});
    report.edges.push_back({std::string(row.name), "x", {}, 0, {}, {}});
    const auto text = stall_mermaid(report);
    const std::string label = row.label;
    CHECK(text == "flowchart LR\n  s0[\"" + label + "\"]\n  e0[\"" + label +
                      " has ended\"]\n  e0 -->|\"empty\"| s0\n"
                      "  s0 -.->|\"waits for input, 0s\"| e0\n");
    CHECK(is_utf8(text));
  }
}

TEST_CASE(
    "whatever bytes a name has, the flowchart has its lines and no more quotes than it needs") {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  for (std::size_t at = 0; at < all.size(); at += 16) {
    stall_report report;
    report.stages.push_back({.name = all.substr(at, 16)});
    const auto text = stall_mermaid(report);
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK(std::count(text.begin(), text.end(), '"') == 2);
    CHECK(is_utf8(text));
  }
}

}  // namespace
}  // namespace weir::testing
