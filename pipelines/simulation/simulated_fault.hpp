#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

/// What is made to go wrong in a simulated run.
enum class simulated_fault : std::uint8_t {
  none,   ///< nothing: only the schedule is left to chance
  fail,   ///< a stage fails at some call
  drain,  ///< the run is drained at some step
  abort,  ///< the run is aborted at some step
  slow,   ///< a sink's turn seldom comes
  end,    ///< a source ends before its end
};
inline constexpr std::array simulated_faults{simulated_fault::none,  simulated_fault::fail,
                                             simulated_fault::drain, simulated_fault::abort,
                                             simulated_fault::slow,  simulated_fault::end};

/// As the command line has it.
inline const char* name_of(simulated_fault what) {
  constexpr const char* names[] = {"none", "fail", "drain", "abort", "slow", "end"};
  return names[static_cast<std::size_t>(what)];
}

}  // namespace weir
