#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/simulation/foretold.hpp"
#include "pipelines/simulation/stage_fault.hpp"

namespace weir {

/// What may come to a sink.
struct expected_records {
  const std::vector<std::string>& lines;
  foretold known = foretold::all;
  bool in_order = true;
  /// Nothing ended before its time, so that all have to come.
  bool whole = true;
  /// Records that may come once more than that.
  record_counts may_come_too = {};
};

/// How what came differs from what may come.
struct record_comparison {
  std::uint64_t missing = 0;   ///< of those that have to come
  std::uint64_t repeated = 0;  ///< more often than they may
  std::uint64_t unknown = 0;   ///< that are none of those that may come
  std::uint64_t excused = 0;   ///< of those that may come too
  /// The first that has another place, from 0, where all places are known.
  std::optional<std::size_t> misplaced = std::nullopt;

  bool agrees() const { return missing + repeated + unknown == 0 && !misplaced; }
  /// `3 of 212 records are missing, 1 record came twice`; empty where it agrees.
  std::string text(const expected_records& expected) const;
};

/// Where nothing is known of what comes, all is as it may be.
record_comparison compare(const expected_records& expected, const std::vector<std::string>& got);

}  // namespace weir
