#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/flow_model.hpp"

namespace weir::testing {

/// What one stage of a random graph is made of: any values give a graph, and less of them a
/// smaller one, so that what a random test found can be shrunk.
using stage_gene = std::array<std::uint8_t, 8>;

/// Whether a random graph may have zips, so that it may wait for itself.
enum class with_joins : bool { no, yes };

/// The graph that the genes stand for: without cycles, each output read, each input written.
/// Chains, forks, merges, diamonds, readers that stop or drop, and credits down to one chunk and
/// one byte.
model_graph graph_of(const std::vector<stage_gene>& genes, with_joins joins);

}  // namespace weir::testing
