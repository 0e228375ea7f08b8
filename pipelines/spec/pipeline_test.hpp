#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipelines/spec/test_records.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// A record that is expected to be refused.
struct test_rejection {
  std::string stage;
  std::string reason;  ///< a part of the reason that is given
  source_place place;
};

/// At most so many schedules are tried for one test.
inline constexpr std::uint32_t test_seeds_max = 1'000'000;

/// A test of a pipeline, written below its stages or in a file of its own:
///
/// ```yaml
/// tests:
///   - name: slow requests are kept
///     input:
///       access: [{status: 500, host: a}, {status: 200, host: b}]
///     output:
///       filter: [{status: 500, host: a}]
///       print: {count: 1, each: 'status >= 500'}
///       access.rejected: []
///     rejected:
///       - {stage: parse, reason: "no match"}
///     seeds: 20
/// ```
///
/// `input` gives the records that a source would have read. `output` gives all records that leave
/// an output, or that a sink takes, in order, or conditions that hold for them; of an output
/// `rejected` only the keys that are named there are compared. `rejected` gives all records that
/// stages refuse, those of each stage in their order; without the key it is not looked at. Records
/// are a list of maps, where plain values are typed as JSON types them (`5`, `true`, `null`, all
/// else a string), a text with a JSON object on each line, or `{file: PATH}`. `seeds` asks for so
/// many random schedules beside the usual ways to run the test.
struct pipeline_test {
  std::string name;
  source_place place;
  std::vector<test_records> inputs;
  std::vector<test_records> expected;
  std::vector<test_rejection> rejected;
  bool checks_rejected = false;
  std::uint32_t seeds = 0;
};

/// Reads what stands behind `tests`.
std::vector<pipeline_test> read_pipeline_tests(const config_value& from, problems& found);

}  // namespace weir
