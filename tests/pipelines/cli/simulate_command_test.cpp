// `weir simulate` as a process: what it prints, what it refuses, and how it ends.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/data/json_text.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/approved_text.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

constexpr const char* stages = R"(weir: 1
params:
  least: {type: int, default: 20}
stages:
  - {name: in, type: read_file, path: in.ndjson}
  - {type: filter, where: "n >= ${least}", on_failure: restart}
  - {type: map, set: {m: n + 1}, on_failure: skip}
  - {type: write_file, path: out.ndjson, on_failure: restart}
  - {name: first, type: head, count: 10, from: in}
  - {type: print}
  - {name: odd, type: discard, from: in.rejected}
)";

class simulated_folder {
 public:
  simulated_folder() {
    std::string text = "not a record\n";
    for (int n = 0; n < 120; ++n) text += fmt::format("{{\"n\":{}}}\n", n);
    write("in.ndjson", text);
    write("p.yaml", stages);
  }
  void write(const char* name, const std::string& text) { folder_.write(name, text); }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(folder_.path(""));
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  process_result run(std::vector<std::string> arguments) const {
    process_setup setup;
    setup.arguments = {WEIR_BINARY, "simulate"};
    setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
    setup.folder = folder_.path("");
    return run_process(setup);
  }

 private:
  temporary_folder folder_;
};

}  // namespace

TEST_CASE("simulate tells what each fault would do, writes nothing, and ends with 0") {
  const simulated_folder folder;
  const auto done = folder.run({"p.yaml"});
  CHECK(done.code == 0);
  CHECK(done.errors.empty());
  check_approved("pipelines/cli/approved/simulate.txt", done.output);
  CHECK(folder.files() == 2);
}

TEST_CASE("simulate shows the history of a run, word for word each time") {
  const simulated_folder folder;
  // Seeds choose among the faults in turn.
  const auto done = folder.run({"p.yaml", "--seed", "7"});
  CHECK(done.code == 0);
  check_approved("pipelines/cli/approved/simulate_seed.txt", done.output);
  CHECK(folder.run({"p.yaml", "--seed", "7"}).output == done.output);
  // Not every run goes on until the moment at which it is to be drained.
  bool any_drained = false;
  for (int seed = 1; seed <= 30 && !any_drained; ++seed)
    any_drained = folder.run({"p.yaml", "--faults", "drain", "--seed", std::to_string(seed)})
                      .output.find("draining: sources end") != std::string::npos;
  CHECK(any_drained);
}

TEST_CASE("simulate takes a sample as large as it is told, and params") {
  const simulated_folder folder;
  const auto some = folder.run({"p.yaml", "--records", "30", "--seeds", "6"});
  CHECK(some.code == 0);
  CHECK(some.output.find("sample: the first 30 records of 'in', and 1 refused\n") !=
        std::string::npos);
  CHECK(some.output.find("of it 'write_file' gets 10 records\n") != std::string::npos);
  const auto other =
      folder.run({"p.yaml", "--records", "30", "--seeds", "6", "--param", "least=25"});
  CHECK(other.output.find("of it 'write_file' gets 5 records\n") != std::string::npos);
}

TEST_CASE("simulate tells of the faults alone that are asked for") {
  const simulated_folder folder;
  const auto done = folder.run({"p.yaml", "--seeds", "10", "--faults", "slow,drain"});
  CHECK(done.code == 0);
  CHECK(done.output.find("\ndrain, 5 runs:\n") != std::string::npos);
  CHECK(done.output.find("\nslow, 5 runs:\n") != std::string::npos);
  CHECK(done.output.find("\nfail, ") == std::string::npos);
}

TEST_CASE("simulate tells which calls fail, for which cause, and what is lost with a stage") {
  simulated_folder folder;
  folder.write("q.yaml", R"(weir: 1
stages:
  - {name: in, type: read_file, path: in.ndjson}
  - {name: again, type: map, set: {m: n + 1}, retry: {deadline: 10s}}
  - {name: cuts, type: rechunk, records: 7, on_failure: restart, restart: {lossy_state: true}}
  - {name: kept, type: write_file, path: out.ndjson}
)");
  const auto done = folder.run({"q.yaml", "--faults", "fail", "--seeds", "150"});
  CHECK(done.code == 0);
  // Without the ends of lines, which depend on the figures in them.
  std::string told = done.output;
  for (auto at = told.find("\n  "); at != std::string::npos; at = told.find("\n  ", at))
    told.replace(at, 3, " ");
  const auto has = [&](std::string_view part) { return told.find(part) != std::string::npos; };
  CAPTURE(told);
  CHECK(has("'again' fails for a temporary cause (retry: 10s, on_failure: fail), "));
  CHECK(has("all records arrived, after "));
  CHECK(has("that lasts too long,"));
  CHECK(has("'cuts' fails as it goes on with a chunk (on_failure: restart), "));
  CHECK(has("what it gave before can't be taken back, and the run ends: "));
  CHECK(has("the run goes on to its end, after 1 restart: "));
  const auto json =
      folder.run({"q.yaml", "--faults", "fail", "--seeds", "150", "--format", "json"});
  CHECK_FALSE(check_json(json.output.substr(0, json.output.size() - 1)));
  CHECK(json.output.find("\"call\": \"resume\",\n      \"temporary\": false") != std::string::npos);
  CHECK(json.output.find("\"call\": \"records\",\n      \"temporary\": true") != std::string::npos);
}

TEST_CASE("simulate tells programs the same in JSON") {
  const simulated_folder folder;
  const auto all = folder.run({"p.yaml", "--seeds", "12", "--format", "json"});
  CHECK(all.code == 0);
  CHECK_FALSE(check_json(all.output.substr(0, all.output.size() - 1)));
  CHECK(all.output.find("\"runs_with_findings\": 0") != std::string::npos);
  CHECK(all.output.find("\"history\"") == std::string::npos);
  const auto one = folder.run({"p.yaml", "--seed", "1", "--format", "json"});
  CHECK(one.output.find("\"history\"") != std::string::npos);
}

TEST_CASE("simulate refuses what it can't run") {
  simulated_folder folder;
  folder.write("bad.yaml", "weir: 1\nstages:\n  - {type: read_flie, path: a}\n");
  folder.write("none.yaml",
               "weir: 1\nstages:\n  - {type: read_file, path: none.ndjson}\n  - {type: print}\n");
  struct row {
    std::vector<std::string> arguments;
    int code;
    const char* errors;
  };
  const row rows[] = {
      {{"p.yaml", "--faults", "drian"},
       2,
       "weir: option '--faults': 'drian' is not 'none', 'fail', 'drain', 'abort', 'slow' or 'end'; "
       "did you mean 'drain'?\n"},
      {{"p.yaml", "--records", "0"},
       2,
       "weir: option '--records': '0' is not an integer between 1 and 1000000\n"},
      {{"p.yaml", "--seed", "1", "--seeds", "2"},
       2,
       "weir: 'simulate' takes '--seeds' or '--seed', not both\n"},
      {{}, 2, "weir: 'simulate' needs a pipeline file, as in 'weir simulate pipeline.yaml'\n"},
      {{"bad.yaml"}, 2, "bad.yaml:3:12: stage 'read_flie': unknown type 'read_flie'; did you mean"},
      {{"none.yaml"}, 1, "weir: stage 'read_file': "},
  };
  for (const auto& row : rows) {
    const auto done = folder.run(row.arguments);
    CAPTURE(row.errors);
    CHECK(done.code == row.code);
    CHECK(done.output.empty());
    CHECK_MESSAGE(done.errors.starts_with(row.errors), done.errors);
  }
}

}  // namespace weir::testing
