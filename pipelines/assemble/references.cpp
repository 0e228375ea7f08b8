#include "pipelines/assemble/references.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

std::optional<std::uint32_t> find_stage(const draft& in, const stage_reference& what,
                                        problems& found) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < in.stages.size(); ++i) {
    if (in.stages[i].spec->name == what.stage) return i;
    if (!in.stages[i].spec->name.empty()) names.push_back(in.stages[i].spec->name);
  }
  found.add("unknown-stage", what.place.start,
            fmt::format("unknown stage {}{}", quoted(what.stage),
                        did_you_mean(what.stage, names, "stages")));
  return std::nullopt;
}

// A default name counts the stages above: it would come to mean another one unnoticed.
bool refuse_unsure_name(const draft& in, std::uint32_t stage, const stage_reference& what,
                        problems& found) {
  const stage_spec& spec = *in.stages[stage].spec;
  if (spec.is_named) return false;
  const auto same = std::count_if(in.stages.begin(), in.stages.end(), [&](const draft_stage& s) {
    return !s.spec->is_named && s.spec->type == spec.type;
  });
  if (same < 2) return false;
  found.add("unsure-name", what.place.start,
            fmt::format("{} stages of type '{}' have no name; give the one you mean a 'name' and "
                        "write that",
                        same, spec.type));
  return true;
}

}  // namespace

std::optional<port_number> default_output(const draft_stage& stage) {
  if (!stage.has_outputs() || stage.type->has_chosen_outputs) return std::nullopt;
  if (stage.outputs.size() == 1) return 0;
  const auto out = std::find(stage.outputs.begin(), stage.outputs.end(), "out");
  if (out == stage.outputs.end()) return std::nullopt;
  return static_cast<port_number>(out - stage.outputs.begin());
}

std::string readable_outputs(const draft_stage& stage) {
  std::vector<std::string> names;
  for (const auto& output : stage.outputs) names.push_back(stage.spec->name + "." + output);
  names.push_back(stage.spec->name + ".rejected");
  return one_of(names);
}

std::optional<graph_port> find_output(const draft& in, const stage_reference& what,
                                      problems& found) {
  const auto at = find_stage(in, what, found);
  if (!at || refuse_unsure_name(in, *at, what, found)) return std::nullopt;
  const draft_stage& stage = in.stages[*at];
  if (!stage.type) return std::nullopt;
  if (what.port == "rejected") {
    if (!stage.is_sound && stage.type->has_chosen_outputs) return std::nullopt;
    return graph_port{*at, stage.rejected()};
  }
  if (!stage.has_outputs()) {
    found.add("no-output", what.place.start,
              fmt::format("'{}' is a sink; all that can be read of it is '{}.rejected'", what.stage,
                          what.stage));
    return std::nullopt;
  }
  if (!stage.is_sound && stage.type->has_chosen_outputs) return std::nullopt;
  if (what.port.empty()) {
    if (const auto port = default_output(stage)) return graph_port{*at, *port};
    found.add(
        "no-output", what.place.start,
        fmt::format("'{}' has no default output; write {}", what.stage, readable_outputs(stage)));
    return std::nullopt;
  }
  const auto port = std::find(stage.outputs.begin(), stage.outputs.end(), what.port);
  if (port != stage.outputs.end())
    return graph_port{*at, static_cast<port_number>(port - stage.outputs.begin())};
  std::vector<std::string> names = stage.outputs;
  names.emplace_back("rejected");
  found.add("unknown-port", what.place.at(what.stage + "." + what.port, what.stage.size() + 1),
            fmt::format("stage '{}' has no output {}{}", what.stage, quoted(what.port),
                        did_you_mean(what.port, names, "outputs")));
  return std::nullopt;
}

}  // namespace weir
