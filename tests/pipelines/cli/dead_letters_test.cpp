// `weir run --dead-letters FILE` as a process: what is in the file however the run ends, what is
// told of it, and which files are refused.

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::ptrdiff_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

// The program in the folder; `with` stands before its path, for a shell.
process_setup weir_in(const temporary_folder& folder, std::vector<std::string> arguments,
                      const std::string& with = "") {
  process_setup setup;
  setup.folder = folder.path("");
  setup.arguments = {"/bin/sh", "-c", with + "exec \"$0\" \"$@\"", WEIR_BINARY};
  setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
  return setup;
}

constexpr const char* each_executor[] = {"--executor=inline", "--threads=1", "--threads=2",
                                         "--threads=8"};

constexpr const char* two_stages = R"(weir: 1
pipeline: orders
stages:
  - {name: orders, type: read_file, path: orders.ndjson, columns: {amount: int}}
  - {name: big, type: filter, where: int(qty) > 2}
  - {name: out, type: write_file, path: out.ndjson}
)";

constexpr const char* orders = R"({"id":1,"amount":5,"qty":"3"}
{"id":2,"amount":5.5,"qty":"4"}
not json
{"id":3,  "amount":7,"qty":"x7"}
)";

// The letters without the time, in the order of their lines in the input.
std::string letters_in(const temporary_folder& folder, const std::string& name) {
  std::string text = folder.read(name);
  for (auto at = text.find(",\"time\":\""); at != std::string::npos; at = text.find(",\"time\":\""))
    text.erase(at, text.find('"', at + 9) + 1 - at);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(begin, end + 1 - begin));
    begin = end + 1;
  }
  const auto place = [](const std::string& line) { return line.substr(line.find("\"line\":")); };
  std::sort(lines.begin(), lines.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return fmt::format("{}", fmt::join(lines, ""));
}

}  // namespace

TEST_CASE("rejected records that nobody reads are kept whole, with their place") {
  for (const char* executor : each_executor) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("a.yaml", two_stages);
    folder.write("orders.ndjson", orders);
    const auto run =
        run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson", executor}));
    CAPTURE(run.errors);
    CHECK(run.code == 0);
    CHECK(letters_in(folder, "dead.ndjson") ==
          R"({"stage":"orders","reason":"column 'amount' is declared as int; '5.5' is none",)"
          R"("code":"type-mismatch","file":"orders.ndjson","offset":30,"line":2,)"
          R"("raw":"eyJpZCI6MiwiYW1vdW50Ijo1LjUsInF0eSI6IjQifQ=="})"
          "\n"
          R"({"stage":"orders","reason":"byte 1 of the record: 'not' is not a value of JSON",)"
          R"("code":"not-json","file":"orders.ndjson","offset":62,"line":3,"raw":"bm90IGpzb24="})"
          "\n"
          R"({"stage":"big","reason":"'x7' is not an int","code":"conversion",)"
          R"("file":"orders.ndjson","offset":71,"line":4,)"
          R"("record":{"id":3,  "amount":7,"qty":"x7"}})"
          "\n");
    CHECK(has(run.errors,
              "rejected: 2 records at 'orders'\nrejected: 1 record at 'big'\n"
              "dead letters: 3 records kept in 'dead.ndjson'; once the cause is "
              "mended: weir replay dead.ndjson a.yaml\n"));
    CHECK(has(run.errors, "ledger: balances"));
  }
}

TEST_CASE("rejected records that a stage reads are no dead letters") {
  const temporary_folder folder;
  folder.write("a.yaml", std::string(two_stages) +
                             "  - {type: write_file, from: orders.rejected, path: bad.ndjson}\n");
  folder.write("orders.ndjson", orders);
  const auto run = run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson"}));
  CHECK(run.code == 0);
  CHECK(lines_of(folder.read("bad.ndjson")) == 2);
  CHECK(lines_of(folder.read("dead.ndjson")) == 1);
  CHECK(has(folder.read("dead.ndjson"), R"({"stage":"big",)"));
}

TEST_CASE("where nothing is rejected the file is there, and empty") {
  const temporary_folder folder;
  folder.write("a.yaml", two_stages);
  folder.write("orders.ndjson", "{\"id\":1,\"amount\":5,\"qty\":\"3\"}\n");
  for (int times = 0; times < 2; ++times) {
    const auto run =
        run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson"}));
    CAPTURE(run.errors);
    CHECK(run.code == 0);
    REQUIRE(folder.has("dead.ndjson"));
    CHECK(folder.read("dead.ndjson").empty());
    CHECK(has(run.errors, "dead letters: 0 records kept in 'dead.ndjson'\n"));
  }
}

TEST_CASE("a report to programs tells of dead letters, and --strict counts them") {
  const temporary_folder folder;
  folder.write("a.yaml", two_stages);
  folder.write("orders.ndjson", orders);
  const auto run = run_process(weir_in(
      folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson", "--report", "json", "--strict"}));
  CHECK(run.code == 1);
  CHECK(has(run.errors, "\"rejected_unread\": 3"));
  CHECK(has(run.errors,
            "\"dead_letters\": {\n    \"file\": \"dead.ndjson\",\n    \"kept\": 3,\n"
            "    \"lost\": 0\n  }"));
  CHECK(lines_of(folder.read("dead.ndjson")) == 3);
  const auto words = run_process(
      weir_in(folder, {"run", "a.yaml", "--dead-letters", "more.ndjson", "--quiet", "--strict"}));
  CHECK(words.code == 1);
  CHECK(words.errors ==
        "--strict: 3 records were rejected and read by nobody: 2 at 'orders', 1 at 'big'; they are "
        "kept in 'more.ndjson'\n");
}

TEST_CASE("a run that fails leaves what it had rejected before, and no output") {
  for (const char* executor : each_executor) {
    CAPTURE(executor);
    const temporary_folder folder;
    // The second file is no gzip file after all.
    folder.write("a.yaml", R"(weir: 1
stages:
  - {name: orders, type: read_file, path: [orders.ndjson, more.ndjson.gz]}
  - {name: big, type: filter, where: int(qty) > 2}
  - {name: out, type: write_file, path: out.ndjson}
)");
    folder.write("orders.ndjson", orders);
    folder.write("more.ndjson.gz", "\x1f\x8b that is none");
    const auto run =
        run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson", executor}));
    CAPTURE(run.errors);
    CHECK(run.code == 1);
    CHECK(has(folder.read("dead.ndjson"), R"("code":"not-json")"));
    CHECK(has(run.errors, "dead letters: "));
    // There is nothing that a replay could add to.
    CHECK_FALSE(has(run.errors, "weir replay"));
    CHECK_FALSE(folder.has("out.ndjson"));
  }
}

TEST_CASE("a run that is drained or killed leaves what it had rejected") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: lines, type: read_file, path: "-", format: ndjson}
  - {type: print}
)");
  for (const int number : {SIGTERM, SIGKILL}) {
    CAPTURE(number);
    const std::string name = number == SIGTERM ? "drained" : "killed";
    auto setup = weir_in(folder, {"run", "a.yaml", "--dead-letters", name});
    setup.input_path = input_pipe;
    process running(std::move(setup));
    running.write_input("not json\n{\"n\":1}\n");
    running.await_output("{\"n\":1}");
    running.send(number);
    CHECK(running.wait() == (number == SIGTERM ? 0 : 128 + SIGKILL));
    CHECK(lines_of(folder.read(name)) == 1);
    CHECK(has(folder.read(name), R"("file":"stdin")"));
  }
}

TEST_CASE("records that a policy rejects are dead letters too") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: all, type: generate, count: 1000, columns: {n: {counter: 0}}}
  - name: full
    type: write_file
    path: /dev/full
    on_failure: skip
    restart: {most: 1, backoff: {first: 1ms}}
)");
  const auto run = run_process(
      weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson", "--report", "json"}));
  CAPTURE(run.errors);
  CHECK(run.code == 1);
  const auto kept = lines_of(folder.read("dead.ndjson"));
  CHECK(has(run.errors, fmt::format("\"rejected_unread\": {},", kept)));
}

TEST_CASE("a disk that fills ends the run with the cause, and the file with a whole line") {
  for (const char* executor : each_executor) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("a.yaml", R"(weir: 1
stages:
  - {name: all, type: generate, count: 100000, columns: {n: {counter: 0}}}
  - {name: none, type: filter, where: 1 / (n - n) > 0}
  - {type: discard}
)");
    // Blocks of 512 bytes.
    const auto run = run_process(weir_in(
        folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson", executor}, "ulimit -f 1000; "));
    CAPTURE(run.errors);
    CHECK(run.code == 1);
    CHECK(has(run.errors,
              "a.yaml:4:5: stage 'none': what it rejected can't be kept in "
              "'dead.ndjson'\n  File too large"));
    CHECK(has(run.errors, "that could not be written\n"));
    CHECK(has(run.errors, "ledger: balances"));
    const auto text = folder.read("dead.ndjson");
    CHECK(text.size() <= 512'000);
    CHECK((text.empty() || text.ends_with("}\n")));
  }
}

TEST_CASE("a file that is not for dead letters is refused before anything runs") {
  const temporary_folder folder;
  folder.write("a.yaml", two_stages);
  folder.write("orders.ndjson", orders);
  folder.write("full.ndjson", "{}\n");
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  struct row {
    const char* path;
    int code;
    const char* text;
  };
  const row rows[] = {
      {"", 2, "option '--dead-letters': the path is empty"},
      {"-", 2,
       "option '--dead-letters': standard output is for the pipeline's data; dead letters have a "
       "file of their own"},
      {"pipe", 2,
       "option '--dead-letters': 'pipe' is no regular file, which keeps what nobody reads at once"},
      {"/dev/null", 2,
       "option '--dead-letters': '/dev/null' is no regular file, which keeps what nobody reads at "
       "once"},
      {"full.ndjson", 2,
       "option '--dead-letters': there are records in 'full.ndjson' already, which a replay would "
       "take for this run's; name another file, or remove it"},
      {"orders.ndjson", 2,
       "option '--dead-letters': stage 'orders' reads 'orders.ndjson'; name a file that is for "
       "dead letters alone"},
      {"./out.ndjson", 2,
       "option '--dead-letters': stage 'out' writes './out.ndjson'; name a file that is for dead "
       "letters alone"},
      {"none/dead.ndjson", 1,
       "option '--dead-letters': 'none/dead.ndjson' can't be written (No such file or directory)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path);
    const auto run = run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", row.path}));
    CHECK(run.code == row.code);
    CHECK(run.errors == fmt::format("weir: {}\n", row.text));
    CHECK_FALSE(folder.has("out.ndjson"));
  }
  const auto json = run_process(
      weir_in(folder, {"run", "a.yaml", "--dead-letters", "full.ndjson", "--report", "json"}));
  CHECK(json.code == 2);
  CHECK(has(json.errors, "\"outcome\": \"not-started\""));
  CHECK(has(json.errors, "there are records in 'full.ndjson' already"));
}

TEST_CASE("two runs do not share a file of dead letters") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: lines, type: read_file, path: "-", format: ndjson}
  - {type: print}
)");
  auto setup = weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson"});
  setup.input_path = input_pipe;
  process first(std::move(setup));
  first.write_input("{\"n\":1}\n");
  first.await_output("{\"n\":1}");
  const auto second =
      run_process(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson"}));
  CHECK(second.code == 1);
  CHECK(second.errors == "weir: option '--dead-letters': another run writes 'dead.ndjson' now\n");
  first.close_input();
  CHECK(first.wait() == 0);
}

}  // namespace weir::testing
