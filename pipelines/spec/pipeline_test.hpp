#pragma once

#include <string>
#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Records at a stage: what is put in there, or what is expected to come out.
struct test_records {
  std::string stage;
  std::string port;  ///< of expected records; empty: the default output
  source_place place;
  std::vector<std::string> lines;  ///< a JSON object each
};

/// A record that is expected to be refused.
struct test_rejection {
  std::string stage;
  std::string reason;  ///< a part of the reason that is given
  source_place place;
};

/// A test of a pipeline, written below its stages:
///
/// ```yaml
/// tests:
///   - name: slow requests are kept
///     input:
///       access: [{status: 500, host: a}, {status: 200, host: b}]
///     output:
///       filter: [{status: 500, host: a}]
///       access.rejected: []
///     rejected:
///       - {stage: parse, reason: "no match"}
/// ```
///
/// `input` gives the records that a source would have read. `output` gives all records that leave
/// an output, or that a sink takes, in order; of an output `rejected` only the keys that are named
/// there are compared. `rejected` gives all records that stages refuse, those of each stage in
/// their order; without the key it is not looked at. Records are a list of maps, where plain values
/// are typed as JSON types them (`5`, `true`, `null`, all else a string), or a text with a JSON
/// object on each line.
struct pipeline_test {
  std::string name;
  source_place place;
  std::vector<test_records> inputs;
  std::vector<test_records> expected;
  std::vector<test_rejection> rejected;
  bool checks_rejected = false;
};

/// Reads what stands behind `tests`.
std::vector<pipeline_test> read_pipeline_tests(const config_value& from, problems& found);

}  // namespace weir
