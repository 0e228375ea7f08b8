#include "runtime/flow/outbound.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/runtime/flow/items.hpp"

namespace weir::testing {
namespace {

constexpr edge_count no_end_of_bytes(std::uint64_t chunks) { return {chunks, 1'000'000}; }

// What leaves now, as text: a chunk by its records, a mark by `p` or `f`.
std::string departures(outbound& edge) {
  std::string text;
  while (const auto leaving = edge.next()) {
    if (!text.empty()) text += ' ';
    if (leaving->item.records)
      text += std::to_string(leaving->item.size());
    else
      text += leaving->item.what.what == mark::kind::progress ? "p" : "f";
  }
  return text;
}

// Puts what `text` says in the form above.
void put_all(outbound& edge, const std::string& text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ') continue;
    if (text[at] == 'p')
      edge.put(mark_of(mark::kind::progress));
    else if (text[at] == 'f')
      edge.put(mark_of(mark::kind::flush));
    else
      edge.put(item_of(static_cast<std::uint32_t>(text[at] - '0')));
    CHECK(edge.ledger().balances());
  }
}

TEST_CASE("an edge that blocks parks what has no credit and keeps its producer") {
  outbound edge(when_full::block);
  CHECK_FALSE(edge.room());
  CHECK_FALSE(edge.blocks());
  edge.grant(no_end_of_bytes(2));
  CHECK(edge.room());

  put_all(edge, "1 2 3");
  CHECK(departures(edge) == "1 2");
  CHECK(edge.blocks());
  CHECK_FALSE(edge.room());
  CHECK(edge.parked());
  CHECK(edge.parked_bytes() == item_of(3).bytes());
  CHECK(edge.ledger().parked == 3);
  CHECK(edge.ledger().forwarded == 3);
  CHECK(edge.ledger().chunks == 2);

  edge.grant(no_end_of_bytes(3));
  CHECK(departures(edge) == "3");
  CHECK_FALSE(edge.blocks());
  CHECK_FALSE(edge.room());
  CHECK(edge.parked_bytes() == 0);
  CHECK(edge.last_sequence() == 3);
}

TEST_CASE("sequence numbers count from one without a gap, marks included") {
  outbound edge(when_full::block);
  edge.grant(no_end_of_bytes(9));
  put_all(edge, "1 p 2");
  for (std::uint64_t expected = 1; expected <= 3; ++expected) {
    const auto leaving = edge.next();
    REQUIRE(leaving);
    CHECK(leaving->sequence == expected);
  }
  CHECK_FALSE(edge.next());
}

TEST_CASE("a full edge drops by its reader's policy") {
  struct row {
    const char* name;
    when_full policy;
    std::uint32_t ring;
    std::uint64_t credit;
    const char* put;
    const char* leaves;  ///< with the first credit and then, behind a bar, with any
    std::uint64_t dropped;
  };
  const row rows[] = {
      {"block drops nothing", when_full::block, 1, 0, "1 2 3", " | 1 2 3", 0},
      {"the newest of three", when_full::drop_newest, 2, 0, "1 2 3", " | 1 2", 3},
      {"the oldest of three", when_full::drop_oldest, 2, 0, "1 2 3", " | 2 3", 1},
      {"nothing while it fits, newest", when_full::drop_newest, 3, 0, "1 2 3", " | 1 2 3", 0},
      {"nothing while it fits, oldest", when_full::drop_oldest, 3, 0, "1 2 3", " | 1 2 3", 0},
      {"every one but the first", when_full::drop_newest, 1, 0, "1 2 3 4", " | 1", 9},
      {"every one but the last", when_full::drop_oldest, 1, 0, "1 2 3 4", " | 4", 6},
      {"what has credit is not in the ring, newest", when_full::drop_newest, 1, 2, "1 2 3 4",
       "1 2 | 3", 4},
      {"what has credit is not in the ring, oldest", when_full::drop_oldest, 1, 2, "1 2 3 4",
       "1 2 | 4", 3},
      {"a mark takes no chunk's place, oldest", when_full::drop_oldest, 1, 0, "1 p", " | 1 p", 0},
      {"a mark takes no chunk's place, newest", when_full::drop_newest, 1, 0, "p 1", " | p 1", 0},
      {"marks around a dropped chunk become one", when_full::drop_oldest, 1, 0, "p 1 f 2", " | f 2",
       1},
      {"the one mark takes the credit of the first", when_full::drop_oldest, 1, 1, "p 1 f 2",
       "f | 2", 1},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      outbound edge(row.policy, {.chunks = row.ring});
      edge.grant(no_end_of_bytes(row.credit));
      put_all(edge, row.put);
      CHECK(edge.blocks() == (row.policy == when_full::block));
      CHECK(edge.room() == (row.policy != when_full::block));
      std::string leaves = departures(edge);
      edge.grant(no_end_of_bytes(99));
      leaves += " | " + departures(edge);
      CHECK(leaves == row.leaves);
      CHECK(edge.ledger().dropped == row.dropped);
      CHECK(edge.ledger().balances());
    }
  }
}

TEST_CASE("a ring is full of what waits for bytes, too") {
  outbound edge(when_full::drop_newest, {.chunks = 1});
  edge.grant({9, 1});
  put_all(edge, "1 2 3");
  CHECK(departures(edge) == "1");
  CHECK(edge.ledger().parked == 2);
  CHECK(edge.ledger().dropped == 3);
}

TEST_CASE("marks that wait side by side become one, a flush if one is") {
  struct row {
    const char *put, *leaves;
  };
  const row rows[] = {{"p p p", "p"},     {"p f", "f"},         {"f p", "f"},          {"f f", "f"},
                      {"p 1 p", "p 1 p"}, {"1 p f 2", "1 f 2"}, {"1 p 2 f", "1 p 2 f"}};
  for (const auto& row : rows) {
    SUBCASE(row.put) {
      outbound edge(when_full::block);
      put_all(edge, row.put);
      edge.grant(no_end_of_bytes(99));
      CHECK(departures(edge) == row.leaves);
    }
  }
}

TEST_CASE("a mark costs a chunk of credit and no bytes") {
  outbound edge(when_full::block);
  edge.grant({2, 300});
  put_all(edge, "p 1");
  CHECK(departures(edge) == "p 1");
  put_all(edge, "f");
  CHECK(edge.blocks());
  CHECK(edge.parked_bytes() == 0);
  CHECK(edge.ledger().chunks == 1);
}

TEST_CASE("an edge whose reader has stopped discards, counts and always has room") {
  outbound edge(when_full::block);
  edge.grant(no_end_of_bytes(1));
  put_all(edge, "1 2 3");
  CHECK(departures(edge) == "1");
  edge.stop();
  CHECK(edge.stopped());
  CHECK(edge.room());
  CHECK_FALSE(edge.blocks());
  CHECK_FALSE(edge.parked());
  CHECK(edge.parked_bytes() == 0);
  CHECK(edge.ledger().discarded == 5);
  edge.grant(no_end_of_bytes(9));
  put_all(edge, "4 p");
  CHECK(departures(edge).empty());
  CHECK(edge.ledger().discarded == 9);
  CHECK(edge.last_sequence() == 1);
  CHECK(edge.take_end());
}

TEST_CASE("the end is told once, after what is parked has gone") {
  struct row {
    const char* name;
    bool finish, stop;
    const char* put;
    std::uint64_t credit;
    bool ends;
  };
  const row rows[] = {
      {"neither finished nor stopped", false, false, "", 9, false},
      {"finished, nothing put, no credit", true, false, "", 0, true},
      {"finished, all gone", true, false, "1 2", 2, true},
      {"finished, one parked", true, false, "1 2", 1, false},
      {"finished, a mark parked", true, false, "1 p", 1, false},
      {"stopped, one was parked", false, true, "1 2", 1, true},
      {"finished and stopped, one was parked", true, true, "1 2", 1, true},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      outbound edge(when_full::block);
      edge.grant(no_end_of_bytes(row.credit));
      put_all(edge, row.put);
      departures(edge);
      if (row.finish) edge.finish();
      if (row.stop) edge.stop();
      CHECK(edge.take_end() == row.ends);
      CHECK(edge.ended() == row.ends);
      CHECK_FALSE(edge.take_end());
      edge.grant(no_end_of_bytes(99));
      departures(edge);
      if (row.finish) CHECK(edge.take_end() == !row.ends);
      CHECK_FALSE(edge.take_end());
    }
  }
}

TEST_CASE("what is put after the end of a producer is discarded and counted") {
  outbound edge(when_full::block);
  edge.grant(no_end_of_bytes(9));
  edge.finish();
  put_all(edge, "4");
  CHECK(departures(edge).empty());
  CHECK(edge.ledger().discarded == 4);
}

TEST_CASE("a ring is full of few large chunks as of many small ones") {
  // Each takes 260 bytes: of the third the first two fill the ring.
  outbound oldest(when_full::drop_oldest, {.chunks = 100, .bytes = {2 * item_of(1).bytes()}});
  put_all(oldest, "1 1 1 1");
  CHECK(oldest.ledger().parked == 2);
  CHECK(oldest.ledger().dropped == 2);
  outbound newest(when_full::drop_newest, {.chunks = 100, .bytes = {1}});
  put_all(newest, "1 1");
  CHECK(newest.ledger().parked == 1);
  CHECK(newest.ledger().dropped == 1);
}

TEST_CASE("a ring that waits at the end of its producer still gives all it holds") {
  outbound edge(when_full::drop_oldest, {.chunks = 2});
  put_all(edge, "1 2");
  edge.finish();
  CHECK_FALSE(edge.blocks());
  CHECK(edge.parked());
  CHECK_FALSE(edge.take_end());
  edge.grant(no_end_of_bytes(2));
  CHECK(departures(edge) == "1 2");
  CHECK(edge.take_end());
}

}  // namespace
}  // namespace weir::testing
