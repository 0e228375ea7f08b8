#include "runtime/flow/credit.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace weir {
namespace {

using limits = std::vector<std::uint64_t>;

TEST_CASE("a sender may send while it has sent less than its limit in both counts") {
  struct row {
    const char* name;
    edge_count limit;
    std::vector<std::uint64_t> sent_bytes;
    bool may;
  };
  const row rows[] = {
      {"nothing before a limit is told", {0, 0}, {}, false},
      {"no chunk without bytes", {1, 0}, {}, false},
      {"no bytes without a chunk", {0, 1}, {}, false},
      {"the first of one", {1, 1}, {}, true},
      {"no second of one", {1, 100}, {1}, false},
      {"a chunk of any size while a byte is left", {9, 100}, {99}, true},
      {"no more once all bytes are sent", {9, 100}, {99, 1}, false},
      {"no more above the bytes", {9, 100}, {5000}, false},
      {"a mark costs a chunk and no bytes", {2, 100}, {0, 0}, false},
      {"a mark leaves the bytes as they were", {3, 100}, {0, 0}, true},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      sender_credit credit;
      credit.grant(row.limit);
      std::uint64_t expected = 0;
      for (const auto bytes : row.sent_bytes) CHECK(credit.spend(bytes) == ++expected);
      CHECK(credit.may_send() == row.may);
      CHECK(credit.last_sequence() == expected);
    }
  }
}

TEST_CASE("a grant that is late or comes twice changes nothing") {
  sender_credit credit;
  credit.grant({2, 100});
  credit.spend(40);
  credit.spend(40);
  CHECK_FALSE(credit.may_send());
  credit.grant({2, 100});
  CHECK_FALSE(credit.may_send());
  credit.grant({1, 50});
  CHECK_FALSE(credit.may_send());
  credit.grant({3, 100});
  CHECK(credit.may_send());
}

TEST_CASE("grants that swap leave the higher limit in each count") {
  sender_credit credit;
  credit.grant({5, 10});
  credit.grant({1, 500});
  credit.spend(100);
  CHECK(credit.may_send());
}

TEST_CASE("a reader grants anew at half of either capacity and when its queue is empty") {
  struct row {
    const char* name;
    credit_limits capacity;
    std::vector<std::uint64_t> arrive;
    limits granted_chunks;  ///< after each release; 0: no grant
  };
  const row rows[] = {
      {"a capacity of one: at each", {1, 1_MiB}, {10}, {2}},
      {"half of eight chunks are four",
       {8, 1_MiB},
       {1, 1, 1, 1, 1, 1, 1, 1},
       {0, 0, 0, 12, 0, 0, 0, 16}},
      {"half of three chunks are two", {3, 1_MiB}, {1, 1, 1}, {0, 5, 6}},
      {"half of the bytes", {8, 100_B}, {50, 1, 49, 1}, {9, 0, 11, 12}},
      {"one byte less than half", {8, 100_B}, {49, 1, 1, 1}, {0, 10, 0, 12}},
      {"an empty queue, however little it was", {8, 1_MiB}, {1}, {9}},
      {"a mark counts as a chunk", {4, 1_MiB}, {0, 0, 0}, {0, 6, 7}},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      receiver_credit credit(row.capacity);
      CHECK(credit.open() == edge_count{row.capacity.chunks, row.capacity.bytes.bytes});
      std::uint64_t sequence = 0;
      for (const auto bytes : row.arrive) CHECK(credit.arrive(++sequence, bytes));
      std::uint64_t released_bytes = 0;
      limits granted;
      for (const auto bytes : row.arrive) {
        const auto grant = credit.release(bytes);
        released_bytes += bytes;
        granted.push_back(grant ? grant->chunks : 0);
        if (grant) CHECK(grant->bytes == released_bytes + row.capacity.bytes.bytes);
      }
      CHECK(granted == row.granted_chunks);
    }
  }
}

TEST_CASE("a reader refuses what is out of sequence and counts nothing of it") {
  struct row {
    const char* name;
    std::uint64_t sequence;
    bool taken;
  };
  const row rows[] = {{"the next", 2, true},
                      {"the same again", 1, false},
                      {"one is missing", 3, false},
                      {"none at all", 0, false}};
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      receiver_credit credit({8, 1_MiB});
      credit.open();
      REQUIRE(credit.arrive(1, 10));
      CHECK(credit.arrive(row.sequence, 10) == row.taken);
      CHECK(credit.in_queue() == (row.taken ? edge_count{2, 20} : edge_count{1, 10}));
    }
  }
}

TEST_CASE("what is kept back below half is told to who asks, once") {
  for (std::uint32_t chunks = 1; chunks <= 9; ++chunks) {
    CAPTURE(chunks);
    receiver_credit credit({chunks, 100_B});
    credit.open();
    for (std::uint64_t s = 1; s <= chunks; ++s) REQUIRE(credit.arrive(s, 1));
    CHECK_FALSE(credit.tell());
    const bool kept_back = !credit.release(1);
    CHECK(kept_back == (chunks > 2));
    CHECK(credit.tell().has_value() == kept_back);
    CHECK_FALSE(credit.tell());
  }
  receiver_credit credit({8, 100_B});
  credit.open();
  for (std::uint64_t s = 1; s <= 8; ++s) REQUIRE(credit.arrive(s, 1));
  CHECK_FALSE(credit.release(1));
  CHECK_FALSE(credit.release(1));
  CHECK(credit.tell() == edge_count{10, 102});
}

TEST_CASE("a widened capacity is granted at once and never shrinks") {
  struct row {
    const char* name;
    credit_limits wider;
    credit_limits capacity;
    edge_count limit;  ///< with two chunks of 10 bytes used up
  };
  const row rows[] = {
      {"both", {8, 200_B}, {8, 200_B}, {10, 220}},
      {"only chunks", {8, 10_B}, {8, 100_B}, {10, 120}},
      {"only bytes", {1, 300_B}, {4, 300_B}, {6, 320}},
      {"less of both", {1, 1_B}, {4, 100_B}, {6, 120}},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      receiver_credit credit({4, 100_B});
      credit.open();
      for (std::uint64_t s = 1; s <= 4; ++s) REQUIRE(credit.arrive(s, 10));
      credit.release(10);
      credit.release(10);
      CHECK(credit.widen(row.wider) == row.limit);
      CHECK(credit.capacity() == row.capacity);
    }
  }
}

TEST_CASE("half of a widened capacity is what the next grants wait for") {
  receiver_credit credit({2, 1_MiB});
  credit.open();
  credit.widen({8, 1_MiB});
  for (std::uint64_t s = 1; s <= 6; ++s) REQUIRE(credit.arrive(s, 0));
  for (int i = 0; i < 3; ++i) CHECK_FALSE(credit.release(0));
  CHECK(credit.release(0) == edge_count{12, (1_MiB).bytes});
}

}  // namespace
}  // namespace weir
