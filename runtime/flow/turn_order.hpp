#pragma once

#include <cstdint>

#include "runtime/base/check.hpp"
#include "runtime/flow/planted_defect.hpp"
#include "runtime/stage/stage.hpp"

namespace weir {

/// Lets what several workers give pass in the order of its turns, whichever is ready first: all of
/// one turn before anything of the next. What is in no turn (number 0) passes at any time.
class turn_order {
 public:
  bool may_pass(const stage_turn& turn) const {
    return turn.number == 0 || turn.number == over_ + 1 ||
           is_planted(planted_defect::turns_as_they_come);
  }
  /// It passes, and with the last of its turn the turn is over. Requires: may_pass(turn).
  void pass(const stage_turn& turn) {
    WEIR_CHECK(may_pass(turn), "a turn before those in front of it are over");
    if (turn.ended && turn.number != 0) over_ = turn.number;
  }
  /// The turns before `turn` that are not over never come, and count as over.
  void skip_to(const stage_turn& turn) {
    WEIR_CHECK(turn.number > over_, "a turn that is over is skipped to");
    over_ = turn.number - 1;
  }

 private:
  std::uint64_t over_ = 0;  // turns are numbered from 1
};

}  // namespace weir
