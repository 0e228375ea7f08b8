// `weir replay LETTERS FILE` as a process: a run with bad records and a replay through the mended
// pipeline give together what one run of the mended pipeline gives; and what is refused, and why.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/process.hpp"

namespace weir::testing {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

process_result weir_in(const temporary_folder& folder, std::vector<std::string> arguments,
                       std::string input_path = "/dev/null") {
  process_setup setup;
  setup.folder = folder.path("");
  setup.input_path = std::move(input_path);
  setup.arguments = {WEIR_BINARY};
  setup.arguments.insert(setup.arguments.end(), arguments.begin(), arguments.end());
  return run_process(std::move(setup));
}

constexpr const char* each_executor[] = {"--executor=inline", "--threads=1", "--threads=2",
                                         "--threads=8"};

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Records of which every third is bad for the first pipeline below, at one stage or another.
std::string many_orders() {
  std::string text;
  for (int n = 0; n < 3000; ++n) {
    const bool odd_amount = n % 9 == 0;
    const bool odd_quantity = n % 9 == 3;
    const bool odd_day = n % 9 == 6;
    text += fmt::format(
        "{{\"id\":{},\"amount\":{}{},\"qty\":\"{}{}\",\"at\":\"2026-01-0{}T00:00:00"
        "Z\",\"day\":\"{}\"}}\n",
        n, n, odd_amount ? ".5" : "", odd_quantity ? "x" : "", n % 7, n % 9 + 1,
        odd_day ? "1st" : "1");
  }
  return text;
}

constexpr const char* with_types = R"(weir: 1
pipeline: orders
stages:
  - {name: orders, type: read_file, path: orders.ndjson, columns: {amount: AMOUNT, at: timestamp}}
  - {name: big, type: filter, where: "QTY > 2"}
  - {name: more, type: map, set: {year: at.getFullYear(), day: "DAY"}}
  - {name: out, type: write_file, path: out.ndjson}
)";

std::string with(std::string text, const std::string& amount, const std::string& quantity,
                 const std::string& day) {
  for (const auto& [name, value] : {std::pair{"AMOUNT", amount}, {"QTY", quantity}, {"DAY", day}})
    text.replace(text.find(name), std::string(name).size(), value);
  return text;
}

std::string broken() { return with(with_types, "int", "int(qty)", "int(day)"); }
std::string mended() {
  return with(with_types, "double", "int(qty.replace('x', ''))", "int(day.replace('st', ''))");
}

}  // namespace

TEST_CASE("a run and the replay of what it rejected give what one run of the mended file gives") {
  for (const char* executor : each_executor) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("broken.yaml", broken());
    folder.write("mended.yaml", mended());
    folder.write("orders.ndjson", many_orders());
    const auto whole = weir_in(folder, {"run", "mended.yaml", "--set", "out.path=whole.ndjson"});
    CAPTURE(whole.errors);
    REQUIRE(whole.code == 0);
    const auto run =
        weir_in(folder, {"run", "broken.yaml", "--dead-letters", "dead.ndjson", executor});
    CAPTURE(run.errors);
    REQUIRE(run.code == 0);
    CHECK(sorted_lines(folder.read("dead.ndjson")).size() > 700);
    const auto replay = weir_in(folder, {"replay", "dead.ndjson", "mended.yaml", "--dead-letters",
                                         "still.ndjson", "--set", "out.append=true", executor});
    CAPTURE(replay.errors);
    CHECK(replay.code == 0);
    CHECK(has(replay.errors, "ledger: balances"));
    CHECK(folder.read("still.ndjson").empty());
    const auto lines = sorted_lines(folder.read("out.ndjson"));
    CHECK(lines.size() == sorted_lines(folder.read("whole.ndjson")).size());
    CHECK(lines == sorted_lines(folder.read("whole.ndjson")));
  }
}

TEST_CASE("a letter that is rejected again is one again, as it was") {
  for (const char* executor : each_executor) {
    CAPTURE(executor);
    const temporary_folder folder;
    folder.write("a.yaml", broken());
    folder.write("orders.ndjson", many_orders());
    REQUIRE(weir_in(folder, {"run", "a.yaml", "--dead-letters", "dead.ndjson"}).code == 0);
    const auto again = weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--dead-letters",
                                        "again.ndjson", "--set", "out.path=none.ndjson", executor});
    CAPTURE(again.errors);
    CHECK(again.code == 0);
    CHECK(folder.read("none.ndjson").empty());
    const auto without_time = [](std::vector<std::string> lines) {
      for (auto& line : lines) {
        const auto at = line.find(",\"time\":\"");
        line.erase(at, line.find('"', at + 9) + 1 - at);
      }
      std::sort(lines.begin(), lines.end());
      return lines;
    };
    CHECK(without_time(sorted_lines(folder.read("again.ndjson"))) ==
          without_time(sorted_lines(folder.read("dead.ndjson"))));
  }
}

TEST_CASE("only what lies below the stages of the letters runs") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: first, type: read_file, path: first.ndjson}
  - {name: second, type: read_file, path: second.ndjson}
  - {name: sum, type: map, from: first, set: {sum: int(a) + 1}}
  - {name: left, type: write_file, path: left.ndjson}
  - {name: both, type: write_file, from: [sum, second], path: both.ndjson}
  - {name: right, type: write_file, from: second, path: right.ndjson}
)");
  folder.write("dead.ndjson", R"({"stage":"sum","record":{"a":"7"}})"
                              "\n\n"
                              R"({"stage":"sum","record":{"a":"8"},"note":"mended by hand"})"
                              "\n");
  const auto run = weir_in(folder, {"replay", "dead.ndjson", "a.yaml"});
  CAPTURE(run.errors);
  CHECK(run.code == 0);
  CHECK(folder.read("left.ndjson") == "{\"a\":\"7\",\"sum\":8}\n{\"a\":\"8\",\"sum\":9}\n");
  CHECK(folder.read("both.ndjson") == folder.read("left.ndjson"));
  CHECK_FALSE(folder.has("right.ndjson"));
}

TEST_CASE("records of csv and plain lines are read once more as their source reads them") {
  const temporary_folder folder;
  folder.write("csv.yaml", R"(weir: 1
stages:
  - {name: rows, type: read_file, path: "rows*.csv", columns: {b: TYPE}}
  - {name: out, type: write_file, path: out.ndjson, append: true}
)");
  folder.write("rows1.csv", "a,b\n1,2\n\"x\ny\",3.5\n2,z\n");
  folder.write("rows2.csv", "b,a\n1.5,2\n");
  const auto pipeline = [&](const char* type) {
    std::string text = folder.read("csv.yaml");
    text.replace(text.find("TYPE"), 4, type);
    return folder.write(std::string(type) + ".yaml", text);
  };
  const auto run = weir_in(folder, {"run", pipeline("int"), "--dead-letters", "dead.ndjson"});
  CAPTURE(run.errors);
  REQUIRE(run.code == 0);
  const auto replay = weir_in(
      folder, {"replay", "dead.ndjson", pipeline("double"), "--dead-letters", "still.ndjson"});
  CAPTURE(replay.errors);
  CHECK(replay.code == 0);
  CHECK(folder.read("out.ndjson") ==
        "{\"a\":1,\"b\":2}\n{\"a\":\"x\\ny\",\"b\":3.5}\n{\"b\":1.5,\"a\":2}\n");
  CHECK(has(folder.read("still.ndjson"), R"("file":"rows1.csv","offset":18,"line":5,)"));
}

TEST_CASE("the header of a csv file is missed where the file has gone, and names stand for it") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: rows, type: read_file, path: rows.csv}
  - {name: out, type: write_file, path: out.ndjson}
)");
  folder.write("dead.ndjson",
               "{\"stage\":\"rows\",\"file\":\"gone.csv\",\"line\":7,\"raw\":\"MSwy\"}\n");
  const auto missed = weir_in(folder, {"replay", "dead.ndjson", "a.yaml"});
  CHECK(missed.code == 1);
  CHECK(has(missed.errors,
            "a.yaml:3:5: stage 'rows': the names of the columns stand in the header of 'gone.csv', "
            "which is not there any more; write 'names'\n"));
  CHECK_FALSE(folder.has("out.ndjson"));
  const auto named =
      weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--set", "rows.names=[a, b]"});
  CAPTURE(named.errors);
  CHECK(named.code == 0);
  CHECK(folder.read("out.ndjson") == "{\"a\":1,\"b\":2}\n");
}

TEST_CASE("what is wrong with a file of letters is told line by line, and nothing runs") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: all, type: generate, count: 3, columns: {n: {counter: 0}}}
  - {name: filter, type: filter, where: n > 1}
  - {name: out, type: write_file, path: out.ndjson}
)");
  folder.write("dead.ndjson",
               "{\"stage\":\"filtr\",\"record\":{}}\n"
               "{\"stage\":\"filter\",\"record\":{\"n\":1}}\n"
               "{\"stage\":\"filter\",\"record\":[1]}\n"
               "{\"stage\":\"filtr\",\"record\":{}}\n"
               "\n"
               "{\"record\":{}}\n"
               "{\"stage\":\"filter\"}\n"
               "{\"stage\":\"filter\",\"raw\":\"!\"}\n"
               "{\"stage\":\"filter\",\"record\":{},\"line\":\"7\"}\n"
               "[]\n"
               "{\"stage\":\"filter\",\"rec");
  const auto run = weir_in(folder, {"replay", "dead.ndjson", "a.yaml"});
  CHECK(run.code == 2);
  CHECK(has(run.errors,
            "dead.ndjson:1:1: 2 dead letters of a stage 'filtr', which the pipeline does not have; "
            "did you mean 'filter'?\n"));
  CHECK(has(run.errors, R"(
dead.ndjson:3:1: no dead letter: 'record' is an object, found '[1]'
dead.ndjson:6:1: no dead letter: it has no 'stage', which names the one that rejected the record
dead.ndjson:7:1: no dead letter: it has neither 'record' nor 'raw'
dead.ndjson:8:1: no dead letter: 'raw' is bytes in base64, found '"!"'
dead.ndjson:9:1: no dead letter: 'line' is a whole number, found '"7"'
dead.ndjson:10:1: no dead letter: an object is asked for, found '[]'
dead.ndjson:11:1: no dead letter: no JSON at byte 19: a string begins here and does not end
)"));
  CHECK_FALSE(folder.has("out.ndjson"));
  const auto json = weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--report", "json"});
  CHECK(json.code == 2);
  CHECK(has(json.errors, "\"outcome\": \"not-started\""));
  CHECK(has(json.errors, "\"code\": \"unknown-stage\""));
}

TEST_CASE("letters that can't be replayed are told with the reason, and the others are replayed") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: lines, type: read_file, path: in.ndjson}
  - {name: made, type: generate, count: 3, columns: {n: {counter: 0}}}
  - {name: pair, type: zip, from: [lines, made]}
  - {name: out, type: write_file, path: out.ndjson}
  - {name: single, type: write_file, from: lines, path: single.ndjson}
)");
  folder.write("dead.ndjson",
               "{\"stage\":\"lines\",\"raw\":\"eyJuIjo1fQ==\"}\n"
               "{\"stage\":\"lines\",\"code\":\"record-too-long\",\"raw\":\"eyJuIjo1fQ==\"}\n"
               "{\"stage\":\"lines\",\"record\":{\"n\":1}}\n"
               "{\"stage\":\"made\",\"raw\":\"eyJuIjo1fQ==\"}\n"
               "{\"stage\":\"pair\",\"record\":{\"n\":1}}\n"
               "{\"stage\":\"pair\",\"record\":{\"n\":2}}\n"
               "{\"stage\":\"out\",\"raw\":\"eyJuIjo1fQ==\"}\n");
  const auto run = weir_in(folder, {"replay", "dead.ndjson", "a.yaml"});
  CHECK(run.code == 0);
  CHECK(has(run.errors,
            "dead.ndjson:2:1: warning: 1 dead letter of stage 'lines' left out: only the beginning "
            "of the record was kept; read it from where 'file' and 'offset' say\n"
            "dead.ndjson:3:1: warning: 1 dead letter of stage 'lines' left out: it has a 'record', "
            "and a source reads what is in 'raw'\n"
            "dead.ndjson:4:1: warning: 1 dead letter of stage 'made' left out: 'generate' can't "
            "read anything once more\n"
            "dead.ndjson:5:1: warning: 2 dead letters of stage 'pair' left out: 'zip' has several "
            "inputs, and nothing says which one the record came to; mend it in the input and run "
            "the pipeline again\n"
            "dead.ndjson:7:1: warning: 1 dead letter of stage 'out' left out: it has 'raw' bytes, "
            "which only a source can read, and the stage is a 'write_file'\n"));
  // The pair's other input is empty.
  CHECK(folder.read("out.ndjson").empty());
  CHECK(folder.read("single.ndjson") == "{\"n\":5}\n");
  const auto strict = weir_in(
      folder, {"replay", "dead.ndjson", "a.yaml", "--strict", "--set", "single.append=true"});
  CHECK(strict.code == 1);
}

TEST_CASE("a file that an earlier run may have written is not replaced") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: lines, type: read_file, path: in.ndjson}
  - {name: out, type: write_file, path: out.ndjson}
)");
  folder.write("dead.ndjson", "{\"stage\":\"lines\",\"raw\":\"eyJuIjo1fQ==\"}\n");
  folder.write("out.ndjson", "{\"n\":4}\n");
  const auto refused = weir_in(folder, {"replay", "dead.ndjson", "a.yaml"});
  CHECK(refused.code == 2);
  CHECK(refused.errors ==
        "a.yaml:4:5: stage 'out': it would replace 'out.ndjson', which an earlier run may have "
        "written; add to it by '--set out.append=true' or write elsewhere by '--set "
        "out.path=FILE'\n");
  CHECK(folder.read("out.ndjson") == "{\"n\":4}\n");
  const auto letters =
      weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--set", "out.path=dead.ndjson"});
  CHECK(letters.code == 2);
  CHECK(letters.errors ==
        "a.yaml:4:5: stage 'out': it would write 'dead.ndjson', which has the dead letters\n");
  const auto same = weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--set", "out.append=true",
                                     "--dead-letters", "./dead.ndjson"});
  CHECK(same.code == 2);
  CHECK(same.errors ==
        "weir: option '--dead-letters': './dead.ndjson' has the letters that are replayed; name "
        "another file for those that are rejected again\n");
  const auto added =
      weir_in(folder, {"replay", "dead.ndjson", "a.yaml", "--set", "out.append=true"});
  CHECK(added.code == 0);
  CHECK(folder.read("out.ndjson") == "{\"n\":4}\n{\"n\":5}\n");
}

TEST_CASE("letters may come over standard input, be none, or be missing") {
  const temporary_folder folder;
  folder.write("a.yaml", R"(weir: 1
stages:
  - {name: lines, type: read_file, path: in.ndjson}
  - {type: print}
)");
  folder.write("empty", "");
  const auto letter =
      folder.write("dead.ndjson", "{\"stage\":\"lines\",\"raw\":\"eyJuIjo1fQ==\"}\n");
  const auto input = weir_in(folder, {"replay", "-", "a.yaml"}, letter);
  CHECK(input.code == 0);
  CHECK(input.output == "{\"n\":5}\n");
  process_setup setup;
  setup.folder = folder.path("");
  setup.arguments = {WEIR_BINARY, "replay", "-", "a.yaml"};
  setup.input_path = input_pipe;
  process piped(std::move(setup));
  piped.write_input(folder.read("dead.ndjson"));
  piped.close_input();
  CHECK(piped.wait() == 0);
  CHECK(piped.output() == "{\"n\":5}\n");
  const auto none = weir_in(folder, {"replay", "empty", "a.yaml"});
  CHECK(none.code == 0);
  CHECK(none.errors == "weir: there is nothing to replay in 'empty'\n");
  const auto missing = weir_in(folder, {"replay", "missing", "a.yaml"});
  CHECK(missing.code == 2);
  CHECK(missing.errors ==
        "weir: the dead letters 'missing' can't be read (No such file or directory)\n");
}

TEST_CASE("the letters come first, and both files are needed") {
  const temporary_folder folder;
  const auto turned = weir_in(folder, {"replay", "a.yaml", "dead.ndjson"});
  CHECK(turned.code == 2);
  CHECK(turned.errors ==
        "weir: the dead letters come first, as in 'weir replay dead.ndjson a.yaml'\n");
  const auto one = weir_in(folder, {"replay", "dead.ndjson"});
  CHECK(one.code == 2);
  CHECK(one.errors ==
        "weir: 'replay' needs a file of dead letters and a pipeline file, as in 'weir replay "
        "dead.ndjson pipeline.yaml'\n");
}

}  // namespace weir::testing
