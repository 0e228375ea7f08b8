#include "runtime/config/option_set.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

enum class colour { red, green };

struct paint {
  bool shiny = false;
  std::uint16_t coats = 2;
  double thickness = 0.5;
  std::string label = "plain";
  byte_size can = 64_KiB;
  std::chrono::nanoseconds drying = std::chrono::milliseconds(250);
  colour tone = colour::red;
  std::optional<std::uint32_t> layers;
  std::vector<std::string> names;
  named<std::string> notes;
  column_path by;
  std::vector<column_path> keys;
  column_type type = column_type::string;
  named<column_type> types;
  expression_option where;
  named<expression_option> set;
  named<aggregate_option> compute;
  std::string password;
};

option_set<paint> paint_options() {
  option_set<paint> set;
  set.add("shiny", &paint::shiny, "Whether it shines.");
  set.add("coats", &paint::coats, "Coats of paint.", between{1, 9});
  set.add("thickness", &paint::thickness, "Of a coat.");
  set.add("label", &paint::label, "On the can.");
  set.add("can", &paint::can, "Its size.", between{1_KiB, 1_MiB});
  set.add("drying", &paint::drying, "Time to dry.");
  set.add(
      "tone", &paint::tone, "Its colour.",
      {choice{"red", colour::red, "like a rose"}, choice{"green", colour::green, "like grass"}});
  set.add("layers", &paint::layers, "Layers of it.", between{1U, 3U});
  set.add("names", &paint::names, "Its names.");
  set.add("notes", &paint::notes, "What to know.");
  set.add("by", &paint::by, "The key.");
  set.add("keys", &paint::keys, "More keys.");
  set.add("type", &paint::type, "Its type.");
  set.add("types", &paint::types, "Types.");
  set.add("where", &paint::where, "A condition.", yields{column_type::boolean});
  set.add("set", &paint::set, "New columns.");
  set.add("compute", &paint::compute, "Aggregates.");
  set.add("password", &paint::password, "Never shown.", secret);
  return set;
}

// A scalar at line 1; its column is 1.
config_value plain(std::string text) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.text = std::move(text);
  value.place.start = {nullptr, 1, 1};
  return value;
}

config_value string_of(std::string text) {
  config_value value = plain(std::move(text));
  value.place.style = scalar_style::quoted;
  return value;
}

config_value list_of(std::vector<config_value> items) {
  config_value value;
  value.what = config_value::kind::list;
  value.place.start = {nullptr, 1, 1};
  value.items = std::move(items);
  return value;
}

// A map whose entries lie on lines of their own, from line 2 on: keys in column 1, values in 20.
config_value map_of(std::vector<std::pair<std::string, config_value>> entries) {
  config_value value;
  value.what = config_value::kind::map;
  value.place.start = {nullptr, 1, 1};
  std::uint32_t line = 2;
  for (auto& [key, inner] : entries) {
    inner.place.start = {nullptr, line, 20};
    value.entries.push_back({key, {nullptr, line, 1}, std::move(inner)});
    ++line;
  }
  return value;
}

std::string all_text(problems found) {
  found.sort();
  std::string text;
  for (const auto& p : found.all())
    text += fmt::format("{}{}:{}: {} [{}]", text.empty() ? "" : "\n", p.place.line, p.place.column,
                        p.text, p.code);
  return text;
}

// What is wrong with one option's value, which lies at 2:20.
std::string refusal(const char* option, config_value value) {
  problems found;
  paint into;
  paint_options().read(map_of({{option, std::move(value)}}), into, found);
  return all_text(std::move(found));
}

paint read(const char* option, config_value value) {
  problems found;
  paint into;
  paint_options().read(map_of({{option, std::move(value)}}), into, found);
  CHECK(all_text(std::move(found)) == "");
  return into;
}

TEST_CASE("options without a value keep their defaults") {
  problems found;
  paint into;
  paint_options().read(config_value{}, into, found);
  CHECK(found.all().empty());
  CHECK(into.coats == 2);
  CHECK(into.label == "plain");
  CHECK_FALSE(into.layers);
}

TEST_CASE("items and entries that could not be read are left out") {
  problems found;
  paint into;
  paint_options().read(map_of({{"keys", list_of({plain("a"), plain("b."), plain("c")})},
                               {"layers", plain("many")},
                               {"types", map_of({{"a", plain("int")}, {"b", plain("integer")}})},
                               {"set", map_of({{"a", plain("1 +")}, {"b", plain("2")}})}}),
                       into, found);
  CHECK(found.errors() == 4);
  REQUIRE(into.keys.size() == 2);
  CHECK(to_text(into.keys[1]) == "c");
  CHECK_FALSE(into.layers);
  CHECK(into.types.size() == 1);
  REQUIRE(into.set.size() == 1);
  CHECK(into.set[0].first == "b");
}

TEST_CASE("values of each type are read") {
  CHECK(read("shiny", plain("true")).shiny);
  CHECK(read("coats", plain("9")).coats == 9);
  CHECK(read("thickness", plain("3")).thickness == 3);
  CHECK(read("thickness", plain("-1.5e3")).thickness == -1500);
  CHECK(read("label", plain("5")).label == "5");
  CHECK(read("label", string_of("")).label.empty());
  CHECK(read("can", plain("1.5KiB")).can == 1536_B);
  CHECK(read("drying", plain("1m30s")).drying == std::chrono::seconds(90));
  CHECK(read("tone", plain("green")).tone == colour::green);
  CHECK(read("layers", plain("3")).layers == 3);
  CHECK(read("names", list_of({plain("a"), string_of("b c")})).names ==
        std::vector<std::string>{"a", "b c"});
  CHECK(read("names", plain("one")).names == std::vector<std::string>{"one"});
  CHECK(read("names", list_of({})).names.empty());
  CHECK(to_text(read("by", plain("a.b")).by) == "a.b");
  CHECK(read("keys", list_of({plain("a"), plain("`b c`")})).keys.size() == 2);
  CHECK(read("type", plain("timestamp")).type == column_type::timestamp);
}

TEST_CASE("digits of whole numbers may be grouped") {
  problems found;
  std::int64_t number = 0;
  CHECK(read_integer(plain("10_000"), 0, 100'000, number, found));
  CHECK(number == 10'000);
}

TEST_CASE("maps keep the order they are written in") {
  const auto into = read("notes", map_of({{"z", plain("1")}, {"a", plain("2")}}));
  REQUIRE(into.notes.size() == 2);
  CHECK(into.notes[0] == std::pair<std::string, std::string>("z", "1"));
  CHECK(into.notes[1] == std::pair<std::string, std::string>("a", "2"));
}

TEST_CASE("values that do not fit are refused at their place") {
  struct row {
    const char* option;
    config_value value;
    std::string refused;
  };
  const row rows[] = {
      {"shiny", plain("yes"), "2:20: option 'shiny': 'yes' is not true or false [wrong-type]"},
      {"shiny", string_of("true"),
       "2:20: option 'shiny': 'true' is not true or false [wrong-type]"},
      {"coats", plain("two"), "2:20: option 'coats': 'two' is not a whole number [wrong-type]"},
      {"coats", plain("1.5"), "2:20: option 'coats': '1.5' is not a whole number [wrong-type]"},
      {"coats", string_of("1"), "2:20: option 'coats': '1' is not a whole number [wrong-type]"},
      {"coats", plain("0"), "2:20: option 'coats': 0 is not between 1 and 9 [out-of-bounds]"},
      {"coats", plain("10"), "2:20: option 'coats': 10 is not between 1 and 9 [out-of-bounds]"},
      {"coats", plain("70000"),
       "2:20: option 'coats': 70000 is not between 0 and 65535 [out-of-bounds]"},
      {"coats", config_value{},
       "2:20: option 'coats': it has no value; a whole number is wanted [wrong-type]"},
      {"thickness", plain("nan"), "2:20: option 'thickness': 'nan' is not a number [wrong-type]"},
      {"thickness", plain("1e999"),
       "2:20: option 'thickness': '1e999' is not a number [wrong-type]"},
      {"label", list_of({plain("a")}), "2:20: option 'label': a list is not a string [wrong-type]"},
      {"can", plain("1B"), "2:20: option 'can': 1B is not between 1KiB and 1MiB [out-of-bounds]"},
      {"tone", plain("gren"),
       "2:20: option 'tone': 'gren' is not 'red' or 'green'; did you mean 'green'? "
       "[unknown-choice]"},
      {"layers", plain("4"), "2:20: option 'layers': 4 is not between 1 and 3 [out-of-bounds]"},
      {"notes", plain("a"),
       "2:20: option 'notes': 'a' is not a map of names to strings "
       "[wrong-type]"},
      {"types", map_of({{"a", plain("in")}}),
       "2:20: option 'types', 'a': 'in' is not a type; did you mean 'int'? [unknown-type]"},
      {"types", map_of({{"a", plain("integer")}}),
       "2:20: option 'types', 'a': 'integer' is not a type; did you mean 'int'? [unknown-type]"},
      {"set", map_of({{"a", list_of({})}}),
       "2:20: option 'set', 'a': a list is not an expression [wrong-type]"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.option);
    const auto refused = refusal(row.option, row.value);
    CHECK(refused == row.refused);
  }
}

TEST_CASE("a size and a duration without a unit are refused with advice") {
  CHECK(refusal("can", plain("64")).find("[wrong-type]") != std::string::npos);
  CHECK(refusal("drying", plain("5")).find("[wrong-type]") != std::string::npos);
}

TEST_CASE("each item of a list is refused at its own place") {
  config_value list = list_of({plain("a"), plain("b c"), plain("d")});
  for (std::uint32_t i = 0; i < 3; ++i) list.items[i].place.start = {nullptr, 7, 10 * i + 1};
  CHECK(refusal("keys", std::move(list)).starts_with("7:11: option 'keys': 'b c' is not a column"));
}

TEST_CASE("an expression's problem points at its character") {
  CHECK(refusal("where", plain("1 + lenght(a)")).starts_with("2:24: option 'where': "));
  // The first character of a quoted text stands behind the quote.
  CHECK(refusal("where", string_of("1 + lenght(a)")).starts_with("2:25: option 'where': "));
  // Where a character lies in a text over several lines can't be told.
  config_value block = plain("1 + lenght(a)");
  block.place.style = scalar_style::block;
  CHECK(refusal("where", std::move(block)).starts_with("2:20: option 'where': "));
  // Characters count, not bytes.
  CHECK(refusal("where", plain("'ü' + lenght(a)")).starts_with("2:26: option 'where': "));
}

TEST_CASE("an aggregate is read, and one that is none is refused") {
  const auto into = read("compute", map_of({{"n", plain("count()")}, {"m", plain("mean(x)")}}));
  REQUIRE(into.compute.size() == 2);
  CHECK(into.compute[1].second.value->calls.size() == 1);
  CHECK(refusal("compute", map_of({{"n", plain("x + 1")}})) != "");
}

TEST_CASE("all that is wrong is told at once, in order of place") {
  problems found;
  paint into;
  paint_options().read(
      map_of({{"coats", plain("x")}, {"coatss", plain("1")}, {"shiny", plain("no")}}), into, found);
  CHECK(all_text(std::move(found)) ==
        "2:20: option 'coats': 'x' is not a whole number [wrong-type]\n"
        "3:1: unknown option 'coatss'; did you mean 'coats'? [unknown-option]\n"
        "4:20: option 'shiny': 'no' is not true or false [wrong-type]");
}

TEST_CASE("a required option that is missing is told with its documentation") {
  option_set<paint> set;
  set.add("label", &paint::label, "On the can.", required);
  problems found;
  paint into;
  set.read(map_of({}), into, found);
  CHECK(all_text(std::move(found)) ==
        "1:1: option 'label' is missing: on the can [missing-option]");
  problems none;
  set.read(map_of({{"label", plain("x")}}), into, none);
  CHECK(none.all().empty());
}

TEST_CASE("declarations tell what a manual needs") {
  const auto list = paint_options().declarations();
  const auto of = [&](std::string_view name) {
    for (const auto& d : list)
      if (d.name == name) return d;
    return option_declaration{};
  };
  CHECK(of("coats").type == "integer");
  CHECK(of("coats").default_text == "2");
  CHECK(of("coats").bounds == "between 1 and 9");
  CHECK(of("can").default_text == "64KiB");
  CHECK(of("can").bounds == "between 1KiB and 1MiB");
  CHECK(of("drying").default_text == "250ms");
  CHECK(of("tone").type.empty());
  CHECK(of("tone").default_text == "red");
  CHECK(of("tone").choices.size() == 2);
  CHECK(of("layers").default_text.empty());
  CHECK(of("keys").type == "list of columns");
  CHECK(of("set").type == "map of expressions");
  CHECK(of("password").is_secret);
  CHECK_FALSE(of("label").is_secret);
}

TEST_CASE("expressions and columns among the options are found, with their subjects") {
  problems found;
  paint into;
  const auto set = paint_options();
  set.read(map_of({{"set", map_of({{"x", plain("a + 1")}, {"y", plain("b")}})},
                   {"where", plain("c > 1")},
                   {"compute", map_of({{"n", plain("sum(d) / count()")}})},
                   {"keys", list_of({plain("e"), plain("f.g")})}}),
           into, found);
  REQUIRE(found.all().empty());
  std::vector<std::string> subjects;
  for (const auto& use : set.expressions(into)) subjects.push_back(use.subject);
  // In the order of declaration, not of the file.
  CHECK(fmt::format("{}", fmt::join(subjects, "; ")) ==
        "option 'where'; option 'set', 'x'; option 'set', 'y'; option 'compute', 'n'");
  CHECK(set.expressions(into)[0].wanted == column_type::boolean);
  CHECK_FALSE(set.expressions(into)[1].wanted);
  CHECK(set.columns(into).size() == 2);
}

}  // namespace
}  // namespace weir
