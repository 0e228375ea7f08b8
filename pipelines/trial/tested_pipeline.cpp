#include "pipelines/trial/tested_pipeline.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "pipelines/assemble/assemble.hpp"
#include "pipelines/spec/test_file.hpp"
#include "pipelines/trial/record_file.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

std::string in_folder(const std::string& folder, const std::string& path) {
  return (fs::path(folder) / path).lexically_normal().string();
}

// The pipeline that a file of tests names, with those tests.
std::optional<pipeline_spec> read_named_pipeline(std::string_view text, const std::string& path,
                                                 const pipeline_inputs& inputs,
                                                 const file_reading& read, problems& found) {
  auto tests = read_test_file(text, path, inputs, found);
  if (!tests) return std::nullopt;
  const auto name = in_folder(fs::path(path).parent_path().string(), tests->pipeline);
  const auto pipeline = read(name);
  if (!pipeline) {
    found.add(
        "unreadable-file", tests->pipeline_place,
        fmt::format("'pipeline': {} can't be read: {}", weir::quoted(name), pipeline.error().text));
    return std::nullopt;
  }
  auto spec = read_pipeline(*pipeline, name, inputs, found);
  if (spec) spec->tests = std::move(tests->tests);
  return spec;
}

}  // namespace

tested_pipeline load_tested_pipeline(std::string_view text, const std::string& path,
                                     const registry& known, const pipeline_inputs& inputs,
                                     const file_reading& read, problems& found) {
  tested_pipeline loaded{.folder = fs::path(path).parent_path().string()};
  auto spec = is_test_file(text) ? read_named_pipeline(text, path, inputs, read, found)
                                 : read_pipeline(text, path, inputs, found);
  if (spec) {
    loaded.made = assemble(*spec, known, found);
    loaded.tests = std::move(spec->tests);
  }
  found.sort();
  return loaded;
}

std::vector<pipeline_trial> make_trials(tested_pipeline from, const registry& known,
                                        problems& found) {
  std::vector<pipeline_trial> made;
  const auto fill = [&](std::vector<test_records>& all) {
    for (auto& records : all) {
      if (!records.file) continue;
      const auto stage = found.enter(weir::quoted(records.stage));
      records.lines = read_record_file(in_folder(from.folder, records.file->path),
                                       records.file->place, known, found);
    }
  };
  for (auto& test : from.tests) {
    const auto subject = found.enter(fmt::format("test {}", weir::quoted(test.name)));
    fill(test.inputs);
    fill(test.expected);
    made.emplace_back(*from.made, std::move(test));
  }
  return made;
}

}  // namespace weir
