#include "pipelines/cli/eval_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "pipelines/assemble/assemble.hpp"
#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/run_command.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/cli/value_sink.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

// An expression as a value of a file of its own, so that its problems have the places and the form
// of all others.
config_value as_value(const std::string& text) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.text = text;
  value.place.start = {std::make_shared<const std::string>("expression"), 1, 1};
  auto parts = std::make_shared<std::vector<text_part>>();
  std::size_t begin = 0;
  for (const auto line : split(text, '\n')) {
    parts->push_back({begin, static_cast<std::uint32_t>(parts->size() + 1), 1, false});
    begin += line.size() + 1;
  }
  value.place.parts = std::move(parts);
  return value;
}

config_value as_text(const std::string& text) {
  config_value value;
  value.what = config_value::kind::scalar;
  value.place.style = scalar_style::quoted;
  value.text = text;
  return value;
}

exit_code tell_problems(const std::vector<problem>& all, const std::string& text) {
  say(problems_text(all, text, terminal_columns(STDERR_FILENO) > 0));
  return exit_usage;
}

std::vector<problem> as_problems(const std::vector<expression_problem>& found,
                                 const config_value& value) {
  std::vector<problem> all;
  for (const auto& p : found)
    all.push_back({problem::level::error, p.code, value.place.at(value.text, p.offset), p.text});
  return all;
}

// --- of one record ------------------------------------------------------------------------------

// The record of `--json`, or one without columns.
result<chunk_ptr> record_of(const eval_arguments& arguments) {
  if (!arguments.json) return chunk_of_json("{}");
  const auto usage = [](const std::string& text) {
    return failure("usage", "option '--json': " + text);
  };
  if (const auto wrong = check_json(*arguments.json))
    return usage(fmt::format("no JSON at byte {}: {}", wrong->offset + 1, wrong->text));
  const auto first = arguments.json->find_first_not_of(" \t\r\n");
  if (arguments.json->at(first) != '{')
    return usage(fmt::format("a record is an object, as in '{{\"status\": 200}}', found {}",
                             quoted(*arguments.json)));
  // Line ends can only stand between values, and records are lines here.
  std::string line = *arguments.json;
  std::replace(line.begin(), line.end(), '\n', ' ');
  return chunk_of_json(line);
}

exit_code evaluate_one(const eval_arguments& arguments, const expression& what,
                       const config_value& value) {
  const auto over = record_of(arguments);
  if (!over) {
    tell(over.error());
    return exit_usage;
  }
  // Where there is no record, no name can be a column; one that is given may lack any.
  const known_columns columns{.fields = {}, .complete = !arguments.json};
  const auto problems = as_problems(check(what, columns).problems, value);
  if (!problems.empty()) return tell_problems(problems, value.text);
  evaluator run(what);
  const auto found = run.evaluate(**over);
  if (!found.errors.empty()) {
    tell({found.errors.front().code, found.errors.front().text, {}});
    return exit_failed;
  }
  std::string line;
  append_json(line, found.values->at(0));
  return put(line + "\n");
}

// --- of a file ----------------------------------------------------------------------------------

stage_spec stage_of(const std::string& type,
                    const std::vector<std::pair<std::string, config_value>>& options) {
  stage_spec stage;
  stage.name = type;
  stage.type = type;
  stage.options.what = config_value::kind::map;
  for (const auto& [key, value] : options) stage.options.entries.push_back({key, {}, value});
  return stage;
}

pipeline_spec pipeline_of(const eval_arguments& arguments, const config_value& value) {
  std::vector<std::pair<std::string, config_value>> reading;
  reading.emplace_back("path", as_text(*arguments.file));
  if (!arguments.format.empty()) reading.emplace_back("format", as_text(arguments.format));
  pipeline_spec spec;
  spec.name = "eval";
  spec.stages.push_back(stage_of("read_file", reading));
  spec.stages.push_back(stage_of("eval", {{"value", value}}));
  return spec;
}

// Nobody wrote the stages: what is wrong is told of the expression and the file alone.
std::vector<problem> of_the_command(std::vector<problem> all) {
  for (auto& p : all)
    for (const std::string_view subject :
         {"stage 'eval', option 'value': ", "stage 'read_file', option 'path': ",
          "stage 'read_file', "})
      if (p.text.starts_with(subject)) {
        p.text.erase(0, subject.size());
        break;
      }
  return all;
}

exit_code evaluate_file(const eval_arguments& arguments, const config_value& value) {
  registry known = known_stages();
  known.add(value_sink_type());
  problems found;
  auto made = assemble(pipeline_of(arguments, value), known, found);
  auto all = found.all();
  // Its rejected records are told when there are any.
  std::erase_if(all, [](const problem& p) { return p.severity == problem::level::warning; });
  if (!made) return tell_problems(of_the_command(std::move(all)), value.text);
  run_arguments run;
  run.file = *arguments.file;
  run.executor = executor_kind::inline_;
  run.report = report_form::none;
  run.strict = arguments.strict;
  return run_graph(run, std::move(*made), {});
}

}  // namespace

exit_code evaluate(const eval_arguments& arguments) {
  const config_value value = as_value(arguments.expression);
  const auto what = expression::parse(arguments.expression);
  if (!what) return tell_problems(as_problems(what.error(), value), value.text);
  return arguments.file ? evaluate_file(arguments, value) : evaluate_one(arguments, *what, value);
}

}  // namespace weir
