#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/spec/pipeline_reader.hpp"
#include "pipelines/spec/pipeline_test.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// A file of tests for the pipeline of another file:
///
/// ```yaml
/// weir: 1
/// pipeline: pipeline.yaml
/// tests:
///   - {name: ..., input: {...}, output: {...}}
/// ```
///
/// It has `tests` and no `stages`; `pipeline`, in a pipeline file a name, is the path of the file
/// that is tested, from the folder of this one.
struct test_file {
  std::string pipeline;
  source_place pipeline_place;
  std::vector<pipeline_test> tests;
};

/// Whether a text is such a file rather than a pipeline file.
bool is_test_file(std::string_view text);

/// Reads one. `${...}` stands for what `inputs` has of the environment; params are the pipeline's.
///
/// Errors: all that is wrong goes to `found`; no value only where the text is no YAML map or names
///         no pipeline.
std::optional<test_file> read_test_file(std::string_view text, std::string_view file_name,
                                        const pipeline_inputs& inputs, problems& found);

}  // namespace weir
