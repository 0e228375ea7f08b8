#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/spec/pipeline_reader.hpp"
#include "pipelines/trial/pipeline_trial.hpp"
#include "runtime/base/result.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// Gives the text of the file at a path.
using file_reading = std::function<result<std::string>(const std::string& path)>;

/// A pipeline and its tests.
struct tested_pipeline {
  std::optional<graph> made;  ///< none where there is an error
  std::vector<pipeline_test> tests;
  std::string folder;  ///< of the file that the tests stand in
};

/// Reads a file with tests, and assembles the pipeline that they are for: the one in the file
/// itself, or where it has no stages the one of the file that it names, which `read` is asked for.
/// The tests of that other file are then left alone.
///
/// Errors: all that is wrong with the two goes to `found`, sorted.
tested_pipeline load_tested_pipeline(std::string_view text, const std::string& path,
                                     const registry& known, const pipeline_inputs& inputs,
                                     const file_reading& read, problems& found);

/// Makes the tests ready to run: reads the files of records that they name, from their own folder.
///
/// Errors: those of these files go to `found`.
/// Requires: `from` has a graph.
std::vector<pipeline_trial> make_trials(tested_pipeline from, const registry& known,
                                        problems& found);

}  // namespace weir
