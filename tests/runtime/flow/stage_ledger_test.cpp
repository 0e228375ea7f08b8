#include "runtime/flow/stage_ledger.hpp"

#include <doctest/doctest.h>

namespace weir {
namespace {

stage_ledger ledger(ledger_kind kind, std::uint64_t received, std::uint64_t emitted,
                    std::uint64_t rejected, bool finished, std::uint64_t inputs = 1,
                    std::uint64_t copies = 1) {
  return {kind, inputs, copies, received, emitted, rejected, finished};
}

TEST_CASE("a stage's balance holds by its kind, and its violated neighbour does not") {
  constexpr auto passes = ledger_kind::passes;
  constexpr auto filters = ledger_kind::filters;
  struct row {
    const char* name = nullptr;
    stage_ledger holds;
    stage_ledger broken;
  };
  const row rows[] = {
      {"passes: all go on", ledger(passes, 10, 10, 0, true), ledger(passes, 10, 11, 0, true)},
      {"passes: what is rejected counts", ledger(passes, 10, 7, 3, true),
       ledger(passes, 10, 7, 2, true)},
      {"passes: held until the end", ledger(passes, 10, 7, 0, false),
       ledger(passes, 10, 7, 0, true)},
      {"passes: not even before the end more than came", ledger(passes, 10, 10, 0, false),
       ledger(passes, 10, 10, 1, false)},
      {"filters: some are left out", ledger(filters, 10, 4, 1, true),
       ledger(filters, 10, 10, 1, true)},
      {"filters: none is made", ledger(filters, 0, 0, 0, true), ledger(filters, 0, 1, 0, true)},
      {"a zip of two makes one of two", ledger(passes, 10, 5, 0, true, 2),
       ledger(passes, 10, 6, 0, true, 2)},
      {"a zip of two loses none", ledger(passes, 12, 5, 2, true, 2),
       ledger(passes, 12, 5, 0, true, 2)},
      {"a fork of three gives each thrice", ledger(passes, 10, 30, 0, true, 1, 3),
       ledger(passes, 10, 33, 0, true, 1, 3)},
      {"a fork of three gives each the same", ledger(passes, 10, 27, 0, false, 1, 3),
       ledger(passes, 10, 28, 0, false, 1, 3)},
      {"a fork of three leaves none out", ledger(passes, 0, 0, 0, true, 1, 3),
       ledger(passes, 10, 29, 0, true, 1, 3)},
  };
  for (const auto& row : rows) {
    SUBCASE(row.name) {
      CHECK_FALSE(row.holds.imbalance());
      CHECK(row.broken.imbalance());
    }
  }
}

TEST_CASE("a stage that creates may make any number and refuse what it made") {
  CHECK_FALSE(ledger(ledger_kind::creates, 10, 99, 10, true).imbalance());
  // Bytes that a source could not read, a group whose result has no value: never received.
  CHECK_FALSE(ledger(ledger_kind::creates, 0, 5, 3, true, 0).imbalance());
  CHECK_FALSE(ledger(ledger_kind::creates, 0, 0, 1, true, 1).imbalance());
  CHECK(ledger(ledger_kind::passes, 0, 0, 1, true, 1).imbalance());
}

TEST_CASE("what a call had in its hand is held, by a stage of any kind") {
  for (const auto kind : {ledger_kind::passes, ledger_kind::filters, ledger_kind::creates}) {
    stage_ledger found = ledger(kind, 10, kind == ledger_kind::creates ? 0 : 6, 0, false);
    found.in_hand = 4;
    CHECK_FALSE(found.imbalance());
    CHECK(found.held() == 4);
    CHECK(found.filtered() == 0);
    CHECK(found.absorbed() == (kind == ledger_kind::creates ? 6 : 0));
  }
  stage_ledger broken = ledger(ledger_kind::filters, 10, 7, 0, false);
  broken.in_hand = 4;
  CHECK(broken.imbalance());
}

TEST_CASE("what an instance kept and was lost with it is held, and not missing") {
  stage_ledger found = ledger(ledger_kind::passes, 10, 6, 0, false);
  CHECK(found.kept() == 4);
  found.lost = 3;
  CHECK(found.kept() == 1);
  CHECK(found.held() == 4);
  found.finished = true;
  CHECK(found.imbalance() == "received 10, passed 6, rejected 0, lost 3: 1 are missing");
  found.emitted = 7;
  CHECK_FALSE(found.imbalance());
  CHECK(found.held() == 3);
  found.emitted = 8;
  CHECK(found.imbalance() == "received 10 but passed 8, rejected 0, lost 3 and has 0 in hand");
  // What an aggregate had counted is absorbed, whatever became of it.
  CHECK(ledger(ledger_kind::creates, 10, 2, 0, true).kept() == 0);
}

TEST_CASE("each record received has one place in the balance") {
  struct row {
    ledger_kind kind;
    std::uint64_t passed, filtered, absorbed, held, created;
  };
  const row rows[] = {{ledger_kind::passes, 6, 0, 0, 3, 0},
                      {ledger_kind::filters, 6, 3, 0, 0, 0},
                      {ledger_kind::creates, 0, 0, 9, 0, 6}};
  for (const auto& row : rows) {
    const stage_ledger found = ledger(row.kind, 10, 6, 1, false);
    CHECK(found.passed() == row.passed);
    CHECK(found.filtered() == row.filtered);
    CHECK(found.absorbed() == row.absorbed);
    CHECK(found.held() == row.held);
    CHECK(found.created() == row.created);
    CHECK(found.received ==
          found.passed() + found.filtered() + found.absorbed() + found.held() + found.rejected);
    CHECK(found.emitted == found.passed() + found.created());
  }
}

TEST_CASE("what does not add up is told in one line with its numbers") {
  CHECK(ledger(ledger_kind::filters, 10, 10, 1, true).imbalance() ==
        "received 10 but passed 10, rejected 1 and has 0 in hand");
  CHECK(ledger(ledger_kind::passes, 10, 7, 1, true).imbalance() ==
        "received 10, passed 7, rejected 1: 2 are missing");
}

}  // namespace
}  // namespace weir
