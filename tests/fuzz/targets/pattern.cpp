// Patterns as machine code, on any pattern and text. Holds: where there is machine code for a
// pattern and it does not give up, it finds the match and the groups that RE2 finds.

#include <re2/re2.h>

#include <vector>

#include "actors/support/jit_pattern.hpp"
#include "actors/support/text_parser.hpp"
#include "runtime/data/buffer.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

using texts = std::vector<std::string>;

texts groups_by_re2(const re2::RE2& pattern, std::string_view text, std::size_t count) {
  std::vector<re2::StringPiece> found(count);
  if (!pattern.Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, found.data(),
                     static_cast<int>(count)))
    return {};
  texts out;
  for (const auto& group : found)
    out.push_back(group.data() == nullptr
                      ? "none"
                      : std::to_string(group.data() - text.data()) + ": " + group.as_string());
  return out;
}

}  // namespace

void fuzz_pattern(std::string_view bytes) {
  fuzz_input from(bytes);
  const std::string pattern(from.take_line());
  const auto parser = make_regex_parser(pattern, {});
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 meant(pattern, options);
  if (!meant.ok()) return;
  const auto quick = jit_pattern::of(pattern);
  if (quick == nullptr) return;

  const auto count = static_cast<std::size_t>(meant.NumberOfCapturingGroups()) + 1;
  const auto data = copy_to_buffer(from.text());
  const std::string_view text(data->data(), from.text().size());
  std::vector<std::string_view> groups(count);
  const auto what = quick->match(text, groups);
  if (what == jit_pattern::found::unknown) return;
  texts found;
  for (const auto group : groups) {
    if (what == jit_pattern::found::nothing) break;
    found.push_back(group.data() == nullptr
                        ? "none"
                        : std::to_string(group.data() - text.data()) + ": " + std::string(group));
  }
  require_same(found, groups_by_re2(meant, text, count), "group");
  if (!parser) return;
  std::vector<value_view> values((*parser)->fields().size());
  require((*parser)->parse(text, values).has_value() == !found.empty(),
          "a parser matches where its pattern does not, or not where it does");
}

}  // namespace weir::testing
