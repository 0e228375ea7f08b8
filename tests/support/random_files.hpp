#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace weir::testing {

/// A pipeline of the stages that users have, made from a seed, and the files it reads.
///
/// Files of every format with some records that can't be read, filters, computed columns, routes,
/// heads (where there is an order to count in), groups, pairs, forks, merges, with workers or
/// without, in order or not, with little credit; what is rejected is read, or not.
struct file_pipeline {
  /// What stands below `stages:`. `@in` and `@out` stand for folders, `@n` for a number of records
  /// that are to share a chunk.
  std::string stages;
  std::map<std::string, std::string> inputs;  ///< texts of files, by name
  struct output {
    std::string stage;
    std::string file;
    bool is_of_rejected = false;
  };
  std::vector<output> outputs;
  /// No stage ends what it reads before its end, so that every stage sees all its records. If one
  /// does, the stages above it may see, and reject, more records than it takes.
  bool takes_all = true;
};

/// The same pipeline for the same seed.
file_pipeline make_file_pipeline(std::uint64_t seed);

}  // namespace weir::testing
