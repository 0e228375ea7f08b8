#include "actors/codecs/ndjson_reader.hpp"

#include <doctest/doctest.h>

#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/actors/codecs/any_cut.hpp"
#include "tests/actors/codecs/reading.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

reading read(std::string_view text, reader_options options = {}) {
  return read_all(ndjson(), text, std::move(options));
}

}  // namespace

TEST_CASE("ndjson gives a record for each line") {
  const auto got =
      read("{\"a\":1,\"b\":\"x\"}\n{\"a\":2.50,\"c\":[1, {\"d\":null}]}\r\n{}\n{ \"a\" : true }");
  CHECK(got.bad.empty());
  CHECK(got.records == texts{"{\"a\":1,\"b\":\"x\"}", "{\"a\":2.50,\"c\":[1, {\"d\":null}]}", "{}",
                             "{\"a\":true}"});
  CHECK(got.places == texts{"0:1", "16:2", "48:3", "51:4"});
}

TEST_CASE("ndjson reads every kind of value") {
  const auto made = read(R"({"n":null,"t":true,"f":false,"i":-12,"m":9223372036854775807,)"
                         R"("o":9223372036854775808,"d":1e3,"z":-0,"s":"text","e":"a\"\u00e9\n",)"
                         R"("l":[1,2],"k":{"x":{}},"long":"longer than twelve bytes"})")
                        .chunks.at(0);
  const auto kind = [&](const char* name) { return made->find(name)->at(0).kind; };
  CHECK(kind("n") == value_kind::null);
  CHECK(kind("t") == value_kind::boolean);
  CHECK(kind("i") == value_kind::int64);
  CHECK(made->find("m")->at(0).int64 == INT64_MAX);
  CHECK(kind("o") == value_kind::float64);
  CHECK(kind("d") == value_kind::float64);
  CHECK(made->find("d")->at(0).float64 == 1000);
  CHECK(kind("z") == value_kind::float64);
  CHECK(made->find("e")->at(0).text == "a\"\xC3\xA9\n");
  CHECK(kind("l") == value_kind::json);
  CHECK(made->find("k")->at(0).text == "{\"x\":{}}");
  CHECK(made->find("long")->at(0).text == "longer than twelve bytes");
}

TEST_CASE("ndjson strings without escapes are not copied") {
  raw_block block;
  block.data = copy_to_buffer("{\"a\":\"longer than twelve bytes\"}\n");
  block.end = 33;
  ndjson_reader reader({});
  const auto got = reader.read(block);
  REQUIRE(got);
  CHECK(block.empty());
  CHECK(got->records->find("a")->string(0).data() == block.data->data() + 6);
}

TEST_CASE("ndjson keeps no input alive once a block is read") {
  auto data = copy_to_buffer("{\"a\":\"longer than twelve bytes\"}\n{\"b\":1}\n");
  ndjson_reader reader({});
  raw_block block{.data = data, .end = 41};
  while (!block.empty()) CHECK(reader.read(block));
  block.data.reset();
  CHECK(data.use_count() == 1);
}

TEST_CASE("ndjson skips empty lines and a byte order mark, and counts them") {
  const auto got = read("\xEF\xBB\xBF{\"a\":1}\n\n \t\r\n{\"a\":2}\n\n");
  CHECK(got.records == texts{"{\"a\":1}", "{\"a\":2}"});
  CHECK(got.places == texts{"3:1", "16:4"});
  CHECK(got.bad.empty());
  CHECK(read("").records.empty());
  CHECK(read("\n\n").bad.empty());
}

TEST_CASE("a bad line is told with its place and reason, and its neighbours are kept") {
  struct row {
    const char *line, *told;
  };
  const row rows[] = {
      {"{\"a\":}", "not-json: byte 6 of the record: '}' stands where a value is due"},
      {"{\"a\":1", "not-json: byte 1 of the record: a map begins here and does not end"},
      {"{\"a\":1}}", "not-json: byte 8 of the record: more text follows behind the value"},
      {"{\"a\":1} {\"a\":2}", "not-json: byte 9 of the record: more text follows behind the value"},
      {"[1]", "not-json: a record is a JSON object, this is another value"},
      {"7", "not-json: a record is a JSON object, this is another value"},
      {"{\"a\":tru}", "not-json: byte 6 of the record: 'tru' is not a value of JSON"},
      {"{\"a\":01}", "not-json: byte 6 of the record: '01' is not a value of JSON"},
      {"{\"a\":\"x}", "not-json: byte 6 of the record: a string begins here and does not end"},
      {"{\"a\":\"\\x\"}", "not-json: byte 7 of the record: an escape that means nothing"},
      {"{\"a\":\"\xFF\"}", "not-utf8: byte 7 of the record: a byte that is not UTF-8"},
      {"{\"a\":\"\t\"}",
       "not-json: byte 7 of the record: a control character stands in a string without an escape"},
      {"{\"a\":[1,{\"b\":2]}", "not-json: byte 15 of the record: ',' or '}' is due here"},
      {"{a:1}", "not-json: byte 2 of the record: a string in double quotes is due here"},
      {"garbage", "not-json: byte 1 of the record: 'garbage' is not a value of JSON"},
  };
  for (const auto& row : rows) {
    INFO(std::string(row.line));
    const auto got = read("{\"a\":0}\n" + std::string(row.line) + "\n{\"a\":3}\n");
    CHECK(got.records == texts{"{\"a\":0}", "{\"a\":3}"});
    CHECK(got.bad == texts{"8:2 " + std::string(row.told) + " <" + row.line + ">"});
    CHECK(got.places.back() == std::to_string(9 + std::string(row.line).size()) + ":3");
  }
}

TEST_CASE("a file that is JSON but no NDJSON is told as what it is, at its first line") {
  const char* list =
      "the file looks like one JSON value; a record is an object on a line of its own, "
      "as 'jq -c .[]' makes them";
  const char* map =
      "the file looks like one JSON value; a record is an object on a line of its own, "
      "as 'jq -c .' makes them";
  const auto reason = [](std::string_view text) { return read(text).bad.at(0); };
  CHECK(reason("[\n  {\"a\": 1},\n]\n") == "0:1 not-json: " + std::string(list) + " <[>");
  CHECK(reason("[{\"a\":1}]") == "0:1 not-json: " + std::string(list) + " <[{\"a\":1}]>");
  CHECK(reason("{\n  \"a\": 1\n}\n") == "0:1 not-json: " + std::string(map) + " <{>");
  CHECK(reason("{\"a\":\n") ==
        "0:1 not-json: byte 6 of the record: the text ends where a value is due <{\"a\":>");
  CHECK(reason("{\"a\":1}\n[\n") ==
        "8:2 not-json: byte 1 of the record: a list begins here and does not end <[>");
  reader_options short_records;
  short_records.record_max.bytes = 10;
  CHECK(read("{\"a\": 123456789}\n[]\n", short_records).bad.at(1) ==
        "17:2 not-json: a record is a JSON object, this is another value <[]>");
  const auto wide = read(std::string_view("\xFF\xFE{\0\"\0\n\0", 8));
  CHECK(
      wide.bad.at(0).starts_with("0:1 not-utf8: the file is UTF-16; records are UTF-8, as "
                                 "'iconv -f UTF-16 -t UTF-8' makes them"));
}

TEST_CASE("what is a bad line does not depend on the columns asked for") {
  const char* text =
      "{\"a\":1,\"b\":tru}\n{\"a\":1,\"b\":\"\\q\"}\n{\"a\":1,\"b\":[1,]}\n{\"a\":1,\"b\":2}\n";
  const auto all = read(text);
  reader_options only;
  only.columns = {{"a"}};
  const auto some = read(text, only);
  CHECK(all.bad.size() == 3);
  CHECK(some.bad == all.bad);
  CHECK(some.records == texts{"{\"a\":1}"});
  only.columns = std::vector<std::string>{};
  const auto none = read(text, only);
  CHECK(none.bad == all.bad);
  CHECK(none.records == texts{"{}"});
}

TEST_CASE("the first of duplicate keys counts") {
  CHECK(read(R"({"a":null,"a":2,"\u0061":3,"b":4})").records == texts{"{\"b\":4}"});
  CHECK(read(R"({"a":1,"a":2})").records == texts{"{\"a\":1}"});
}

TEST_CASE("keys that differ in one byte only are told apart, however long they are") {
  for (std::size_t length = 1; length <= 40; ++length)
    for (std::size_t at = 0; at < length; ++at) {
      CAPTURE(length);
      CAPTURE(at);
      const std::string one(length, 'k');
      std::string other = one;
      other[at] = 'K';
      const auto line = [](const std::string& key) { return "{\"" + key + "\":1}\n"; };
      const auto got = read(line(one) + line(other) + line(one + "k") + line(one));
      REQUIRE(got.chunks.size() == 1);
      CHECK(got.chunks[0]->columns().size() == 3);
      CHECK(got.records[1] == "{\"" + other + "\":1}");
    }
}

TEST_CASE("a declared column holds its type, and what does not fit is refused") {
  struct row {
    column_type type;
    const char *value, *result;
  };
  const row rows[] = {
      {column_type::int64, "17", "17"},
      {column_type::int64, "1.0", nullptr},
      {column_type::int64, "\"17\"", nullptr},
      {column_type::int64, "9223372036854775808", nullptr},
      {column_type::float64, "17", "17"},
      {column_type::float64, "1.50", "1.50"},
      {column_type::float64, "true", nullptr},
      {column_type::boolean, "true", "true"},
      {column_type::boolean, "1", nullptr},
      {column_type::string, "\"x\"", "\"x\""},
      {column_type::string, "5", nullptr},
      {column_type::timestamp, "\"2026-03-01T00:00:00+01:00\"", "\"2026-02-28T23:00:00Z\""},
      {column_type::timestamp, "\"yesterday\"", nullptr},
      {column_type::timestamp, "5", nullptr},
      {column_type::duration, "\"1m30s\"", "\"90s\""},
      {column_type::duration, "\"90\"", nullptr},
      {column_type::bytes, "\"Zm9v\"", "\"Zm9v\""},
      {column_type::bytes, "\"Zm9v\\u0059g==\"", "\"Zm9vYg==\""},
      {column_type::bytes, "\"Z\"", nullptr},
      {column_type::json, "\"a\\n\"", "\"a\\n\""},
      {column_type::json, "[1]", "[1]"},
      {column_type::json, "5", "5"},
      {column_type::int64, "null", ""},
  };
  for (const auto& row : rows) {
    INFO(std::string(row.value));
    reader_options options;
    options.declared = {{"x", row.type}};
    const auto got = read("{\"x\":" + std::string(row.value) + "}", options);
    if (row.result == nullptr) {
      CHECK(got.records.empty());
      CHECK(got.bad.size() == 1);
    } else {
      CHECK(got.bad.empty());
      const std::string member = *row.result == 0 ? "" : "\"x\":" + std::string(row.result);
      CHECK(got.records == texts{"{" + member + "}"});
      CHECK(got.chunks.front()->schema()[0].type == row.type);
    }
    // The same whether somebody uses the column or not.
    options.columns = std::vector<std::string>{};
    CHECK(read("{\"x\":" + std::string(row.value) + "}", options).bad == got.bad);
  }
  reader_options options;
  options.declared = {{"status", column_type::int64}};
  CHECK(read("{\"status\":\"abc\"}", options).bad ==
        texts{"0:1 type-mismatch: column 'status' is declared as int; 'abc' is none "
              "<{\"status\":\"abc\"}>"});
}

TEST_CASE("records keep their own key order") {
  const texts lines = {"{\"a\":1,\"b\":2,\"c\":3}", "{\"b\":4,\"a\":5}",
                       "{\"c\":6,\"d\":7,\"a\":8}", "{\"d\":1}", "{\"b\":4,\"a\":5}"};
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  const auto got = read(text);
  CHECK(got.records == lines);
  CHECK(got.chunks.at(0)->orders()->orders.size() == 2);
}

TEST_CASE("the raw text of records is kept where asked for") {
  reader_options options;
  options.keep_raw = true;
  options.columns = std::vector<std::string>{};
  const auto got = read("{ \"a\" : 1 }\r\nbad\n{\"b\":2}", options);
  CHECK(got.raw == texts{"{ \"a\" : 1 }", "{\"b\":2}"});
  CHECK(got.chunks.front()->raw()->format == "ndjson");
  CHECK(read("{\"a\":1}").raw.empty());
}

TEST_CASE("a record longer than record_max is one bad record, however it comes") {
  reader_options options;
  options.record_max = 20_B;
  const std::string fits = "{\"a\":\"12345678901\"}";
  const std::string exact = "{\"a\":\"123456789012\"}";
  const std::string longer = "{\"a\":\"1234567890123\"}";
  const std::string huge = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  REQUIRE(exact.size() == 20);
  const std::string text = fits + "\n" + huge + "\r\n" + exact + "\r\n" + longer + "\n" + huge;
  const auto whole = read(text, options);
  CHECK(whole.records == texts{fits, exact});
  REQUIRE(whole.bad.size() == 3);
  CHECK(whole.bad[0] == "20:2 record-too-long: a record of 5008 bytes; max_record allows 20B <" +
                            huge.substr(0, too_long_kept_bytes) + ">");
  for (const std::size_t block : {1U, 7U, 64U, 100'000U})
    for (const std::size_t piece : {1U, 3U, 1000U}) {
      CAPTURE(block);
      CAPTURE(piece);
      CHECK(read_all(ndjson(), text, options, {.block = byte_size{block}}, piece).same_as(whole));
    }
}

TEST_CASE("records with ever new keys end a chunk before it grows out of hand") {
  std::string text;
  for (int i = 0; i < 3000; ++i)
    text += "{\"key" + std::to_string(i) + "\":" + std::to_string(i) + "}\n";
  const auto got = read(text);
  CHECK(got.records.size() == 3000);
  CHECK(got.records[2999] == "{\"key2999\":2999}");
  CHECK(got.chunks.size() > 1);
  for (const auto& c : got.chunks) CHECK(c->size() * c->schema().size() <= chunk_cells_max);
}

TEST_CASE("a record of very many keys after many small ones begins its own chunk") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "{\"a\":1}\n";
  std::string wide = "{\"a\":1";
  for (int i = 0; i < 9'000; ++i) wide += ",\"k" + std::to_string(i) + "\":1";
  text += wide + "}\n{\"a\":2}\n";
  const auto got = read(text);
  REQUIRE(got.records.size() == 502);
  CHECK(got.records[500] == wide + "}");
  for (const auto& c : got.chunks) CHECK(c->size() * c->schema().size() <= chunk_cells_max);
}

TEST_CASE("a record of more than 10,000 keys is refused") {
  const auto with_keys = [](int count) {
    std::string text = "{";
    for (int i = 0; i < count; ++i) text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":1";
    return text + "}";
  };
  CHECK(read(with_keys(10'000)).records.size() == 1);
  const auto got = read(with_keys(10'001) + "\n{\"a\":1}");
  CHECK(got.records == texts{"{\"a\":1}"});
  REQUIRE(got.bad.size() == 1);
  CHECK(got.bad[0].starts_with("0:1 too-many-keys: a record of more than 10000 keys"));
}

TEST_CASE("nested values may lie a thousand deep, no deeper") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(read(nested(json_depth_max - 1)).records.size() == 1);
  CHECK(read(nested(json_depth_max)).bad.size() == 1);
}

TEST_CASE("many bad lines end a call, and none is lost") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += i % 10 == 0 ? "{\"a\":1}\n" : "x\n";
  const auto got = read(text);
  CHECK(got.records.size() == 500);
  CHECK(got.bad.size() == 4500);
  CHECK(got.bad.back().starts_with("12998:5000 "));
}

namespace {

rc::Gen<std::string> any_json(int depth);

rc::Gen<std::string> any_string() {
  return rc::gen::map(
      rc::gen::scale(0.1,
                     rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                         "a", "bc", "longer text", " ", "\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00",
                         "\xC3\xA9", "{", "}", "[", ",", ":", "\\\\"))),
      [](const std::vector<std::string>& parts) {
        std::string text = "\"";
        for (const auto& p : parts) text += p;
        return text + "\"";
      });
}

// With white space between its parts or, as most records are, without.
rc::Gen<std::string> any_object(int depth) {
  using member_texts = std::vector<std::pair<std::string, std::string>>;
  const auto members =
      rc::gen::scale(0.08, rc::gen::container<member_texts>(rc::gen::pair(
                               rc::gen::element<std::string>("a", "b", "c", "\\u0064", "e f", ""),
                               any_json(depth - 1))));
  return rc::gen::map(rc::gen::tuple(members, rc::gen::element<std::string>("", "", " "),
                                     rc::gen::element<std::string>("", "", "\t")),
                      [](const std::tuple<member_texts, std::string, std::string>& from) {
                        const auto& [list, before, behind] = from;
                        std::string text = "{";
                        for (const auto& [key, value] : list) {
                          if (text.size() > 1) text += before + ",";
                          ((((text += '"') += key) += "\":") += behind) += value;
                        }
                        return text + "}";
                      });
}

rc::Gen<std::string> any_json(int depth) {
  const auto plain = rc::gen::element<std::string>("null", "true", "false", "0", "-1", "1.50",
                                                   "1e5", "123456789012345678901", "-0");
  if (depth <= 0) return rc::gen::oneOf(plain, any_string());
  const auto list = rc::gen::map(
      rc::gen::scale(0.05, rc::gen::container<std::vector<std::string>>(any_json(depth - 1))),
      [](const std::vector<std::string>& items) {
        std::string text = "[";
        for (const auto& item : items) text += (text.size() > 1 ? "," : "") + item;
        return text + "]";
      });
  return rc::gen::oneOf(plain, any_string(), any_string(), list, any_object(depth));
}

// Records and lines that are none, as they come.
rc::Gen<std::string> any_input() {
  const auto line = rc::gen::oneOf(
      any_object(2), any_object(2), any_object(2),
      rc::gen::element<std::string>("", " ", "{", "\"", "[]", "{\"a\":1}x", "{\"a\":\"\xFF\"}",
                                    "{\"a\":\"\\", "\\", "{\"a\" 1}", "a\"b\":{", "{}{}"));
  return rc::gen::map(
      rc::gen::pair(rc::gen::scale(0.2, rc::gen::container<std::vector<std::string>>(line)),
                    rc::gen::element<std::string>("\n", "\r\n")),
      [](const std::pair<std::vector<std::string>, std::string>& from) {
        std::string text;
        for (const auto& line_text : from.first) text += line_text + from.second;
        return text;
      });
}

std::size_t lines_that_count(const std::string& text) {
  std::size_t count = 0;
  for (const auto line : split(text, '\n'))
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) ++count;
  return count;
}

}  // namespace

TEST_CASE("the fast reader and the checker of JSON agree, line by line") {
  CHECK(rc::check([] {
    std::string text = *any_input();
    // Half of the time some byte is another one.
    if (!text.empty() && *rc::gen::arbitrary<bool>())
      text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::element(
          '"', '\\', '{', '}', '[', ']', ',', ':', '\n', 'x', '0', ' ', '\x01', '\xC3');
    const auto got = read(text);
    texts good;
    std::size_t bad = 0;
    for (const auto line : split(text, '\n')) {
      const auto begin = line.find_first_not_of(" \t\r");
      if (begin == std::string_view::npos) continue;
      const auto alone = chunk_of_json(line);
      if (alone) {
        append_json_record(good.emplace_back(), **alone, 0);
      } else {
        ++bad;
      }
    }
    RC_ASSERT(got.records == good);
    RC_ASSERT(got.bad.size() == bad);
  }));
}

TEST_CASE("ndjson cut anywhere gives the same records") {
  CHECK(rc::check([] {
    const std::string text = *any_input();
    reader_options options;
    options.keep_raw = *rc::gen::arbitrary<bool>();
    options.record_max.bytes = *rc::gen::element<std::uint64_t>(10, 30, 1000);
    if (*rc::gen::arbitrary<bool>()) options.columns = {{"a", "c"}};
    if (*rc::gen::arbitrary<bool>()) options.declared = {{"a", column_type::float64}};
    check_any_cut(ndjson(), text, options);
  }));
}

TEST_CASE("records written as NDJSON and read again are equal") {
  CHECK(rc::check([] {
    const auto first = read(*any_input());
    std::string again;
    for (const auto& record : first.records) again += record + "\n";
    const auto second = read(again);
    RC_ASSERT(second.records == first.records);
    RC_ASSERT(second.bad.empty());
  }));
}

TEST_CASE("cut off or changed bytes never lose a neighbouring line") {
  CHECK(rc::check([] {
    std::string text = *any_input();
    RC_PRE(!text.empty());
    if (*rc::gen::arbitrary<bool>()) {
      text.resize(*rc::gen::inRange<std::size_t>(0, text.size()));
    } else {
      const int flips = *rc::gen::inRange(1, 5);
      for (int i = 0; i < flips; ++i)
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    }
    const auto got = read(text);
    // A byte order mark may not be made by chance.
    RC_PRE(!text.starts_with("\xEF\xBB\xBF"));
    RC_ASSERT(got.records.size() + got.bad.size() == lines_that_count(text));
  }));
}
