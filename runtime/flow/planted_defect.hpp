#pragma once

#include <cstdint>

namespace weir {

/// Mistakes that tests plant into the engine to see that they are found: each is one that
/// implementations of such protocols have had.
enum class planted_defect : std::uint8_t {
  none,
  credit_on_receipt,   ///< credit goes back when a chunk arrives, not when it leaves the queue
  one_too_many,        ///< a producer sends while sent <= limit
  first_one_free,      ///< a producer sends before its reader has bound
  no_epoch_check,      ///< messages of another epoch are taken
  turns_as_they_come,  ///< what several workers give passes in any order
  lost_wake_up,        ///< a grant to a stage at rest does not wake it
  end_forgets,         ///< an edge ends without the last chunks, which wait for credit
  discard_uncounted,   ///< what is sent to a reader that has stopped is not counted
  mark_overtakes,      ///< a mark is sent before the chunks that wait for credit
  stop_receives,       ///< what comes to an input that has stopped counts as received

  // Of stages that fail.
  failed_call_gives,  ///< what a call gave that failed is kept
  retry_forgets,      ///< the chunk that a call failed on is not given to the next instance
  culprit_passes,     ///< the part of a chunk that is to be refused goes on
  never_gives_up,     ///< restarts are not counted
  timer_lost,         ///< nobody tells the stage that its wait before a restart is over
  no_roll_back,       ///< a sink is called again without undoing what it did
};

#ifdef WEIR_PLANTED_DEFECTS
/// The one that is planted now. Threads: one; set it between runs.
inline planted_defect planted = planted_defect::none;
inline bool is_planted(planted_defect which) { return planted == which; }
#else
/// Builds that users get have none: the test and what it guards are left out.
constexpr bool is_planted(planted_defect) { return false; }
#endif

}  // namespace weir
