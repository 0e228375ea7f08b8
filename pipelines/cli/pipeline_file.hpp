#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/spec/pipeline_reader.hpp"
#include "pipelines/trial/tested_pipeline.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/stage/registry.hpp"

namespace weir {

/// A pipeline file as far as it could be read.
struct pipeline_file {
  std::string text;
  problems found;             ///< in the order of the file; `unreadable-file` where there is none
  std::optional<graph> made;  ///< none where there is an error
};

/// Reads a pipeline file with what the command line and the environment give it.
pipeline_file load_file(const std::string& path, const file_arguments& given,
                        const registry& known);

/// A pipeline file, or a file of tests with the pipeline file that it names, as far as they could
/// be read.
struct test_suite {
  problems found;  ///< in the order of the files
  tested_pipeline tested;
  std::map<std::string, std::string> texts;  ///< of these files, by name

  /// A problem for people, a line; on a terminal with the line of its file and a caret.
  std::string text_of(const problem& what, bool for_terminal) const;
};

/// Reads one with what the command line and the environment give it, but no files of records.
test_suite load_tests(const std::string& path, const file_arguments& given, const registry& known);

/// The stage types that this program has.
registry known_stages();

/// Problems for people, a line each; on a terminal with the line of `file_text` and a caret.
std::string problems_text(const std::vector<problem>& all, std::string_view file_text,
                          bool for_terminal);

}  // namespace weir
