#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "actors/support/text_table.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/stage_harness.hpp"

namespace weir::testing {
namespace {

// Puts another file in the place of standard output for as long as it lives.
class other_output {
 public:
  explicit other_output(int descriptor) : kept_(::dup(STDOUT_FILENO)) {
    ::dup2(descriptor, STDOUT_FILENO);
  }
  ~other_output() {
    ::dup2(kept_, STDOUT_FILENO);
    ::close(kept_);
  }
  other_output(const other_output&) = delete;
  other_output& operator=(const other_output&) = delete;

 private:
  int kept_;
};

TEST_CASE("print writes ndjson where standard output is no terminal, and what it is told") {
  struct row {
    const char *options, *text;
  };
  const row rows[] = {
      {"{}", "{\"n\":1,\"s\":\"x\"}\n{\"n\":20}\n"},
      {"{format: csv}", "n,s\n1,x\n20,\n"},
      {"{format: table}", " n  s\n 1  x\n20  \n"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.options));
    const temporary_folder folder;
    const int file = ::open(folder.path("out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    REQUIRE(file >= 0);
    const stage_harness stage("print", row.options);
    const auto run = stage.start();
    bool opened = false;
    bool given = false;
    bool finished = false;
    {
      const other_output here(file);
      opened = run->open().has_value();
      given = run->give(chunk_of(records("[{n: 1, s: x}, {n: 20}]"))).has_value();
      finished = run->finish().has_value();
      run->close();
    }
    ::close(file);
    CHECK(opened);
    CHECK(given);
    CHECK(finished);
    CHECK(folder.read("out") == row.text);
  }
}

TEST_CASE("print wants no more when the reader of standard output has gone") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  const stage_harness stage("print");
  const auto run = stage.start();
  stage_answer said = answer::wait;
  {
    const other_output here(ends[1]);
    REQUIRE(run->open());
    said = run->give(chunk_of(records("[{n: 1}]")));
  }
  ::close(ends[1]);
  std::signal(SIGPIPE, before);
  REQUIRE(said);
  CHECK(*said == answer::end);
}

TEST_CASE("a table begins anew where a record has another column, and cuts long texts") {
  text_table table;
  text_buffer out;
  std::vector<codecs::refused_record> refused;
  table.write(*chunk_of(records("[{a: 1}]")), out, refused);
  table.let_go(out);
  table.write(*chunk_of(records("[{b: x}]")), out, refused);
  table.finish(out);
  CHECK(out.view() == "a\n1\n\nb\nx\n");
  const std::string text(200, 'y');
  text_table wide;
  text_buffer cut;
  wide.write(*chunk_of(records("[{b: " + text + "}]")), cut, refused);
  wide.finish(cut);
  CHECK(cut.view() == "b\n" + text.substr(0, text_table::value_width_max - 1) + "…\n");
}

}  // namespace
}  // namespace weir::testing
