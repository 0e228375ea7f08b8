#include "pipelines/inspect/column_flow.hpp"

#include <algorithm>

namespace weir {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void add(std::vector<std::string>& names, const std::string& name) {
  if (!has(names, name)) names.push_back(name);
}

// Where a record stood: not a column that anybody reads of it.
bool is_place(const std::string& name) {
  return name == "_file" || name == "_offset" || name == "_line";
}

// The columns of an output if those of each input were `in`.
known_columns known_if(const configured_stage& stage, port_number output, const known_columns& in) {
  return stage.known(output, std::vector<known_columns>(stage.inputs().size(), in));
}

known_columns one_column(const std::string& name, bool complete) {
  return {.fields = {{name, column_type::dynamic}}, .complete = complete};
}

std::vector<std::string> columns_named(const configured_stage& stage) {
  std::vector<std::string> names;
  for (const auto& path : stage.columns()) add(names, path.column());
  return names;
}

// What is wanted, where records may have the text that they were read from, or can't.
column_set set_of(const column_demand& wanted, bool has_text) {
  column_set set;
  set.all = wanted.all || (!has_text && !wanted.raw_formats.empty());
  if (set.all) return set;
  set.text_formats = wanted.raw_formats;
  for (const auto& name : wanted.columns)
    if (!is_place(name)) set.names.push_back(name);
  return set;
}

void add_all(column_set& to, const known_columns& known) {
  for (const auto& f : known.fields) add(to.names, f.name);
}

}  // namespace

column_flow::column_flow(const graph& of)
    : of_(of),
      links_(of),
      known_(of.stages.size()),
      takes_text_(of.stages.size()),
      demand_(of.stages.size()) {
  for (std::size_t i = 0; i < of.stages.size(); ++i) {
    known_[i].resize(of.stages[i].configured->inputs().size());
    demand_[i].resize(of.stages[i].configured->outputs().size() + 1);
  }
  for (const auto stage : links_.order) learn(stage);
  for (auto stage = links_.order.rbegin(); stage != links_.order.rend(); ++stage) want(*stage);
}

void column_flow::learn(std::uint32_t stage) {
  std::vector<bool> has_writer(known_[stage].size());
  for (const auto* edge : links_.into[stage]) {
    const graph_stage& above = of_.stages[edge->from.stage];
    const auto made = edge->from.port == rejected_port(above)
                          ? rejected_columns()
                          : above.configured->known(edge->from.port, known_[edge->from.stage]);
    auto& into = known_[stage][edge->to.port];
    into = has_writer[edge->to.port] ? united(into, made) : made;
    has_writer[edge->to.port] = true;
    if (gives_text(*edge)) takes_text_[stage] = true;
  }
}

bool column_flow::gives_text(const graph_edge& edge) const {
  const graph_stage& from = of_.stages[edge.from.stage];
  if (edge.from.port == rejected_port(from)) return false;
  if (from.type->kind == stage_kind::source) return !from.configured->known(0, {}).complete;
  return from.type->keeps_raw && takes_text_[edge.from.stage];
}

void column_flow::want(std::uint32_t stage) {
  for (const auto* edge : links_.out_of[stage]) {
    const graph_stage& reader = of_.stages[edge->to.stage];
    const auto& below = demand_[edge->to.stage];
    column_demand wanted = reader.configured->demand(
        edge->to.port, std::vector<column_demand>(below.begin(), below.end() - 1));
    // A rejected record is shown whole, as its text where that is still true.
    if (links_.is_read({edge->to.stage, rejected_port(reader)}))
      wanted.raw_formats.insert("ndjson");
    demand_[stage][edge->from.port].add(wanted);
  }
}

column_demand column_flow::wanted(std::uint32_t stage) const {
  column_demand all;
  for (port_number port = 0; port + 1 < demand_[stage].size(); ++port)
    all.add(demand_[stage][port]);
  return all;
}

column_set column_flow::reads(std::uint32_t stage) const {
  const configured_stage& configured = *of_.stages[stage].configured;
  // What it wants for others is passed on.
  const std::vector<column_demand> nobody(configured.outputs().size());
  column_demand all;
  for (port_number port = 0; port < known_[stage].size(); ++port)
    all.add(configured.demand(port, nobody));
  column_set set = set_of(all, takes_text_[stage]);
  known_columns in{.fields = {}, .complete = true};
  for (const auto& known : known_[stage]) {
    in.complete = in.complete && known.complete;
    in.fields.insert(in.fields.end(), known.fields.begin(), known.fields.end());
  }
  if (set.all && in.complete) add_all(set, in);
  return set;
}

column_set column_flow::makes(std::uint32_t stage) const {
  const configured_stage& configured = *of_.stages[stage].configured;
  const auto named = columns_named(configured);
  column_set made;
  for (port_number port = 0; port < configured.outputs().size(); ++port) {
    const auto alone = known_if(configured, port, {.fields = {}, .complete = true});
    made.all = made.all || !alone.complete;
    for (const auto& f : alone.fields)
      if (!has(named, f.name)) add(made.names, f.name);
    // A column of another name that comes of one that it names: renamed.
    for (const auto& name : named)
      for (const auto& f : known_if(configured, port, one_column(name, true)).fields)
        if (!has(named, f.name)) add(made.names, f.name);
  }
  return made;
}

column_set column_flow::given(std::uint32_t source) const {
  const auto known = of_.stages[source].configured->known(0, {});
  column_set set = set_of(wanted(source), !known.complete);
  if (set.all && known.complete) add_all(set, known);
  if (known.complete)
    std::erase_if(set.names, [&](const auto& name) { return known.find(name) == nullptr; });
  return set;
}

column_set column_flow::passes(std::uint32_t stage, const column_set& made) const {
  const graph_stage& about = of_.stages[stage];
  column_set set = set_of(wanted(stage), about.type->keeps_raw && takes_text_[stage]);
  known_columns out{.fields = {}, .complete = true};
  std::vector<std::string> dropped;
  for (port_number port = 0; port < about.configured->outputs().size(); ++port) {
    const auto known = about.configured->known(port, known_[stage]);
    out = port == 0 ? known : united(out, known);
    auto candidates = columns_named(*about.configured);
    for (const auto& in : known_[stage])
      for (const auto& f : in.fields) add(candidates, f.name);
    for (const auto& name : candidates)
      if (known_if(*about.configured, port, one_column(name, false)).find(name) == nullptr)
        add(dropped, name);
  }
  if (set.all && out.complete) {
    set.all = false;
    for (const auto& f : out.fields) set.names.push_back(f.name);
  }
  if (set.all) {
    for (const auto& name : dropped)
      if (!has(made.names, name)) set.but.push_back(name);
    return set;
  }
  std::erase_if(set.names, [&](const auto& name) {
    return has(made.names, name) || (out.complete && out.find(name) == nullptr);
  });
  return set;
}

stage_columns column_flow::of(std::uint32_t stage) const {
  const graph_stage& about = of_.stages[stage];
  stage_columns found;
  if (about.type->kind == stage_kind::source) {
    found.passes = given(stage);
    return found;
  }
  found.reads = reads(stage);
  if (about.type->kind == stage_kind::sink) return found;
  found.makes = makes(stage);
  found.passes = passes(stage, found.makes);
  const auto below = wanted(stage);
  if (!below.all && below.raw_formats.empty() && !about.configured->expressions().empty())
    for (const auto& name : found.makes.names)
      if (!below.columns.contains(name)) found.unread.push_back(name);
  return found;
}

}  // namespace weir
