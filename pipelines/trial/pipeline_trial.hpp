#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/spec/pipeline_test.hpp"
#include "pipelines/trial/trial_stages.hpp"
#include "runtime/executor/executor.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// How long a test's run may take by the machine's clock before it is called hung.
inline constexpr std::chrono::seconds trial_time_max{30};

/// How one run of a pipeline's test goes; whatever it is, the test gives the same.
struct trial_setup {
  std::size_t chunk_records = 0;  ///< records that a source gives at once; 0: all
  /// Those who look at records want the columns that are expected and no others, so that the stages
  /// above leave out what nobody reads. Who names columns sees no order of keys: none is compared.
  bool narrow = false;
  credit_limits credit = {};  ///< of each input whose stage asks for no other in the file
  std::uint64_t seed = 0;     ///< where the stages' own randomness starts
};

/// What came of a run.
struct trial_findings {
  /// What is not as expected, a text with several lines each. None: all is.
  std::vector<std::string> wrong;
  /// By itself, within `trial_time_max` and what a test keeps of records; else other ways to run it
  /// would take as long.
  bool has_ended = true;
  nanoseconds wall{0};  ///< by the run's own clock
};

/// A test of a pipeline, made ready to run: the records of its `input` stand in place of the
/// sources named, and what leaves the outputs that `output` names is kept.
///
/// All other stages are the pipeline's own, but for sinks: none of them runs, so that a test writes
/// nowhere. The time of day is always `trial_time_of_day`.
///
/// Records are compared one by one, as JSON lines: keys in their order, numbers by their text, a
/// null as if it were not there. Where paths were merged no order is promised, and none is asked.
/// Of rejected records only the keys that an expected one names are looked at, in any order.
///
/// Threads: one thread at a time.
class pipeline_trial {
 public:
  /// Requires: `pipeline` was assembled with `test` among its tests, without a mistake, and no
  ///           records of `test` stand in files.
  pipeline_trial(graph pipeline, pipeline_test test);

  const pipeline_test& test() const { return test_; }

  /// Runs the test to its end.
  trial_findings run(executor& by, const trial_setup& how) const;

 private:
  struct captures {
    std::vector<std::shared_ptr<captured_records>> expected;  ///< by `test.expected`
    std::vector<std::shared_ptr<captured_records>> rejected;  ///< by stage
  };

  graph graph_of(const trial_setup& how, captures& into) const;
  void give_inputs(graph& to, const trial_setup& how) const;
  void replace_sinks(graph& in, const trial_setup& how, captures& into) const;
  void capture_outputs(graph& in, const trial_setup& how, captures& into) const;
  void capture_rejected(graph& in, captures& into) const;
  void add_differences(const captures& got, const trial_setup& how,
                       std::vector<std::string>& to) const;
  std::string output_difference(const test_records& expected, const captured_records& got,
                                const trial_setup& how) const;
  std::string rejected_difference(std::uint32_t stage, const captured_records& got) const;

  std::uint32_t stage_named(const std::string& name) const;
  bool is_of_sink(const test_records& what) const;
  graph_port port_of(const test_records& what) const;
  bool comes_in_order(const test_records& what) const;

  graph pipeline_;
  pipeline_test test_;
};

}  // namespace weir
