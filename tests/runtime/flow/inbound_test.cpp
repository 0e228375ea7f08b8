#include "runtime/flow/inbound.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/flow/items.hpp"

namespace weir::testing {
namespace {

TEST_CASE("an input gives what arrived in order and tells limits on the way") {
  inbound edge({2, 1_MiB});
  CHECK(edge.open() == edge_count{2, (1_MiB).bytes});
  CHECK(edge.empty());
  CHECK(edge.arrive(1, item_of(3)));
  CHECK(edge.arrive(2, item_of(4)));
  CHECK(edge.queued_bytes() == item_of(3).bytes() + item_of(4).bytes());
  CHECK(edge.queued().chunks == 2);
  CHECK(edge.front().size() == 3);

  const auto first = edge.take();
  CHECK(first.item.size() == 3);
  REQUIRE(first.grant);
  CHECK(first.grant->chunks == 3);
  CHECK(edge.take().item.size() == 4);
  CHECK(edge.empty());
  CHECK(edge.queued_bytes() == 0);
  CHECK(edge.ledger().received == 7);
  CHECK(edge.ledger().balances());
}

TEST_CASE("an input refuses what is out of sequence, and stays as it was") {
  struct row {
    const char* name;
    std::uint64_t sequence;
    bool taken;
  };
  const row rows[] = {{"the next", 2, true}, {"a repetition", 1, false}, {"a gap", 3, false}};
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      inbound edge({8, 1_MiB});
      edge.open();
      REQUIRE(edge.arrive(1, item_of(5)));
      CHECK(edge.arrive(row.sequence, item_of(2)) == row.taken);
      CHECK(edge.ledger().arrived == (row.taken ? 7 : 5));
      CHECK(edge.ledger().queued == (row.taken ? 7 : 5));
      CHECK(edge.ledger().balances());
    }
  }
}

TEST_CASE("the end is taken once, after the last of what was sent") {
  struct row {
    const char* name;
    std::uint64_t last_sequence;
    bool taken;
  };
  const row rows[] = {
      {"after the last", 2, true}, {"one is missing", 3, false}, {"one too many", 1, false}};
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      inbound edge({8, 1_MiB});
      edge.open();
      REQUIRE(edge.arrive(1, item_of(1)));
      REQUIRE(edge.arrive(2, mark_of(mark::kind::flush)));
      CHECK(edge.end(row.last_sequence) == row.taken);
      CHECK(edge.ended() == row.taken);
      CHECK_FALSE(edge.exhausted());
      if (row.taken) {
        CHECK_FALSE(edge.end(row.last_sequence));
        CHECK_FALSE(edge.arrive(3, item_of(1)));
      }
    }
  }
}

TEST_CASE("an input that never got anything ends by an end of number zero") {
  inbound edge({8, 1_MiB});
  CHECK(edge.end(0));
  CHECK(edge.exhausted());
}

TEST_CASE("an input is exhausted when it has ended and all is taken, and grants no more") {
  inbound edge({1, 1_MiB});
  edge.open();
  REQUIRE(edge.arrive(1, item_of(1)));
  REQUIRE(edge.end(1));
  CHECK_FALSE(edge.exhausted());
  CHECK_FALSE(edge.take().grant);
  CHECK(edge.exhausted());
}

TEST_CASE("a stopped input discards what it has and what still comes, counted") {
  inbound edge({8, 1_MiB});
  edge.open();
  for (std::uint64_t s = 1; s <= 3; ++s) REQUIRE(edge.arrive(s, item_of(10)));
  edge.take();
  edge.stop();
  CHECK(edge.stopped());
  CHECK(edge.empty());
  CHECK(edge.queued_bytes() == 0);
  CHECK(edge.ledger().discarded == 20);
  CHECK_FALSE(edge.arrive(5, item_of(1)));
  CHECK(edge.arrive(4, item_of(7)));
  CHECK(edge.empty());
  CHECK(edge.queued_bytes() == 0);
  CHECK(edge.ledger().discarded == 27);
  CHECK(edge.ledger().received == 10);
  CHECK(edge.ledger().balances());
  CHECK_FALSE(edge.exhausted());
  edge.stop();
  CHECK(edge.ledger().discarded == 27);
  CHECK(edge.end(4));
  CHECK(edge.exhausted());
}

TEST_CASE("an input tells what it kept back unless it has ended or wants no more") {
  struct row {
    const char* name;
    bool stop, end, tells;
  };
  const row rows[] = {
      {"open", false, false, true}, {"stopped", true, false, false}, {"ended", false, true, false}};
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      inbound edge({8, 1_MiB});
      edge.open();
      for (std::uint64_t s = 1; s <= 3; ++s) REQUIRE(edge.arrive(s, item_of(1)));
      REQUIRE_FALSE(edge.take().grant);
      if (row.stop) edge.stop();
      if (row.end) edge.end(3);
      const auto told = edge.tell();
      CHECK(told.has_value() == row.tells);
      if (told) CHECK(told->chunks == 9);
      CHECK_FALSE(edge.tell());
    }
  }
}

TEST_CASE("a widened input tells the wider limit") {
  inbound edge({1, 1_MiB});
  edge.open();
  REQUIRE(edge.arrive(1, item_of(1)));
  CHECK(edge.widen({2, 2_MiB}) == edge_count{2, (2_MiB).bytes});
  CHECK(edge.capacity() == credit_limits{2, 2_MiB});
  CHECK(edge.arrive(2, item_of(1)));
}

}  // namespace
}  // namespace weir::testing
