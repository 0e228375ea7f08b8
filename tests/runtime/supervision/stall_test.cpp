#include "runtime/supervision/stall.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

namespace weir {
namespace {

using kind = stage_wait::kind;

const stage_wait running{kind::running, {}, false};
const stage_wait ready{kind::ready, {}, false};
const stage_wait timed{kind::timed, {}, false};
const stage_wait done{kind::done, {}, false};

stage_wait blocked(std::vector<edge_id> edges) { return {kind::blocked, std::move(edges), false}; }
stage_wait starved(edge_id edge) { return {kind::starved, {edge}, false}; }
stage_wait starved_any(std::vector<edge_id> edges) {
  return {kind::starved, std::move(edges), true};
}

/// A run to look at: stages by name, edges in order as `producer -> consumer`.
struct looked_at {
  std::vector<std::string> names;
  std::vector<stall_edge> edges;

  looked_at& edge(std::uint32_t producer, std::uint32_t consumer, credit_limits capacity = {}) {
    edges.push_back({producer, consumer, capacity, names[producer] + " -> " + names[consumer]});
    return *this;
  }
  std::optional<stall> find(const std::vector<stage_wait>& waits) const {
    return find_stall(waits, edges, names);
  }
};

// Edges: 0 source -> fork, 1 fork -> b, 2 fork -> zip, 3 b -> zip, 4 zip -> sink.
looked_at diamond(credit_limits direct = {}) {
  looked_at run{{"source", "fork", "b", "zip", "sink"}, {}};
  run.edge(0, 1).edge(1, 2).edge(1, 3, direct).edge(2, 3).edge(3, 4);
  return run;
}

TEST_CASE("a diamond that waits for itself is told round its cycle") {
  const auto found =
      diamond({2, 1_MiB}).find({blocked({0}), blocked({2}), starved(1), starved(3), starved(4)});
  REQUIRE(found);
  CHECK(found->stages == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  CHECK(found->told ==
        "'fork' waits for room on fork -> zip, 'zip' waits for input from b -> zip, "
        "'b' waits for input from fork -> b");
  CHECK(found->widen == edge_id{2});
  CHECK(found->limits == credit_limits{4, 2_MiB});
}

TEST_CASE("while anybody on whom the others wait can go on, nothing is stalled") {
  struct row {
    const char* name;
    std::vector<stage_wait> waits;
    bool stalls;
  };
  const row rows[] = {
      {"nobody can", {blocked({0}), blocked({2}), starved(1), starved(3), starved(4)}, true},
      {"b runs", {blocked({0}), blocked({2}), running, starved(3), starved(4)}, false},
      {"b is ready", {blocked({0}), blocked({2}), ready, starved(3), starved(4)}, false},
      {"b will be woken", {blocked({0}), blocked({2}), timed, starved(3), starved(4)}, false},
      {"the zip is ready", {blocked({0}), blocked({2}), starved(1), ready, starved(4)}, false},
      {"only the source is ready", {ready, blocked({2}), starved(1), starved(3), starved(4)}, true},
      {"only the sink runs", {blocked({0}), blocked({2}), starved(1), starved(3), running}, true},
      {"a quiet source", {timed, starved(0), starved(1), starved(2), starved(4)}, false},
      {"a slow sink that runs",
       {blocked({0}), blocked({1, 2}), blocked({3}), blocked({4}), running},
       false},
      {"all have ended", {done, done, done, done, done}, false},
      {"all run", {running, running, running, running, running}, false},
      {"the zip reads whatever comes, and nothing comes",
       {blocked({0}), blocked({2}), starved(1), starved_any({2, 3}), starved(4)},
       true},
      {"the zip waits for the fork, too, which is blocked by a stage that runs",
       {blocked({0}), blocked({1}), running, starved_any({2, 3}), starved(4)},
       false},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) { CHECK(diamond().find(row.waits).has_value() == row.stalls); }
  }
}

TEST_CASE("a stage blocked by several readers needs all of them, a merge one of its writers") {
  // Edges: 0 a -> left, 1 a -> right; then 2 left -> m, 3 right -> m. One side of a never goes on:
  // 'right' waits for itself by way of 'loop'.
  looked_at run{{"a", "left", "right", "m", "loop"}, {}};
  run.edge(0, 1).edge(0, 2).edge(1, 3).edge(2, 3).edge(2, 4).edge(4, 2);
  const stage_wait right = blocked({4});
  const stage_wait loop = blocked({5});

  const auto one = run.find({blocked({0}), ready, right, starved_any({2, 3}), loop});
  REQUIRE(one);
  CHECK(one->stages == std::vector<std::uint32_t>{2, 4});

  const auto both = run.find({blocked({0, 1}), ready, right, starved_any({2, 3}), loop});
  REQUIRE(both);
  CHECK(both->stages == std::vector<std::uint32_t>{0, 2, 4});

  const auto certain = run.find({blocked({0}), ready, right, starved(3), loop});
  REQUIRE(certain);
  CHECK(certain->stages == std::vector<std::uint32_t>{2, 3, 4});

  const auto each = run.find({blocked({0}), ready, right, {kind::starved, {2, 3}, false}, loop});
  REQUIRE(each);
  CHECK(each->stages == std::vector<std::uint32_t>{2, 3, 4});
}

TEST_CASE("a cycle is found beside stages that still go on") {
  looked_at run = diamond({1, 8_MiB});
  run.names.insert(run.names.end(), {"other", "printer"});
  run.edge(5, 6);
  const std::vector<stage_wait> stuck{blocked({0}), blocked({2}), starved(1), starved(3),
                                      starved(4)};
  std::vector<stage_wait> waits = stuck;
  waits.insert(waits.end(), {running, starved(5)});
  const auto found = run.find(waits);
  REQUIRE(found);
  CHECK(found->stages == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
  CHECK(found->widen == edge_id{2});
}

TEST_CASE("the smallest full edge of the cycle is widened to twice its limits") {
  constexpr auto most_chunks = std::numeric_limits<std::uint32_t>::max();
  constexpr byte_size most_bytes{std::numeric_limits<std::uint64_t>::max()};
  struct row {
    const char* name;
    credit_limits near, far;  ///< fork -> a and a -> zip, both full
    edge_id widen;
    credit_limits limits;
  };
  const row rows[] = {
      {"fewer bytes", {8, 2_MiB}, {8, 1_MiB}, 3, {16, 2_MiB}},
      {"bytes before chunks", {1, 2_MiB}, {8, 1_MiB}, 3, {16, 2_MiB}},
      {"fewer chunks", {2, 1_MiB}, {1, 1_MiB}, 3, {2, 2_MiB}},
      {"the same: the first", {8, 1_MiB}, {8, 1_MiB}, 1, {16, 2_MiB}},
      {"an edge without any room", {8, 1_MiB}, {0, 0_B}, 3, {1, 1_B}},
      {"no further than can be counted",
       {most_chunks, {most_bytes.bytes - 1}},
       {most_chunks, most_bytes},
       1,
       {most_chunks, most_bytes}},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      // Edges: 0 source -> fork, 1 fork -> a, 2 fork -> b, 3 a -> zip, 4 b -> zip. The smallest
      // of all, 0, is full as well, but no room there would help.
      looked_at run{{"source", "fork", "a", "b", "zip"}, {}};
      run.edge(0, 1, {0, 0_B}).edge(1, 2, row.near).edge(1, 3, {1, 1_B}).edge(2, 4, row.far);
      run.edge(3, 4, {1, 1_B});
      const auto found =
          run.find({blocked({0}), blocked({1}), blocked({3}), starved(2), starved(4)});
      REQUIRE(found);
      CHECK(found->widen == row.widen);
      CHECK(found->limits == row.limits);
    }
  }
}

TEST_CASE("the shortest of several cycles is told") {
  // 'fork' waits for 'zip' over a short way and over 'x'; edges 1 and 2 are the short one.
  looked_at run{{"fork", "x", "b", "zip"}, {}};
  run.edge(0, 1).edge(0, 3).edge(0, 2).edge(1, 3).edge(2, 3);
  const auto found = run.find({blocked({0, 1}), blocked({3}), starved(2), starved(4)});
  REQUIRE(found);
  CHECK(found->told ==
        "'fork' waits for room on fork -> zip, 'zip' waits for input from b -> zip, "
        "'b' waits for input from fork -> b");
}

TEST_CASE("who waits for what has ended is told, and no room is offered") {
  const auto found = diamond().find({done, starved(0), starved(1), starved(3), starved(4)});
  REQUIRE(found);
  CHECK(found->told ==
        "'fork' waits for input from source -> fork, 'b' waits for input from fork -> b, "
        "'zip' waits for input from b -> zip, 'sink' waits for input from zip -> sink");
  CHECK_FALSE(found->widen);
}

TEST_CASE("a stall knows its cycle, and has lasted since the last stage of it began to wait") {
  const auto at = [](int seconds) { return time_point(std::chrono::seconds(seconds)); };
  std::vector<stage_wait> waits{blocked({0}), blocked({2}), starved(1), starved(3), starved(4)};
  for (std::size_t i = 0; i < waits.size(); ++i)
    waits[i].since = at(std::vector<int>{9, 3, 5, 1, 0}[i]);
  const auto found = diamond().find(waits);
  REQUIRE(found);
  CHECK(found->cycle == std::vector<std::uint32_t>{1, 3, 2});
  CHECK(found->since == at(5));

  // Without a cycle all of them count.
  waits[0] = done;
  waits[1] = starved(0);
  waits[1].since = at(3);
  waits[4].since = at(7);
  const auto ended = diamond().find(waits);
  REQUIRE(ended);
  CHECK(ended->cycle.empty());
  CHECK(ended->since == at(7));
}

TEST_CASE("a stage that waits and names no edge is told") {
  looked_at run{{"a", "b"}, {}};
  run.edge(0, 1);
  const auto found = run.find({running, starved_any({})});
  REQUIRE(found);
  CHECK(found->told == "'b' waits and names no edge");
  CHECK_FALSE(found->widen);
}

}  // namespace
}  // namespace weir
