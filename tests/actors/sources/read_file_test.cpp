#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

std::string with_path(const std::string& path, const char* more = "") {
  return "{path: \"" + path + "\"" + more + "}";
}

TEST_CASE("read_file reads the format that a file's name says, packed or not") {
  const temporary_folder folder;
  struct row {
    const char *name, *text, *options, *out;
  };
  const row rows[] = {
      {"a.ndjson", "{\"n\":1}\n{\"n\":2}", "", "[{n: 1}, {n: 2}]"},
      {"a.csv", "n,s\n1,x\n2,\n", "", "[{n: 1, s: x}, {n: 2}]"},
      {"a.tsv", "n\ts\n1\tx\n", "", "[{n: 1, s: x}]"},
      {"a.csv", "1;x\n", ", names: [n, s], delimiter: \";\"", "[{n: 1, s: x}]"},
      {"a.log", "one\ntwo\n", "", "[{line: one}, {line: two}]"},
      {"a.log", "{\"n\":1}\n", ", format: ndjson", "[{n: 1}]"},
      {"a.ndjson", "", "", "[]"},
  };
  for (const auto& row : rows)
    for (const std::string ending : {"", ".gz", ".zst"}) {
      CAPTURE(row.name);
      CAPTURE(ending);
      const std::string text = ending == ".gz"    ? packed_by<codecs::gzip_packer>(row.text)
                               : ending == ".zst" ? packed_by<codecs::zstd_packer>(row.text)
                                                  : row.text;
      const auto path = folder.write(row.name + ending, text);
      stage_harness stage("read_file", with_path(path, row.options));
      CHECK(stage.run_source() == records(row.out));
    }
}

TEST_CASE("read_file rejects what is no record, by line, and keeps its neighbours") {
  const temporary_folder folder;
  const auto path = folder.write("a.ndjson", "{\"n\":1}\nnonsense\n{\"n\":2}\n{\"n\":\"x\"}\n");
  stage_harness stage("read_file", with_path(path, ", columns: {n: int}"));
  CHECK(stage.run_source() == records("[{n: 1}, {n: 2}]"));
  REQUIRE(stage.rejected().size() == 2);
  CHECK(stage.rejected()[0].code == "not-json");
  CHECK(stage.rejected()[0].line == 2);
  CHECK(stage.rejected()[1].line == 4);
}

TEST_CASE("read_file rejects a record above max_record and goes on behind it") {
  const temporary_folder folder;
  const std::string text = "{\"n\":1}\n{\"n\":\"" + std::string(5'000, 'x') + "\"}\n{\"n\":2}\n";
  const auto path = folder.write("a.ndjson", text);
  stage_harness stage("read_file", with_path(path, ", max_record: 1KiB"));
  CHECK(stage.run_source() == records("[{n: 1}, {n: 2}]"));
  REQUIRE(stage.rejected().size() == 1);
  CHECK(stage.rejected()[0].code == "record-too-long");
}

TEST_CASE("read_file reads the files of a pattern in order of name, and a list as it stands") {
  const temporary_folder folder;
  const auto b = folder.write("b.ndjson", "{\"f\":\"b\"}\n");
  const auto a = folder.write("a.ndjson", "{\"f\":\"a\"}\n");
  stage_harness by_pattern("read_file", with_path(folder.path("*.ndjson")));
  CHECK(by_pattern.run_source() == records("[{f: a}, {f: b}]"));
  stage_harness by_list("read_file", "{path: [\"" + b + "\", \"" + a + "\"]}");
  CHECK(by_list.run_source() == records("[{f: b}, {f: a}]"));
}

TEST_CASE("read_file fails before its first record where a file is missing or a pattern empty") {
  const temporary_folder folder;
  const auto there = folder.write("a.ndjson", "{}\n");
  const auto missing = folder.path("missing.ndjson");
  const stage_harness list("read_file", "{path: [\"" + there + "\", \"" + missing + "\"]}");
  const auto opened = list.start()->open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == "open-file");
  CHECK(opened.error().text.find("missing.ndjson") != std::string::npos);
  const stage_harness pattern("read_file", with_path(folder.path("*.csv")));
  CHECK_FALSE(pattern.start()->open());
}

// What a source tells on its way to the end.
std::vector<std::string> told_where(const stage_harness& stage, column_demand wanted) {
  run_setup setup;
  setup.demands.push_back(std::move(wanted));
  const auto run = stage.start(std::move(setup));
  REQUIRE(run->open());
  while (!run->ended()) REQUIRE(run->pull());
  return run->in().told();
}

std::vector<std::string> told_by(const stage_harness& stage, std::set<std::string> wanted) {
  return told_where(stage, {false, std::move(wanted), {}});
}

TEST_CASE("read_file tells once of a column that somebody named and no file has") {
  using texts = std::vector<std::string>;
  const temporary_folder folder;
  const auto a = folder.write("a.csv", "id,name\n1,x\n");
  const auto b = folder.write("b.csv", "id,other\n1,x\n");
  const stage_harness both("read_file", "{path: [\"" + a + "\", \"" + b + "\"]}");
  CHECK(told_by(both, {"nmae", "id", "zz", "_file"}) ==
        texts{"no column 'nmae' in '" + a + "'; did you mean 'name'?",
              "no column 'zz' in '" + a + "'"});
  CHECK(told_by(both, {"name"}) == texts{"no column 'name' in '" + b + "'"});
  const stage_harness declared("read_file", with_path(a, ", columns: {nmae: int}"));
  CHECK(told_by(declared, {"id"}) ==
        texts{"no column 'nmae' in '" + a + "'; did you mean 'name'?"});

  // Keys that did not occur may be right; near ones are not.
  const auto c = folder.write("c.ndjson", "{\"id\":1}\n{\"name\":\"x\"}\n");
  const stage_harness keys("read_file", with_path(c));
  CHECK(told_by(keys, {"nmae", "id", "name", "error"}) ==
        texts{"no record had a column 'nmae'; did you mean 'name'?"});
  CHECK(
      told_by(stage_harness("read_file", with_path(folder.write("d.ndjson", ""))), {"id"}).empty());
  // Wanted for its place alone, where a record has it.
  CHECK(told_where(keys, {false, {"id", "ids"}, {}, {"ids"}}).empty());
}

TEST_CASE("read_file tells of a file that is read twice") {
  const temporary_folder folder;
  const auto a = folder.write("a.ndjson", "{\"n\":1}\n");
  const auto b = folder.path("b.ndjson");
  fs::create_symlink(a, b);
  const stage_harness twice("read_file", "{path: [\"" + a + "\", \"" + a + "\"]}");
  CHECK(told_by(twice, {}) ==
        std::vector<std::string>{"'" + a + "' is named twice, so its records come twice"});
  const stage_harness linked("read_file", with_path(folder.path("*.ndjson")));
  CHECK(told_by(linked, {}) == std::vector<std::string>{"'" + a + "' and '" + b +
                                                        "' are the same file, so its records "
                                                        "come twice"});
}

TEST_CASE("read_file tells of a file that becomes shorter while it is read") {
  const temporary_folder folder;
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "{\"n\":1234567}\n";
  const auto path = folder.write("a.ndjson", text);
  const auto run = stage_harness("read_file", with_path(path)).start();
  REQUIRE(run->open());
  REQUIRE(run->pull());
  CHECK(run->in().told().empty());
  fs::resize_file(path, 14);
  while (!run->ended()) REQUIRE(run->pull());
  REQUIRE(run->in().told().size() == 1);
  CHECK(run->in().told()[0] == "'" + path +
                                   "' became shorter while it was read: it had 560,000 bytes, "
                                   "has 14 now, and 262,144 were read");
}

TEST_CASE("read_file names the file whose header can't be used") {
  const temporary_folder folder;
  const auto path = folder.write("a.csv", "id,id\n1,2\n");
  const auto run = stage_harness("read_file", with_path(path)).start();
  REQUIRE(run->open());
  const auto said = run->pull();
  REQUIRE_FALSE(said);
  CHECK(said.error().text == "'" + path + "':1: two columns are named 'id'");
}

TEST_CASE("read_file refuses files whose names say that they are not alike") {
  CHECK(option_problems("read_file", "{path: [a.csv, b.csv.gz, c.ndjson]}") ==
        std::vector<std::string>{
            "1:26: 'c.ndjson' would be read as csv, as 'a.csv' is; write 'format'"});
  CHECK(problem_text("read_file", "{path: [a.csv, \"-\"]}").find("write 'format'") !=
        std::string::npos);
  CHECK(problem_text("read_file", "{path: [a.csv, b.ndjson], format: csv}").empty());
  CHECK(problem_text("read_file", "{path: [a.tsv, b.csv]}").find("parted by tabs") !=
        std::string::npos);
  CHECK(problem_text("read_file", "{path: [a.tsv, b.csv], delimiter: \",\"}").empty());
  const temporary_folder folder;
  folder.write("a.csv", "a\n1\n");
  const auto opened = stage_harness("read_file", with_path(folder.path("*"))).start()->open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().text == "'" + folder.path("a.csv") + "' would be read as lines, as '" +
                                   folder.path("*") + "' is; write 'format'");
}

TEST_CASE("read_file refuses options that do not go with the format") {
  CHECK(problem_text("read_file", "{path: a.ndjson, names: [a]}").find("csv") != std::string::npos);
  CHECK(problem_text("read_file", "{path: a.log, columns: {a: int}}").find("line") !=
        std::string::npos);
  CHECK(problem_text("read_file", "{path: a.csv, delimiter: \"ab\"}").find("one byte") !=
        std::string::npos);
  CHECK(problem_text("read_file", "{path: a.csv, delimiter: \";\"}").empty());
}

}  // namespace
}  // namespace weir::testing
