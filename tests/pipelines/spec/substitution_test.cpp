#include "pipelines/spec/substitution.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "pipelines/spec/yaml_reader.hpp"

namespace weir {
namespace {

substitution::answer value_of(const std::string& name, bool) {
  static const std::map<std::string, std::string> values{
      {"count", "5"}, {"name", "log"}, {"empty", ""}, {"tilde", "~"}, {"cost", "${count}"}};
  const auto known = values.find(name);
  if (known == values.end()) return {};
  return {known->second};
}

// The value of the key `a` after it was filled in, or the problems.
std::string filled(const std::string& text) {
  problems found;
  auto value = read_yaml("a: " + text, "p.yaml", found);
  REQUIRE(value);
  substitution fill(value_of, {"count", "name"}, found);
  const bool is_complete = fill.fill(*value);
  CHECK(is_complete == found.all().empty());
  std::string told;
  for (const auto& p : found.all()) told += to_text(p);
  if (!told.empty()) return told;
  const config_value& a = *value->find("a");
  const char* styles[] = {"plain", "quoted", "block"};
  return a.is_scalar() ? fmt::format("{} {}", styles[static_cast<int>(a.place.style)], a.text)
                       : described(a);
}

}  // namespace

TEST_CASE("references are filled in and typed like the plain text that comes out") {
  struct row {
    const char *text, *value;
  };
  const row rows[] = {
      {"${count}", "plain 5"},
      {"'${count}'", "plain 5"},
      {"\"${count}MiB\"", "plain 5MiB"},
      {"'logs/${name}-${count}.gz'", "plain logs/log-5.gz"},
      {"${unknown:-7}", "plain 7"},
      {"${empty:-7}", "plain 7"},
      {"${count:-7}", "plain 5"},
      {"${unknown:-}", "nothing"},
      {"${empty}", "nothing"},
      {"${tilde}", "nothing"},
      {"'x${empty}'", "plain x"},
      {"${count:?it must be given}", "plain 5"},
      {"'a $ b $5 }'", "quoted a $ b $5 }"},
      {"$${count}", "plain ${count}"},
      {"'$${count} ${count}'", "plain ${count} 5"},
      {"'$${'", "quoted ${"},
      {"${cost}", "plain ${count}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(filled(row.text) == row.value);
  }
}

TEST_CASE("what can't be filled in is told at its first character") {
  struct row {
    const char *text, *told;
  };
  const row rows[] = {
      {"'x ${cuont}'",
       "p.yaml:1:7: 'cuont' is neither a param nor set in the environment; did you mean 'count'?"},
      {"${unknown:?say which}", "p.yaml:1:4: 'unknown' has no value: say which"},
      {"${empty:?}", "p.yaml:1:4: 'empty' has no value: it must be given"},
      {"'a ${count'",
       "p.yaml:1:7: '${' has no '}' behind it; write '$${' for the two characters themselves"},
      {"'${}'",
       "p.yaml:1:5: '${}' is neither ${NAME} nor ${NAME:-default} nor ${NAME:?message}; write "
       "'$${' for the two characters themselves"},
      {"'${a b}'",
       "p.yaml:1:5: '${a b}' is neither ${NAME} nor ${NAME:-default} nor ${NAME:?message}; write "
       "'$${' for the two characters themselves"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(filled(row.text) == row.told);
  }
}

TEST_CASE("characters around what was filled in keep their places") {
  problems found;
  auto value = read_yaml("a: '${name}: it''s ${count} @'", "", found);
  REQUIRE(value);
  substitution fill(value_of, {}, found);
  REQUIRE(fill.fill(*value));
  const config_value& a = *value->find("a");
  CHECK(a.text == "log: it's 5 @");
  const auto column = [&](std::size_t offset) { return a.place.at(a.text, offset).column; };
  CHECK(column(0) == 5);
  CHECK(column(2) == 5);
  CHECK(column(3) == 12);
  CHECK(column(a.text.find('s')) == 18);
  CHECK(column(a.text.find('5')) == 20);
  CHECK(column(a.text.find('@')) == 29);
}

}  // namespace weir
