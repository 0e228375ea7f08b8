#include "runtime/flow/delivery.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/flow/items.hpp"

namespace weir::testing {
namespace {

constexpr edge_epoch own = first_epoch;
constexpr edge_epoch other = first_epoch + 1;

TEST_CASE("a message upstream of the own epoch is applied, one of another changes nothing") {
  struct row {
    const char* name;
    upstream_message mine, foreign;
    bool room, stopped;  ///< after the own one
  };
  const edge_count limit{1, 100};
  const row rows[] = {
      {"open", edge_open{0, own, limit}, edge_open{0, other, limit}, true, false},
      {"grant", edge_grant{0, own, limit}, edge_grant{0, other, limit}, true, false},
      {"stop", edge_stop{0, own}, edge_stop{0, other}, true, true},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      outbound edge(when_full::block);
      CHECK(deliver(edge, own, row.foreign) == delivery::of_another_epoch);
      CHECK_FALSE(edge.room());
      CHECK_FALSE(edge.stopped());
      CHECK(deliver(edge, own, row.mine) == delivery::taken);
      CHECK(edge.room() == row.room);
      CHECK(edge.stopped() == row.stopped);
    }
  }
}

TEST_CASE("a message downstream is applied in sequence and in the own epoch only") {
  struct row {
    const char* name;
    downstream_message message;
    delivery became;
    std::uint64_t arrived;
    bool ended;
  };
  const row rows[] = {
      {"data", edge_data{0, own, 2, item_of(5)}, delivery::taken, 8, false},
      {"data of another epoch", edge_data{0, other, 2, item_of(5)}, delivery::of_another_epoch, 3,
       false},
      {"data after a gap", edge_data{0, own, 3, item_of(5)}, delivery::out_of_sequence, 3, false},
      {"end", edge_end{0, own, 1}, delivery::taken, 3, true},
      {"end of another epoch", edge_end{0, other, 1}, delivery::of_another_epoch, 3, false},
      {"end with data missing", edge_end{0, own, 2}, delivery::out_of_sequence, 3, false},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      inbound edge({8, 1_MiB});
      edge.open();
      REQUIRE(deliver(edge, own, edge_data{0, own, 1, item_of(3)}) == delivery::taken);
      CHECK(deliver(edge, own, row.message) == row.became);
      CHECK(edge.ledger().arrived == row.arrived);
      CHECK(edge.ended() == row.ended);
    }
  }
}

}  // namespace
}  // namespace weir::testing
