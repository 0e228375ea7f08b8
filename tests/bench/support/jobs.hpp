#pragma once

#include <span>
#include <string>
#include <vector>

namespace weir::testing {

using paths = std::vector<std::string>;

/// A job from file to file, as a pipeline and as a loop.
struct job {
  const char* name;
  const char* input;   ///< how its file's name ends
  const char* format;  ///< of the input
  const char* output;  ///< how the name of the file written ends
  const char* stages;  ///< between the file read and the file written
  void (*loop)(const paths& inputs, const std::string& output);
};

std::span<const job> all_jobs();

/// The text of a pipeline that does it.
std::string pipeline_of(const job& what, const paths& inputs, const std::string& output);

}  // namespace weir::testing
