#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// What is given to a pipeline file from outside.
struct pipeline_inputs {
  /// Each `name=value`, for a param of the file; the value is typed like plain text.
  std::vector<std::string> parameters;
  /// Each `stage.option=value`, put into the stage before it is read; the value is YAML.
  std::vector<std::string> settings;
  /// Looks up what is no param; by default nothing is set.
  std::function<std::optional<std::string>(const std::string&)> environment =
      [](const std::string&) { return std::nullopt; };
};

/// Reads a pipeline file: its syntax, its keys, params and `${...}`, settings, and each stage as
/// far as that needs no knowledge of its type.
///
/// Errors: all that is wrong goes to `found`; no value only where the text is no YAML map. Problems
///         with `inputs` stand at the argument (`--param name=value`), which has no line.
std::optional<pipeline_spec> read_pipeline(std::string_view text, std::string_view file_name,
                                           const pipeline_inputs& inputs, problems& found);

/// Checks that a file says which format it has, and that it is one that is known.
void check_version(const config_value& file, problems& found);

}  // namespace weir
