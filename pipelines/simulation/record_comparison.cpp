#include "pipelines/simulation/record_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

using lines = std::vector<std::string>;

std::string records(std::uint64_t count) {
  return fmt::format("{} record{}", with_thousands(count), count == 1 ? "" : "s");
}

// The first that is not where `expected` has it, of a beginning of that.
std::optional<std::size_t> outside_beginning(const lines& expected, const lines& got) {
  const auto common = std::min(expected.size(), got.size());
  const auto [at, other] = std::mismatch(
      got.begin(), got.begin() + static_cast<std::ptrdiff_t>(common), expected.begin());
  const auto place = static_cast<std::size_t>(at - got.begin());
  return place < got.size() ? std::optional(place) : std::nullopt;
}

// The first that does not follow those before it in `expected`, of a part of that.
std::optional<std::size_t> out_of_order(const lines& expected, const lines& got) {
  auto from = expected.begin();
  for (std::size_t i = 0; i < got.size(); ++i) {
    from = std::find(from, expected.end(), got[i]);
    if (from == expected.end()) return i;
    ++from;
  }
  return std::nullopt;
}

}  // namespace

record_comparison compare(const expected_records& expected, const lines& got) {
  record_comparison found;
  if (expected.known == foretold::none) return found;
  const bool has_to_be_all = expected.whole && expected.known == foretold::all;
  if (has_to_be_all && expected.in_order && got == expected.lines) return found;
  std::unordered_map<std::string_view, std::int64_t> left;
  for (const auto& line : expected.lines) ++left[line];
  record_counts excuses = expected.may_come_too;
  for (const auto& line : got) {
    const auto at = left.find(line);
    if (at != left.end() && --at->second >= 0) continue;
    const auto excuse = excuses.find(line);
    const bool is_excused = excuse != excuses.end() && excuse->second > 0;
    if (is_excused) --excuse->second;
    ++(is_excused ? found.excused : at == left.end() ? found.unknown : found.repeated);
  }
  if (has_to_be_all)
    for (const auto& [line, count] : left)
      if (count > 0) found.missing += static_cast<std::uint64_t>(count);
  if (!expected.in_order || !found.agrees() || found.excused > 0) return found;
  found.misplaced = expected.known == foretold::all ? outside_beginning(expected.lines, got)
                                                    : out_of_order(expected.lines, got);
  return found;
}

std::string record_comparison::text(const expected_records& expected) const {
  std::string out;
  const auto add = [&](const std::string& what) { out += (out.empty() ? "" : ", ") + what; };
  if (missing > 0)
    add(fmt::format("{} of {} {} missing", with_thousands(missing), records(expected.lines.size()),
                    missing == 1 ? "is" : "are"));
  if (repeated > 0) add(records(repeated) + " came more often than once for each that there is");
  if (unknown > 0) add(records(unknown) + " came that should not come");
  if (misplaced)
    add(fmt::format("the order of records is not kept, first at record {}",
                    with_thousands(*misplaced + 1)));
  return out;
}

}  // namespace weir
