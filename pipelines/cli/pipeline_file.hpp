#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/spec/pipeline_reader.hpp"
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

/// The stage types that this program has.
registry known_stages();

/// Problems for people, a line each; on a terminal with the line of `file_text` and a caret.
std::string problems_text(const std::vector<problem>& all, std::string_view file_text,
                          bool for_terminal);

}  // namespace weir
