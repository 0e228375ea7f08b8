#include "pipelines/trial/record_file.hpp"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "pipelines/trial/json_line.hpp"
#include "pipelines/trial/trial_stages.hpp"
#include "runtime/base/text.hpp"
#include "runtime/executor/executor.hpp"

namespace weir {
namespace {

constexpr std::size_t refusals_told_max = 5;

config_value as_text(const std::string& text) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.place.style = scalar_style::quoted;
  value.text = text;
  return value;
}

std::optional<graph_stage> reader_of(const std::string& path, const registry& known) {
  const stage_type* type = known.find("read_file");
  if (type == nullptr) return std::nullopt;
  config_value options;
  options.what = config_value::kind::map;
  options.entries.push_back({"path", {}, as_text(path)});
  problems found;
  graph_stage reader;
  reader.name = "file";
  reader.type = std::make_shared<const stage_type>(*type);
  reader.configured = type->configure(options, 0, found);
  if (found.any_errors()) return std::nullopt;
  return reader;
}

graph_stage keeper(const char* name, column_demand wanted, std::shared_ptr<captured_records> to) {
  graph_stage made;
  made.name = name;
  put_capture(made, std::move(wanted), {}, std::move(to));
  return made;
}

}  // namespace

std::vector<std::string> read_record_file(const std::string& path, const source_place& place,
                                          const registry& known, problems& found) {
  const auto reader = reader_of(path, known);
  if (!reader) {
    found.add("unreadable-records", place,
              fmt::format("{} is not the name of a file of records", quoted(path)));
    return {};
  }
  const auto records = std::make_shared<captured_records>();
  const auto refused = std::make_shared<captured_records>();
  graph reading;
  reading.name = "records";
  reading.stages = {
      *reader, keeper("records", {.columns = {}, .raw_formats = {"ndjson"}}, records),
      keeper("refused", {.columns = {"reason", "file", "line"}, .raw_formats = {}}, refused)};
  reading.edges = {{{0, 0}, {1, 0}}, {{0, rejected_port(*reader)}, {2, 0}}};
  const auto report = make_inline_executor()->start(std::move(reading), {})->wait();
  if (report->failure) found.add("unreadable-records", place, report->failure->cause.text);
  for (std::size_t i = 0; i < refused->lines.size() && i < refusals_told_max; ++i) {
    const auto& line = refused->lines[i];
    found.add("unreadable-records", place,
              fmt::format("{}:{}: {}", text_under(line, "file"), number_under(line, "line"),
                          text_under(line, "reason")));
  }
  if (refused->lines.size() > refusals_told_max)
    found.add("unreadable-records", place,
              fmt::format("{}: {} more records can't be read", quoted(path),
                          refused->lines.size() - refusals_told_max));
  return std::move(records->lines);
}

}  // namespace weir
