#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"

namespace weir {

/// The texts that options were given; read into what they mean afterwards, with our own messages.
struct given_texts {
  std::vector<std::string> files;  ///< of `check` and `test`
  std::string subject;             ///< the one file or type of the others
  std::string letters;             ///< of `replay`
  file_arguments file;
  std::string executor, threads, report, drain, seed, seeds, format, test, junit, records, faults;
  std::string expression;
  std::optional<std::string> json, dead_letters;
  bool quiet = false, strict = false;
};

/// Declares the commands and their options, with all that `--help` tells.
void describe_commands(CLI::App& app, given_texts& given);

}  // namespace weir
