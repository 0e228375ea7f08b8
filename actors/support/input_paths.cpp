#include "actors/support/input_paths.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "actors/support/system_error.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// What glob(3) found, freed with its owner.
struct found_paths {
  glob_t list{};

  found_paths() = default;
  found_paths(const found_paths&) = delete;
  found_paths& operator=(const found_paths&) = delete;
  ~found_paths() { ::globfree(&list); }
};

result<void> expand(const std::string& pattern, std::vector<std::string>& out) {
  // A file may have such a name; then it is meant.
  if (pattern.find_first_of("*?[") == std::string::npos || ::access(pattern.c_str(), F_OK) == 0) {
    out.push_back(pattern);
    return {};
  }
  found_paths found;
  // Without GLOB_TILDE it reads nothing that other threads may change.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const int code = ::glob(pattern.c_str(), GLOB_MARK | GLOB_NOSORT, nullptr, &found.list);
  if (code == GLOB_NOSPACE) return system_failure("open-file", pattern, ENOMEM);
  std::vector<std::string> files;
  for (std::size_t i = 0; code == 0 && i < found.list.gl_pathc; ++i) {
    std::string path = found.list.gl_pathv[i];
    if (!path.ends_with('/')) files.push_back(std::move(path));
  }
  if (files.empty()) return failure("no-match", fmt::format("no file matches {}", quoted(pattern)));
  std::sort(files.begin(), files.end());
  std::move(files.begin(), files.end(), std::back_inserter(out));
  return {};
}

}  // namespace

result<std::vector<std::string>> expand_paths(std::span<const std::string> patterns) {
  std::vector<std::string> out;
  for (const auto& pattern : patterns)
    if (auto done = expand(pattern, out); !done) return failure(done.error());
  return out;
}

}  // namespace weir
