#include "actors/support/aggregate_shape.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "actors/support/accumulator.hpp"
#include "runtime/base/text.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir {
namespace {

bool stands_for_place(const column_path& path) {
  static const std::set<std::string_view> names = {"_file", "_offset", "_line"};
  return names.contains(path.column());
}

column_type type_of_key(const column_path& path, const known_columns& in) {
  if (is_plain_column(path)) {
    const field* known = in.find(path.column());
    return known != nullptr ? known->type : column_type::dynamic;
  }
  const auto parsed = expression::parse(to_text(path));
  return parsed ? check(*parsed, in).type : column_type::dynamic;
}

column_type type_of_call(const aggregate_call& call, const known_columns& in) {
  switch (aggregate_function_named(call.function)) {
    case aggregate_function::count:
      return column_type::int64;
    case aggregate_function::mean:
    case aggregate_function::quantile:
      return column_type::float64;
    case aggregate_function::min:
    case aggregate_function::max:
      return check(*call.argument, in).type;
    case aggregate_function::sum:
      break;
  }
  // A sum of ints that needs more than 64 bits is a double, so it has no one type.
  const bool is_double = check(*call.argument, in).type == column_type::float64;
  return is_double ? column_type::float64 : column_type::dynamic;
}

column_type type_of_computed(const aggregate_expression& what, const known_columns& in) {
  if (is_plain_call(what)) return type_of_call(what.calls.front(), in);
  known_columns results{.fields = {}, .complete = true};
  for (std::size_t i = 0; i < what.calls.size(); ++i)
    results.fields.push_back({fmt::format("#{}", i), column_type::dynamic});
  return check(what.outer, results).type;
}

// Names of the columns of `by`, each refused where an earlier one has it.
std::vector<std::string> check_keys(const std::vector<column_path>& by, const config_value& from,
                                    problems& found) {
  const auto in = found.enter("option 'by'");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < by.size(); ++i) {
    if (by[i].steps.empty()) continue;
    const config_value& item = from.is_list() ? from.items[i] : from;
    const std::string& name = by[i].steps.back();
    if (!is_plain_column(by[i]) && !expression::parse(to_text(by[i])))
      found.add("not-a-column", item.place.start,
                fmt::format("{} can't be read as a path", quoted(to_text(by[i]))));
    if (std::find(names.begin(), names.end(), name) != names.end())
      found.add("duplicate-column", item.place.start,
                fmt::format("there is a column {} already; make one of another name with 'map'",
                            quoted(name)));
    names.push_back(name);
  }
  return names;
}

}  // namespace

bool is_plain_column(const column_path& path) {
  return path.steps.size() == 1 && !stands_for_place(path);
}

bool is_plain_call(const aggregate_expression& what) {
  return what.calls.size() == 1 && what.outer.root().kind == syntax::node_kind::column;
}

column_demand columns_read(const std::vector<column_path>& by,
                           const named<aggregate_option>& compute) {
  column_demand demand;
  for (const auto& path : by)
    if (!path.steps.empty() && !stands_for_place(path)) demand.columns.insert(path.column());
  for (const auto& [name, what] : compute) {
    if (!what.value) continue;
    for (const auto& call : what.value->calls) {
      if (!call.argument) continue;
      for (const auto& use : call.argument->columns()) demand.columns.insert(use.path.column());
    }
  }
  return demand;
}

std::vector<field> columns_made(const std::vector<column_path>& by,
                                const named<aggregate_option>& compute, const known_columns& in) {
  std::vector<field> fields;
  for (const auto& path : by)
    if (!path.steps.empty()) fields.push_back({path.steps.back(), type_of_key(path, in), true});
  for (const auto& [name, what] : compute)
    fields.push_back(
        {name, what.value ? type_of_computed(*what.value, in) : column_type::dynamic, true});
  return fields;
}

void check_names(const std::vector<column_path>& by, const named<aggregate_option>& compute,
                 const config_value& from, problems& found) {
  std::vector<std::string> names;
  if (const config_value* keys = from.find("by")) names = check_keys(by, *keys, found);
  const config_value* made = from.find("compute");
  if (made == nullptr || !made->is_map()) return;
  const auto in = found.enter("option 'compute'");
  for (const auto& entry : made->entries)
    if (std::find(names.begin(), names.end(), entry.key) != names.end())
      found.add("duplicate-column", entry.key_place,
                fmt::format("{} is a column of 'by' already", quoted(entry.key)));
  if (compute.empty() && by.empty())
    found.add("nothing-computed", made->place.start,
              "there is nothing to compute and nothing to group by");
}

}  // namespace weir
