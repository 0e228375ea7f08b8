#include "pipelines/cli/show_commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "pipelines/cli/output.hpp"
#include "pipelines/cli/pipeline_file.hpp"
#include "pipelines/cli/terminal.hpp"
#include "pipelines/inspect/graph_drawing.hpp"
#include "pipelines/inspect/guides.hpp"
#include "pipelines/inspect/json_schema.hpp"
#include "pipelines/inspect/manual.hpp"
#include "pipelines/inspect/markdown.hpp"
#include "runtime/base/text.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {
namespace {

std::string manuals_of(const std::vector<stage_type>& all, std::size_t width) {
  std::string out;
  for (const auto& type : all) {
    if (!out.empty()) out += "\n" + std::string(width, '-') + "\n\n";
    out += manual_of(type, {}, width);
  }
  return out;
}

std::string show(const stage_type& type, const registry& known, manual_form form) {
  switch (form) {
    case manual_form::text:
      return manual_of(type, known.all(), text_columns());
    case manual_form::markdown:
      return markdown_of({type});
    case manual_form::json_schema:
      return json_schema_of(type);
  }
  return {};
}

std::string show(const registry& known, manual_form form) {
  switch (form) {
    case manual_form::text:
      return manuals_of(known.all(), text_columns());
    case manual_form::markdown:
      return markdown_of(known.all());
    case manual_form::json_schema:
      return json_schema_of(known.all());
  }
  return {};
}

exit_code show_guide(const guide& about, manual_form form) {
  if (form == manual_form::text) return put(about.page(text_columns()));
  tell({"usage", fmt::format("the guide '{}' is text; '--format' is for stages", about.name), {}});
  return exit_usage;
}

}  // namespace

exit_code show_graph(const graph_arguments& arguments) {
  auto file = load_file(arguments.file, arguments.given, known_stages());
  if (!file.made) {
    say(problems_text(file.found.all(), file.text, terminal_columns(STDERR_FILENO) > 0));
    return exit_usage;
  }
  return put(drawing_of(make_plan(std::move(*file.made))));
}

exit_code show_list() {
  const std::size_t width = text_columns();
  return put(list_of(known_stages().all(), width) + "\n" + list_of_guides(width) +
             "\n'weir inspect NAME' shows the manual of each.\n");
}

exit_code show_manual(const inspect_arguments& arguments) {
  const registry known = known_stages();
  if (arguments.stage.empty()) return put(show(known, arguments.form));
  const stage_type* type = known.find(arguments.stage);
  if (type != nullptr) return put(show(*type, known, arguments.form));
  if (const guide* about = find_guide(arguments.stage)) return show_guide(*about, arguments.form);
  auto names = known.names();
  for (const auto& g : guides()) names.emplace_back(g.name);
  const auto near = did_you_mean(arguments.stage, names);
  tell({"unknown-stage",
        fmt::format("there is no type of stage and no guide {}{}", quoted(arguments.stage),
                    near.empty() ? "; 'weir list' names them all" : near),
        {}});
  return exit_usage;
}

exit_code show_version() { return put("weir " WEIR_VERSION "\n"); }

}  // namespace weir
