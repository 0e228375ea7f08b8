#include "actors/sinks/write_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "runtime/base/random.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

std::string with_path(const std::string& path, const std::string& more = "") {
  return "{path: \"" + path + "\"" + more + "}";
}

// Writes the records and ends the run as told.
std::unique_ptr<stage_run> written(const stage_harness& stage, const record_list& what,
                                   outcome how) {
  auto run = stage.start();
  REQUIRE(run->open());
  REQUIRE(run->give(chunk_of(what)));
  REQUIRE(run->finish());
  run->close();
  REQUIRE(run->settle(how));
  return run;
}

TEST_CASE("write_file writes the format that the name says") {
  const temporary_folder folder;
  struct row {
    const char *name, *options, *in, *text;
  };
  const row rows[] = {
      {"a.ndjson", "", "[{n: 1, s: x}, {n: 2}]", "{\"n\":1,\"s\":\"x\"}\n{\"n\":2}\n"},
      {"a.csv", "", "[{n: 1, s: x}, {n: 2}]", "n,s\n1,x\n2,\n"},
      {"a.tsv", ", columns: [s, n]", "[{n: 1, s: x}]", "s\tn\nx\t1\n"},
      {"a.txt", ", format: lines, column: s", "[{n: 1, s: x}]", "x\n"},
      {"odd", "", "[{n: 1}]", "{\"n\":1}\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const stage_harness stage("write_file", with_path(folder.path(row.name), row.options));
    written(stage, records(row.in), outcome::complete);
    CHECK(folder.read(row.name) == row.text);
  }
}

TEST_CASE("write_file packs as the name or the option says") {
  const temporary_folder folder;
  struct row {
    const char *name, *options;
    result<std::string> (*unpacked)(std::string_view);
  };
  const auto gzip = [](std::string_view from) {
    return unpacked_by<codecs::gzip_unpacker>(from, [] { return 1000; });
  };
  const auto zstd = [](std::string_view from) {
    return unpacked_by<codecs::zstd_unpacker>(from, [] { return 1000; });
  };
  const auto plain = [](std::string_view from) { return result<std::string>(from); };
  const row rows[] = {
      {"a.ndjson.gz", "", gzip},
      {"a.ndjson.zst", "", zstd},
      {"a.ndjson", ", compress: zstd", zstd},
      {"a.ndjson.zst", ", compress: gzip", gzip},
      {"a.ndjson.zst", ", compress: none", plain},
      {"zst.ndjson", "", plain},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CAPTURE(row.options);
    const stage_harness stage("write_file", with_path(folder.path(row.name), row.options));
    written(stage, records("[{n: 1}]"), outcome::complete);
    CHECK(row.unpacked(folder.read(row.name)) == "{\"n\":1}\n");
  }
}

TEST_CASE("write_file appends a packed part of its own") {
  const temporary_folder folder;
  for (const char* options : {"", ", append: true"}) {
    const stage_harness stage("write_file", with_path(folder.path("a.csv.zst"), options));
    written(stage, records("[{n: 1}]"), outcome::complete);
  }
  const auto got =
      unpacked_by<codecs::zstd_unpacker>(folder.read("a.csv.zst"), [] { return 1000; });
  CHECK(got == "n\n1\n1\n");
}

TEST_CASE("write_file gives the file its name only when the run is complete") {
  const temporary_folder folder;
  folder.write("a.ndjson", "before\n");
  const stage_harness stage("write_file", with_path(folder.path("a.ndjson")));
  const std::string text = "{\"n\":1}\n";
  SUBCASE("a failed run leaves what was there") {
    written(stage, records("[{n: 1}]"), outcome::failed);
    CHECK(folder.read("a.ndjson") == "before\n");
    CHECK_FALSE(folder.has(".a.ndjson.weir-tmp"));
  }
  SUBCASE("a drained run leaves it too, and keeps its own as partial, told") {
    const auto run = written(stage, records("[{n: 1}]"), outcome::partial);
    CHECK(folder.read("a.ndjson") == "before\n");
    CHECK(folder.read("a.ndjson.partial") == text);
    REQUIRE(run->in().told().size() == 1);
    CHECK(run->in().told()[0].find("a.ndjson.partial") != std::string::npos);
  }
  SUBCASE("a complete run replaces it") {
    written(stage, records("[{n: 1}]"), outcome::complete);
    CHECK(folder.read("a.ndjson") == text);
  }
}

TEST_CASE("write_file appends, and takes back what a failed run appended") {
  const temporary_folder folder;
  folder.write("a.csv", "n\n1\n");
  const stage_harness stage("write_file", with_path(folder.path("a.csv"), ", append: true"));
  written(stage, records("[{n: 2}]"), outcome::failed);
  CHECK(folder.read("a.csv") == "n\n1\n");
  written(stage, records("[{n: 2}]"), outcome::complete);
  CHECK(folder.read("a.csv") == "n\n1\n2\n");
}

TEST_CASE("write_file rejects a record that its csv has no column for") {
  const temporary_folder folder;
  stage_harness stage("write_file", with_path(folder.path("a.csv")));
  const auto run = written(stage, records("[{n: 1}, {n: 2, s: x}]"), outcome::complete);
  CHECK(folder.read("a.csv") == "n\n1\n");
  REQUIRE(run->out().rejected().size() == 1);
  CHECK(run->out().rejected()[0].code == "no-such-column");
  CHECK(to_text(run->out().rejected()[0].record) == to_text(records("[{n: 2, s: x}]")[0]));
}

TEST_CASE("write_file waits for the reader of a FIFO only until it is stopped") {
  const temporary_folder folder;
  const auto path = folder.path("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const stage_harness stage("write_file", with_path(path));
  const auto run = stage.start();
  CHECK(run->blocks());
  SUBCASE("while it opens") {
    run->in().stop();
    const auto opened = run->open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().text == "'" + path + "': nobody reads it");
  }
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  SUBCASE("and writes to it as to any other") {
    REQUIRE(run->open());
    REQUIRE(run->give(chunk_of(records("[{n: 1}, {n: 2}]"))));
    REQUIRE(run->finish());
    char text[64];
    const auto count = ::read(reader, text, sizeof text);
    REQUIRE(count > 0);
    CHECK(std::string_view(text, static_cast<std::size_t>(count)) == "{\"n\":1}\n{\"n\":2}\n");
  }
  SUBCASE("while it is full") {
    REQUIRE(run->open());
    run->in().stop();
    const auto large = "[{s: " + std::string(1'000'000, 'x') + "}]";
    CHECK(run->give(chunk_of(records(large))));
  }
  ::close(reader);
}

TEST_CASE("write_file refuses standard output and options of another format") {
  CHECK(problem_text("write_file", "{path: \"-\"}").find("print") != std::string::npos);
  CHECK(problem_text("write_file", "{path: a.csv, nulls: write}").find("ndjson") !=
        std::string::npos);
  CHECK(problem_text("write_file", "{path: a.ndjson, nulls: write}").empty());
  CHECK(problem_text("write_file", "{path: a.csv, columns: [a, b, a]}") ==
        "1:31: the column 'a' is named twice");
  CHECK(problem_text("write_file", "{path: a.csv, columns: [a, b]}").empty());
}

// A disk that is full: files may not grow beyond so many bytes, until it is told otherwise.
class full_disk {
 public:
  explicit full_disk(rlim_t most) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handled_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit now{most, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~full_disk() {
    make_room();
    std::signal(SIGXFSZ, handled_);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  void make_room() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
  void (*handled_)(int) = nullptr;
};

struct unpacked_file {
  const char* name;
  bool appends;
  result<std::string> (*unpacked)(std::string_view);
};

// Writes chunks to a disk that becomes full, and calls again what failed.
void check_called_again(const unpacked_file& file, bool fails_at_end) {
  const temporary_folder folder;
  if (file.appends) folder.write(file.name, "before\n");
  sinks::write_file to({.path = folder.path(file.name), .append = file.appends});
  fake_context context(0, 1_GiB, {}, {known_columns()});
  fake_outlet out(0, false);
  REQUIRE(to.open(context));
  std::string expected = file.appends ? "before\n" : "";
  random_source random(7);
  unsigned failures = 0;
  full_disk disk(fails_at_end ? 1'000 : 700'000);
  const auto again = [&](const auto& call) {
    ++failures;
    REQUIRE(to.roll_back());
    CHECK_FALSE(call());  // it is still full
    REQUIRE(to.roll_back());
    disk.make_room();
    REQUIRE(call());
  };
  for (int chunk = 0; chunk < (fails_at_end ? 1 : 12); ++chunk) {
    std::string texts;
    for (int i = 0; i < 5'000; ++i) {
      const auto line = fmt::format("{{\"a\":\"{:x}{:x}\"}}", random.next(), random.next());
      texts += (i == 0 ? "" : ", ") + line;
      expected += line + "\n";
    }
    const auto given = chunk_of(records("[" + texts + "]"));
    const auto call = [&] { return to.consume(given, out).has_value(); };
    if (!call()) again(call);
  }
  const auto flush = [&] { return to.flush().has_value(); };
  if (!flush()) again(flush);
  CHECK(failures == 1);
  to.close();
  REQUIRE(to.settle(outcome::complete));
  CHECK(file.unpacked(folder.read(file.name)) == expected);
}

TEST_CASE("write_file that is called again after a write that failed loses and doubles nothing") {
  const auto plain = [](std::string_view from) { return result<std::string>(from); };
  const unpacked_file files[] = {
      {"a.ndjson", false, plain},
      {"b.ndjson", true, plain},
      {"c.ndjson.gz", false,
       [](std::string_view from) {
         return unpacked_by<codecs::gzip_unpacker>(from, [] { return 100'000; });
       }},
      {"d.ndjson.zst", false,
       [](std::string_view from) {
         return unpacked_by<codecs::zstd_unpacker>(from, [] { return 100'000; });
       }},
  };
  for (const auto& file : files)
    for (const bool fails_at_end : {false, true}) {
      CAPTURE(std::string(file.name));
      CAPTURE(fails_at_end);
      check_called_again(file, fails_at_end);
    }
}

}  // namespace
}  // namespace weir::testing
