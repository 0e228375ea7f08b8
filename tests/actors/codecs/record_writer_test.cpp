#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>

#include "actors/codecs/csv_format.hpp"
#include "actors/codecs/csv_writer.hpp"
#include "actors/codecs/lines_writer.hpp"
#include "actors/codecs/ndjson_writer.hpp"
#include "runtime/data/column_builder.hpp"
#include "tests/actors/codecs/reading.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

chunk_ptr made(std::string_view records) {
  auto chunk = chunk_of_json(records);
  REQUIRE(chunk);
  return *chunk;
}

struct written {
  std::string text;
  texts refused;
};

written write(record_writer& writer, const std::vector<chunk_ptr>& chunks) {
  written out;
  text_buffer text;
  for (const auto& c : chunks) {
    std::vector<refused_record> refused;
    writer.write(*c, text, refused);
    for (const auto& r : refused)
      out.refused.push_back(std::to_string(r.row) + " " + r.code + ": " + r.reason);
  }
  writer.finish(text);
  out.text = text.view();
  return out;
}

std::string as_csv(const std::vector<chunk_ptr>& chunks, csv_writer_options options = {}) {
  csv_writer writer(std::move(options));
  const auto out = write(writer, chunks);
  CHECK(out.refused.empty());
  return out.text;
}

chunk_ptr read_raw(const format_under_test& format, std::string_view text) {
  reader_options options;
  options.keep_raw = true;
  return read_all(format, text, options).chunks.at(0);
}

}  // namespace

TEST_CASE("ndjson is written with each record's own keys and without nulls") {
  ndjson_writer writer;
  const auto all = made("{\"a\":1,\"b\":null,\"c\":1.50}\n{\"c\":\"x\",\"a\":2}\n{}");
  CHECK(write(writer, {all, select(all, {1})}).text ==
        "{\"a\":1,\"c\":1.50}\n{\"c\":\"x\",\"a\":2}\n{}\n{\"c\":\"x\",\"a\":2}\n");
  ndjson_writer with_nulls(nulls_written::yes);
  CHECK(write(with_nulls, {made("{\"a\":1,\"b\":null}")}).text == "{\"a\":1,\"b\":null}\n");
}

TEST_CASE("ndjson that nobody changed is copied as it came") {
  const auto all = read_raw(ndjson(), "{ \"a\" : 1 }\r\n{\"b\":null}\n{\"a\":\"\\u0041\"}\n");
  ndjson_writer writer;
  CHECK(write(writer, {all}).text == "{ \"a\" : 1 }\n{\"b\":null}\n{\"a\":\"\\u0041\"}\n");
  CHECK(write(writer, {select(all, {2})}).text == "{\"a\":\"\\u0041\"}\n");
  // Text of another format is not.
  CHECK(write(writer, {read_raw(csv(), "a\n1\n")}).text == "{\"a\":1}\n");
}

TEST_CASE("csv has the keys of the first record, and quotes where they are due") {
  CHECK(as_csv({made("{\"b\":1,\"a\":\"x,y\",\"n\":null}\n{\"a\":\"say \\\"hi\\\"\",\"b\":1.50}\n"
                     "{\"a\":\"two\\nlines\"}\n{\"b\":true,\"a\":\"\"}\n{\"a\":[1,2]}\n{}")}) ==
        "b,a\n1,\"x,y\"\n1.50,\"say \"\"hi\"\"\"\n,\"two\nlines\"\ntrue,\"\"\n,\"[1,2]\"\n,\n");
}

TEST_CASE("a later record with another key is refused by csv") {
  csv_writer writer({});
  const auto out = write(
      writer, {made("{\"a\":1}\n{\"a\":2,\"b\":null}"), made("{\"a\":3,\"b\":4}\n{\"a\":5}")});
  CHECK(out.text == "a\n1\n2\n5\n");
  CHECK(out.refused ==
        texts{"0 no-such-column: the key 'b' is none of the columns that the first record has"});
}

TEST_CASE("the first record's keys alone decide, whatever shares its chunk") {
  const auto both = made("{\"b\":1}\n{\"b\":2,\"a\":3}");
  csv_writer together({}), apart({});
  CHECK(write(together, {both}).text == write(apart, {slice(both, 0, 1), slice(both, 1, 1)}).text);
}

TEST_CASE("csv has all columns of a csv file, also those that its first record has no value in") {
  const auto all = read_all(csv(), "id,name\n1,\n2,b\n").chunks.at(0);
  CHECK(as_csv({all}) == "id,name\n1,\n2,b\n");
  CHECK(as_csv({slice(all, 0, 1), slice(all, 1, 1)}) == "id,name\n1,\n2,b\n");
}

TEST_CASE("csv has the columns that are known, behind those of the first record") {
  csv_writer_options options;
  options.known.fields = {{"a"}, {"b"}, {"c"}};
  const auto all = made("{\"b\":1}\n{\"a\":2,\"c\":3}");
  CHECK(as_csv({all}, options) == "b,a,c\n1,,\n,2,3\n");
  // Where nothing else can come, the header is there without a record.
  CHECK(as_csv({}, options) == "");
  options.known.complete = true;
  CHECK(as_csv({}, options) == "a,b,c\n");
  // A file that is copied keeps its header, unless another may come with more columns.
  const auto raw = read_raw(csv(), "b,a\n1,\n");
  CHECK(as_csv({raw}, options) == "b,a,c\n1,,\n");
  options.known.complete = false;
  CHECK(as_csv({raw}, options) == "b,a\n1,\n");
}

TEST_CASE("csv columns that are given are written, in that order, others left out") {
  csv_writer_options options;
  options.columns = {{"c", "a"}};
  CHECK(as_csv({made("{\"a\":1,\"b\":2}\n{\"c\":3}")}, options) == "c,a\n,1\n3,\n");
  CHECK(as_csv({}, options) == "c,a\n");
  options.header = false;
  CHECK(as_csv({made("{\"a\":1}")}, options) == ",1\n");
  CHECK(as_csv({}) == "");
}

TEST_CASE("csv names and fields may hold another delimiter") {
  csv_writer_options options;
  options.delimiter = ';';
  CHECK(as_csv({made("{\"a;b\":\"x,y\",\"c\":\"x;y\"}")}, options) == "\"a;b\";c\nx,y;\"x;y\"\n");
}

TEST_CASE("csv that nobody changed is copied as it came, header included") {
  const auto all = read_raw(csv(), "b,a\n\"1\",\n,x\r\n");
  CHECK(as_csv({all}) == "b,a\n\"1\",\n,x\n");
  CHECK(as_csv({select(all, {1})}) == "b,a\n,x\n");
  csv_writer_options other;
  other.columns = {{"a", "b"}};
  CHECK(as_csv({all}, other) == "a,b\n,1\nx,\n");
  csv_writer_options semicolons;
  semicolons.delimiter = ';';
  CHECK(as_csv({all}, semicolons) == "b;a\n1;\n;x\n");
}

TEST_CASE("a csv field that ends with a CR keeps it, copied or written anew") {
  const auto all = read_raw(csv(), "a\nx\r\r\ny\n");
  CHECK(as_csv({all}) == "a\nx\r\r\ny\n");
  csv_writer_options anew;
  anew.columns = {{"a"}};
  anew.delimiter = ';';
  CHECK(as_csv({all}, anew) == "a\n\"x\r\"\ny\n");
}

TEST_CASE("a csv name that begins with a byte order mark is written in quotes") {
  const auto all = read_raw(csv(),
                            "\xEF\xBB\xBF\xEF\xBB\xBF"
                            "a\n1\n");
  CHECK(as_csv({all}) ==
        "\"\xEF\xBB\xBF"
        "a\"\n1\n");
}

TEST_CASE("lines are one column's texts") {
  lines_writer writer("msg");
  const auto out =
      write(writer, {made("{\"msg\":\"one\"}\n{\"a\":1}\n{\"msg\":5.0}\n{\"msg\":\"a\\nb\"}")});
  CHECK(out.text == "one\n5.0\n");
  CHECK(out.refused == texts{"1 no-value: the record has no column 'msg'",
                             "3 line-end: the text of column 'msg' has more than one line"});
}

TEST_CASE("lines may be what the records were read from") {
  lines_writer writer(std::nullopt);
  const auto out = write(writer, {read_raw(csv(), "a,b\n1,2\n"), made("{\"a\":1}")});
  CHECK(out.text == "1,2\n");
  CHECK(out.refused == texts{"0 no-value: the record no longer has the text it was read from"});
}

TEST_CASE("the names in a raw csv header are found again") {
  for (const texts& names : {texts{"a"}, texts{"a", "b"}, texts{""},
                             texts{"x,y", "say \"hi\"", "z"}, texts{"a", "", "b"}}) {
    CHECK(csv_raw_names(csv_raw_header(names, ',')) == names);
    CHECK(csv_raw_names(csv_raw_header(names, ';')) == names);
  }
}

TEST_CASE("texts and numbers written as CSV and read again are equal") {
  CHECK(rc::check([] {
    const auto rows = *rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::container<std::vector<std::string>>(
            3, rc::gen::element<std::string>("1", "-2.50", "null", "\"\"", "\"a,b\"", "\"\\\"\"",
                                             "\"x\\r\\ny\"", "\"plain\"", "\" \"", "true")));
    std::string text = "{\"a\":0,\"b\":0,\"c\":0}\n";
    for (const auto& row : rows)
      text += "{\"a\":" + row[0] + ",\"b\":" + row[1] + ",\"c\":" + row[2] + "}\n";
    const auto first = read_all(ndjson(), text);
    csv_writer writer({});
    const auto out = write(writer, first.chunks);
    const auto second = read_all(csv(), out.text);
    RC_ASSERT(second.bad.empty());
    // CSV has no booleans: they come back as text.
    texts expected;
    for (auto record : first.records) {
      for (auto at = record.find(":true"); at != std::string::npos; at = record.find(":true"))
        record.replace(at, 5, ":\"true\"");
      expected.push_back(record);
    }
    RC_ASSERT(second.records == expected);
  }));
}

namespace {

// A text with what the formats make something of, in all places of a block of sixteen bytes.
std::string odd_text(std::size_t longest = 9000) {
  const auto length = std::min(
      longest, *rc::gen::element<std::size_t>(0, 1, 5, 12, 13, 15, 16, 17, 31, 33, 90, 9000));
  std::string text(length, 'x');
  for (auto changes = *rc::gen::inRange(0, 3); changes > 0 && length > 0; --changes) {
    const auto at = *rc::gen::inRange<std::size_t>(0, length);
    text.replace(at, 1,
                 *rc::gen::element<std::string>("\"", ",", ";", "\n", "\r", "\\", "\x01", "\x1f",
                                                " ", "\x7f", "\xC3\xA9", "\xFF", "\xE2\x82"));
  }
  return text;
}

void append_odd_value(column_builder& to) {
  switch (*rc::gen::inRange(0, 12)) {
    case 0:
      return to.append_null();
    case 1:
      return to.append_boolean(*rc::gen::arbitrary<bool>());
    case 2:
      return to.append_int64(*rc::gen::arbitrary<std::int64_t>());
    case 3:
      return to.append_int64(*rc::gen::arbitrary<std::int64_t>(), value_kind::timestamp);
    case 4:
      return to.append_int64(*rc::gen::arbitrary<std::int64_t>(), value_kind::duration);
    case 5:
      return to.append_float64(*rc::gen::element(0.5, -2.0, 1e300, HUGE_VAL, -HUGE_VAL));
    case 6:
      return to.append_float64(1.5, *rc::gen::element<std::string>("1.50", "1500000000000e-12"));
    case 7:
      return to.append_text(odd_text(), value_kind::bytes);
    case 8:
      return to.append_text("[1,\n{\"a\":\"x,y\"}]", value_kind::json);
    default:
      return to.append_text(odd_text());
  }
}

// Columns of one kind each, and one in which anything may follow anything.
chunk_ptr odd_chunk() {
  chunk::parts parts;
  parts.rows = *rc::gen::inRange<std::uint32_t>(1, 6);
  std::vector<field> fields;
  for (const std::string name : {"a", "b,\"c\"", "a name of more than sixteen bytes", "d"}) {
    column_builder values;
    while (values.size() < parts.rows) append_odd_value(values);
    fields.push_back({name});
    parts.columns.push_back(values.finish());
  }
  // Of which the last has texts that lie in their references; two changes make them no longer than
  // twelve bytes.
  for (int i = 0; i < 3; ++i) {
    column_builder values;
    while (values.size() < parts.rows)
      *rc::gen::inRange(0, 4) == 0 ? values.append_null()
                                   : values.append_text(odd_text(i < 2 ? 9000 : 8));
    fields.push_back({"text " + std::to_string(i)});
    parts.columns.push_back(values.finish());
  }
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  if (*rc::gen::arbitrary<bool>()) {
    key_orders orders{.orders = {{3, 1}}, .of_row = std::vector<std::uint32_t>(parts.rows)};
    orders.of_row.back() = 1;
    parts.orders = std::make_shared<const key_orders>(std::move(orders));
  }
  return make_chunk(std::move(parts));
}

// What a value is in CSV, said once more and slowly.
std::string csv_text(const value_view& value) {
  std::string out;
  switch (value.kind) {
    case value_kind::null:
      return out;
    case value_kind::string:
    case value_kind::json:
      append_csv_field(out, value.text, ',');
      return out;
    case value_kind::bytes:
      append_json(out, value);
      return value.text.empty() ? out : out.substr(1, out.size() - 2);
    case value_kind::timestamp:
      return timestamp_text(value.int64);
    case value_kind::duration:
      return duration_text(value.int64);
    default:
      append_json(out, value);
      return out.starts_with('"') ? out.substr(1, out.size() - 2) : out;
  }
}

}  // namespace

TEST_CASE("ndjson is written as the records are, value by value") {
  CHECK(rc::check([] {
    const auto all = odd_chunk();
    for (const auto nulls : {nulls_written::no, nulls_written::yes}) {
      ndjson_writer writer(nulls);
      std::string expected;
      all->each_row([&](std::uint32_t row) {
        append_json_record(expected, *all, row, nulls);
        expected += '\n';
      });
      RC_ASSERT(write(writer, {all}).text == expected);
    }
  }));
}

TEST_CASE("ndjson comes out the same wherever the block that it is gathered in ends") {
  // Some blocks full of short texts, numbers and nulls, of which the last in a record may be all.
  constexpr std::uint32_t rows = 4'000;
  column_builder texts;
  column_builder numbers;
  column_builder flags;
  column_builder tails;
  for (std::uint32_t row = 0; row < rows; ++row) {
    row % 7 == 0 ? texts.append_null() : texts.append_text(std::string(row % 41, 'x'));
    row % 3 == 0 ? numbers.append_null() : numbers.append_int64(row);
    row % 2 == 0 ? flags.append_null() : flags.append_boolean(true);
    row % 5 != 0 ? tails.append_null() : tails.append_text("\"" + std::string(row % 31, 'y'));
  }
  chunk::parts parts;
  parts.rows = rows;
  parts.columns_schema = std::make_shared<const schema>(
      std::vector<field>{{"text"}, {"number"}, {"flag"}, {"tail"}, {"nothing"}});
  for (column_builder* made : {&texts, &numbers, &flags, &tails})
    parts.columns.push_back(made->finish());
  parts.columns.push_back(column::nulls(rows));
  const auto all = make_chunk(std::move(parts));
  for (const auto nulls : {nulls_written::no, nulls_written::yes}) {
    ndjson_writer writer(nulls);
    std::string expected;
    for (std::uint32_t row = 0; row < rows; ++row) {
      append_json_record(expected, *all, row, nulls);
      expected += '\n';
    }
    CHECK(write(writer, {all}).text == expected);
  }
}

TEST_CASE("csv is written as its fields are, value by value") {
  CHECK(rc::check([] {
    const auto all = odd_chunk();
    csv_writer_options options;
    options.columns.emplace();
    for (const auto& f : all->schema().fields()) options.columns->push_back(f.name);
    std::string expected = csv_header(*options.columns, ',') + '\n';
    all->each_row([&](std::uint32_t row) {
      for (std::size_t i = 0; i < all->columns().size(); ++i)
        (expected += i == 0 ? "" : ",") += csv_text(all->columns()[i]->at(row));
      expected += '\n';
    });
    RC_ASSERT(as_csv({all}, options) == expected);
  }));
}
