#include "actors/codecs/csv_reader.hpp"

#include <doctest/doctest.h>

#include "runtime/data/json_text.hpp"
#include "tests/actors/codecs/any_cut.hpp"
#include "tests/actors/codecs/reading.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

reading read(std::string_view text, reader_options options = {}, const csv_options& format = {}) {
  return read_all(csv(format), text, std::move(options));
}

}  // namespace

TEST_CASE("csv gives a record for each line below the header") {
  const auto got = read("id,name\n1,ann\r\n2,bob\n");
  CHECK(got.records == texts{"{\"id\":1,\"name\":\"ann\"}", "{\"id\":2,\"name\":\"bob\"}"});
  CHECK(got.places == texts{"8:2", "15:3"});
  CHECK(got.bad.empty());
}

TEST_CASE("a csv field has its kind by its own text") {
  struct row {
    const char *text, *record;
  };
  const row rows[] = {
      {"5", "{\"x\":5}"},
      {"-1.50", "{\"x\":-1.50}"},
      {"1e3", "{\"x\":1e3}"},
      {"123456789012345678901", "{\"x\":123456789012345678901}"},
      {"007", "{\"x\":\"007\"}"},
      {"+5", "{\"x\":\"+5\"}"},
      {"-", "{\"x\":\"-\"}"},
      {" 5", "{\"x\":\" 5\"}"},
      {"nan", "{\"x\":\"nan\"}"},
      {"true", "{\"x\":\"true\"}"},
      {"", "{}"},
      {"\"\"", "{\"x\":\"\"}"},
      {"\"5\"", "{\"x\":5}"},
      {"\"a,b\"", "{\"x\":\"a,b\"}"},
      {"\"say \"\"hi\"\"\"", "{\"x\":\"say \\\"hi\\\"\"}"},
      {"\"two\nlines\"", "{\"x\":\"two\\nlines\"}"},
      {"5'10\"", "{\"x\":\"5'10\\\"\"}"},
      {"caf\xC3\xA9", "{\"x\":\"caf\xC3\xA9\"}"},
  };
  for (const auto& row : rows) {
    INFO(std::string(row.text));
    for (const char* end : {"\n", "\r\n", ""}) {
      const auto got = read("x,y\n" + std::string(row.text) + "," + end);
      CHECK(got.records == texts{row.record});
      CHECK(got.bad.empty());
    }
  }
}

TEST_CASE("csv names come from the header or are given") {
  CHECK(read("\"a b\",\"c,\"\"d\"\n1,2\n").records == texts{"{\"a b\":1,\"c,\\\"d\":2}"});
  csv_options given;
  given.names = {{"a", "b"}};
  CHECK(read("1,2\n3,4", {}, given).records == texts{"{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":4}"});
  CHECK(read("a,b\r\n").records.empty());
  CHECK(read("").failure.empty());
}

TEST_CASE("blank lines before a csv header are skipped, however they are cut") {
  const std::string text = "\n\r\n\na,b\n1,2\n";
  CHECK(read(text).records == texts{"{\"a\":1,\"b\":2}"});
  CHECK(read(text).places == texts{"8:5"});
  CHECK(read_all(csv(), text, {}, {.block = 1_B}, 1).same_as(read(text)));
  CHECK(read("\xEF\xBB\xBF\n" + text).records == texts{"{\"a\":1,\"b\":2}"});
  CHECK(read("\n\n").records.empty());
  CHECK(read("\n\n").failure.empty());
}

TEST_CASE("a csv column without a name is named by its place") {
  CHECK(read(",a,\n1,2,3\n").records == texts{"{\"column_1\":1,\"a\":2,\"column_3\":3}"});
  CHECK(read(",column_1\n1,2\n").failure == "csv-header: two columns are named 'column_1'");
}

TEST_CASE("a csv header that can't be used ends the reading") {
  CHECK(read("a,b,a\n1,2,3").failure == "csv-header: two columns are named 'a'");
  CHECK(read("a,\xFF\n1,2").failure == "csv-header: the name '\\xff' is not UTF-8");
  CHECK(read(std::string_view("\xFF\xFE"
                              "a\0,\0b\0\n\0",
                              10))
            .failure ==
        "csv-header: the file is UTF-16; records are UTF-8, as 'iconv -f UTF-16 -t UTF-8' makes "
        "them");
  CHECK(read("a,\"b\n1,2").failure ==
        "csv-header: the header can't be read: a quoted field does not end");
  reader_options options;
  options.record_max = 10_B;
  CHECK(read_all(csv(), "a,b,c,d,e,f,g,h\n1\n", options, {.block = 4_B}).failure ==
        "csv-header: the header is longer than max_record allows");
  CHECK(read("a,b,c,d,e,f,g,h\n1\n", options).failure ==
        "csv-header: the header is longer than max_record allows");
}

TEST_CASE("a bad csv record is told, and its neighbours are kept") {
  struct row {
    const char *record, *told;
  };
  const row rows[] = {
      {"1", "field-count: 1 field where there are 2 columns"},
      {"1,2,3", "field-count: 3 fields where there are 2 columns"},
      {"\"a\"b,2", "not-csv: text follows behind a field's closing quote"},
      {"\xFF,2", "not-utf8: the record is not UTF-8"},
  };
  for (const auto& row : rows) {
    INFO(std::string(row.record));
    const auto got = read("a,b\n1,2\n" + std::string(row.record) + "\n3,4\n");
    CHECK(got.records == texts{"{\"a\":1,\"b\":2}", "{\"a\":3,\"b\":4}"});
    CHECK(got.bad == texts{"8:3 " + std::string(row.told) + " <" + row.record + ">"});
  }
  CHECK(read("a\n1,2\n").bad == texts{"2:2 field-count: 2 fields where there is 1 column <1,2>"});
  const auto open = read("a,b\n1,2\n3,\"x\n5,6\n");
  CHECK(open.records == texts{"{\"a\":1,\"b\":2}"});
  CHECK(open.bad == texts{"8:3 not-csv: a quoted field does not end <3,\"x\n5,6\n>"});
  reader_options options;
  options.record_max = 7_B;
  CHECK(read("a,b\n3,\"x\n5\n", options).bad.front().starts_with("4:2 not-csv: "));
  options.record_max = 6_B;  // the last line end belongs to the field
  CHECK(read("a,b\n3,\"x\n5\n", options).bad.front().starts_with("4:2 record-too-long: "));
}

TEST_CASE("csv lines count also within quotes") {
  const auto got = read("a,b\n\"x\ny\nz\",1\n2,3\nbad\n");
  CHECK(got.places == texts{"4:2", "14:5"});
  CHECK(got.bad.at(0).starts_with("18:6 field-count"));
}

TEST_CASE("a blank csv line is skipped, but is a null where there is one column") {
  CHECK(read("a,b\n\n1,2\n\r\n").records == texts{"{\"a\":1,\"b\":2}"});
  CHECK(read("a\n1\n\n2\n").records == texts{"{\"a\":1}", "{}", "{\"a\":2}"});
}

TEST_CASE("a byte order mark before csv is skipped") {
  CHECK(read("\xEF\xBB\xBF"
             "a,b\n1,2")
            .records == texts{"{\"a\":1,\"b\":2}"});
  // Also where the header's first name stands in quotes and has a line end in it.
  const auto got = read_all(csv(), "\xEF\xBB\xBF\"a\nb\"\n1\n", {}, {}, 1);
  CHECK(got.records == texts{"{\"a\\nb\":1}"});
}

TEST_CASE("declared csv columns hold their type") {
  reader_options options;
  options.declared = {{"t", column_type::timestamp}, {"s", column_type::string},
                      {"n", column_type::int64},     {"f", column_type::float64},
                      {"d", column_type::duration},  {"b", column_type::boolean},
                      {"j", column_type::json}};
  const std::string header = "t,s,n,f,d,b,j\n";
  const auto got = read(header +
                            "2026-03-01T00:00:00Z,007,7,1.50,1m30s,True,\"[1,\n{\"\"a\"\":2}]\"\n"
                            ",,,,,,\n",
                        options);
  CHECK(got.bad.empty());
  CHECK(got.records ==
        texts{"{\"t\":\"2026-03-01T00:00:00Z\",\"s\":\"007\",\"n\":7,\"f\":1.50,\"d\":\"90s\","
              "\"b\":true,\"j\":[1, {\"a\":2}]}",
              "{}"});
  CHECK(read(header + "x,,,,,,\n", options).bad ==
        texts{"14:2 type-mismatch: column 't' is declared as timestamp; 'x' is none, as "
              "'2026-03-01T12:00:00Z' is, or lies outside of 1677 to 2262 <x,,,,,,>"});
  reader_options unused = options;
  unused.columns = {{"s"}};
  CHECK(read(header + "x,,,,,,\n", unused).bad.size() == 1);
  CHECK(read(header + ",a,,,,,\n", unused).records == texts{"{\"s\":\"a\"}"});
}

TEST_CASE("only the csv columns asked for are made") {
  reader_options options;
  options.columns = {{"c", "a", "no-such"}};
  const auto got = read("a,b,c\n1,2,3\n", options);
  CHECK(got.records == texts{"{\"a\":1,\"c\":3}"});
  CHECK(got.chunks.front()->schema().size() == 2);
}

TEST_CASE("another delimiter may stand between csv fields") {
  csv_options tabs;
  tabs.delimiter = '\t';
  CHECK(read("a\tb\n1,5\t\"x\ty\"\n", {}, tabs).records ==
        texts{"{\"a\":\"1,5\",\"b\":\"x\\ty\"}"});
}

TEST_CASE("raw csv text is kept with the names it goes by") {
  reader_options options;
  options.keep_raw = true;
  const auto got = read("a,b\r\n1,\"x\ny\"\r\n\"2\",3\n", options);
  CHECK(got.raw == texts{"1,\"x\ny\"", "\"2\",3"});
  CHECK(got.chunks.front()->raw()->format == "csv");
  CHECK(csv_raw_names(got.chunks.front()->raw()->header) == texts{"a", "b"});
}

TEST_CASE("each csv input has its own header") {
  csv_reader reader({}, {});
  const auto read_one = [&](std::string_view text) {
    reader.begin_input();
    raw_block block{.data = copy_to_buffer(text), .end = static_cast<std::uint32_t>(text.size())};
    auto got = reader.read(block);
    REQUIRE(got);
    std::string out;
    append_json_record(out, *got->records, 0);
    return out;
  };
  CHECK(read_one("a,b\n1,2\n") == "{\"a\":1,\"b\":2}");
  CHECK(read_one("b,c\n3,4\n") == "{\"b\":3,\"c\":4}");
}

TEST_CASE("csv cut anywhere gives the same records") {
  CHECK(rc::check([] {
    const auto body = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a", "12", ",", ",", "\n", "\r\n", "\"", "\"\"", "\"x,\ny\"", "\xC3\xA9", "\xFF"));
    std::string text = "h,i\n";
    for (const auto& part : body) text += part;
    reader_options options;
    options.keep_raw = *rc::gen::arbitrary<bool>();
    options.record_max.bytes = *rc::gen::element<std::uint64_t>(5, 30, 1000);
    if (*rc::gen::arbitrary<bool>()) options.declared = {{"h", column_type::int64}};
    check_any_cut(csv(), text, options);
  }));
}

TEST_CASE("csv records are read alike with quotes, without, and in any company") {
  CHECK(rc::check([] {
    const std::string line_end = *rc::gen::element<std::string>("\n", "\r\n");
    std::string text = "a,b,c" + line_end;
    texts expected;
    std::size_t bad = 0;
    for (int lines = *rc::gen::inRange(0, 40); lines > 0; --lines) {
      const bool quoted = *rc::gen::inRange(0, 5) == 0;
      const int count = *rc::gen::element(3, 3, 3, 3, 3, 3, 2, 4);
      std::string record;
      for (int i = 0; i < count; ++i) {
        const std::string field = *rc::gen::element<std::string>(
            "", "1", "-2.50", "x", "longer than twelve bytes", "\xC3\xA9", "7e", "1e5", "00", "-");
        if (i > 0) text += ',';
        text += quoted ? '"' + field + '"' : field;
        if (field.empty() && !quoted) continue;
        record +=
            (record.empty() ? "{\"" : ",\"") + std::string(1, static_cast<char>('a' + i)) + "\":";
        record += is_json_number(field) ? field : '"' + field + '"';
      }
      text += line_end;
      record += record.empty() ? "{}" : "}";
      if (count == 3) {
        expected.push_back(record);
      } else {
        ++bad;
      }
    }
    if (*rc::gen::arbitrary<bool>()) text.resize(text.size() - line_end.size());
    const auto got = read_all(csv(), text);
    RC_ASSERT(got.records == expected);
    RC_ASSERT(got.bad.size() == bad);
    check_any_cut(csv(), text, {});
  }));
}
