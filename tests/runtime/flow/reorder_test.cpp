#include "runtime/flow/reorder.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace weir {
namespace {

TEST_CASE("results leave in the order of their tickets, whatever order they come in") {
  const std::vector<std::uint64_t> orders[] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                               {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (const auto& order : orders) {
    reorder_ring<std::uint64_t> ring(3);
    for (std::uint64_t ticket = 0; ticket < 3; ++ticket) CHECK(ring.issue() == ticket);
    std::vector<std::uint64_t> released;
    for (const auto ticket : order) {
      ring.put(ticket, ticket);
      while (const auto next = ring.release()) released.push_back(*next);
    }
    CHECK(released == std::vector<std::uint64_t>{0, 1, 2});
    CHECK(ring.empty());
  }
}

TEST_CASE("a result whose turn has not come waits, however many are behind it") {
  reorder_ring<int> ring(3);
  for (int i = 0; i < 3; ++i) ring.issue();
  ring.put(1, 11);
  ring.put(2, 12);
  CHECK_FALSE(ring.release());
  CHECK_FALSE(ring.empty());
  ring.put(0, 10);
  CHECK(ring.release() == 10);
  CHECK(ring.release() == 11);
}

TEST_CASE("tickets are given out at most the ring ahead of what was released") {
  reorder_ring<int> ring(2);
  CHECK_FALSE(ring.release());
  ring.issue();
  CHECK(ring.may_issue());
  ring.issue();
  CHECK_FALSE(ring.may_issue());
  ring.put(1, 1);
  CHECK_FALSE(ring.may_issue());
  ring.put(0, 0);
  CHECK_FALSE(ring.may_issue());
  ring.release();
  CHECK(ring.may_issue());
  CHECK(ring.issue() == 2);
  CHECK_FALSE(ring.may_issue());
}

TEST_CASE("a reorder ring holds what can only be moved") {
  reorder_ring<std::unique_ptr<int>> ring(1);
  ring.put(ring.issue(), std::make_unique<int>(7));
  const auto released = ring.release();
  REQUIRE(released);
  CHECK(**released == 7);
}

}  // namespace
}  // namespace weir
