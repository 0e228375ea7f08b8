#include "pipelines/spec/pipeline_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "pipelines/spec/from_reader.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

const std::vector<std::string>& test_keys() {
  static const std::vector<std::string> keys{"name", "input", "output", "rejected", "seeds"};
  return keys;
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
    test_records& records = made.emplace_back();
    records.stage = what.stage;
    records.port = what.port;
    records.place = entry.key_place;
    read_test_records(entry.value, with_ports, records, found);
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

void read_seeds(const config_value& from, pipeline_test& into, problems& found) {
  std::uint32_t seeds = 0;
  const auto* end = from.text.data() + from.text.size();
  const auto [at, code] = std::from_chars(from.text.data(), end, seeds);
  if (from.is_scalar() && code == std::errc() && at == end && seeds <= test_seeds_max)
    into.seeds = seeds;
  else
    found.add("odd-test", from.place.start,
              fmt::format("'seeds' is a number of random schedules, up to {}, not {}",
                          test_seeds_max, described(from)));
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
  if (const config_value* seeds = from.find("seeds")) read_seeds(*seeds, made, found);
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
