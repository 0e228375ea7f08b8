// Pipelines with mistakes, each beside the problems that are told of it. With WEIR_APPROVE=1 in the
// environment the texts are rewritten instead: read the difference before keeping it.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "pipelines/lint/check_pipeline.hpp"
#include "pipelines/lint/problem_text.hpp"
#include "tests/pipelines/test_stages.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<fs::path> broken_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(WEIR_SOURCE_DIR "/tests/pipelines/broken"))
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string told_of(const fs::path& path) {
  const std::string text = content_of(path);
  const problems found = check_pipeline(text, path.filename().string(), testing::known_stages());
  std::string told;
  for (const auto& p : found.all()) told += problem_with_caret(p, text);
  return told;
}

}  // namespace

TEST_CASE("each mistake in a pipeline file is told where it stands") {
  const auto files = broken_files();
  CHECK(files.size() >= 30);
  for (const auto& path : files) {
    CAPTURE(path.filename().string());
    const std::string told = told_of(path);
    CHECK(!told.empty());
    fs::path approved = path;
    approved.replace_extension(".txt");
    if (std::getenv("WEIR_APPROVE") != nullptr) std::ofstream(approved) << told;
    CHECK(told == content_of(approved));
  }
}

}  // namespace weir
