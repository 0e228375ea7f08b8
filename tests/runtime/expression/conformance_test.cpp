// The public conformance tests of CEL, see tests/data/cel/README.md.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "runtime/base/base64.hpp"
#include "runtime/expression/expression_access.hpp"
#include "runtime/expression/json_path.hpp"
#include "runtime/expression/parser.hpp"
#include "tests/runtime/expression/evaluate.hpp"
#include "tests/runtime/expression/text_message.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

constexpr const char* one_integer = "there is one kind of integer, and 1u is 1";
constexpr const char* names_first = "names and types are checked before the first record";
constexpr const char* absent_is_null = "absent is null";

// Cases that Weir answers otherwise, by a difference that it states.
const std::map<std::string, const char*> differing = {
    {"basic/variables/self_eval_unbound_lookup", absent_is_null},
    {"basic/functions/unbound_is_runtime_error", names_first},
    {"integer_math/int64_math/unary_minus_no_overload", one_integer},
    {"integer_math/int64_math/uint64_overflow_negative", one_integer},
    {"integer_math/uint64_math/negative_no_overload", one_integer},
};

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string json_of(const text_message& value);

std::string list_json(const text_message& list) {
  std::string out = "[";
  for (const auto* item : list.all("values")) out += (out.size() > 1 ? "," : "") + json_of(*item);
  return out + "]";
}

std::string map_json(const text_message& map) {
  std::string out = "{";
  for (const auto* entry : map.all("entries"))
    out += (out.size() > 1 ? "," : "") + json_of(*entry->find("key")) + ":" +
           json_of(*entry->find("value"));
  return out + "}";
}

// A value of the data as JSON, which is how records hold it.
std::string json_of(const text_message& value) {
  const auto& f = value.fields.at(0);
  std::string out;
  if (f.name == "string_value") {
    append_json_string(out, f.scalar);
  } else if (f.name == "bytes_value") {
    out = "\"";
    append_base64(out, f.scalar);
    out += '"';
  } else if (f.name == "null_value") {
    out = "null";
  } else if (f.name == "list_value") {
    out = list_json(f.message.at(0));
  } else if (f.name == "map_value") {
    out = map_json(f.message.at(0));
  } else {
    out = f.scalar;  // numbers and booleans
  }
  return out;
}

std::string kind_of(const text_message& value) {
  const std::map<std::string, std::string> kinds = {
      {"int64_value", "int"},     {"uint64_value", "int"},  {"double_value", "double"},
      {"string_value", "string"}, {"bytes_value", "bytes"}, {"bool_value", "bool"},
      {"null_value", "null"},     {"list_value", "list"},   {"map_value", "map"}};
  return kinds.at(value.fields.at(0).name);
}

struct outcome {
  bool failed = false;
  std::string kind;
  std::string json;
};

// What Weir makes of the text over a record with the bindings.
outcome outcome_of(const text_message& test) {
  const std::string text = test.scalar("expr");
  std::string record;
  for (const auto* b : test.all("bindings")) {
    record += record.empty() ? "{" : ",";
    append_json_string(record, b->scalar("key"));
    record += ":" + json_of(*b->find("value")->find("value"));
  }
  const auto over = chunk_of(record.empty() ? "{}" : record + "}");
  std::optional<expression> what;
  if (test.scalar("disable_check") == "true") {
    auto tree = syntax::parse(text, syntax::vocabulary::functions);
    if (tree.root && tree.problems.empty())
      what = expression_access::make(std::make_shared<const std::string>(text), tree.root);
  } else if (auto made = expression::parse(text)) {
    what = *made;
  }
  if (!what) return {.failed = true, .kind = {}, .json = {}};
  evaluator run(*what);
  const auto found = run.evaluate(*over);
  if (!found.errors.empty()) return {.failed = true, .kind = {}, .json = {}};
  const auto value = found.values->at(0);
  outcome out;
  append_json(out.json, value);
  out.kind = name_of(value.kind);
  if (value.kind == value_kind::json) out.kind = out.json.front() == '[' ? "list" : "map";
  return out;
}

// The texts of values that are one: an int by its text, a double by its value.
bool same(const text_message& expected, const outcome& found) {
  if (found.failed || kind_of(expected) != found.kind) return false;
  const auto wanted = json_of(expected);
  if (found.kind == "double") return std::stod(wanted) == std::stod(found.json);
  const auto a = copy_to_buffer(wanted);
  const auto b = copy_to_buffer(found.json);
  return json_equal({a->data(), wanted.size()}, {b->data(), found.json.size()});
}

bool passes(const text_message& test) {
  const auto found = outcome_of(test);
  if (test.has("eval_error")) return found.failed;
  if (const auto* value = test.find("value")) return same(*value, found);
  return !found.failed && found.json == "true";
}

}  // namespace

TEST_CASE("expressions are what CEL's conformance tests say, but for stated differences") {
  std::set<std::string> met;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/tests/data/cel")) {
    if (entry.path().extension() != ".textproto") continue;
    ++files;
    const auto text = file_text(entry.path());
    const auto file = read_text_message(text);
    std::size_t cases = 0;
    for (const auto* section : file.all("section"))
      for (const auto* test : section->all("test")) {
        ++cases;
        const auto name = fmt::format("{}/{}/{}", file.scalar("name"), section->scalar("name"),
                                      test->scalar("name"));
        CAPTURE(name);
        CAPTURE(test->scalar("expr"));
        met.insert(name);
        const auto known = differing.find(name);
        if (known == differing.end()) {
          CHECK(passes(*test));
        } else {
          CAPTURE(known->second);
          CHECK_FALSE(passes(*test));
        }
      }
    // None was lost on the way.
    std::size_t written = 0;
    for (auto at = text.find("expr: "); at != std::string::npos; at = text.find("expr: ", at + 1))
      ++written;
    CHECK(cases == written);
    CHECK(cases > 20);
  }
  CHECK(files == 4);
  for (const auto& [name, reason] : differing) {
    CAPTURE(name);
    CHECK(met.count(name) == 1);
  }
}

TEST_CASE("a text message is read with its comments, escapes and both ways to nest") {
  const auto read = read_text_message(
      "# a comment\nname: \"a\\303\\277\\n\" 'b' n: -5, on { x: 1 } on: { x: TRUE; y {} }");
  CHECK(read.scalar("name") == "a\u00ff\nb");
  CHECK(read.scalar("n") == "-5");
  REQUIRE(read.all("on").size() == 2);
  CHECK(read.all("on")[1]->scalar("x") == "TRUE");
  CHECK(read.all("on")[1]->find("y")->fields.empty());
  for (const char* bad : {"a", "a: {", "a: 'x", "a: '\\q'", "a }", "a: }"}) {
    CAPTURE(bad);
    CHECK_THROWS(read_text_message(bad));
  }
}
