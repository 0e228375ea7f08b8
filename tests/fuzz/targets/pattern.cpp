// The quick ways to match, on any pattern and text. Holds: where a pattern needs no choice, or
// there is machine code for it, and what matches does not give up, it finds the match and the
// groups that RE2 finds.

#include <re2/re2.h>

#include <vector>

#include "actors/support/jit_pattern.hpp"
#include "actors/support/run_pattern.hpp"
#include "actors/support/text_parser.hpp"
#include "runtime/data/buffer.hpp"
#include "tests/actors/support/parse_text.hpp"
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

texts groups_found(const std::vector<std::string_view>& groups, std::string_view text) {
  texts out;
  for (const auto group : groups)
    out.push_back(group.data() == nullptr
                      ? "none"
                      : std::to_string(group.data() - text.data()) + ": " + std::string(group));
  return out;
}

// What `quick` finds is what RE2 does, unless it gives up.
template <class Pattern>
void require_same_match(Pattern& quick, std::string_view text, const texts& expected,
                        std::size_t count) {
  std::vector<std::string_view> groups(count);
  const auto what = quick.match(text, groups);
  if (what == Pattern::found::unknown) return;
  require_same(what == Pattern::found::match ? groups_found(groups, text) : texts(), expected,
               "group");
}

}  // namespace

void fuzz_pattern(std::string_view bytes) {
  fuzz_input from(bytes);
  const std::string pattern(from.take_line());
  re2::RE2::Options options;
  options.set_log_errors(false);
  const re2::RE2 meant(pattern, options);
  if (!meant.ok()) return;
  const auto data = copy_to_buffer(from.text());
  const std::string_view text(data->data(), from.text().size());
  const auto count = static_cast<std::size_t>(meant.NumberOfCapturingGroups()) + 1;
  const auto expected = groups_by_re2(meant, text, count);
  if (const auto runs = run_pattern::of(pattern)) require_same_match(*runs, text, expected, count);
  if (const auto code = jit_pattern::of(pattern)) require_same_match(*code, text, expected, count);
  const auto parser = make_regex_parser(pattern, {});
  if (!parser) return;
  require(parse_text(**parser, std::string(text)).rows.empty() == expected.empty(),
          "a parser matches where its pattern does not, or not where it does");
}

}  // namespace weir::testing
