#pragma once

#include <cstdint>
#include <variant>

#include "runtime/flow/credit.hpp"
#include "runtime/flow/item.hpp"

namespace weir {

/// Which opening of an edge a message belongs to; a message of another one changes nothing. An edge
/// is opened once a run today.
using edge_epoch = std::uint32_t;
inline constexpr edge_epoch first_epoch = 1;

// Upstream. Each carries one fact and may come late or twice.

/// The reader binds, first limit included: a bind apart from its first grant stalls when they swap.
struct edge_open {
  edge_id edge = 0;
  edge_epoch epoch = 0;
  edge_count limit;
};
struct edge_grant {
  edge_id edge = 0;
  edge_epoch epoch = 0;
  edge_count limit;
};
/// The reader has enough; the producer answers with the end.
struct edge_stop {
  edge_id edge = 0;
  edge_epoch epoch = 0;
  bool cut = false;  ///< it has not enough, but was cut off
};

// Downstream, in order.

struct edge_data {
  edge_id edge = 0;
  edge_epoch epoch = 0;
  std::uint64_t sequence = 0;
  edge_item item;
};
/// What an end says of all that came before it.
enum class edge_ending : std::uint8_t {
  whole,    ///< this is all there is
  partial,  ///< this is what there is without what was cut off
  cut,      ///< all that leads here was cut off
  aborted,  ///< the run is aborted: this is not all there would have been
};

/// Needs no credit; once, after all data.
struct edge_end {
  edge_id edge = 0;
  edge_epoch epoch = 0;
  std::uint64_t last_sequence = 0;
  edge_ending how = edge_ending::whole;
};

using upstream_message = std::variant<edge_open, edge_grant, edge_stop>;
using downstream_message = std::variant<edge_data, edge_end>;

}  // namespace weir
