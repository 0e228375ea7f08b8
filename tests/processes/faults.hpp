#pragma once

#include <string>
#include <vector>

#include "tests/processes/treated_run.hpp"

namespace weir::testing {

/// A way to treat a process badly.
struct fault {
  std::string name;
  void (*treat)(treated_run&);
};

std::vector<fault> faults_of_signals();
std::vector<fault> faults_of_inputs();
std::vector<fault> faults_of_outputs();
std::vector<fault> faults_of_system();

}  // namespace weir::testing
