// Valid pipelines with random damage: whatever comes, the check ends, and what it tells stands in
// the file.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "pipelines/lint/check_pipeline.hpp"
#include "pipelines/lint/problem_text.hpp"
#include "tests/pipelines/test_stages.hpp"

namespace weir {
namespace {

const char* const valid = R"yaml(weir: 1
pipeline: slow-requests
memory: 512MiB
params:
  threshold: {type: int, default: 500, documentation: The least status.}
x-credit: &credit {chunks: 4, bytes: 1MiB}
stages:
  - {name: access, type: generate, preset: access_log, count: 100}
  - type: filter
    where: >
      status >= ${threshold} ||
      duration_ms > 1000
    credit: *credit
  - {type: map, set: {seconds: "duration_ms / 1000"}, drop: [user_agent]}
  - {type: route, routes: {slow: "seconds > 1.5", "named": 'path == ''/a'''}}
  - type: aggregate
    from: route.slow
    by: [host]
    compute: {requests: count(), p99: "quantile(seconds, 0.99)"
}
  - {type: write_file, path: "out/\u00e9.ndjson"}
  - {name: all, type: print, from: [route.named, route.other, access.rejected]}
tests:
  - name: slow ones
    input: {access: [{status: 500}]}
    output: {aggregate: [{host: a, requests: 1}]}
)yaml";

std::vector<std::string> pieces() {
  return {"{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          ",",
          "- ",
          "\n",
          "  ",
          "\t",
          "&a ",
          "*a",
          "*credit",
          "!x ",
          "|\n",
          ">\n",
          "'",
          "\"",
          "#",
          "${",
          "}",
          "${threshold}",
          "<<",
          "~",
          "null",
          "5",
          "-1",
          "1.5",
          "\xC3\xA9",
          "\xFF",
          "from: ",
          "type: ",
          "name: ",
          "---\n",
          "...\n",
          "%",
          "@",
          "`",
          "\\",
          "\r\n",
          "access",
          ".rejected"};
}

std::string damaged(std::string text, std::mt19937& random) {
  const auto any = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  static const auto known = pieces();
  for (std::size_t count = 1 + any(3); count > 0 && !text.empty(); --count) {
    const std::size_t at = any(text.size());
    switch (any(4)) {
      case 0:
        text.erase(at, 1 + any(12));
        break;
      case 1:
        text.insert(at, known[any(known.size())]);
        break;
      case 2:
        text.insert(at, text.substr(any(text.size()), 1 + any(40)));
        break;
      default:
        text.replace(at, 1, known[any(known.size())]);
        break;
    }
  }
  return text;
}

bool stands_in(const source_place& place, const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  for (std::uint32_t i = 0; i < place.line; ++i)
    if (!std::getline(lines, line)) return place.line == 1 && place.column == 1;
  return place.line >= 1 && place.column >= 1 && place.column <= line.size() + 1;
}

}  // namespace

TEST_CASE("a valid pipeline has no problem") {
  const auto found = check_pipeline(valid, "p.yaml", testing::known_stages());
  std::string told;
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) told += problem_with_caret(p, valid);
  CHECK(told == "");
}

TEST_CASE("every problem of a damaged pipeline stands in its file") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::size_t with_problems = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string text = damaged(valid, random);
    const auto found = check_pipeline(text, "p.yaml", testing::known_stages());
    if (found.any_errors()) ++with_problems;
    for (const auto& p : found.all()) {
      if (stands_in(p.place, text) && !p.code.empty() && !p.text.empty()) continue;
      FAIL(to_text(p), "\n", text);
    }
    CHECK(std::is_sorted(found.all().begin(), found.all().end(), [](const auto& a, const auto& b) {
      return std::pair(a.place.line, a.place.column) < std::pair(b.place.line, b.place.column);
    }));
  }
  CHECK(with_problems > 1000);
}

}  // namespace weir
