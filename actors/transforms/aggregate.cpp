#include "actors/transforms/aggregate.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "actors/support/aggregate_shape.hpp"
#include "runtime/base/text.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir::transforms {
namespace {

// What one call emits at most, but for single large records.
constexpr std::size_t chunk_bytes = 256 * 1024;
// Group numbers have 32 bits, and a chunk may add as many groups as it has records.
constexpr std::uint64_t groups_most = 0xFFFFFFF0;

// What a function that takes numbers met instead, for messages.
std::string found_instead(const value_view& value) {
  const bool is_text = value.kind == value_kind::string || value.kind == value_kind::json;
  return is_text ? fmt::format("the {} {}", name_of(value.kind), quoted(value.text))
                 : fmt::format("a {}", name_of(value.kind));
}

bool is_number_or_null(value_kind kind) {
  return kind == value_kind::null || kind == value_kind::int64 || kind == value_kind::float64;
}

void refuse_what_is_no_number(const chunk& records, const column& values, const std::string& by,
                              std::vector<evaluated::record_error>& errors) {
  const auto storage = values.storage();
  if (storage == storage_kind::null || storage == storage_kind::int64 ||
      storage == storage_kind::float64)
    return;
  // The rows that already have an error have no value that could be looked at.
  std::set<std::uint32_t> without;
  for (const auto& e : errors) without.insert(e.row);
  const auto cells = storage == storage_kind::tagged ? values.cells() : std::span<const cell>();
  records.each_row([&](std::uint32_t row) {
    if (!cells.empty() && is_number_or_null(cells[row].kind)) return;
    if (without.contains(row) || values.is_null(row)) return;
    errors.push_back({row, "type-mismatch",
                      fmt::format("{} takes numbers, not {}", by, found_instead(values.at(row)))});
  });
}

// The same values, with null where there is none because of an error.
column_ptr with_nulls(const column& values, const std::vector<evaluated::record_error>& errors) {
  column_builder out(values.size());
  auto next = errors.begin();
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    if (next != errors.end() && next->row == row) {
      ++next;
      out.append_null();
    } else {
      out.append(values.at(row));
    }
  }
  return out.finish();
}

void sort_by_row(std::vector<evaluated::record_error>& errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const auto& a, const auto& b) { return a.row < b.row; });
  const auto same_row = [](const auto& a, const auto& b) { return a.row == b.row; };
  errors.erase(std::unique(errors.begin(), errors.end(), same_row), errors.end());
}

tl::unexpected<error> too_many(std::size_t groups) {
  return failure("too-many-groups",
                 fmt::format("there are {} groups; at most {} can be told apart",
                             with_thousands(groups), with_thousands(groups_most)));
}

std::size_t bytes_of(const value_view& value) {
  return sizeof(string_ref) + (value.text.size() > string_ref::inline_max ? value.text.size() : 0);
}

}  // namespace

std::vector<std::unique_ptr<aggregate>> aggregate::make_workers(const aggregate_options& options,
                                                                unsigned count) {
  const auto meeting = count > 1 ? std::make_shared<group_meeting>(count) : nullptr;
  std::vector<std::unique_ptr<aggregate>> workers;
  for (unsigned worker = 0; worker < count; ++worker)
    workers.push_back(std::make_unique<aggregate>(options, meeting));
  return workers;
}

result<void> aggregate::open(context& in) {
  context_ = &in;
  if (auto added = add_keys(); !added) return added;
  for (const auto& [name, what] : options_.compute) {
    if (!what.value) return failure("no-value", fmt::format("{} has no value", quoted(name)));
    add_computed(name, *what.value);
  }
  std::vector<accumulator_kind> kinds;
  for (const auto& r : running_) kinds.push_back(r.kind);
  states_ = std::make_unique<group_states>(keys_.size(), kinds, in.random().next());
  return account(0);
}

// What another worker left is given back while the run's budget is there.
void aggregate::close() {
  meeting_.reset();
  states_.reset();
}

result<void> aggregate::add_keys() {
  for (const auto& path : options_.by) {
    key& added = keys_.emplace_back(key{path.column(), std::nullopt});
    if (is_plain_column(path)) continue;
    auto parsed = expression::parse(to_text(path));
    if (!parsed) return failure(parsed.error().front().code, parsed.error().front().text);
    added.value_of.emplace(std::move(*parsed));
  }
  return {};
}

void aggregate::add_computed(const std::string& name, const aggregate_expression& what) {
  computed& added = computed_.emplace_back();
  for (const auto& c : what.calls)
    added.calls.push_back({running_for(name, c), aggregate_function_named(c.function),
                           c.parameters.empty() ? 0 : c.parameters.front()});
  if (!is_plain_call(what)) added.outer.emplace(what.outer);
}

// The state that the call needs: that of an earlier call where it is the same.
std::size_t aggregate::running_for(const std::string& name, const aggregate_call& what) {
  std::optional<std::size_t> of;
  if (what.argument) {
    const auto& root = what.argument->root();
    const auto text = what.argument->text().substr(root.offset, root.length);
    const auto known = std::find_if(arguments_.begin(), arguments_.end(),
                                    [&](const argument& a) { return a.text == text; });
    of = static_cast<std::size_t>(known - arguments_.begin());
    if (known == arguments_.end()) arguments_.push_back({text, evaluator(*what.argument), nullptr});
  }
  const auto kind = accumulator_of(aggregate_function_named(what.function));
  const auto known = std::find_if(running_.begin(), running_.end(), [&](const running& r) {
    return r.kind == kind && r.argument == of;
  });
  const auto number = static_cast<std::size_t>(known - running_.begin());
  if (known == running_.end())
    running_.push_back({kind, of, fmt::format("{}: {}", quoted(name), what.function)});
  return number;
}

// Learns the declared types of the columns it reads; where inputs disagree there is none.
void aggregate::note_types(const chunk& records) {
  if (records.shared_schema() == seen_last_) return;
  seen_last_ = records.shared_schema();
  const auto columns = columns_read(options_.by, options_.compute).columns;
  for (const auto& f : records.schema().fields())
    if (columns.contains(f.name)) add_types(states_->seen, f);
}

// Evaluates what the aggregates are taken of and the columns to group by; answers the records that
// can't be counted.
aggregate::record_errors aggregate::evaluate_arguments(const chunk& records,
                                                       std::vector<column_ptr>& keys) {
  record_errors errors;
  const auto evaluate = [&](evaluator& what) {
    auto values = what.evaluate(records);
    std::move(values.errors.begin(), values.errors.end(), std::back_inserter(errors));
    return std::move(values.values);
  };
  for (auto& a : arguments_) a.values = evaluate(a.value_of);
  for (auto& k : keys_) {
    if (k.value_of) {
      keys.push_back(evaluate(*k.value_of));
      continue;
    }
    const auto at = records.schema().find(k.column);
    keys.push_back(at ? records.columns()[*at] : column::nulls(records.rows()));
  }
  for (const auto& r : running_)
    if (takes_only_numbers(r.kind))
      refuse_what_is_no_number(records, *arguments_[*r.argument].values, r.refused_by, errors);
  return errors;
}

// Rejects the records with errors and keeps the rows of the others, before any of them counts.
void aggregate::keep_good_rows(const chunk& records, record_errors errors, outlet& out) {
  rows_.clear();
  if (errors.empty() && records.selection()) {
    rows_ = *records.selection();
    return;
  }
  if (errors.empty()) {
    rows_.resize(records.rows());
    std::iota(rows_.begin(), rows_.end(), 0);
    return;
  }
  sort_by_row(errors);
  auto bad = errors.begin();
  records.each_row([&](std::uint32_t row) {
    if (bad == errors.end() || bad->row != row) {
      rows_.push_back(row);
      return;
    }
    out.reject(records, row, bad->code, bad->text);
    ++bad;
  });
}

stage_answer aggregate::process(port_number, const chunk_ptr& records, outlet& out) {
  group_table& groups = states_->groups;
  if (groups.size() + records->size() > groups_most) return too_many(groups.size());
  note_types(*records);
  std::vector<column_ptr> keys;
  keep_good_rows(*records, evaluate_arguments(*records, keys), out);
  row_groups_.resize(rows_.size());
  std::vector<const column*> key_columns;
  for (const auto& k : keys) key_columns.push_back(k.get());
  groups.find(key_columns, rows_, row_groups_);
  for (std::size_t i = 0; i < running_.size(); ++i) {
    const auto of = running_[i].argument;
    states_->running[i]->add(of ? arguments_[*of].values.get() : nullptr, rows_, row_groups_,
                             groups.size());
  }
  // What is kept beyond the call are copies; the chunk's own buffers go.
  for (auto& a : arguments_) a.values = nullptr;
  if (auto fits = account(0); !fits) return failure(std::move(fits.error()));
  return answer::wait;
}

// Tells what is held, with `beside` bytes on top.
result<void> aggregate::account(std::size_t beside) const {
  std::size_t held = beside + states_->bytes();
  for (const auto* array : {&rows_, &row_groups_, &order_})
    held += array->capacity() * sizeof(std::uint32_t);
  auto told = context_->account().hold({held});
  if (!told)
    told.error().text +=
        fmt::format("; there are {} groups: group by fewer values or raise 'memory'",
                    with_thousands(states_->groups.size()));
  return told;
}

// Adds what other workers have counted to what this one has; if all of it is not yet there, leaves
// that for another worker, and has no states any more.
result<void> aggregate::put_together() {
  group_meeting::share mine{std::move(states_), 1, nullptr};
  for (;;) {
    context_->account().hold({0});
    mine.account = std::make_unique<memory_account>(context_->account().budget());
    if (auto fits = mine.account->hold({mine.states->bytes()}); !fits) return fits;
    group_meeting::share other;
    if (meeting_->bring(mine, other)) break;
    if (!other.states) return {};
    if (auto added = add_share(mine, std::move(other)); !added) return added;
  }
  mine.account.reset();
  states_ = std::move(mine.states);
  return {};
}

result<void> aggregate::add_share(group_meeting::share& mine, group_meeting::share other) {
  // The smaller is added to the larger.
  if (mine.states->groups.size() < other.states->groups.size()) std::swap(mine, other);
  const auto groups = mine.states->groups.size() + other.states->groups.size();
  if (groups > groups_most) return too_many(groups);
  mine.states->merge(*other.states);
  mine.workers += other.workers;
  return {};
}

stage_answer aggregate::finish(port_number, outlet& out) {
  if (meeting_)
    if (auto done = put_together(); !done) return failure(std::move(done.error()));
  if (!states_) return answer::wait;
  const group_table& groups = states_->groups;
  if (auto fits = account(groups.bytes_to_sort()); !fits) return failure(std::move(fits.error()));
  order_ = groups.sorted();
  if (auto fits = account(0); !fits) return failure(std::move(fits.error()));
  return resume(out);
}

stage_answer aggregate::resume(outlet& out) {
  const std::size_t first = next_;
  std::vector<column_builder> keys(keys_.size());
  std::vector<std::vector<column_builder>> calls;
  for (const auto& c : computed_) calls.emplace_back(c.calls.size());
  for (std::size_t bytes = 0; next_ < order_.size() && bytes < chunk_bytes; ++next_) {
    const std::uint32_t group = order_[next_];
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const value_view value = states_->groups.key(group, k);
      keys[k].append(value);
      bytes += bytes_of(value);
    }
    for (std::size_t c = 0; c < calls.size(); ++c)
      for (std::size_t i = 0; i < calls[c].size(); ++i) {
        const call& what = computed_[c].calls[i];
        bytes += states_->running[what.running]->append(what.function, what.parameter, group,
                                                        calls[c][i]);
      }
  }
  emit_groups(next_ - first, std::move(keys), std::move(calls), out);
  return next_ < order_.size() ? answer::more : answer::wait;
}

// Makes records of the keys and the results of the calls. Those whose arithmetic has no value are
// rejected, like any record that an expression has no value for.
void aggregate::emit_groups(std::size_t count, std::vector<column_builder> keys,
                            std::vector<std::vector<column_builder>> calls, outlet& out) {
  chunk::parts made;
  made.rows = static_cast<std::uint32_t>(count);
  made.columns_schema =
      std::make_shared<const schema>(columns_made(options_.by, options_.compute, states_->seen));
  for (auto& k : keys) made.columns.push_back(k.finish());
  record_errors errors;
  for (std::size_t c = 0; c < computed_.size(); ++c) {
    chunk::parts results;
    results.rows = made.rows;
    std::vector<field> fields;
    for (std::size_t i = 0; i < calls[c].size(); ++i) {
      fields.push_back({fmt::format("#{}", i), column_type::dynamic});
      results.columns.push_back(calls[c][i].finish());
    }
    if (!computed_[c].outer) {
      made.columns.push_back(results.columns.front());
      continue;
    }
    results.columns_schema = std::make_shared<const schema>(std::move(fields));
    auto values = computed_[c].outer->evaluate(*make_chunk(std::move(results)));
    made.columns.push_back(values.errors.empty() ? values.values
                                                 : with_nulls(*values.values, values.errors));
    for (auto& e : values.errors) {
      e.text = fmt::format("{}: {}", quoted(options_.compute[c].first), e.text);
      errors.push_back(std::move(e));
    }
  }
  const chunk_ptr records = make_chunk(std::move(made));
  keep_good_rows(*records, std::move(errors), out);
  out.emit(rows_.size() == count ? records : select(records, rows_));
}

stage_type aggregate_stage() {
  return describe_stage<aggregate, aggregate_options>("aggregate")
      .summary("Makes one record of each group of records, at the end of the stream.")
      .description(
          "A group is all records with equal values in the columns of 'by'; 1 and 1.0 are equal, "
          "lists and maps are however they are written, and records without a value are a group "
          "like any other. Without 'by' all records are one "
          "group, which gives a record even if there are none. Results do not depend on the order "
          "of the records, to the last digit.\n\n"
          "'count()' counts records. 'count(x)', 'sum(x)', 'mean(x)', 'min(x)', 'max(x)' and "
          "'quantile(x, 0.99)' skip nulls; of no values all but 'count' are null. 'sum' of ints is "
          "an int, or a double where 64 bits do not hold it; of doubles it is the exact sum, "
          "rounded "
          "once, and 'mean' is that sum, divided. A sum beyond all doubles is an infinity, a mean "
          "of "
          "finite values never; infinities of both signs, or what is not a number, make both not a "
          "number. 'min' and 'max' compare values of any type; 'sum', 'mean' and 'quantile' take "
          "numbers, and a record with anything else is "
          "rejected and counts nowhere. 'quantile' is within 1 % of the true value. Results may be "
          "computed with: '100 * sum(int(status >= 500)) / count()'; '/' never cuts decimals "
          "there.\n\n"
          "Groups leave in the order of their keys: null, false, true, numbers, timestamps, "
          "durations, strings by their bytes, lists and maps by a form that does not depend on how "
          "they are written. Of equal values that are written differently an int stands for all, "
          "else the first text by its bytes: as a group's key, and as 'min' and 'max'. "
          "A column of 'by' is named by the last step of its path.\n\n"
          "Several workers count apart and put their groups together in the end: the results are "
          "the same, and the groups take as much memory in each.")
      .option("by", &aggregate_options::by, "Columns whose values tell groups apart.")
      .option("compute", &aggregate_options::compute,
              "What to compute of each group: a name and an aggregate each.", required)
      .creates()
      .shares_work()
      .holds(hold_bound::everything())
      .checks([](const aggregate_options& options, const config_value& from, problems& found) {
        check_names(options.by, options.compute, from, found);
      })
      .makes(
          [](const aggregate_options& options, port_number, const std::vector<known_columns>& in) {
            const known_columns known = in.empty() ? known_columns() : in.front();
            return known_columns{.fields = columns_made(options.by, options.compute, known),
                                 .complete = true};
          })
      .wants([](const aggregate_options& options, port_number, const std::vector<column_demand>&) {
        return columns_read(options.by, options.compute);
      })
      .never_waits()
      .example(
          "{by: [host], compute: {requests: count(), p99_ms: \"quantile(duration_ms, 0.99)\"}}");
}

}  // namespace weir::transforms
