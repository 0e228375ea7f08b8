#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/support/faulty_stages.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {

/// Called by a sink of a random pipeline before it takes a chunk; what it answers ends the call if
/// it is an error.
using chunk_hook = std::function<result<void>(std::size_t sink)>;

/// A graph made from a seed, and what must come out of it.
///
/// Sources, stages that pass, leave out, multiply, hold back, refuse or split records, heads,
/// pairings where both sides keep pace, forks, merges, outputs that nobody reads, readers that
/// drop; with credits from one chunk or one byte on, and some stages with threads of their own.
struct random_pipeline {
  struct sink {
    std::string name;
    std::shared_ptr<collected> got;
    std::vector<std::int64_t> expected;
    bool ordered = true;  ///< whether the graph promises the order
    bool drops = false;   ///< takes what it can get
    bool skips = false;   ///< misses what a stage rejects that it fails on, or what is cut off
  };
  graph what;
  std::vector<sink> sinks;
  /// No stage stops what it reads before its end, so nothing may be discarded.
  bool takes_all = true;
  /// Some stage rejects what it fails on, or is cut off: then records are missing, uncounted here.
  bool skips = false;
  /// The calls of all stages that are to fail.
  std::vector<std::shared_ptr<faults>> faulty;
  std::string text;  ///< the graph, for people
  /// The numbers of its parts, by which `pipeline_cuts` name them: a source, a transform or a sink
  /// each.
  std::vector<std::uint32_t> parts;
};

/// What is left out of a random pipeline.
struct pipeline_cuts {
  std::set<std::uint32_t> without;  ///< parts; what they would read goes on to who reads them
  std::set<std::uint32_t> plain;    ///< parts that have one worker, usual credit and are not fused
  std::set<std::uint32_t> sound;    ///< parts that never fail
  std::uint64_t records_most = UINT64_MAX;  ///< of each source

  bool operator==(const pipeline_cuts&) const = default;
};

/// The same graph for the same seed, with sinks of its own.
random_pipeline make_random_pipeline(std::uint64_t seed, chunk_hook hook = nullptr);

/// A graph of which some stages fail by chance, which begin anew, skip or are cut off. None fails
/// on a record alone: so nothing is missing but what was skipped or cut off.
random_pipeline make_failing_pipeline(std::uint64_t seed, chunk_hook hook = nullptr);

/// One of these, with parts left out. The others stay as they are, but for what follows from that.
random_pipeline make_cut_pipeline(std::uint64_t seed, bool fails, const pipeline_cuts& cuts,
                                  chunk_hook hook = nullptr);

}  // namespace weir::testing
