#include "pipelines/assemble/configure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "pipelines/spec/stage_keys.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

std::string unknown_type(const std::string& type, const registry& known) {
  const auto names = known.names();
  const std::string meant = did_you_mean(type, names);
  return fmt::format("unknown type {}{}", quoted(type),
                     meant.empty() ? "; 'weir list' shows all there are" : meant);
}

std::vector<std::string> option_names(const stage_type& type) {
  std::vector<std::string> names;
  for (const auto& option : type.options) names.push_back(option.name);
  return names;
}

// Takes out the options that the type does not have, and gives one that is nearly right its name,
// so that it is not told to be missing too. A slip may as well be in a key that every stage has.
// Answers whether nothing is left out.
bool refuse_unknown_options(const stage_type& type, config_value& options, problems& found) {
  const auto own = option_names(type);
  std::vector<std::string> candidates = own;
  candidates.insert(candidates.end(), stage_key_names().begin(), stage_key_names().end());
  std::set<std::string> given;
  for (const auto& entry : options.entries) given.insert(entry.key);
  const auto left_out = std::erase_if(options.entries, [&](config_entry& entry) {
    if (std::find(own.begin(), own.end(), entry.key) != own.end()) return false;
    if (entry.key == "by") {
      found.add("unknown-option", entry.key_place,
                fmt::format("'by' is the key of what a stage remembers, and '{}' remembers nothing "
                            "by key",
                            type.name));
      return true;
    }
    const auto near = nearest(entry.key, candidates);
    std::string meant = did_you_mean(entry.key, candidates);
    if (meant.empty())
      meant = own.empty() ? fmt::format("; '{}' has no options", type.name)
                          : fmt::format("; '{}' has {}", type.name, one_of(own));
    found.add("unknown-option", entry.key_place,
              fmt::format("unknown option {}{}", quoted(entry.key), meant));
    const bool is_own = near && std::find(own.begin(), own.end(), *near) != own.end();
    if (!is_own || given.contains(std::string(*near))) return true;
    entry.key = *near;
    given.insert(entry.key);
    return false;
  });
  return left_out == 0;
}

std::size_t inputs_given(const stage_spec& stage) {
  return stage.from.what == from_spec::form::list ? stage.from.members.size() : 1;
}

void configure(draft_stage& stage, problems& found) {
  const stage_spec& spec = *stage.spec;
  const auto in = found.enter(fmt::format("stage {}", quoted(spec.name)));
  // Of a stage that could not be read its options would tell only what was told.
  problems ignored;
  problems& told = spec.is_complete ? found : ignored;
  config_value options = spec.options;
  const bool is_whole = refuse_unknown_options(*stage.type, options, told);
  const std::size_t errors = told.errors();
  stage.configured = stage.type->configure(options, inputs_given(spec), told);
  stage.is_sound = spec.is_complete && is_whole && told.errors() == errors;
  stage.inputs = stage.configured->inputs();
  stage.outputs = stage.configured->outputs();
}

}  // namespace

draft configure_stages(const pipeline_spec& spec, const registry& known, problems& found) {
  draft made;
  made.spec = &spec;
  for (const auto& stage : spec.stages) {
    draft_stage& added = made.stages.emplace_back();
    added.spec = &stage;
    if (stage.type.empty()) continue;
    const stage_type* type = known.find(stage.type);
    if (type == nullptr) {
      const auto in = found.enter(fmt::format("stage {}", quoted(stage.name)));
      found.add("unknown-type", stage.type_place, unknown_type(stage.type, known));
      continue;
    }
    added.type = std::make_shared<const stage_type>(*type);
    configure(added, found);
  }
  return made;
}

}  // namespace weir
