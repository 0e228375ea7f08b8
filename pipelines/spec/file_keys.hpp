#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "pipelines/spec/pipeline_spec.hpp"
#include "runtime/base/byte_size.hpp"
#include "runtime/config/option_set.hpp"

namespace weir {

/// What a pipeline file says of the pipeline as a whole by a single value.
struct file_options {
  byte_size memory = pipeline_spec{}.memory;
  std::chrono::nanoseconds drain = pipeline_spec{}.drain;
  std::string description;
  restart_strategy strategy = pipeline_spec{}.strategy;
};
const option_set<file_options>& file_option_set();

/// All keys of a pipeline file but those kept for later, as the manual tells them.
const std::vector<option_declaration>& file_keys();

/// The names of these, and of those kept for later.
const std::vector<std::string>& file_key_names();

/// Whether `key` is one of a user's own.
bool is_extension(const std::string& key);

}  // namespace weir
