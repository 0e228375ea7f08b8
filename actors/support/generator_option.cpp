#include <cmath>

#include "actors/support/column_generator.hpp"
#include "runtime/base/number.hpp"
#include "runtime/config/option_set.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

constexpr const char* forms =
    "a generator is a value, '{counter: 1}', '{uniform: [0, 100]}', '{one_of: [a, b]}' or "
    "'{clock: \"2026-01-01T00:00:00Z\", step: 1s}'";

option_set<counter_generator> counter_options() {
  option_set<counter_generator> set;
  set.add("counter", &counter_generator::counter, "The first number.", required);
  set.add("step", &counter_generator::step, "What is added for each record.");
  return set;
}

option_set<uniform_generator> uniform_options() {
  option_set<uniform_generator> set;
  set.add("uniform", &uniform_generator::uniform, "The least and the most.", required);
  return set;
}

option_set<choice_generator> choice_options() {
  option_set<choice_generator> set;
  set.add("one_of", &choice_generator::one_of, "The values.", required);
  set.add("weights", &choice_generator::weights, "How often each of them comes.");
  return set;
}

option_set<clock_generator> clock_options() {
  option_set<clock_generator> set;
  set.add("clock", &clock_generator::clock, "The first time.", required);
  set.add("step", &clock_generator::step, "The time between two records.");
  return set;
}

template <class About>
bool read_as(const option_set<About>& options, const config_value& from, About& about,
             problems& found) {
  const std::size_t before = found.all().size();
  options.read(from, about, found);
  return found.all().size() == before;
}

bool refuse(const config_value& at, const std::string& text, problems& found) {
  found.add("wrong-type", at.place.start, text);
  return false;
}

bool is_number(const literal& value) {
  return value.kind == value_kind::int64 || value.kind == value_kind::float64;
}

double number(const literal& value) {
  return value.kind == value_kind::int64 ? static_cast<double>(value.int64) : value.float64;
}

bool check_uniform(const config_value& from, const uniform_generator& about, problems& found) {
  const auto& bounds = about.uniform;
  const auto& at = *from.find("uniform");
  if (bounds.size() != 2 || !is_number(bounds[0]) || !is_number(bounds[1]))
    return refuse(at, "'uniform' takes two numbers, as in '[0, 100]'", found);
  const bool whole = bounds[0].kind == value_kind::int64 && bounds[1].kind == value_kind::int64;
  if (whole ? bounds[0].int64 <= bounds[1].int64 : number(bounds[0]) <= number(bounds[1]))
    return true;
  found.add("out-of-bounds", at.place.start,
            fmt::format("the least, {}, is above the most, {}", bounds[0].text, bounds[1].text));
  return false;
}

bool check_choice(const config_value& from, const choice_generator& about, problems& found) {
  const auto& at = *from.find("one_of");
  if (about.one_of.empty()) return refuse(at, "'one_of' takes at least one value", found);
  bool texts = false;
  bool numbers = false;
  bool booleans = false;
  for (const auto& v : about.one_of) {
    texts = texts || v.kind == value_kind::string;
    numbers = numbers || is_number(v);
    booleans = booleans || v.kind == value_kind::boolean;
  }
  if (int{texts} + int{numbers} + int{booleans} > 1)
    return refuse(at, "the values of a column have one type; put numbers among texts in quotes",
                  found);
  if (about.weights.empty()) return true;
  const auto& weights = *from.find("weights");
  if (about.weights.size() != about.one_of.size())
    return refuse(
        weights, fmt::format("{} weights for {} values", about.weights.size(), about.one_of.size()),
        found);
  double sum = 0;
  for (const double w : about.weights) {
    if (w < 0) return refuse(weights, fmt::format("a weight of {} is below 0", w), found);
    sum += w;
  }
  if (sum > 0 && std::isfinite(sum)) return true;
  return refuse(weights, fmt::format("the weights add up to {}", sum), found);
}

bool check_clock(const config_value& from, const clock_generator& about, problems& found) {
  const auto time = parse_timestamp(about.clock);
  if (time) return true;
  return refuse(*from.find("clock"), time.error().text, found);
}

}  // namespace

bool option_type<literal>::read(const config_value& from, literal& into, problems& found) {
  if (!from.is_scalar())
    return refuse(from, fmt::format("{} is not a value", described(from)), found);
  into = {};
  into.text = from.text;
  into.kind = value_kind::string;
  if (from.place.style != scalar_style::plain) return true;
  const bool begins_number =
      !from.text.empty() &&
      (from.text.front() == '-' || (from.text.front() >= '0' && from.text.front() <= '9'));
  if (from.text == "true" || from.text == "false") {
    into.kind = value_kind::boolean;
    into.boolean = from.text == "true";
  } else if (const auto whole = parse_int64(from.text)) {
    into.kind = value_kind::int64;
    into.int64 = *whole;
  } else if (const auto broken = parse_float64(from.text);
             begins_number && broken && std::isfinite(*broken)) {
    into.kind = value_kind::float64;
    into.float64 = *broken;
  }
  return true;
}

bool option_type<generator_option>::read(const config_value& from, generator_option& into,
                                         problems& found) {
  if (from.is_scalar()) return option_type<literal>::read(from, into.emplace<literal>(), found);
  if (from.find("counter") != nullptr)
    return read_as(counter_options(), from, into.emplace<counter_generator>(), found);
  if (from.find("uniform") != nullptr) {
    auto& about = into.emplace<uniform_generator>();
    return read_as(uniform_options(), from, about, found) && check_uniform(from, about, found);
  }
  if (from.find("one_of") != nullptr) {
    auto& about = into.emplace<choice_generator>();
    return read_as(choice_options(), from, about, found) && check_choice(from, about, found);
  }
  if (from.find("clock") != nullptr) {
    auto& about = into.emplace<clock_generator>();
    return read_as(clock_options(), from, about, found) && check_clock(from, about, found);
  }
  return refuse(from, fmt::format("{} is no generator; {}", described(from), forms), found);
}

}  // namespace weir
