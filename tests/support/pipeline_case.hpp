#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/random_pipeline.hpp"

namespace weir::testing {

/// A random pipeline under a random schedule, which a text names.
struct pipeline_case {
  std::uint64_t seed = 0;      ///< of the pipeline
  std::uint64_t schedule = 0;  ///< the seed of the simulation
  bool fails = false;          ///< whether stages fail by chance
  pipeline_cuts cuts = {};

  /// `seed=5 schedule=7 fails without=3,12 plain=0 sound=2 records=12`.
  std::string text() const;
  /// The case that such a text names; none where it names none.
  static std::optional<pipeline_case> read(std::string_view text);

  bool operator==(const pipeline_case&) const = default;
};

/// What came of the simulation of a case.
struct pipeline_run {
  std::string wrong;     ///< empty: nothing
  std::string pipeline;  ///< for people
  std::size_t stages = 0;
  std::uint64_t steps = 0;
};
pipeline_run run_case(const pipeline_case& of);

/// A smaller case in which something is wrong as well.
struct shrunk_case {
  pipeline_case what;
  pipeline_run run;
  std::size_t tries = 0;

  /// What is wrong, in which pipeline, and how it is run again.
  std::string text() const;
};

/// Leaves out parts of a case while something stays wrong, and makes those that are left plain:
/// stages, faults, workers and credit, records. Each is tried under some schedules, as another one
/// may be needed; by at most `tries_most` runs in all.
shrunk_case shrink(const pipeline_case& from,
                   const std::function<pipeline_run(const pipeline_case&)>& run = run_case,
                   std::size_t tries_most = 3'000);

/// The only case to run, where the environment's WEIR_TEST_CASE names one.
std::optional<pipeline_case> only_case();

}  // namespace weir::testing
