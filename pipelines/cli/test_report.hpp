#pragma once

#include <string>
#include <vector>

#include "pipelines/cli/command_line.hpp"
#include "pipelines/trial/trial_runner.hpp"

namespace weir {

/// A test that was run, and what came of it.
struct told_test {
  std::string file;   ///< as it stands on the command line
  std::string place;  ///< `tests.yaml:7:5`
  std::string name;
  trial_result result;
};

/// The line of a test in the list of all.
std::string test_line(const told_test& what);

/// What is wrong with each test that failed, and how to run it again.
std::string failures_text(const std::vector<told_test>& all, const file_arguments& given);

/// One line on all of them.
std::string summary_text(const std::vector<told_test>& all);

/// All of them in JUnit's XML, as Jenkins and GitLab read it: a suite for each file.
std::string junit_xml(const std::vector<told_test>& all, const file_arguments& given);

}  // namespace weir
