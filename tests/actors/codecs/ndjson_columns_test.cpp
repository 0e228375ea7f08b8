#include <doctest/doctest.h>

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
