#include "runtime/data/records.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/runtime/data/sample_value.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

std::string json(const sample_value& value) {
  std::string out;
  append_json(out, column_of({value})->at(0));
  return out;
}

chunk_ptr read(std::string_view lines) {
  auto made = chunk_of_json(lines);
  REQUIRE(made);
  return *made;
}

std::string written(const chunk& from, nulls_written nulls = nulls_written::no) {
  std::string out;
  from.each_row([&](std::uint32_t row) {
    append_json_record(out, from, row, nulls);
    out += '\n';
  });
  return out;
}

}  // namespace

TEST_CASE("each kind of value has its JSON") {
  struct row {
    sample_value value;
    const char* text;
  };
  const row rows[] = {
      {sample_null(), "null"},
      {sample_bool(true), "true"},
      {sample_bool(false), "false"},
      {sample_int(-5), "-5"},
      {sample_double(2), "2.0"},
      {sample_double(1.5, "1.50"), "1.50"},
      {sample_double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\""},
      {sample_double(std::numeric_limits<double>::infinity()), "\"Infinity\""},
      {sample_double(-std::numeric_limits<double>::infinity()), "\"-Infinity\""},
      {sample_int(1'500'000'000, value_kind::timestamp), "\"1970-01-01T00:00:01.500Z\""},
      {sample_int(1'500'000'000, value_kind::duration), "\"1.5s\""},
      {sample_text("a\"b"), R"("a\"b")"},
      {sample_text("\xFF\xFE", value_kind::bytes), "\"//4=\""},
      {sample_text("[1,\n2]", value_kind::json), "[1, 2]"},
  };
  for (const auto& row : rows) CHECK(json(row.value) == row.text);
}

TEST_CASE("strings are escaped where JSON asks for it") {
  const auto text = [](std::string_view in) {
    std::string out;
    append_json_string(out, in);
    return out;
  };
  CHECK(text("") == "\"\"");
  CHECK(text("plain text longer than one word") == "\"plain text longer than one word\"");
  CHECK(text("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(text("\n\r\t\b\f\x01\x1f") == R"("\n\r\t\b\f\u0001\u001f")");
  CHECK(text("caf\xC3\xA9 \xE2\x82\xAC \x7f") == "\"caf\xC3\xA9 \xE2\x82\xAC \x7f\"");
  CHECK(text("bad \xFF\xC3") == "\"bad \xEF\xBF\xBD\xEF\xBF\xBD\"");
  CHECK(text(std::string_view("\0", 1)) == R"("\u0000")");
  for (const char special : {'"', '\\', '\n'})
    for (std::size_t at = 0; at < 20; ++at) {
      std::string in(20, 'x');
      in[at] = special;
      const std::string escape = special == '\n' ? "\\n" : std::string("\\") + special;
      CHECK(text(in) == "\"" + std::string(at, 'x') + escape + std::string(19 - at, 'x') + "\"");
    }
}

TEST_CASE("records are written as they were read") {
  const char* lines =
      "{\"a\":1,\"b\":\"x\",\"c\":1.50}\n"
      "{\"c\":12345678901234567890,\"a\":-0}\n"
      "{\"b\":[1, {\"d\":2}],\"a\":true,\"e\":{}}\n"
      "{}\n"
      "{\"f\":\"\\\"\",\"a\":\"caf\xC3\xA9, longer than twelve bytes\"}\n"
      "{\"c\":1e400,\"b\":-9223372036854775808}\n";
  CHECK(written(*read(lines)) == lines);
}

TEST_CASE("a value has its kind by its own text alone") {
  const auto made =
      read(R"({"v":1,"w":9223372036854775808,"x":1.0,"y":"1","z":null,"l":[1],"b":false})");
  const auto kind = [&](const char* name) { return made->find(name)->at(0).kind; };
  CHECK(kind("v") == value_kind::int64);
  CHECK(kind("w") == value_kind::float64);
  CHECK(kind("x") == value_kind::float64);
  CHECK(kind("y") == value_kind::string);
  CHECK(kind("z") == value_kind::null);
  CHECK(kind("l") == value_kind::json);
  CHECK(kind("b") == value_kind::boolean);
}

TEST_CASE("nulls are written where that is asked for") {
  const auto made = read("{\"a\":null,\"b\":1}\n{\"b\":null}");
  CHECK(written(*made) == "{\"b\":1}\n{}\n");
  CHECK(written(*made, nulls_written::yes) == "{\"a\":null,\"b\":1}\n{\"a\":null,\"b\":null}\n");
}

TEST_CASE("the first of duplicate keys counts") {
  CHECK(written(*read(R"({"a":1,"a":2,"b":3,"a":4})")) == "{\"a\":1,\"b\":3}\n");
}

TEST_CASE("empty lines are no records") {
  CHECK(read("\n{\"a\":1}\n \r\n\n{\"a\":2}")->size() == 2);
}

TEST_CASE("a bad line is refused with its number") {
  const auto made = chunk_of_json("{\"a\":1}\n\n{\"a\":}\n");
  REQUIRE(!made);
  CHECK(made.error() == error{"not-json", "line 3, byte 6: '}' stands where a value is due", ""});
  CHECK(chunk_of_json("[1]").error().text == "line 1, byte 1: a record is a map");
}

TEST_CASE("a column that a stage adds is written last, whatever a record's own order") {
  const auto made = read("{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}");
  chunk::parts more = made->all();
  more.columns_schema = std::make_shared<const schema>(std::vector<field>{{"a"}, {"b"}, {"n"}});
  more.columns.push_back(column_of({sample_int(8), sample_int(9)}));
  CHECK(written(*make_chunk(more)) == "{\"a\":1,\"b\":2,\"n\":8}\n{\"b\":3,\"a\":4,\"n\":9}\n");
}
