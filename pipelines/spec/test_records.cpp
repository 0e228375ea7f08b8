#include "pipelines/spec/test_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

constexpr std::array condition_kinds{test_condition::kind::each, test_condition::kind::any,
                                     test_condition::kind::none};

void append_as_json(std::string& out, const config_value& value) {
  switch (value.what) {
    case config_value::kind::null:
      out += "null";
      break;
    case config_value::kind::scalar:
      if (value.place.style == scalar_style::plain &&
          (value.text == "true" || value.text == "false" || is_json_number(value.text)))
        out += value.text;
      else
        append_json_string(out, value.text);
      break;
    case config_value::kind::list:
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        append_as_json(out, value.items[i]);
      }
      out += ']';
      break;
    case config_value::kind::map:
      out += '{';
      for (std::size_t i = 0; i < value.entries.size(); ++i) {
        if (i > 0) out += ',';
        append_json_string(out, value.entries[i].key);
        out += ':';
        append_as_json(out, value.entries[i].value);
      }
      out += '}';
      break;
  }
}

void read_lines(const config_value& from, std::vector<std::string>& into, problems& found) {
  std::size_t begin = 0;
  for (const auto line : split(from.text, '\n')) {
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (const auto record = chunk_of_json(line); record)
        into.emplace_back(line);
      else
        found.add("not-json", from.place.at(from.text, begin),
                  fmt::format("{} is not one JSON object", quoted(line)));
    }
    begin += line.size() + 1;
  }
}

void read_list(const config_value& from, std::vector<std::string>& into, problems& found) {
  for (const auto& item : from.items) {
    if (item.is_map())
      append_as_json(into.emplace_back(), item);
    else
      found.add("wrong-type", item.place.start,
                fmt::format("{} is not a record, as in {{status: 500}}", described(item)));
  }
}

void read_file_name(const config_value& from, test_records& into, problems& found) {
  const config_value& path = *from.find("file");
  if (!path.is_scalar() || path.text.empty())
    found.add("odd-test", path.place.start,
              fmt::format("'file' is the name of a file of records, not {}", described(path)));
  else
    into.file = {path.text, path.place.start};
}

void read_count(const config_value& from, test_records& into, problems& found) {
  std::uint64_t count = 0;
  const auto* end = from.text.data() + from.text.size();
  const auto [at, code] = std::from_chars(from.text.data(), end, count);
  if (from.is_scalar() && code == std::errc() && at == end)
    into.count = count;
  else
    found.add("odd-test", from.place.start,
              fmt::format("'count' is a number of records, not {}", described(from)));
}

void read_condition(const config_value& from, test_condition::kind what, test_records& into,
                    problems& found) {
  if (!from.is_scalar()) {
    found.add("odd-test", from.place.start,
              fmt::format("'{}' is an expression or a list of them, not {}", name_of(what),
                          described(from)));
    return;
  }
  auto read = expression::parse(from.text);
  if (read) {
    into.conditions.push_back({what, std::move(*read), from.place});
    return;
  }
  const auto in = found.enter(fmt::format("'{}'", name_of(what)));
  for (const auto& p : read.error()) found.add(p.code, from.place.at(from.text, p.offset), p.text);
}

void read_conditions(const config_value& from, test_records& into, problems& found) {
  into.has_conditions = true;
  for (const auto& entry : from.entries) {
    const auto kind = std::find_if(condition_kinds.begin(), condition_kinds.end(),
                                   [&](auto k) { return entry.key == name_of(k); });
    if (entry.key == "count") {
      read_count(entry.value, into, found);
    } else if (kind != condition_kinds.end() && entry.value.is_list()) {
      for (const auto& item : entry.value.items) read_condition(item, *kind, into, found);
    } else if (kind != condition_kinds.end()) {
      read_condition(entry.value, *kind, into, found);
    }
  }
}

// Tells of keys that are not among `known`; answers whether there are none.
bool knows_keys(const config_value& from, const std::vector<std::string>& known, problems& found) {
  bool fits = true;
  for (const auto& entry : from.entries) {
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const std::string meant = did_you_mean(entry.key, known);
    found.add("unknown-key", entry.key_place,
              fmt::format("unknown key {}{}", quoted(entry.key),
                          meant.empty() ? fmt::format("; records are a list of maps, and a map "
                                                      "has {}",
                                                      one_of(known))
                                        : meant));
    fits = false;
  }
  return fits;
}

void read_map(const config_value& from, bool conditions, test_records& into, problems& found) {
  const bool is_file = from.find("file") != nullptr;
  if (is_file && from.entries.size() == 1) {
    read_file_name(from, into, found);
    return;
  }
  std::vector<std::string> known{"file"};
  if (conditions) known.insert(known.end(), {"count", "each", "any", "none"});
  if (!knows_keys(from, known, found)) return;
  if (is_file)
    found.add("odd-test", from.place.start, "'file' gives all records, and stands alone");
  else if (from.entries.empty())
    found.add("odd-test", from.place.start,
              "an empty map says nothing; no records are an empty list, '[]'");
  else
    read_conditions(from, into, found);
}

}  // namespace

const char* name_of(test_condition::kind what) {
  switch (what) {
    case test_condition::kind::each:
      return "each";
    case test_condition::kind::any:
      return "any";
    case test_condition::kind::none:
      return "none";
  }
  return "";
}

void read_test_records(const config_value& from, bool conditions, test_records& into,
                       problems& found) {
  if (from.is_scalar())
    read_lines(from, into.lines, found);
  else if (from.is_list())
    read_list(from, into.lines, found);
  else if (from.is_map())
    read_map(from, conditions, into, found);
  else
    found.add("wrong-type", from.place.start,
              fmt::format("records are a list of maps, a text of JSON objects or {{file: PATH}}, "
                          "not {}; no records are '[]'",
                          described(from)));
}

}  // namespace weir
