#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// How much is known of the records at some place before a run, whatever its schedule.
enum class foretold : std::uint8_t {
  all,   ///< which they are, and (`has_order`) in which order
  part,  ///< that they are among these, in this order
  none,  ///< it is left to the schedule
};

/// What is known of an output of a stage, where something goes wrong there.
using disturbance = std::function<foretold(graph_port output)>;

/// How much is known of the records that come to each stage, by stage. Left to the schedule are:
/// what a stage makes or lets through that depends on the order of its input, where that has none;
/// what an input drops when it is full; and what is refused above a stage that may end its input
/// early.
///
/// `disturbed` tells what goes wrong; null: nothing does.
std::vector<foretold> foretell(const graph& of, const disturbance& disturbed = nullptr);

/// Whether something that leaves `from` comes to `to`, which may be `from` itself.
bool leads_to(const graph& in, std::uint32_t from, std::uint32_t to);

/// Whether a record can come to the stage by more than one way.
bool has_many_ways(const graph& in, std::uint32_t stage);

}  // namespace weir
