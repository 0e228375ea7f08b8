#include "pipelines/spec/pipeline_reader.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "pipelines/spec/file_keys.hpp"
#include "pipelines/spec/kept_keys.hpp"
#include "pipelines/spec/parameters.hpp"
#include "pipelines/spec/settings.hpp"
#include "pipelines/spec/stage_reader.hpp"
#include "pipelines/spec/yaml_reader.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

class reader {
 public:
  reader(config_value file, std::string_view file_name, const pipeline_inputs& inputs,
         problems& found)
      : file_(std::move(file)),
        inputs_(inputs),
        found_(found),
        params_(file_.find("params"), inputs.parameters, inputs.environment, found),
        fill_([this](const std::string& name,
                     bool is_needed) { return params_.value(name, is_needed); },
              params_.names(), found) {
    const std::string stem = std::filesystem::path(file_name).stem().string();
    made_.name = is_name(stem) ? stem : "pipeline";
  }

  pipeline_spec read() {
    fill_in();
    refuse_unknown_keys();
    check_version(file_, found_);
    read_name();
    read_budgets();
    made_.on_failure = read_failure(file_, {}, found_);
    read_stages();
    if (const config_value* tests = file_.find("tests"))
      made_.tests = read_pipeline_tests(*tests, found_);
    params_.tell_unused();
    return std::move(made_);
  }

 private:
  // Stages are filled in one by one, so that what is missing in one leaves the others checked.
  void fill_in() {
    std::erase_if(file_.entries, [this](config_entry& entry) {
      if (entry.key == "params" || is_extension(entry.key)) return false;
      if (entry.key == "stages" && entry.value.is_list()) return false;
      return !fill_.fill(entry.value);
    });
  }

  void refuse_unknown_keys() {
    for (const auto& entry : file_.entries) {
      if (is_extension(entry.key)) continue;
      const auto& known = file_key_names();
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
      const std::string meant = did_you_mean(entry.key, known);
      found_.add("unknown-key", entry.key_place,
                 fmt::format("unknown key {}{}", weir::quoted(entry.key),
                             meant.empty() ? "; a key of your own begins with 'x-'" : meant));
    }
  }

  void read_name() {
    const config_value* name = file_.find("pipeline");
    if (name == nullptr) return;
    // Of a file of tests it is a path; what such a file lacks as a pipeline is told of its stages.
    if (file_.find("stages") == nullptr && file_.find("tests") != nullptr) return;
    if (name->is_scalar() && is_name(name->text))
      made_.name = name->text;
    else
      found_.add("odd-name", name->place.start,
                 fmt::format("'pipeline': {} is not a name; {}", described(*name), name_rule));
  }

  void read_budgets() {
    config_value budgets;
    budgets.what = config_value::kind::map;
    for (const auto& entry : file_.entries)
      if (entry.key == "memory" || entry.key == "drain" || entry.key == "description" ||
          entry.key == "strategy")
        budgets.entries.push_back(entry);
    file_options read;
    file_option_set().read(budgets, read, found_);
    made_.memory = read.memory;
    made_.drain = read.drain;
    made_.description = read.description;
    made_.strategy = read.strategy;
    if (const config_value* strategy = file_.find("strategy"))
      made_.strategy_place = strategy->place.start;
  }

  void read_stages() {
    made_.stages_place = file_.place.start;
    config_value* stages = nullptr;
    for (auto& entry : file_.entries)
      if (entry.key == "stages") {
        made_.stages_place = entry.key_place;
        stages = &entry.value;
      }
    if (stages == nullptr || !stages->is_list() || stages->items.empty()) {
      const char* example =
          "'stages' is a list, as in [{type: read_file, path: in.ndjson}, "
          "{type: print}]";
      found_.add("no-stages", made_.stages_place,
                 stages == nullptr && file_.find("tests") != nullptr
                     ? "'stages' is missing; a file of tests is run by 'weir test'"
                 : stages == nullptr ? fmt::format("'stages' is missing; {}", example)
                 : stages->is_list() ? std::string("'stages' is an empty list")
                                     : fmt::format("{}, not {}", example, described(*stages)));
      return;
    }
    std::vector<bool> filled;
    for (auto& stage : stages->items) filled.push_back(fill_.fill(stage));
    const auto heads = read_stage_heads(stages->items, found_);
    apply_settings(inputs_.settings, heads, stages->items, found_);
    for (std::size_t i = 0; i < heads.size(); ++i) {
      stage_spec stage = read_stage(heads[i], stages->items[i], made_.on_failure.policy, found_);
      stage.is_complete = stage.is_complete && filled[i];
      made_.stages.push_back(std::move(stage));
    }
  }

  config_value file_;
  const pipeline_inputs& inputs_;
  problems& found_;
  parameters params_;
  substitution fill_;
  pipeline_spec made_;
};

}  // namespace

void check_version(const config_value& file, problems& found) {
  const config_value* version = file.find("weir");
  if (version == nullptr)
    found.add("missing-version", file.place.start,
              "the file does not say which format it has; begin it with 'weir: 1'");
  else if (!version->is_scalar() || version->text != "1")
    found.add("unknown-version", version->place.start,
              fmt::format("'weir' is the version of the file's format and can only be 1, not {}",
                          described(*version)));
}

std::optional<pipeline_spec> read_pipeline(std::string_view text, std::string_view file_name,
                                           const pipeline_inputs& inputs, problems& found) {
  auto file = read_yaml(text, file_name, found);
  if (!file) return std::nullopt;
  if (!file->is_map()) {
    found.add(
        "not-a-pipeline", file->place.start,
        fmt::format("a pipeline file is a map with the keys 'weir' and 'stages', not {}",
                    file->what == config_value::kind::null ? "an empty file" : described(*file)));
    return std::nullopt;
  }
  return reader(std::move(*file), file_name, inputs, found).read();
}

}  // namespace weir
