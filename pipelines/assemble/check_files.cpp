#include "pipelines/assemble/check_files.hpp"

#include <fmt/format.h>

#include <map>

#include "pipelines/assemble/file_paths.hpp"
#include "pipelines/assemble/option_place.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

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
      if (!path.empty() && !is_stream(path)) all.push_back({i, path, canonical_path(path)});
  }
  return all;
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
      if (names_path(source.path, out.path)) {
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
