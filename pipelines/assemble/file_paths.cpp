#include "pipelines/assemble/file_paths.hpp"

#include <fnmatch.h>

#include <filesystem>

namespace weir {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

}  // namespace

bool is_stream(const std::string& path) { return path == "-" || path.starts_with("/dev/"); }

std::string canonical_path(const std::string& path) {
  std::error_code none;
  fs::path fixed(path);
  fs::path rest;
  while (is_glob(fixed.string())) {
    rest = rest.empty() ? fixed.filename() : fixed.filename() / rest;
    fixed = fixed.parent_path();
  }
  fixed = fs::absolute(fixed.empty() ? fs::path(".") : fixed, none);
  const fs::path known = fs::weakly_canonical(fixed, none);
  const fs::path base = none ? fixed.lexically_normal() : known;
  return (rest.empty() ? base : base / rest).lexically_normal().string();
}

bool names_path(const std::string& pattern, const std::string& path) {
  return pattern == path ||
         (is_glob(pattern) && fnmatch(pattern.c_str(), path.c_str(), FNM_PERIOD) == 0);
}

}  // namespace weir
