#include "actors/support/group_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace weir {
namespace {

// The part of the run's memory that the buffers of a merge take.
constexpr std::uint64_t merge_share = 8;
// Runs that are merged at once, and the buffer of each.
constexpr std::size_t runs_most = 64;
constexpr std::uint64_t buffer_least = 4 * 1024;
constexpr std::uint64_t buffer_most = 256 * 1024;

tl::unexpected<error> with_advice(error why, context& of) {
  why.text += fmt::format(
      "; groups that do not fit into 'memory: {}' go there: group by fewer values, raise 'memory', "
      "or have TMPDIR name a folder with room",
      to_text(of.account().budget().most()));
  return failure(std::move(why));
}

}  // namespace

result<void> group_runs::add(const group_states& groups, context& of) {
  if (!file_) {
    auto opened = spill_file::open(of.temporary_folder());
    if (!opened) return with_advice(std::move(opened.error()), of);
    file_ = std::move(*opened);
  }
  auto run = write_run(file_, groups);
  if (!run) return with_advice(std::move(run.error()), of);
  runs_.push_back(std::move(*run));
  return {};
}

void group_runs::add(const group_runs& other) {
  runs_.insert(runs_.end(), other.runs_.begin(), other.runs_.end());
}

result<group_merge> group_runs::merge(std::size_t keys, std::span<const accumulator_kind> kinds,
                                      context& of) {
  std::uint64_t bytes = 0;
  for (const auto& run : runs_) bytes += run.end - run.begin;
  of.tell(fmt::format("merges {} of groups from {} sorted runs", to_text(byte_size{bytes}),
                      runs_.size()));
  const auto share = of.account().budget().most().bytes / merge_share;
  const auto buffer =
      std::clamp(share / std::min(runs_.size(), runs_most), buffer_least, buffer_most);
  if (auto fewer = make_fewer_runs(runs_, runs_most, keys, kinds, buffer); !fewer)
    return with_advice(std::move(fewer.error()), of);
  group_merge all(runs_, keys, buffer);
  if (auto begun = all.advance(); !begun) return failure(std::move(begun.error()));
  return all;
}

}  // namespace weir
