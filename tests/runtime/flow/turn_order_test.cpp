#include "runtime/flow/turn_order.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

TEST_CASE("only the next turn may pass, until its last item has") {
  turn_order order;
  CHECK(order.may_pass({1, false}));
  CHECK_FALSE(order.may_pass({2, true}));
  order.pass({1, false});
  CHECK(order.may_pass({1, true}));
  CHECK_FALSE(order.may_pass({2, true}));
  order.pass({1, true});
  CHECK_FALSE(order.may_pass({1, false}));
  CHECK(order.may_pass({2, true}));
  CHECK_FALSE(order.may_pass({3, true}));
}

TEST_CASE("what is in no turn passes at any time and ends none") {
  turn_order order;
  CHECK(order.may_pass({}));
  order.pass({0, true});
  CHECK(order.may_pass({1, true}));
  order.pass({1, true});
  CHECK(order.may_pass({}));
  CHECK(order.may_pass({2, false}));
}

TEST_CASE("turns that never come are skipped, and those in front of them stay over") {
  turn_order order;
  order.pass({1, true});
  order.skip_to({4, false});
  CHECK(order.may_pass({4, false}));
  CHECK_FALSE(order.may_pass({3, true}));
  order.pass({4, true});
  CHECK(order.may_pass({5, true}));
}

}  // namespace
}  // namespace weir
