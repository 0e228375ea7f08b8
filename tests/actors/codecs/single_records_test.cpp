#include "actors/codecs/single_records.hpp"

#include <doctest/doctest.h>

#include "actors/codecs/csv_reader.hpp"
#include "actors/codecs/ndjson_reader.hpp"
#include "runtime/data/records.hpp"

namespace weir::codecs {
namespace {

record_place place(const char* file, std::uint64_t offset, std::uint64_t line) {
  return {std::make_shared<const input_name>(input_name{file}), offset, line};
}

std::vector<std::string> texts(const chunk& from) {
  std::vector<std::string> all;
  from.each_row([&](std::uint32_t row) {
    append_json_record(all.emplace_back(), from, row);
    if (const auto at = from.place(row))
      all.back() +=
          " " + at->input->text + ":" + std::to_string(at->offset) + ":" + std::to_string(at->line);
  });
  return all;
}

single_records::outcome outcome_of(record_reader& reader, const placed_text& what) {
  auto read = single_records::read(reader, what);
  REQUIRE(read);
  return *std::move(read);
}

TEST_CASE("records are joined in order, each with its own place") {
  ndjson_reader reader({.keep_raw = true});
  single_records all;
  all.add(outcome_of(reader, {R"({"a":1})", place("x", 70, 7)}).records);
  all.add(outcome_of(reader, {R"({"b":"2"})", place("y", 10, 3)}).records);
  all.add(outcome_of(reader, {R"({"a":  3})", place("x", 20, 2)}).records);
  const auto made = all.take();
  REQUIRE(made.size() == 1);
  CHECK(texts(*made.front()) ==
        std::vector<std::string>{R"({"a":1} x:70:7)", R"({"b":"2"} y:10:3)", R"({"a":3} x:20:2)"});
  REQUIRE(made.front()->raw());
  CHECK(made.front()->raw()->text->string(2) == R"({"a":  3})");
  CHECK(all.take().empty());
}

TEST_CASE("a record without a place takes none from the others") {
  ndjson_reader reader({});
  single_records all;
  all.add(outcome_of(reader, {R"({"a":1})", place("x", 70, 7)}).records);
  all.add(outcome_of(reader, {R"({"a":2})", {}}).records);
  all.add(outcome_of(reader, {R"({"a":3})", place("x", 90, 9)}).records);
  const auto made = all.take();
  REQUIRE(made.size() == 3);
  CHECK(texts(*made[0]) == std::vector<std::string>{R"({"a":1} x:70:7)"});
  CHECK(texts(*made[1]) == std::vector<std::string>{R"({"a":2})"});
  CHECK(texts(*made[2]) == std::vector<std::string>{R"({"a":3} x:90:9)"});
}

TEST_CASE("what is no record is told with the place that it has") {
  ndjson_reader reader({});
  const auto one = outcome_of(reader, {"nope", place("x", 70, 7)});
  CHECK(one.records.empty());
  REQUIRE(one.bad.size() == 1);
  CHECK(one.bad.front().code == "not-json");
  CHECK(one.bad.front().offset == 70);
  CHECK(one.bad.front().line == 7);
  CHECK(one.bad.front().bytes == "nope");
}

TEST_CASE("names come with the text where the format has a header") {
  csv_reader reader({}, {});
  const auto ab =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "b"});
  const auto cd =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"c", "d"});
  single_records all;
  all.add(outcome_of(reader, {"1,x", place("x", 4, 2), ab}).records);
  all.add(outcome_of(reader, {"\"two\nlines\",3", place("y", 4, 2), cd}).records);
  CHECK(texts(*all.take().front()) ==
        std::vector<std::string>{R"({"a":1,"b":"x"} x:4:2)", R"({"c":"two\nlines","d":3} y:4:2)"});
  CHECK(outcome_of(reader, {"1,2,3", place("x", 4, 2), ab}).bad.front().code == "field-count");
}

}  // namespace
}  // namespace weir::codecs
