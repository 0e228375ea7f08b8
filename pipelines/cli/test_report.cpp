#include "pipelines/cli/test_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/cli/shell_words.hpp"
#include "pipelines/cli/short_numbers.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t failures_shown_max = 5;  // of one test

std::string replay(const told_test& what, std::uint64_t seed, const file_arguments& given) {
  return fmt::format("weir test {} --test {} --seed {}{}", shell_word(what.file),
                     shell_word(what.name), seed, shell_words(given));
}

std::string indented(std::string_view text, std::string_view margin) {
  std::string out;
  for (const auto line : split(text, '\n')) out += fmt::format("{}{}\n", margin, line);
  return out;
}

std::string way_of(const trial_failure& failure, std::size_t runs) {
  if (failure.ways == 1) return failure.way;
  if (failure.ways == runs) return fmt::format("in all {} runs", runs);
  return fmt::format("{}; so in {} of {} runs", failure.way, failure.ways, runs);
}

// What is wrong with one test, without its place and name.
std::string failures_of(const told_test& what, const file_arguments& given) {
  std::string out, way;
  const auto& all = what.result.failures;
  for (std::size_t i = 0; i < all.size() && i < failures_shown_max; ++i) {
    const auto& failure = all[i];
    const std::string here = way_of(failure, what.result.runs);
    if (here != way) out += fmt::format("  {}\n", here);
    way = here;
    out += indented(failure.text, "    ");
    if (failure.seed) out += "    again: " + replay(what, *failure.seed, given) + "\n";
  }
  if (all.size() > failures_shown_max)
    out += fmt::format("  and {} more that differ\n", all.size() - failures_shown_max);
  return out;
}

}  // namespace

std::string test_line(const told_test& what) {
  return fmt::format("  {}  {:>9}  {:>6}  {}\n", what.result.passed() ? "passed" : "FAILED",
                     counted(what.result.runs, "run"), short_duration(what.result.wall), what.name);
}

std::string failures_text(const std::vector<told_test>& all, const file_arguments& given) {
  std::string out;
  for (const auto& test : all)
    if (!test.result.passed())
      out += fmt::format("\n{}: test {} failed\n{}", test.place, quoted(test.name),
                         failures_of(test, given));
  return out;
}

std::string summary_text(const std::vector<told_test>& all) {
  const auto failed = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& t) { return !t.result.passed(); }));
  std::size_t runs = 0;
  nanoseconds wall{0};
  for (const auto& test : all) {
    runs += test.result.runs;
    wall += test.result.wall;
  }
  return fmt::format("{}, {} in {}\n",
                     failed == 0
                         ? counted(all.size(), "test") + " passed"
                         : fmt::format("{} of {} failed", failed, counted(all.size(), "test")),
                     counted(runs, "run"), short_duration(wall));
}

namespace {

// Text for XML: what it has no place for, as control characters, becomes U+FFFD.
std::string xml_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto character = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(character.size());
    const char c = character.front();
    const bool is_control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    if (length == 0 || is_control || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF")
      out += "\xEF\xBF\xBD";
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += character;
  }
  return out;
}

// The same within double quotes, where line ends and tabs would become spaces.
std::string xml_value(std::string_view text) {
  std::string out;
  for (const char c : xml_text(text))
    if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else if (c == '\t')
      out += "&#9;";
    else
      out += c;
  return out;
}

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// `tests/slow.yaml` is `tests.slow`: readers take what stands before the last point for a folder.
std::string class_name(std::string_view file) {
  const auto slash = file.rfind('/');
  const auto point = file.rfind('.');
  if (point != std::string_view::npos && (slash == std::string_view::npos || slash + 1 < point))
    file = file.substr(0, point);
  std::string name;
  for (const char c : file.substr(std::min(file.find_first_not_of("./"), file.size())))
    name += c == '/' ? '.' : c;
  return name;
}

std::string case_xml(const told_test& test, const file_arguments& given) {
  std::string out = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                xml_value(class_name(test.file)), xml_value(test.name),
                                seconds(test.result.wall));
  if (test.result.passed()) return out + "/>\n";
  const std::string& text = test.result.failures.front().text;
  return out + fmt::format(
                   ">\n      <failure type=\"difference\" message=\"{}\">{}</failure>\n"
                   "    </testcase>\n",
                   xml_value(text.substr(0, text.find('\n'))),
                   xml_text(test.place + "\n" + failures_of(test, given)));
}

struct counts {
  std::size_t tests = 0, failures = 0;
  nanoseconds wall{0};

  void add(const told_test& test) {
    ++tests;
    failures += test.result.passed() ? 0 : 1;
    wall += test.result.wall;
  }
  std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" time=\"{:.3f}\"", tests, failures,
                       seconds(wall));
  }
};

}  // namespace

std::string junit_xml(const std::vector<told_test>& all, const file_arguments& given) {
  counts sum;
  for (const auto& test : all) sum.add(test);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weir test\" " +
                    sum.attributes() + ">\n";
  for (auto from = all.begin(); from != all.end();) {
    const auto to =
        std::find_if(from, all.end(), [&](const auto& t) { return t.file != from->file; });
    counts suite;
    std::string cases;
    for (auto test = from; test != to; ++test) {
      suite.add(*test);
      cases += case_xml(*test, given);
    }
    const auto file = xml_value(from->file);
    out += fmt::format("  <testsuite name=\"{}\" file=\"{}\" {} skipped=\"0\">\n{}  </testsuite>\n",
                       file, file, suite.attributes(), cases);
    from = to;
  }
  return out + "</testsuites>\n";
}

}  // namespace weir
