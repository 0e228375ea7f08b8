#include "pipelines/assemble/check_files.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <filesystem>
#include <map>

#include "pipelines/assemble/option_place.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

bool is_glob(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

// Devices and standard streams may be opened by many.
bool is_stream(const std::string& path) { return path == "-" || path.starts_with("/dev/"); }

// The one text for all ways to write a path; of a glob, the folder before its first wildcard.
std::string canonical(const std::string& path) {
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

struct used_path {
  std::uint32_t stage;
  std::string written;  // as the user wrote it
  std::string path;
};

std::vector<used_path> paths_of(const draft& in, bool written) {
  std::vector<used_path> all;
  for (std::uint32_t i = 0; i < in.stages.size(); ++i) {
    const draft_stage& stage = in.stages[i];
    if (!stage.configured || !stage.spec->is_complete) continue;
    for (const auto& path :
         written ? stage.configured->files_written() : stage.configured->files_read())
      if (!path.empty() && !is_stream(path)) all.push_back({i, path, canonical(path)});
  }
  return all;
}

bool meets(const std::string& pattern, const std::string& path) {
  return pattern == path ||
         (is_glob(pattern) && fnmatch(pattern.c_str(), path.c_str(), FNM_PERIOD) == 0);
}

void tell(const draft& in, const used_path& what, const char* code, const std::string& text,
          problems& found) {
  const auto at = find_option_value(*in.stages[what.stage].spec, what.written);
  const auto subject = found.enter(in.subject(what.stage));
  const auto option = found.enter(at.subject);
  found.add(code, at.place, text);
}

}  // namespace

void check_files(const draft& in, problems& found) {
  const auto read = paths_of(in, false);
  std::map<std::string, std::uint32_t> writers;
  for (const auto& out : paths_of(in, true)) {
    const auto [first, is_first] = writers.emplace(out.path, out.stage);
    if (!is_first)
      tell(in, out, "same-path",
           fmt::format("stage '{}' writes {} too; give each its own file",
                       in.stages[first->second].spec->name, weir::quoted(out.written)),
           found);
    for (const auto& source : read)
      if (meets(source.path, out.path)) {
        tell(in, out, "writes-input",
             fmt::format("it would write {}, which stage '{}' reads{}", weir::quoted(out.written),
                         in.stages[source.stage].spec->name,
                         source.written == out.written
                             ? std::string()
                             : fmt::format(" by {}", weir::quoted(source.written))),
             found);
        break;
      }
  }
}

}  // namespace weir
