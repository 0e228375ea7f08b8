#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <random>

#include "actors/codecs/ndjson_reader.hpp"
#include "tests/actors/codecs/reading.hpp"

using namespace weir;
using namespace weir::codecs;
using namespace weir::testing;

namespace {

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the shape of a record may differ from that of the one before in any way") {
  const texts lines = {R"({"a":1,"b":"x","c":2.50})",
                       R"({"a":2,"b":"y","c":3.50})",
                       R"({"a":3,"c":4.50})",
                       R"({"a":4,"b":"z","c":5.50})",
                       R"({"a":5,"b":"z","c":6.50,"d":true})",
                       R"({"a":6})",
                       R"({})",
                       R"({"a":7,"b":"longer than twelve bytes","c":8})",
                       R"({"a":"text","b":9,"c":[1, 2],"d":{"a":1}})",
                       R"({"c":1.5,"b":"x","a":8})",
                       R"({"a":9,"bb":"x","c":1.5})",
                       R"({"b":"x","c":2.5})"};
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  const auto got = read_all(ndjson(), text);
  CHECK(got.bad.empty());
  CHECK(got.records == lines);
  CHECK(read_all(ndjson(), R"({"a":1,"b":2})"
                           "\n"
                           R"({"\u0061":3, "b" : 4,"a":5})"
                           "\n"
                           R"({"a":6,"b":7,"a":8})")
            .records == texts{R"({"a":1,"b":2})", R"({"a":3,"b":4})", R"({"a":6,"b":7})"});
}

TEST_CASE("a line that turns out to be no record leaves no value and no column behind") {
  struct row {
    const char *name, *line;
  };
  const row rows[] = {
      {"that ends early", R"({"a":7,"b":"longer than twelve bytes")"},
      {"with a bad value behind good ones", R"({"a":7,"b":"y","c":tru})"},
      {"with keys of its own", R"({"a":7,"d":[1],"e":"y","f":01})"},
      {"with values of other kinds", R"({"a":"text","b":7,"c":{"a":1}}})"},
      {"with a bad escape", R"({"a":7,"b":"\q"})"},
      {"with white space", R"({"a":7, "b":"y", "c":2,})"},
      {"whose declared column does not fit", R"({"a":7,"e":"y","n":"text"})"},
  };
  reader_options options;
  options.declared = {{"n", column_type::int64}};
  const texts good = {R"({"a":1,"b":"x","c":1.50})", R"({"a":2,"c":2.50})", R"({"b":"z"})"};
  for (const auto& row : rows) SUBCASE(row.name) {
      std::string text;
      for (const auto& line : good) text += line + '\n' + row.line + '\n';
      const auto got = read_all(ndjson(), text, options);
      CHECK(got.records == good);
      CHECK(got.bad.size() == good.size());
      REQUIRE(got.chunks.size() == 1);
      CHECK(got.chunks[0]->columns().size() == 3);
    }
}

namespace {

const texts likely_keys = {"a",
                           "an",
                           "af",
                           "ab",
                           "b",
                           "bn",
                           "count_n",
                           "12345678901",
                           "1234567890123",
                           "a key of more than sixteen bytes",
                           "a key of more than sixteen bytes!"};
const texts odd_values = {"null",
                          "true",
                          "0",
                          "-0",
                          "-12",
                          "1e3",
                          "1.50",
                          "-2.25",
                          "{}",
                          "[]",
                          "123456789",
                          "12345678901234567890",
                          "\"\"",
                          "{\"a\": 1}",
                          "[1,{\"a\":2}]",
                          "\"a\\n\\u00e9\""};
const texts bad_values = {"", "-", "007", "00", "01.5", "1.", "1.5.2", "1x", "tru", "x", "\"\\q\""};
// With these no line of the block is as usual, and all are read one by one.
const texts values_without_end = {"\"", "\"a", "x\"", "\"a\tb\""};

// Lines as programs write them: mostly the same keys in one order, each with values of one kind,
// and now and then anything else.
class likely_lines {
 public:
  explicit likely_lines(std::uint32_t seed) : random_(seed), keys_(likely_keys) {
    std::shuffle(keys_.begin(), keys_.end(), random_);
    keys_.resize(1 + below(6));
    odd_one_in_ = any_of<std::size_t>({10, 50, 200, 1000});
    strings_end_ = below(10) != 0;
  }

  std::string next() {
    const bool has_other_keys = is_odd();
    if (has_other_keys && below(4) == 0) keys_[below(keys_.size())] = any_of(likely_keys);
    std::string line;
    for (const auto& key : keys_)
      if (!has_other_keys || below(4) != 0)
        line += (line.empty() ? "\"" : ",\"") + key + "\":" + value_of(key);
    line = '{' + line + '}';
    if (is_odd()) line.insert(below(line.size()), 1, ",: }0-"[below(6)]);
    return line;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }
  bool is_odd() { return below(odd_one_in_) == 0; }
  template <class T>
  T any_of(const std::vector<T>& list) {
    return list[below(list.size())];
  }
  std::string digits(std::size_t most) {
    std::string text(1, static_cast<char>('1' + below(9)));
    for (std::size_t i = below(most); i > 0; --i) text += static_cast<char>('0' + below(10));
    return text;
  }
  std::string value_of(const std::string& key) {
    if (is_odd())
      return any_of(!strings_end_ ? values_without_end : below(2) == 0 ? odd_values : bad_values);
    switch (key.back()) {
      case 'n':
        return digits(10);
      case 'f':
        return digits(5) + "." + digits(4);
      case 'b':
        return below(2) == 0 ? "true" : "null";
      default:
        return '"' + std::string(below(40), 'x') + '"';
    }
  }

  std::mt19937 random_;
  texts keys_;
  std::size_t odd_one_in_ = 1;
  bool strings_end_ = true;
};

}  // namespace

TEST_CASE("lines that are as usual are read as those that are not") {
  CHECK(rc::check([] {
    likely_lines made(*rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>()));
    reader_options options;
    options.rows_max = *rc::gen::element<std::uint32_t>(3, 65'536);
    options.record_max.bytes = *rc::gen::element<std::uint64_t>(80, 1000);
    if (*rc::gen::arbitrary<bool>()) options.columns = {{"a", "af", "bn", "ab"}};
    if (*rc::gen::arbitrary<bool>())
      options.declared = {{"an", column_type::int64},
                          {"af", column_type::float64},
                          {"b", column_type::string},
                          {"count_n", column_type::json}};
    std::string text;
    std::string spaced;
    for (int i = 400; i > 0; --i) {
      const std::string line = made.next();
      const char* const end = i % 64 == 0 ? "\r\n" : i % 50 == 0 ? "\n\n" : "\n";
      text += line + end;
      // No line that begins with white space is as usual.
      spaced += " " + line + end;
    }
    const auto got = read_all(ndjson(), text, options);
    ++options.record_max.bytes;
    const auto slow = read_all(ndjson(), spaced, options);
    RC_ASSERT(got.records == slow.records);
    RC_ASSERT(got.bad.size() == slow.bad.size());
    RC_ASSERT(got.chunks.size() == slow.chunks.size());
    for (std::size_t i = 0; i < got.chunks.size(); ++i)
      RC_ASSERT(got.chunks[i]->schema().fields() == slow.chunks[i]->schema().fields());
    const auto line_of = [](const std::string& place) { return place.substr(place.find(':')); };
    for (std::size_t i = 0; i < got.places.size(); ++i)
      RC_ASSERT(line_of(got.places[i]) == line_of(slow.places[i]));
  }));
}
