#include "pipelines/assemble/wire.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipelines/assemble/references.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

using members = std::vector<stage_reference>;

// `{left: STAGE, right: STAGE}`, with the names that the inputs have.
std::string from_form(const std::vector<std::string>& inputs) {
  std::string form = "from: {";
  for (const auto& name : inputs)
    form += fmt::format("{}{}: STAGE", name == inputs.front() ? "" : ", ", name);
  return form + "}";
}

class wiring {
 public:
  wiring(draft& in, problems& found) : in_(in), found_(found) {}

  void wire(std::uint32_t stage) {
    const draft_stage& at = in_.stages[stage];
    if (at.spec->type.empty()) {
      in_.is_wired = false;
      return;
    }
    const auto subject = found_.enter(in_.subject(stage));
    const from_spec& from = at.spec->from;
    if (!from.is_complete) in_.is_wired = false;
    if (!at.type) {
      in_.is_wired = false;
      find_all(from);
    } else if (at.type->kind == stage_kind::source) {
      if (from.what != from_spec::form::none)
        refuse(
            "from-on-source", from.place,
            fmt::format("'{}' is a source, which reads no stage; leave 'from' out", at.type->name));
    } else if (from.what == from_spec::form::none) {
      wire_above(stage);
    } else {
      const auto in_from = found_.enter("'from'");
      wire_from(stage, from);
    }
  }

 private:
  void refuse(const char* code, const source_place& place, std::string text) {
    in_.is_wired = false;
    found_.add(code, place, std::move(text));
  }

  // The references of a stage of unknown type: they may be wrong as well.
  void find_all(const from_spec& from) {
    const auto in_from = found_.enter("'from'");
    for (const auto& member : from.members) find_output(in_, member, found_);
    for (const auto& input : from.named)
      for (const auto& member : input.members) find_output(in_, member, found_);
  }

  void wire_above(std::uint32_t stage) {
    const draft_stage& at = in_.stages[stage];
    if (at.type->numbered_inputs || at.inputs.size() != 1) {
      refuse("from-needed", at.spec->place,
             fmt::format("'{}' reads several stages; write {}", at.type->name, form_of(at)));
      return;
    }
    if (stage == 0) {
      refuse("nothing-above", at.spec->place,
             fmt::format("'{}' needs records and no stage stands above it; begin with a source or "
                         "write 'from: STAGE'",
                         at.type->name));
      return;
    }
    const draft_stage& above = in_.stages[stage - 1];
    if (!above.type || (!above.is_sound && above.type->has_chosen_outputs)) {
      in_.is_wired = false;
    } else if (const auto port = default_output(above)) {
      in_.edges.push_back({{stage - 1, *port}, {stage, 0}});
    } else if (!above.has_outputs()) {
      refuse("nothing-above", at.spec->place,
             fmt::format("the stage above, '{}', is a sink and gives no records; write 'from: "
                         "STAGE'",
                         above.spec->name));
    } else {
      refuse("nothing-above", at.spec->place,
             fmt::format("the stage above, '{}', has no default output; write 'from: PORT' with "
                         "{}",
                         above.spec->name, readable_outputs(above)));
    }
  }

  static std::string form_of(const draft_stage& at) {
    return at.type->numbered_inputs ? "'from: [STAGE, STAGE]', in order"
                                    : quoted(from_form(at.type->inputs));
  }

  void wire_from(std::uint32_t stage, const from_spec& from) {
    const draft_stage& at = in_.stages[stage];
    if (at.type->numbered_inputs)
      wire_numbered(stage, from);
    else if (from.what == from_spec::form::map)
      wire_named(stage, from);
    else if (at.inputs.size() == 1)
      merge(from.members, {stage, 0});
    else
      refuse("from-form", from.place,
             fmt::format("'{}' has named inputs; write {}", at.type->name, form_of(at)));
  }

  void wire_numbered(std::uint32_t stage, const from_spec& from) {
    const draft_stage& at = in_.stages[stage];
    if (from.what == from_spec::form::map || (from.is_complete && from.members.size() < 2)) {
      refuse("from-form", from.place,
             fmt::format("'{}' reads two or more stages in order; write {}", at.type->name,
                         "'from: [STAGE, STAGE]'"));
      find_all_members(from);
      return;
    }
    for (port_number port = 0; port < from.members.size(); ++port)
      merge({from.members[port]}, {stage, port});
  }

  void find_all_members(const from_spec& from) {
    for (const auto& member : from.members) find_output(in_, member, found_);
    for (const auto& input : from.named)
      for (const auto& member : input.members) find_output(in_, member, found_);
  }

  void wire_named(std::uint32_t stage, const from_spec& from) {
    const draft_stage& at = in_.stages[stage];
    bool any_unknown = false;
    for (const auto& input : from.named) {
      const auto port = std::find(at.inputs.begin(), at.inputs.end(), input.name);
      any_unknown = any_unknown || port == at.inputs.end();
      if (port == at.inputs.end())
        refuse("unknown-input", input.place,
               at.inputs.size() == 1
                   ? fmt::format("'{}' has one input; write 'from: STAGE' or 'from: [STAGE, ...]'",
                                 at.type->name)
                   : fmt::format("unknown input {}{}; write {}", quoted(input.name),
                                 did_you_mean(input.name, at.inputs), form_of(at)));
      else
        merge(input.members, {stage, static_cast<port_number>(port - at.inputs.begin())});
    }
    for (const auto& name : at.inputs) {
      const auto given = std::any_of(from.named.begin(), from.named.end(),
                                     [&](const auto& input) { return input.name == name; });
      if (!given && !any_unknown && at.inputs.size() > 1)
        refuse("missing-input", from.place, fmt::format("input '{}' reads nothing", name));
    }
  }

  void merge(const members& from, graph_port to) {
    std::vector<graph_port> seen;
    for (const auto& member : from) {
      const auto port = find_output(in_, member, found_);
      if (!port) {
        in_.is_wired = false;
        continue;
      }
      const auto same = [&](const graph_port& p) {
        return p.stage == port->stage && p.port == port->port;
      };
      if (std::any_of(seen.begin(), seen.end(), same)) {
        refuse("named-twice", member.place.start,
               fmt::format("'{}' is named twice, so each of its records would arrive twice",
                           member.stage));
        continue;
      }
      seen.push_back(*port);
      in_.edges.push_back({*port, to});
    }
  }

  draft& in_;
  problems& found_;
};

}  // namespace

void wire_stages(draft& stages, problems& found) {
  wiring all(stages, found);
  for (std::uint32_t i = 0; i < stages.stages.size(); ++i) all.wire(i);
}

}  // namespace weir
