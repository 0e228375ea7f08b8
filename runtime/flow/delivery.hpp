#pragma once

#include <cstdint>

#include "runtime/flow/inbound.hpp"
#include "runtime/flow/message.hpp"
#include "runtime/flow/outbound.hpp"

namespace weir {

/// What became of a message at an end of its edge.
enum class delivery : std::uint8_t {
  taken,
  of_another_epoch,  ///< changed nothing
  out_of_sequence,   ///< changed nothing; a bug of ours, for order within an edge is promised
};

/// Applies a message to the producer's end, which belongs to the opening `own`. What comes late or
/// twice changes nothing.
delivery deliver(outbound& to, edge_epoch own, const upstream_message& message);

/// Applies a message to the consumer's end, which belongs to the opening `own`.
delivery deliver(inbound& to, edge_epoch own, downstream_message message);

}  // namespace weir
