#include "pipelines/spec/test_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/spec/file_keys.hpp"
#include "pipelines/spec/parameters.hpp"
#include "pipelines/spec/yaml_reader.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

bool is_of_tests(const config_value& file) {
  return file.is_map() && file.find("tests") != nullptr && file.find("stages") == nullptr;
}

void check_keys(const config_value& file, problems& found) {
  static const std::vector<std::string> known{"weir", "pipeline", "description", "tests"};
  for (const auto& entry : file.entries)
    if (!is_extension(entry.key) && std::find(known.begin(), known.end(), entry.key) == known.end())
      found.add("unknown-key", entry.key_place,
                fmt::format("unknown key {}{}", quoted(entry.key),
                            did_you_mean(entry.key, known, "keys of a file of tests")));
  check_version(file, found);
}

}  // namespace

bool is_test_file(std::string_view text) {
  problems unheard;
  const auto file = read_yaml(text, "", unheard);
  return file && is_of_tests(*file);
}

std::optional<test_file> read_test_file(std::string_view text, std::string_view file_name,
                                        const pipeline_inputs& inputs, problems& found) {
  auto file = read_yaml(text, file_name, found);
  if (!file || !is_of_tests(*file)) return std::nullopt;
  parameters values(nullptr, {}, inputs.environment, found);
  substitution fill(
      [&](const std::string& name, bool is_needed) { return values.value(name, is_needed); }, {},
      found);
  for (auto& entry : file->entries)
    if (!is_extension(entry.key)) fill.fill(entry.value);
  check_keys(*file, found);
  test_file made;
  made.tests = read_pipeline_tests(*file->find("tests"), found);
  const config_value* pipeline = file->find("pipeline");
  const char* example = "it names the file of the pipeline, as in 'pipeline: pipeline.yaml'";
  if (pipeline == nullptr || !pipeline->is_scalar() || pipeline->text.empty()) {
    found.add("no-pipeline", pipeline == nullptr ? file->place.start : pipeline->place.start,
              pipeline == nullptr
                  ? fmt::format("the file has tests and no 'stages', and 'pipeline' is missing; {}",
                                example)
                  : fmt::format("'pipeline' is {}; {}", described(*pipeline), example));
    return std::nullopt;
  }
  made.pipeline = pipeline->text;
  made.pipeline_place = pipeline->place.start;
  return made;
}

}  // namespace weir
