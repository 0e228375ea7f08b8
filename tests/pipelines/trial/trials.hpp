#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/builtin_stages.hpp"
#include "pipelines/trial/tested_pipeline.hpp"

namespace weir::testing {

inline const registry& builtin() {
  static const registry known(builtin_stages());
  return known;
}

/// All errors, a line each.
inline std::string errors_in(const problems& found) {
  std::string text;
  for (const auto& p : found.all())
    if (p.severity == problem::level::error) text += to_text(p) + "\n";
  return text;
}

/// The trials of a file, which has to be right. `files` are those that it may name.
inline std::vector<pipeline_trial> trials_of(std::string_view text,
                                             const std::string& path = "p.yaml",
                                             const std::map<std::string, std::string>& files = {}) {
  problems found;
  const auto read = [&](const std::string& name) -> result<std::string> {
    const auto file = files.find(name);
    if (file == files.end()) return failure("unreadable-file", "no such file");
    return file->second;
  };
  auto loaded = load_tested_pipeline(text, path, builtin(), {}, read, found);
  CHECK(errors_in(found) == "");
  REQUIRE(loaded.made);
  auto made = make_trials(std::move(loaded), builtin(), found);
  CHECK(errors_in(found) == "");
  return made;
}

}  // namespace weir::testing
