#include "pipelines/replay/letter_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

#include "pipelines/replay/letter_survey.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

std::shared_ptr<const letter_file> opened(const std::string& path) {
  auto file = letter_file::open(path, std::filesystem::temp_directory_path().string());
  REQUIRE(file);
  return *file;
}

struct numbered {
  std::uint64_t number;
  std::string text;
  bool operator==(const numbered&) const = default;
};

std::vector<numbered> lines_of(const std::shared_ptr<const letter_file>& file) {
  std::vector<numbered> all;
  letter_lines lines(file);
  for (;;) {
    const auto line = lines.next();
    REQUIRE(line);
    if (!*line) return all;
    all.push_back({lines.number(), std::string(**line)});
  }
}

}  // namespace

TEST_CASE("lines are numbered, empty ones too, and the last may lack its end") {
  const temporary_folder folder;
  const auto file = opened(folder.write("a", "one\n\n \t\r\nfour\nfive"));
  const std::vector<numbered> expected{{1, "one"}, {4, "four"}, {5, "five"}};
  CHECK(lines_of(file) == expected);
  CHECK(lines_of(file) == expected);
  CHECK(lines_of(opened(folder.write("b", ""))).empty());
  CHECK(lines_of(opened(folder.write("c", "\n\n"))).empty());
}

TEST_CASE("lines may be longer than what is read at once, wherever they end") {
  const temporary_folder folder;
  constexpr std::size_t read_at_once = 256 * 1024;
  for (const std::size_t length :
       {read_at_once - 2, read_at_once - 1, read_at_once, read_at_once + 1, 5 * read_at_once}) {
    CAPTURE(length);
    const std::string line(length, 'x');
    const auto lines = lines_of(opened(folder.write("a", line + "\nsecond\n" + line)));
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].text == line);
    CHECK(lines[1] == numbered{2, "second"});
    CHECK(lines[2].text == line);
  }
}

TEST_CASE("a file is known under each of its names") {
  const temporary_folder folder;
  const auto path = folder.write("a", "x\n");
  std::filesystem::create_symlink(path, folder.path("link"));
  folder.write("other", "x\n");
  const auto file = opened(path);
  CHECK(file->is(folder.path("./a")));
  CHECK(file->is(folder.path("link")));
  CHECK_FALSE(file->is(folder.path("other")));
  CHECK_FALSE(file->is(folder.path("missing")));
}

TEST_CASE("what can't be read is refused") {
  const temporary_folder folder;
  for (const auto& path : {folder.path(""), folder.path("missing")}) {
    const auto file = letter_file::open(path, "/tmp");
    REQUIRE_FALSE(file);
    CHECK(file.error().code == "open-file");
  }
}

TEST_CASE("of many lines that are no letters the first are told, and how many follow") {
  const temporary_folder folder;
  std::string text;
  for (int i = 0; i < 1'025; ++i) text += "{}\n";
  const auto path = folder.write("a", text);
  problems found;
  const auto seen = survey(opened(path),
                           load_graph("  - {type: generate, count: 1, columns: {n: 1}}\n"
                                      "  - {type: print}\n"),
                           found);
  REQUIRE(seen);
  CHECK(seen->sum() == 0);
  REQUIRE(found.all().size() == 21);
  CHECK(found.all()[19].place.line == 20);
  CHECK(to_text(found.all()[20]) == path + ": 1,005 more lines are no dead letters");
}

}  // namespace weir::testing
