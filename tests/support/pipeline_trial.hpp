#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/spec/pipeline_test.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/executor/executor.hpp"
#include "runtime/graph/graph.hpp"

namespace weir::testing {

/// How one run of a pipeline's test goes; whatever it is, the test gives the same.
struct trial_setup {
  std::size_t chunk_records = 0;  ///< records that a source gives at once; 0: all
  /// Those who look at records want the columns that are expected and no others, so that the stages
  /// above leave out what nobody reads. Who names columns sees no order of keys: none is compared.
  bool narrow = false;
  credit_limits credit = {};  ///< of each input whose stage asks for no other in the file
};

/// A test of a pipeline, made ready to run: the records of its `input` stand in place of the
/// sources named, and what leaves the outputs that `output` names is kept.
///
/// All other stages are the pipeline's own, but for sinks: none of them runs, so that a test writes
/// nowhere. A source that reads files has to be given its records. The time of day is always
/// 2026-01-01T00:00:00Z.
///
/// Records are compared one by one, as JSON lines: keys in their order, numbers by their text, a
/// null as if it were not there. Where paths were merged no order is promised, and none is asked.
/// Of rejected records only the keys that an expected one names are looked at, in any order.
///
/// Threads: one thread at a time.
class pipeline_trial {
 public:
  /// Requires: `pipeline` was assembled from the file that `test` stands in, without a mistake.
  pipeline_trial(graph pipeline, pipeline_test test);

  /// What keeps the test from being run, as a user has to mend it.
  void check(problems& found) const;

  /// Runs the test to its end; what is not as expected, a text with several lines each. None: all
  /// is as expected.
  /// Requires: `check` finds nothing.
  std::vector<std::string> run(executor& by, const trial_setup& how) const;

 private:
  using lines = std::vector<std::string>;
  struct captures {
    std::vector<std::shared_ptr<lines>> expected;  ///< by `test.expected`
    std::vector<std::shared_ptr<lines>> rejected;  ///< by stage
  };

  graph graph_of(const trial_setup& how, captures& into) const;
  void give_inputs(graph& to, const trial_setup& how) const;
  void replace_sinks(graph& in, const trial_setup& how, captures& into) const;
  void capture_outputs(graph& in, const trial_setup& how, captures& into) const;
  void capture_rejected(graph& in, captures& into) const;
  std::vector<std::string> differences(const captures& got, const trial_setup& how) const;
  std::string output_difference(const test_records& expected, const lines& got,
                                const trial_setup& how) const;
  std::string rejected_difference(std::uint32_t stage, const lines& got) const;

  std::uint32_t stage_named(const std::string& name) const;
  bool is_of_sink(const test_records& what) const;
  graph_port port_of(const test_records& what) const;

  graph pipeline_;
  pipeline_test test_;
};

}  // namespace weir::testing
