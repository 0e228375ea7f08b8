#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/trial/pipeline_trial.hpp"
#include "runtime/executor/executor.hpp"

namespace weir {

/// Which ways a test is run beside those that it is always run.
struct trial_choice {
  /// So many random schedules; none: as many as the test asks for.
  std::optional<std::uint32_t> seeds = std::nullopt;
  /// This random schedule, and nothing else.
  std::optional<std::uint64_t> only_seed = std::nullopt;
};

/// One thing that is not as the test expects.
struct trial_failure {
  std::string text;                   ///< with several lines
  std::string way;                    ///< the first way of running the test in which it came up
  std::optional<std::uint64_t> seed;  ///< of that way, where a seed decides it
  std::size_t ways = 1;               ///< in which it came up
};

/// What came of a test.
struct trial_result {
  std::size_t runs = 0;
  nanoseconds wall{0};  ///< by the machine's clock
  std::vector<trial_failure> failures;
  bool passed() const { return failures.empty(); }
};

/// Runs tests of pipelines, each in many ways: under every executor, with the records of its input
/// in chunks of several sizes, with few and many columns wanted, and with little credit. Whatever
/// the way, a test has to give the same.
///
/// Time in stages is virtual, so that nobody waits for timers: inline, and where a seed decides the
/// schedule. Actors have the machine's time, so that a test in which stages wait for long runs in
/// random schedules instead.
///
/// Threads: one thread at a time. The executors' own are started with the first test that needs
/// them, and shared by all.
class trial_runner {
 public:
  trial_runner();
  ~trial_runner();
  trial_runner(const trial_runner&) = delete;
  trial_runner& operator=(const trial_runner&) = delete;

  trial_result run(const pipeline_trial& what, const trial_choice& how = {});

 private:
  struct way;
  struct named_executor;
  class collected;

  const std::vector<named_executor>& actors();
  void run_in_turn(const pipeline_trial& what, const trial_choice& how, collected& into);
  bool run_inline(const pipeline_trial& what, collected& into, nanoseconds& waited);
  static bool run_seeds(const pipeline_trial& what, std::uint64_t first, std::uint64_t last,
                        collected& into);

  std::unique_ptr<executor> inline_;
  std::vector<named_executor> actors_;
};

}  // namespace weir
