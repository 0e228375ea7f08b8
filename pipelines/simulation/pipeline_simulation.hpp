#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/simulation/foretold.hpp"
#include "pipelines/simulation/given_sample.hpp"
#include "pipelines/simulation/simulated_fault.hpp"
#include "pipelines/simulation/sink_records.hpp"
#include "pipelines/simulation/source_sample.hpp"
#include "pipelines/simulation/stage_fault.hpp"
#include "runtime/executor/executor.hpp"

namespace weir {

/// Something that came to pass in a simulated run.
struct simulated_event {
  std::uint64_t step = 0;
  nanoseconds time{0};  ///< since the start
  std::string stage;    ///< empty: the run as a whole
  std::string text;     ///< one line for people
};

/// What came of a simulated run.
struct simulated_result {
  std::uint64_t seed = 0;
  simulated_fault fault = simulated_fault::none;
  std::string stage;  ///< that fails, is slow or ends early; empty: none does
  /// Of a stage that fails: where, and whether it does so for a temporary cause.
  fault_plan::call call = fault_plan::call::records;
  bool temporary = false;
  bool happened = false;  ///< the run had not ended before
  run_outcome outcome = run_outcome::complete;
  std::string cause;     ///< of a run that failed
  bool cut_off = false;  ///< a stage was, and the rest went on

  struct source_figures {
    std::string name;
    std::uint64_t given = 0;
    std::uint64_t records = 0;  ///< of the sample
  };
  std::vector<source_figures> sources;
  struct sink_figures {
    std::string name;
    std::uint64_t got = 0;
    std::uint64_t expected = 0;  ///< where nothing goes wrong and all of the sample is given
    std::uint64_t repeated = 0;  ///< that came once more than they should, as they may
    bool compared = true;        ///< which records come is known before the run
  };
  std::vector<sink_figures> sinks;
  std::uint64_t restarts = 0;
  std::uint64_t retries = 0;
  std::uint64_t refused = 0;  ///< records that left as rejected because a stage failed on them
  std::uint64_t dropped = 0;  ///< by inputs that were full
  std::uint64_t steps = 0;
  nanoseconds time{0};  ///< that the run took, in virtual time

  /// What no policy of the pipeline explains, a line each. None: all is as it has to be.
  std::vector<std::string> findings;
  std::vector<simulated_event> history;
};

/// A pipeline on a sample of its input, under schedules and faults that seeds decide.
///
/// The stages between are the pipeline's own. Each source gives its sample, each sink keeps what
/// comes: nothing is written, and nothing is read but the sample. Time is virtual. What has to come
/// of a run is what comes of it inline, with the same beginning of each sample and without the
/// records that were refused because a stage failed on them.
///
/// Threads: one thread at a time.
class pipeline_simulation {
 public:
  /// Takes the samples and runs the pipeline on them once, inline.
  /// Errors: a source or another stage that fails by itself.
  static result<pipeline_simulation> make(graph of, std::uint64_t records_max);

  /// The run of a seed, which also chooses among `faults`.
  /// Requires: `faults` is not empty.
  simulated_result run(std::uint64_t seed, const std::vector<simulated_fault>& faults) const;

  const graph& pipeline() const { return graph_; }
  const std::vector<std::shared_ptr<const source_sample>>& samples() const { return samples_; }
  /// The records that come to each sink where nothing goes wrong, by the sinks' stages in order.
  const std::vector<std::pair<std::uint32_t, std::uint64_t>>& expected() const { return counts_; }
  /// How much is known of what comes to each stage before a run.
  const std::vector<foretold>& known() const { return known_; }

 private:
  /// A graph with samples and keepers in it.
  struct staged {
    graph what;
    std::vector<std::shared_ptr<given_sample>> sources;  ///< by sample
    std::vector<std::shared_ptr<sink_records>> sinks;    ///< by stage; null: it is no sink
  };
  struct plot;  // what a seed has chosen
  class course;

  explicit pipeline_simulation(graph of) : graph_(std::move(of)) {}

  result<void> observe();
  staged stage_all() const;
  plot choose(std::uint64_t seed, const std::vector<simulated_fault>& faults) const;
  void choose_failure(plot& into, class random_source& random) const;
  void choose_call(plot& into, class random_source& random) const;
  /// What has to come: with so much of each sample, and without these records at a stage.
  std::vector<std::vector<std::string>> reference(const std::vector<std::uint64_t>& until,
                                                  std::uint32_t stage,
                                                  const record_counts& refused) const;
  void judge(const plot& of, const staged& ran, const run_report& report,
             simulated_result& into) const;
  std::vector<foretold> known_after(const plot& of, const run_report& report) const;
  void judge_outcome(const plot& of, const run_report& report, simulated_result& into) const;
  void judge_sinks(const plot& of, const staged& ran, const run_report& report,
                   simulated_result& into) const;

  graph graph_;
  std::vector<std::shared_ptr<const source_sample>> samples_;
  std::vector<std::vector<std::string>> lines_;  // by stage: what comes to a sink, inline
  std::vector<stage_traffic> traffic_;           // by stage: what comes to it, inline
  std::vector<std::uint64_t> rejected_;          // by stage
  std::vector<std::pair<std::uint32_t, std::uint64_t>> counts_;
  std::vector<foretold> known_;
  std::unique_ptr<executor> inline_ = make_inline_executor_in_virtual_time();
};

}  // namespace weir
