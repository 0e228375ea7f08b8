// The rules of the house that a compiler does not check: which folder may include which, where a
// library may be used, what every file looks like. Each rule is tried on a bad and a good snippet
// first, so that it is known to be able to fail, and then on all our files.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using std::string_literals::operator""s;

constexpr std::size_t columns_max = 100;
constexpr std::size_t lines_max = 500;

struct source_file {
  std::string path;  // from the root of the checkout
  std::string text;
};

struct finding {
  std::size_t line;  // 0: the file as a whole
  std::string text;
};

using findings = std::vector<finding>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Whether `path` is the folder or file `place`, or lies in it.
bool lies_in(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

bool lies_in_any(std::string_view path, const std::vector<std::string>& places) {
  return std::ranges::any_of(places, [&](const auto& place) { return lies_in(path, place); });
}

bool is_word_char(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether `word` stands in `line` and is not the tail of a longer name or a member's name.
bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    if (at == 0) return true;
    const char before = line[at - 1];
    if (!is_word_char(before) && before != '.' && before != '>') return true;
  }
  return false;
}

/// The line without what follows `//`; a `//` inside a string literal counts as a comment too.
std::string_view code_of(std::string_view line) { return line.substr(0, line.find("//")); }

struct include_line {
  std::size_t line;
  std::string path;
  bool quoted;
};

std::vector<include_line> includes_of(const source_file& file) {
  std::vector<include_line> includes;
  std::size_t number = 0;
  for (const auto& line : lines_of(file.text)) {
    ++number;
    if (!line.starts_with("#include ")) continue;
    const auto begin = line.find_first_of("\"<");
    if (begin == line.npos) continue;
    const auto end = line.find_first_of("\">", begin + 1);
    includes.push_back({number, line.substr(begin + 1, end - begin - 1), line[begin] == '"'});
  }
  return includes;
}

// --- what may include what ----------------------------------------------------------------------

std::vector<std::string> operator+(std::vector<std::string> left,
                                   const std::vector<std::string>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// For each folder, the places its files may include. The longest folder that fits counts.
std::map<std::string, std::vector<std::string>> layers() {
  using places = std::vector<std::string>;
  const places base{"runtime/base"};
  const places data = base + places{"runtime/data"};
  const places expression = data + places{"runtime/expression"};
  const places config = expression + places{"runtime/config"};
  const places stage = config + places{"runtime/stage"};
  const places flow = stage + places{"runtime/flow"};
  const places graph = flow + places{"runtime/graph"};
  const places supervision = graph + places{"runtime/supervision"};
  const places observe = supervision + places{"runtime/observe"};
  const places shelf = stage + places{"actors/codecs", "actors/support"};
  const places text = places{"runtime",        "actors/builtin_stages.hpp", "pipelines/spec",
                             "pipelines/lint", "pipelines/assemble",        "pipelines/inspect"};
  return {
      {"runtime/base", base},
      {"runtime/data", data},
      {"runtime/expression", expression},
      {"runtime/config", config},
      {"runtime/stage", stage},
      {"runtime/flow", flow},
      {"runtime/graph", graph},
      {"runtime/supervision", supervision},
      {"runtime/observe", observe},
      {"runtime/executor", observe + places{"runtime/executor"}},
      {"actors", stage},
      {"actors/codecs", shelf},
      {"actors/support", shelf},
      {"actors/sources", shelf + places{"actors/sources"}},
      {"actors/transforms", shelf + places{"actors/transforms"}},
      {"actors/sinks", shelf + places{"actors/sinks"}},
      {"pipelines/spec", graph + places{"pipelines/spec"}},
      {"pipelines/lint", text},
      {"pipelines/assemble", text},
      {"pipelines/inspect", text},
      {"pipelines/trial", text + places{"actors/codecs", "pipelines/trial"}},
      {"pipelines/replay", text + places{"actors/codecs", "pipelines/replay"}},
      {"pipelines/simulation",
       text + places{"actors/codecs", "pipelines/trial", "pipelines/simulation"}},
      {"pipelines/cli", text + places{"pipelines/trial", "pipelines/replay", "pipelines/simulation",
                                      "pipelines/cli"}},
      {"tests", {"runtime", "actors", "pipelines", "tests"}},
  };
}

findings includes_point_one_way(const source_file& file) {
  static const auto table = layers();
  const std::vector<std::string>* allowed = nullptr;
  std::size_t longest = 0;
  for (const auto& [folder, places] : table) {
    if (!lies_in(file.path, folder) || folder.size() < longest) continue;
    longest = folder.size();
    allowed = &places;
  }
  if (!allowed) return {{0, "lies in no folder that the layers name"}};
  findings found;
  for (const auto& include : includes_of(file)) {
    if (!include.quoted || lies_in_any(include.path, *allowed)) continue;
    found.push_back({include.line, "may not include '" + include.path + "'"});
  }
  return found;
}

/// A rule that headers which start with `prefix` are included in `homes` alone.
auto stays_at_home(std::string prefix, std::vector<std::string> homes) {
  return [prefix = std::move(prefix), homes = std::move(homes)](const source_file& file) {
    findings found;
    for (const auto& include : includes_of(file))
      if (include.path.starts_with(prefix) && !lies_in_any(file.path, homes))
        found.push_back({include.line, "'" + include.path + "' stays at home"});
    return found;
  };
}

// --- what a file looks like ---------------------------------------------------------------------

findings names_are_snake_case(const source_file& file) {
  const auto fits = [](char c) {
    return c == '_' || c == '/' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  if (std::ranges::all_of(file.path.substr(0, file.path.rfind('.')), fits)) return {};
  return {{0, "is not named in snake_case"}};
}

findings lines_are_short(const source_file& file) {
  findings found;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // Bytes of the form 10xxxxxx continue a character of UTF-8.
    const auto columns = static_cast<std::size_t>(std::ranges::count_if(
        lines[i], [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
    if (columns > columns_max) found.push_back({i + 1, std::to_string(columns) + " columns"});
  }
  return found;
}

findings files_are_short(const source_file& file) {
  const auto count = lines_of(file.text).size();
  if (count <= lines_max) return {};
  return {{0, std::to_string(count) + " lines, at most " + std::to_string(lines_max)}};
}

findings headers_are_guarded(const source_file& file) {
  if (!file.path.ends_with(".hpp") || file.text.find("#pragma once\n") != std::string::npos)
    return {};
  return {{0, "has no '#pragma once'"}};
}

/// A rule that none of `words` stands in a line, with or without its comment.
auto never_says(std::vector<std::string> words, std::vector<std::string> folders, bool in_comments,
                std::vector<std::string> homes = {}) {
  return [words = std::move(words), folders = std::move(folders), in_comments,
          homes = std::move(homes)](const source_file& file) {
    findings found;
    if (!lies_in_any(file.path, folders) || lies_in_any(file.path, homes)) return found;
    std::size_t number = 0;
    for (const auto& line : lines_of(file.text)) {
      ++number;
      for (const auto& word : words)
        if (has_word(in_comments ? line : code_of(line), word))
          found.push_back({number, "says '" + word + "'"});
    }
    return found;
  };
}

findings nothing_is_swallowed(const source_file& file) {
  findings found;
  std::string code;  // without comments, so that a body of comments is an empty one
  for (const auto& line : lines_of(file.text)) code += std::string(code_of(line)) + "\n";
  const std::string start = "catch (..."s + ")";
  for (auto at = code.find(start); at != code.npos; at = code.find(start, at + 1)) {
    const auto open = code.find_first_not_of(" \n", at + start.size());
    if (open == code.npos || code[open] != '{') continue;
    const auto body = code.find_first_not_of(" \n", open + 1);
    if (body == code.npos || code[body] != '}') continue;
    const auto line = std::count(code.begin(), code.begin() + static_cast<long>(at), '\n') + 1;
    found.push_back({static_cast<std::size_t>(line), "catches everything and does nothing"});
  }
  return found;
}

// --- rules of single files, with what they must refuse and let pass -----------------------------

struct rule {
  std::string name;
  std::function<findings(const source_file&)> check;
  std::vector<source_file> bad;
  std::vector<source_file> good;
};

const std::vector<std::string> everywhere{"runtime", "actors", "pipelines", "tests"};
const std::vector<std::string> simdjson_homes{"runtime/data", "runtime/expression", "actors/codecs",
                                              "tests/bench"};

std::vector<rule> include_rules() {
  return {
      {"includes point one way",
       includes_point_one_way,
       {{"runtime/base/a.hpp", "#include \"runtime/data/chunk.hpp\"\n"},
        {"runtime/stage/a.hpp", "#include \"runtime/flow/credit.hpp\"\n"},
        {"runtime/observe/a.hpp", "#include \"runtime/executor/executor.hpp\"\n"},
        {"actors/sinks/print.cpp", "#include \"runtime/graph/graph.hpp\"\n"},
        {"actors/sinks/print.cpp", "#include \"actors/sources/read_file.hpp\"\n"},
        {"pipelines/lint/a.cpp", "#include \"actors/sinks/print.hpp\"\n"},
        {"pipelines/lint/a.cpp", "#include \"pipelines/cli/a.hpp\"\n"},
        {"runtime/base/a.cpp", "#include \"error.hpp\"\n"},
        {"runtime/base/a.cpp", "#include \"tests/support/a.hpp\"\n"},
        {"runtime/elsewhere/a.cpp", ""}},
       {{"runtime/data/a.hpp", "#include \"runtime/base/error.hpp\"\n#include <vector>\n"},
        {"actors/sinks/print.cpp", "#include \"actors/codecs/csv_writer.hpp\"\n"},
        {"runtime/executor/caf/a.cpp", "#include \"runtime/executor/executor.hpp\"\n"},
        {"pipelines/cli/a.cpp", "#include \"actors/builtin_stages.hpp\"\n"},
        {"tests/actors/sinks/print_test.cpp", "#include \"tests/support/a.hpp\"\n"}}},
      {"CAF stays in its executor",
       stays_at_home("caf/", {"runtime/executor/caf", "tests/runtime/executor/caf"}),
       {{"runtime/executor/inline.cpp", "#include <caf/actor.hpp>\n"},
        {"pipelines/cli/main.cpp", "#include \"caf/all.hpp\"\n"}},
       {{"runtime/executor/caf/a.cpp", "#include <caf/actor.hpp>\n"}}},
      {"yaml-cpp stays in the reader of pipeline files",
       stays_at_home("yaml-cpp/", {"pipelines/spec"}),
       {{"pipelines/lint/a.cpp", "#include <yaml-cpp/yaml.h>\n"}},
       {{"pipelines/spec/a.cpp", "#include <yaml-cpp/eventhandler.h>\n"}}},
      {"simdjson stays in few files, since it costs a second and a half each",
       stays_at_home("simdjson", simdjson_homes),
       {{"runtime/base/a.cpp", "#include <simdjson.h>\n"},
        {"pipelines/cli/a.hpp", "#include <simdjson/ondemand.h>\n"}},
       {{"actors/codecs/a.cpp", "#include <simdjson.h>\n"}}},
  };
}

std::vector<rule> form_rules() {
  const std::string wide(columns_max, 'x');
  const std::string to_do = "TO"s + "DO";
  const std::string catch_all = "catch (..."s + ")";
  std::string umlauts;
  for (std::size_t i = 0; i < columns_max; ++i) umlauts += "\u00e4";
  std::string longest;
  for (std::size_t i = 0; i < lines_max; ++i) longest += "\n";
  return {
      {"file names are snake_case",
       names_are_snake_case,
       {{"runtime/base/ByteSize.hpp", ""}, {"actors/sinks/write-file.cpp", ""}},
       {{"runtime/base/byte_size_2.hpp", ""}}},
      {"lines have at most 100 columns",
       lines_are_short,
       {{"a.cpp", "\n" + wide + "x\n"}},
       {{"a.cpp", wide + "\n" + umlauts}}},
      {"files are short enough to read",
       files_are_short,
       {{"a.cpp", longest + "\n"}},
       {{"a.cpp", longest}}},
      {"headers are guarded by #pragma once",
       headers_are_guarded,
       {{"a.hpp", "#ifndef A\n"}},
       {{"a.hpp", "#pragma once\n"}, {"a.cpp", ""}}},
      {"what is left to do stands in no comment",
       never_says({to_do, "FIX"s + "ME", "XX"s + "X"}, everywhere, true),
       {{"runtime/base/a.cpp", "int a;  // " + to_do + ": more\n"}},
       {{"runtime/base/a.cpp", "int a;  // all there is to do\n"}}},
      {"nothing is caught and forgotten",
       nothing_is_swallowed,
       {{"a.cpp", "try { f(); } " + catch_all + " {}\n"},
        {"a.cpp", catch_all + " {\n  // it is fine\n}\n"}},
       {{"a.cpp", catch_all + " { ended = true; }\n"}}},
  };
}

std::vector<rule> conduct_rules() {
  const std::vector<std::string> sleeps{"sleep_for"s + "(", "sleep_until"s + "(", "usleep"s + "(",
                                        "nanosleep"s + "(", "sleep"s + "("};
  return {
      {"tests do not sleep",
       never_says(sleeps, {"tests"}, false),
       {{"tests/a.cpp", "  std::this_thread::" + sleeps[0] + "1s);\n"},
        {"tests/a.cpp", "  ::" + sleeps[4] + "1);\n"}},
       {{"tests/a.cpp", "  done.wait();  // " + sleeps[0] + ") would guess\n"},
        {"tests/a.cpp", "  stage.sleep();\n"}}},
      {"only the command line owns the process",
       never_says({"exit(", "_Exit(", "quick_exit(", "getenv(", "setenv(", "sigaction(",
                   "std::signal(", "std::cout", "std::cerr", "printf("},
                  {"runtime", "actors"}, false, {"runtime/base/check.cpp"}),
       {{"runtime/base/a.cpp", "  std::exit(1);\n"},
        {"actors/sinks/print.cpp", "  std::cout << 1;\n"},
        {"runtime/executor/a.cpp", "  const char* home = ::getenv(\"HOME\");\n"}},
       {{"pipelines/cli/main.cpp", "  std::exit(1);\n"},
        {"runtime/executor/a.cpp", "  run.exit(1);  // never exit() here\n"},
        {"runtime/executor/a.cpp", "  snprintf(text);\n"}}},
  };
}

// --- the walk -----------------------------------------------------------------------------------

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE_MESSAGE(stream.good(), path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

const fs::path root = WEIR_SOURCE_DIR;

/// All our C++ files, in order of path.
std::vector<source_file> our_files() {
  std::vector<source_file> files;
  for (const auto& folder : everywhere) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto kind = entry.path().extension();
      if (!entry.is_regular_file() || (kind != ".cpp" && kind != ".hpp")) continue;
      files.push_back({fs::relative(entry.path(), root).generic_string(), text_of(entry.path())});
    }
  }
  std::ranges::sort(files, {}, &source_file::path);
  return files;
}

/// The stages among `paths` whose test is not among them.
std::vector<std::string> untested_stages(const std::set<std::string>& paths) {
  std::vector<std::string> untested;
  for (const auto& path : paths) {
    if (!lies_in_any(path, {"actors/sources", "actors/transforms", "actors/sinks"})) continue;
    if (!path.ends_with(".cpp")) continue;
    const auto test = "tests/" + path.substr(0, path.size() - 4) + "_test.cpp";
    if (!paths.contains(test)) untested.push_back(path + " has no " + test);
  }
  return untested;
}

void check_rules(const std::vector<rule>& rules) {
  const auto files = our_files();
  REQUIRE(!files.empty());
  for (const auto& rule : rules) {
    CAPTURE(rule.name);
    for (const auto& file : rule.bad) {
      CAPTURE(file.path);
      CAPTURE(file.text);
      CHECK_FALSE(rule.check(file).empty());
    }
    for (const auto& file : rule.good) {
      CAPTURE(file.path);
      CAPTURE(file.text);
      CHECK(rule.check(file).empty());
    }
    for (const auto& file : files)
      for (const auto& found : rule.check(file))
        FAIL_CHECK(file.path << ":" << found.line << ": " << found.text);
  }
}

TEST_CASE("includes keep to the layers and libraries to their homes") {
  check_rules(include_rules());
}

TEST_CASE("every file has the form of the house") { check_rules(form_rules()); }

TEST_CASE("code leaves the process alone and tests do not sleep") { check_rules(conduct_rules()); }

TEST_CASE("every stage has a test") {
  CHECK(untested_stages({"actors/sinks/print.cpp"}).size() == 1);
  CHECK(untested_stages({"actors/sinks/print.cpp", "tests/actors/print_test.cpp"}).size() == 1);
  CHECK(untested_stages({"actors/sinks/print.cpp", "tests/actors/sinks/print_test.cpp"}).empty());
  CHECK(untested_stages({"actors/codecs/csv.cpp"}).empty());

  std::set<std::string> paths;
  for (const auto& file : our_files()) paths.insert(file.path);
  for (const auto& stage : untested_stages(paths)) FAIL_CHECK(stage);
}

/// The words of `text` that end like a Debian package of headers.
std::set<std::string> development_packages(const std::string& text) {
  std::set<std::string> packages;
  std::string word;
  for (const char c : text + " ") {
    if (c == '-' || c == '+' || c == '.' || is_word_char(c)) {
      word += c;
      continue;
    }
    if (word.ends_with("-dev")) packages.insert(word);
    word.clear();
  }
  return packages;
}

TEST_CASE("the front door installs the packages that the build asks for") {
  CHECK(development_packages("weir_find(fmt libfmt-dev)\n# dev") == std::set{"libfmt-dev"s});
  const auto asked = development_packages(text_of(root / "cmake/weir_dependencies.cmake"));
  const auto installed = development_packages(text_of(root / "dev"));
  CHECK(asked.size() > 10);
  CHECK(asked == installed);
}

}  // namespace
