#include "pipelines/spec/pipeline_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "pipelines/spec/from_reader.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

const std::vector<std::string>& test_keys() {
  static const std::vector<std::string> keys{"name", "input", "output", "rejected"};
  return keys;
}

bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    const std::size_t before = text.size();
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) != 0)
      text.remove_prefix(1);
    return before - text.size();
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool begins_with_zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (begins_with_zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

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

std::vector<std::string> read_records(const config_value& from, problems& found) {
  std::vector<std::string> lines;
  if (from.is_scalar()) {
    read_lines(from, lines, found);
  } else if (from.is_list()) {
    for (const auto& item : from.items) {
      if (item.is_map())
        append_as_json(lines.emplace_back(), item);
      else
        found.add("wrong-type", item.place.start,
                  fmt::format("{} is not a record, as in {{status: 500}}", described(item)));
    }
  } else {
    found.add("wrong-type", from.place.start,
              fmt::format("records are a list of maps or a text of JSON objects, not {}",
                          described(from)));
  }
  return lines;
}

std::vector<test_records> read_places(const config_value& from, bool with_ports, problems& found) {
  std::vector<test_records> made;
  if (!from.is_map()) {
    found.add("wrong-type", from.place.start,
              fmt::format("{} is not a map of stages to their records", described(from)));
    return made;
  }
  for (const auto& entry : from.entries) {
    const auto in = found.enter(quoted(entry.key));
    stage_reference what;
    if (!read_stage_reference(entry.key, {entry.key_place, scalar_style::plain}, what, found))
      continue;
    if (!with_ports && !what.port.empty())
      found.add("odd-test", entry.key_place, "records are put in at a source, which has no port");
    made.push_back({what.stage, what.port, entry.key_place, read_records(entry.value, found)});
  }
  return made;
}

// A scalar under `key`; none, told, where there is no such.
std::optional<std::string> demand_text(const config_value& from, const char* key, problems& found) {
  const config_value* value = from.find(key);
  if (value != nullptr && value->is_scalar()) return value->text;
  found.add("odd-test", value == nullptr ? from.place.start : value->place.start,
            value == nullptr ? fmt::format("'{}' is missing", key)
                             : fmt::format("'{}' is a text, not {}", key, described(*value)));
  return std::nullopt;
}

void refuse_unknown(const config_value& from, const std::vector<std::string>& known,
                    problems& found) {
  for (const auto& entry : from.entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      found.add("unknown-key", entry.key_place,
                fmt::format("unknown key {}{}", quoted(entry.key),
                            did_you_mean(entry.key, known, "keys")));
}

std::vector<test_rejection> read_rejections(const config_value& from, problems& found) {
  std::vector<test_rejection> made;
  if (!from.is_list()) {
    found.add("wrong-type", from.place.start,
              fmt::format("{} is not a list, as in [{{stage: parse, reason: no match}}]",
                          described(from)));
    return made;
  }
  for (const auto& item : from.items) {
    if (!item.is_map()) {
      found.add("wrong-type", item.place.start,
                fmt::format("{} is not a map, as in {{stage: parse, reason: no match}}",
                            described(item)));
      continue;
    }
    refuse_unknown(item, {"stage", "reason"}, found);
    const auto stage = demand_text(item, "stage", found);
    const auto reason = demand_text(item, "reason", found);
    if (stage && reason) made.push_back({*stage, *reason, item.place.start});
  }
  return made;
}

pipeline_test read_test(const config_value& from, problems& found) {
  pipeline_test made;
  made.place = from.place.start;
  refuse_unknown(from, test_keys(), found);
  if (const auto name = demand_text(from, "name", found)) made.name = *name;
  if (const config_value* input = from.find("input")) {
    const auto in = found.enter("'input'");
    made.inputs = read_places(*input, false, found);
  }
  if (const config_value* output = from.find("output")) {
    const auto in = found.enter("'output'");
    made.expected = read_places(*output, true, found);
  }
  if (const config_value* rejected = from.find("rejected")) {
    const auto in = found.enter("'rejected'");
    made.rejected = read_rejections(*rejected, found);
    made.checks_rejected = true;
  }
  if (from.find("output") == nullptr && !made.checks_rejected)
    found.add("odd-test", made.place, "it expects nothing; give 'output' or 'rejected'");
  return made;
}

}  // namespace

std::vector<pipeline_test> read_pipeline_tests(const config_value& from, problems& found) {
  std::vector<pipeline_test> made;
  if (!from.is_list()) {
    found.add("wrong-type", from.place.start,
              fmt::format("'tests' is a list of tests, not {}", described(from)));
    return made;
  }
  for (const auto& item : from.items) {
    const config_value* name = item.is_map() ? item.find("name") : nullptr;
    const auto in = found.enter(name != nullptr && name->is_scalar()
                                    ? fmt::format("test {}", quoted(name->text))
                                    : fmt::format("test {}", made.size() + 1));
    if (!item.is_map()) {
      found.add(
          "wrong-type", item.place.start,
          fmt::format("a test is a map with {}, not {}", one_of(test_keys()), described(item)));
      continue;
    }
    made.push_back(read_test(item, found));
  }
  return made;
}

}  // namespace weir
