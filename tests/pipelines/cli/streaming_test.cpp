// Input that comes bit by bit: what is there goes on, whoever else is quiet.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "actors/support/owned_fd.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

process_setup run_of(const std::string& path, const char* executor) {
  process_setup setup;
  setup.arguments = {WEIR_BINARY, "run", path, "--executor", executor};
  return setup;
}

// A FIFO with a writer: so it is not at its end, however long nothing comes.
class open_fifo {
 public:
  explicit open_fifo(const std::string& path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    // For both ways: that waits for no reader.
    end_ = owned_fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(end_.get() >= 0);
  }
  void write(std::string_view text) {
    REQUIRE(::write(end_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void close() { end_ = owned_fd(); }

 private:
  owned_fd end_;
};

// The lines that `part` stands in, in order.
std::string lines_with(const std::string& text, std::string_view part) {
  std::string found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    if (line.find(part) != std::string::npos) found += line + "\n";
    at = end + 1;
  }
  return found;
}

constexpr std::size_t busy_records = 20'000;

std::string busy_lines() {
  std::string lines;
  for (std::size_t i = 1; i <= busy_records; ++i) lines += fmt::format("{{\"busy\":{}}}\n", i);
  return lines;
}

constexpr const char* merge_of_both = R"(weir: 1
pipeline: merge
stages:
  - {name: quiet, type: read_file, path: quiet.ndjson}
  - {name: busy, type: read_file, path: busy.ndjson}
  - {type: filter, from: [quiet, busy], where: "busy > 0 || quiet > 0"}
  - {type: print}
)";

}  // namespace

TEST_CASE("a FIFO in which nothing comes does not hold up the file that it is merged with") {
  for (const char* executor : {"actors", "inline"})
    for (const bool has_begun : {false, true}) {
      CAPTURE(executor);
      CAPTURE(has_begun);
      const temporary_folder folder;
      folder.write("busy.ndjson", busy_lines());
      open_fifo fifo(folder.path("quiet.ndjson"));
      auto setup = run_of(folder.write("merge.yaml", merge_of_both), executor);
      setup.folder = folder.path("");
      process running(setup);
      if (has_begun) {
        fifo.write("{\"quiet\":1}\n");
        running.await_output("{\"quiet\":1}\n");
      }
      running.await_output(fmt::format("{{\"busy\":{}}}\n", busy_records));
      CHECK(lines_with(running.output(), "busy") == busy_lines());
      // Half a line is no record yet.
      fifo.write("{\"quiet\":2}\n{\"quiet\"");
      running.await_output("{\"quiet\":2}\n");
      fifo.write(":3}");
      fifo.close();
      CHECK(running.wait() == 0);
      CHECK(lines_with(running.output(), "busy") == busy_lines());
      CHECK(lines_with(running.output(), "quiet") ==
            std::string(has_begun ? "{\"quiet\":1}\n" : "") + "{\"quiet\":2}\n{\"quiet\":3}\n");
    }
}

TEST_CASE("a FIFO that a pattern stands for is waited for like any other") {
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("in/1.ndjson", "{\"n\":1}\n");
    open_fifo fifo(folder.path("in/2.ndjson"));
    auto setup = run_of(
        folder.write(
            "a.yaml",
            "weir: 1\nstages:\n  - {type: read_file, path: 'in/*.ndjson'}\n  - {type: print}\n"),
        executor);
    setup.folder = folder.path("");
    process running(setup);
    running.await_output("{\"n\":1}\n");
    fifo.write("{\"n\":2}\n");
    running.await_output("{\"n\":2}\n");
    fifo.close();
    CHECK(running.wait() == 0);
  }
}

TEST_CASE("a FIFO is read by who comes before its writer") {
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    const temporary_folder folder;
    const auto path = folder.path("in.ndjson");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    auto setup =
        run_of(folder.write(
                   "a.yaml",
                   "weir: 1\nstages:\n  - {type: read_file, path: in.ndjson}\n  - {type: print}\n"),
               executor);
    setup.folder = folder.path("");
    process running(setup);
    {
      // This waits for the reader.
      const owned_fd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
      REQUIRE(::write(writer.get(), "{\"n\":1}\n", 8) == 8);
      running.await_output("{\"n\":1}\n");
    }
    CHECK(running.wait() == 0);
    CHECK(running.output() == "{\"n\":1}\n");
  }
}

TEST_CASE("each line of standard input has come out before the next one is written") {
  constexpr const char* pipeline = R"(weir: 1
pipeline: echo
stages:
  - {name: in, type: read_file, path: "-", format: ndjson}
  - {type: map, set: {twice: n * 2}}
  - {type: route, routes: {even: n % 2 == 0}}
  - {name: even, type: rechunk, records: 1, from: route.even}
  - {name: all, type: filter, from: [even, route.other], where: "true"}
  - {type: print}
  - {name: kept, type: aggregate, from: all, compute: {n: count()}}
  - {type: discard}
)";
  const temporary_folder folder;
  for (const char* executor : {"actors", "inline"}) {
    CAPTURE(executor);
    auto setup = run_of(folder.write("echo.yaml", pipeline), executor);
    setup.input_path = input_pipe;
    process running(setup);
    std::string expected;
    for (int n = 1; n <= 20; ++n) {
      running.write_input(fmt::format("{{\"n\":{}}}\n", n));
      expected += fmt::format("{{\"n\":{},\"twice\":{}}}\n", n, 2 * n);
      running.await_output(expected);
    }
    running.close_input();
    CHECK(running.wait() == 0);
    CHECK(running.output() == expected);
  }
}

}  // namespace weir::testing
