// The check of pipeline files, on any bytes. Holds: every problem has a code and a text and stands
// in the file, in its order; what has none is a graph that can be planned for any number of threads
// and explained. Nothing is opened for reading or writing.

#include <tuple>

#include "actors/builtin_stages.hpp"
#include "pipelines/assemble/assemble.hpp"
#include "pipelines/inspect/explanation.hpp"
#include "pipelines/lint/problem_text.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

// Half of all names are set.
std::optional<std::string> environment(const std::string& name) {
  if (name.size() % 2 == 0) return std::nullopt;
  return name;
}

bool stands_in(const source_place& place, std::string_view text) {
  if (place.line == 1 && place.column == 1) return true;
  for (std::uint32_t line = 1; line < place.line; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const auto size = std::min(text.find('\n'), text.size());
  return place.line >= 1 && place.column >= 1 && place.column <= size + 1;
}

void check_problems(const std::vector<problem>& found, std::string_view text) {
  std::tuple<std::uint32_t, std::uint32_t> last;
  for (const auto& p : found) {
    const std::string told = to_text(p);
    require(!p.code.empty() && !p.text.empty(), "a problem without a code or a text: " + told);
    require(p.text.find('\n') == std::string::npos, "a problem of several lines: " + told);
    require(stands_in(p.place, text), "a problem outside of the file: " + told);
    const std::tuple place(p.place.line, p.place.column);
    require(last <= place, "a problem out of order: " + told);
    last = place;
    require(!problem_with_caret(p, text).empty(), "a problem that can't be shown: " + told);
  }
}

}  // namespace

void fuzz_pipeline_file(std::string_view bytes) {
  static const registry known(builtin_stages());
  fuzz_input from(bytes);
  const unsigned threads = 1 + from.choose(8);
  problems found;
  const auto made =
      load_pipeline(from.text(), "p.yaml", known,
                    {.parameters = {}, .settings = {}, .environment = environment}, found);
  check_problems(found.all(), from.text());
  require(made.has_value() == !found.any_errors() || !made, "a graph in spite of a problem");
  if (!made) return;
  for (const unsigned count : {1U, threads}) {
    const auto told = explain(plan_run(*made, count), count, found.all());
    require(!explanation_text(told, 100).empty(), "an explanation without a text");
    const auto json = explanation_json(told);
    const auto problem = check_json(json);
    require(!problem, "an explanation that is not JSON: " + json);
  }
}

}  // namespace weir::testing
