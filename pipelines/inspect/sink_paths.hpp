#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/graph/plan.hpp"

namespace weir {

/// A way from a source to a sink, and what is promised of the records that go it.
struct sink_path {
  enum class order_kind : std::uint8_t {
    kept,    ///< as in the input
    mixed,   ///< paths are merged on the way: the order of each is kept, not that of all
    any,     ///< workers give up the order
    its_own  ///< that of a stage which sees all records before it makes others
  };
  struct drop {
    std::uint32_t stage = 0;  ///< whose full input drops
    when_full how = when_full::block;
  };

  /// Of each stage on the way but the sink the output that is read, as `from` names it.
  std::vector<std::string> outputs;
  std::uint32_t sink = 0;
  order_kind order = order_kind::kept;
  std::uint32_t ordered_by = 0;  ///< the stage that made the order what it is
  std::vector<drop> drops;
  std::vector<std::uint32_t> rejecting;  ///< stages whose rejected records nobody reads
};

struct sink_paths {
  std::vector<sink_path> shown;
  std::uint64_t left_out = 0;  ///< how many there are beside those shown
};

/// Finds the ways from sources to sinks, at most `shown_max` of them: there can be very many.
sink_paths paths_to_sinks(const plan& planned, std::size_t shown_max);

/// How a plan runs a stage.
struct stage_placing {
  unsigned workers = 1;         ///< how many instances share its work
  bool gives_up_order = false;  ///< what its workers give comes as it comes
  std::uint32_t runs_in = 0;    ///< the first of the stages that are called as one with it; itself
  /// Of a sink, whose workers make ahead what it writes.
  std::optional<std::uint32_t> prepared_in = std::nullopt;
};

/// The same of all stages, by their numbers.
std::vector<stage_placing> placing_of_stages(const plan& planned);

}  // namespace weir
