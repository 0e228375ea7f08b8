// Every target on the inputs of its corpus: what was once found stays found out in every build.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

using namespace weir::testing;

namespace {

namespace fs = std::filesystem;

struct target {
  std::string name;
  void (*run)(std::string_view);
};

const std::vector<target> targets = {
    {"apache_combined", fuzz_apache_combined},
    {"csv", fuzz_csv},
    {"dead_letter", fuzz_dead_letter},
    {"expression", fuzz_expression},
    {"lines", fuzz_lines},
    {"ndjson", fuzz_ndjson},
    {"packed", fuzz_packed},
    {"packed_slices", fuzz_packed_slices},
    {"pattern", fuzz_pattern},
    {"pipeline_file", fuzz_pipeline_file},
};

const fs::path folder = fs::path(WEIR_SOURCE_DIR) / "tests/fuzz";

/// The files of a folder, in order, without their endings.
std::vector<std::string> names_in(const fs::path& place) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(place))
    names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE_MESSAGE(stream.good(), path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("every target has a corpus and is replayed") {
  std::vector<std::string> names;
  for (const auto& t : targets) names.push_back(t.name);
  CHECK(names == names_in(folder / "targets"));
  CHECK(names == names_in(folder / "corpus"));
}

TEST_CASE("what targets promise holds for all inputs of their corpora") {
  for (const auto& t : targets) SUBCASE(t.name.c_str()) {
      std::size_t inputs = 0;
      for (const auto& entry : fs::directory_iterator(folder / "corpus" / t.name)) {
        CAPTURE(entry.path().string());
        ++inputs;
        CHECK_NOTHROW(t.run(text_of(entry.path())));
      }
      CHECK(inputs > 0);
    }
}

using texts = std::vector<std::string>;

TEST_CASE("a property that does not hold is told with the first difference") {
  CHECK_THROWS_WITH_AS(require_same(texts{"a", "b"}, texts{"a", "c"}, "record"),
                       "record 1: found\nb\nexpected\nc", broken_property);
  CHECK_THROWS_WITH_AS(require_same(texts{"a"}, texts{"a", "c"}, "record"),
                       "record: found 1, expected 2", broken_property);
  CHECK_NOTHROW(require_same(texts{"a"}, texts{"a"}, "record"));
}

TEST_CASE("the first line of an input holds its choices") {
  fuzz_input from("0az\nleft\nright\n");
  CHECK(from.choose(10) == 0);
  CHECK(from.choose(36) == 10);
  CHECK(from.choose(7) == 0);
  CHECK(from.choose(100) == 0);
  CHECK(from.take_line() == "left");
  CHECK(from.text() == "right\n");
  CHECK(from.take_line() == "right");
  CHECK(from.take_line().empty());
}
