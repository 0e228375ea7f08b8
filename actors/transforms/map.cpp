#include "actors/transforms/map.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "actors/support/reject_in_order.hpp"
#include "runtime/data/column_builder.hpp"

namespace weir::transforms {
namespace {

using field_list = std::vector<field>;

field_list::iterator find(field_list& in, std::string_view name) {
  return std::find_if(in.begin(), in.end(), [&](const field& f) { return f.name == name; });
}

bool names(const std::vector<column_path>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const column_path& p) { return p.column() == name; });
}

template <class T>
bool names(const named<T>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(), [&](const auto& e) { return e.first == name; });
}

// Whether a column is there after `drop` and `keep`; what `set` makes is always kept.
bool stays(const map_options& options, std::string_view name) {
  if (names(options.drop, name)) return false;
  return !options.keep || names(*options.keep, name) || names(options.set, name);
}

// The name of a column as `rename` has it: odd names stand in backticks there as they do in `keep`,
// but need not.
std::string unquoted(const std::string& written) {
  if (!written.starts_with('`')) return written;
  const auto path = parse_column_path(written);
  return path && path->steps.size() == 1 ? path->column() : written;
}

// Old names and new ones.
named<std::string> renames(const map_options& options) {
  named<std::string> list;
  for (const auto& [from, to] : options.rename) list.emplace_back(unquoted(from), unquoted(to));
  return list;
}

// What a column is called in the end.
std::string renamed(const map_options& options, const std::string& name) {
  for (const auto& [from, to] : renames(options))
    if (from == name) return to;
  return name;
}

// Adds or replaces the column that an assignment makes; its number.
std::uint32_t assign(field_list& fields, const std::string& name, const expression& value,
                     bool complete) {
  const auto type = check(value, {.fields = fields, .complete = complete}).type;
  const auto known = find(fields, name);
  const auto number = static_cast<std::uint32_t>(known - fields.begin());
  if (known == fields.end()) {
    fields.push_back({name, type, true});
  } else {
    *known = {name, type, true};
  }
  return number;
}

column_type common_type(column_type a, column_type b) { return a == b ? a : column_type::dynamic; }

// The values of `first`, and those of `second` where it has none.
column_ptr merged(const chunk& in, const column& first, const column& second) {
  column_builder out(in.rows());
  in.each_row([&](std::uint32_t row) {
    out.fill_nulls(row);
    out.append(first.is_null(row) ? second.at(row) : first.at(row));
  });
  out.fill_nulls(in.rows());
  return out.finish();
}

// Takes the refused rows out of the selection.
void leave_out(chunk::parts& from, const chunk& all,
               const std::vector<evaluated::record_error>& refused) {
  std::vector<std::uint32_t> rows;
  rows.reserve(all.size());
  auto next = refused.begin();
  all.each_row([&](std::uint32_t row) {
    while (next != refused.end() && next->row < row) ++next;
    if (next == refused.end() || next->row != row) rows.push_back(row);
  });
  from.selection = std::make_shared<const std::vector<std::uint32_t>>(std::move(rows));
}

}  // namespace

map::map(const map_options& options) : options_(options) {
  for (const auto& [name, value] : options.set)
    assignments_.push_back({name, evaluator(*value.value)});
}

void map::learn(const schema_ptr& in) {
  layout now;
  now.in = in;
  field_list fields = in->fields();
  for (const auto& [name, value] : options_.set) {
    now.target.push_back(assign(fields, name, *value.value, false));
    now.after.push_back(std::make_shared<const schema>(fields));
  }
  field_list out;
  now.moved.to.resize(in->size());
  std::vector<std::optional<std::uint32_t>> to(fields.size());
  for (std::uint32_t i = 0; i < fields.size(); ++i) {
    if (!stays(options_, fields[i].name)) continue;
    const std::string name = renamed(options_, fields[i].name);
    const auto known = find(out, name);
    to[i] = static_cast<std::uint32_t>(known - out.begin());
    if (known == out.end()) {
      out.push_back({name, fields[i].type, fields[i].always});
      now.columns.push_back({i, {}});
      continue;
    }
    // Two columns have become one; the renamed one's values count.
    known->type = common_type(known->type, fields[i].type);
    known->always = known->always || fields[i].always;
    auto& both = now.columns[*to[i]];
    both.otherwise = i;
    if (name != fields[i].name) std::swap(both.from, *both.otherwise);
  }
  std::copy_n(to.begin(), in->size(), now.moved.to.begin());
  for (const auto number : now.target)
    if (to[number]) now.moved.given.push_back(*to[number]);
  now.out = std::make_shared<const schema>(std::move(out));
  layout_ = std::move(now);
}

stage_answer map::process(port_number, const chunk_ptr& records, outlet& out) {
  if (!layout_ || *layout_->in != records->schema()) learn(records->shared_schema());
  chunk::parts parts = records->all();
  parts.raw = nullptr;
  chunk_ptr work = records;
  std::vector<evaluated::record_error> refused;
  for (std::size_t i = 0; i < assignments_.size(); ++i) {
    auto made = assignments_[i].value.evaluate(*work);
    if (!made.errors.empty()) leave_out(parts, *work, made.errors);
    std::move(made.errors.begin(), made.errors.end(), std::back_inserter(refused));
    const auto target = layout_->target[i];
    if (target == parts.columns.size()) parts.columns.emplace_back();
    parts.columns[target] = std::move(made.values);
    parts.columns_schema = layout_->after[i];
    work = make_chunk(parts);
  }
  reject_in_order(*records, std::move(refused), out);
  parts.columns.clear();
  for (const auto& c : layout_->columns) {
    const auto& from = work->columns()[c.from];
    parts.columns.push_back(c.otherwise ? merged(*work, *from, *work->columns()[*c.otherwise])
                                        : from);
  }
  parts.columns_schema = layout_->out;
  parts.orders = moved_orders(*records, layout_->moved);
  out.emit(make_chunk(std::move(parts)));
  return answer::wait;
}

namespace {

known_columns columns_made(const map_options& options, const known_columns& in) {
  field_list fields = in.fields;
  for (const auto& [name, value] : options.set)
    if (value.value) assign(fields, name, *value.value, in.complete);
  bool complete = in.complete;
  if (options.keep) {
    complete = true;
    for (const auto& path : *options.keep)
      if (!in.complete && find(fields, path.column()) == fields.end())
        fields.push_back({path.column(), column_type::dynamic});
  }
  known_columns out{.fields = {}, .complete = complete};
  for (const auto& f : fields) {
    if (!stays(options, f.name)) continue;
    const std::string name = renamed(options, f.name);
    const auto known = find(out.fields, name);
    if (known == out.fields.end()) {
      out.fields.push_back({name, f.type});
    } else {
      known->type = common_type(known->type, f.type);
    }
  }
  if (complete) return out;
  // A column that nobody told of may be renamed to one that is known.
  for (const auto& [from, to] : renames(options)) {
    const auto known = find(out.fields, to);
    if (find(fields, from) == fields.end() && known != out.fields.end())
      known->type = column_type::dynamic;
  }
  return out;
}

// The columns that expressions read of the input, not of what `set` made before.
void add_columns_read(const map_options& options, std::set<std::string>& into) {
  std::set<std::string> made;
  for (const auto& [name, value] : options.set) {
    if (value.value)
      for (const auto& use : value.value->columns())
        if (!made.contains(use.path.column())) into.insert(use.path.column());
    made.insert(name);
  }
}

column_demand columns_wanted(const map_options& options, const column_demand& below) {
  column_demand wanted;
  add_columns_read(options, wanted.columns);
  const auto reads_itself = wanted.columns;
  const auto want = [&](const std::string& name) {
    if (stays(options, name) && !names(options.set, name)) wanted.columns.insert(name);
  };
  if (below.all || !below.raw_formats.empty()) {
    wanted.all = !options.keep;
    if (options.keep)
      for (const auto& path : *options.keep) want(path.column());
    // Who wants whole records sees the order of their keys: a new value stands in the place of the
    // one that it replaces.
    if (!wanted.all)
      for (const auto& [name, value] : options.set)
        if (stays(options, name) && wanted.columns.insert(name).second)
          wanted.where_present.insert(name);
    return wanted;
  }
  for (const auto& name : below.columns) {
    if (!names(renames(options), name)) want(name);
    for (const auto& [from, to] : renames(options))
      if (to == name) want(from);
  }
  for (const auto& name : below.where_present)
    if (wanted.columns.contains(name) && !reads_itself.contains(name))
      wanted.where_present.insert(name);
  return wanted;
}

// The columns of the input that options name.
std::vector<column_path> columns_named(const map_options& options) {
  std::vector<column_path> paths;
  const auto add = [&](const column_path& path) {
    if (!names(options.set, path.column())) paths.push_back(path);
  };
  if (options.keep)
    for (const auto& path : *options.keep) add(path);
  for (const auto& path : options.drop) add(path);
  for (const auto& [from, to] : renames(options)) add({{from}});
  return paths;
}

std::vector<expression_use> uses_in_order(const map_options&, std::vector<expression_use> uses,
                                          const std::vector<std::string>& made) {
  for (std::size_t i = 0; i < uses.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      uses[i].added_before.push_back({made[before], column_type::dynamic});
  return uses;
}

void check_whole_columns(const config_value& from, const char* option,
                         const std::vector<column_path>& paths, problems& found) {
  const config_value* list = from.find(option);
  if (list == nullptr) return;
  const auto in = found.enter(fmt::format("option '{}'", option));
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (paths[i].steps.size() > 1)
      found.add("not-a-column", list->is_list() ? list->items[i].place.start : list->place.start,
                fmt::format("'{}' lies inside of a column; only whole columns can be named here",
                            to_text(paths[i])));
}

void check_options(const map_options& options, const config_value& from, problems& found) {
  check_whole_columns(from, "drop", options.drop, found);
  if (options.keep) check_whole_columns(from, "keep", *options.keep, found);
  if (options.set.empty() && options.drop.empty() && !options.keep && options.rename.empty() &&
      from.entries.empty())
    found.add("missing-option", from.place.start,
              "there is nothing to do; give 'set', 'drop', 'keep' or 'rename'");
  std::set<std::string> taken;
  const auto in = found.enter("option 'rename'");
  for (const auto& [name, to] : options.rename)
    if (!taken.insert(unquoted(to)).second)
      found.add("duplicate-column", from.find("rename")->find(name)->place.start,
                fmt::format("two columns are renamed to {}", quoted(to)));
}

}  // namespace

stage_type map_stage() {
  return describe_stage<map, map_options>("map")
      .summary("Gives records new columns, takes columns away and renames them.")
      .description(
          "First `set` computes columns, in the order they are written: a later one sees what an "
          "earlier one made. Then `drop` and `keep` take columns away, then `rename` renames. A "
          "record for which an expression can't be computed leaves through `rejected` as it "
          "came.")
      .option("set", &map_options::set,
              "Columns and the expressions that give their values; one that is there already is "
              "replaced.")
      .option("drop", &map_options::drop, "Columns taken away, those that `set` made included.")
      .option("keep", &map_options::keep,
              "Columns that stay beside those that `set` makes; without it all do, and of an empty "
              "list "
              "none.")
      .option("rename", &map_options::rename,
              "Old names and new ones; where both are in a record, the renamed one's value counts.")
      .checks(check_options)
      .names_columns(columns_named)
      .uses([](const map_options& options, std::vector<expression_use> uses) {
        std::vector<std::string> made;
        for (const auto& [name, value] : options.set)
          if (value.value) made.push_back(name);
        return uses_in_order(options, std::move(uses), made);
      })
      .makes([](const map_options& options, port_number, const std::vector<known_columns>& in) {
        return columns_made(options, in.front());
      })
      .wants([](const map_options& options, port_number, const std::vector<column_demand>& below) {
        return columns_wanted(options, below.front());
      })
      .holds_nothing()
      .shares_work()
      .keeps_nothing()
      .cheap()
      .example("{set: {duration_s: duration_ms / 1000}, keep: [ts, host, path, status]}")
      .example("{drop: [message], rename: {ts: time}}");
}

}  // namespace weir::transforms
