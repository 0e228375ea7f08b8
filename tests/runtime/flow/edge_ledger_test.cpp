#include "runtime/flow/edge_ledger.hpp"

#include <doctest/doctest.h>

#include <initializer_list>

namespace weir {
namespace {

TEST_CASE("a producer's ledger balances when all that was sent has one place") {
  const producer_ledger whole{
      .sent = 15, .dropped = 1, .discarded = 2, .parked = 4, .forwarded = 8, .chunks = 3};
  CHECK(whole.balances());
  for (const auto member :
       {&producer_ledger::sent, &producer_ledger::dropped, &producer_ledger::discarded,
        &producer_ledger::parked, &producer_ledger::forwarded}) {
    producer_ledger broken = whole;
    ++(broken.*member);
    CHECK_FALSE(broken.balances());
  }
}

TEST_CASE("a reader's ledger balances when all that arrived has one place") {
  const consumer_ledger whole{.arrived = 7, .received = 1, .discarded = 2, .queued = 4};
  CHECK(whole.balances());
  for (const auto member : {&consumer_ledger::arrived, &consumer_ledger::received,
                            &consumer_ledger::discarded, &consumer_ledger::queued}) {
    consumer_ledger broken = whole;
    ++(broken.*member);
    CHECK_FALSE(broken.balances());
  }
}

}  // namespace
}  // namespace weir
