#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// The balance of a stage in records, counted by its outlet and its inputs, never by its author.
///
/// received = passed + filtered + absorbed + rejected + held; sent = passed + created. What is
/// neither passed nor rejected nor in a call's hand is, by the kind that the stage declares: held
/// (`passes`), filtered or absorbed.
struct stage_ledger {
  ledger_kind kind = ledger_kind::passes;
  std::uint64_t inputs = 1;  ///< records of that many inputs go on as one (a zip)
  std::uint64_t copies = 1;  ///< each record is emitted that many times (a fork)
  std::uint64_t received = 0;
  std::uint64_t emitted = 0;
  std::uint64_t rejected = 0;
  bool finished = false;  ///< saw the end of all its input
  /// Taken by a call that has not returned, or that failed or was aborted: what it gave does not
  /// count.
  std::uint64_t in_hand = 0;
  /// Kept back by instances that another took the place of, and lost with them.
  std::uint64_t lost = 0;

  std::uint64_t passed() const;
  std::uint64_t created() const { return kind == ledger_kind::creates ? emitted : 0; }
  std::uint64_t filtered() const { return kind == ledger_kind::filters ? rest() : 0; }
  std::uint64_t absorbed() const { return kind == ledger_kind::creates ? rest() : 0; }
  std::uint64_t held() const { return in_hand + lost + kept(); }
  /// What the instance at hand keeps back.
  std::uint64_t kept() const { return kind == ledger_kind::passes ? rest() : 0; }

  /// What does not add up, as one line; none if all does. A stage that `passes` and has seen the
  /// end of its input holds nothing; no stage passes or rejects more than it received.
  std::optional<std::string> imbalance() const;

 private:
  std::uint64_t rest() const;
};

}  // namespace weir
