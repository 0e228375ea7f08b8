#include "actors/transforms/aggregate.hpp"

#include <algorithm>
#include <numeric>

#include "actors/support/aggregate_shape.hpp"
#include "actors/support/row_errors.hpp"
#include "runtime/base/text.hpp"
#include "runtime/expression/syntax.hpp"

namespace weir::transforms {
namespace {

// What one call emits at most, but for single large records.
constexpr std::size_t chunk_bytes = 256 * 1024;
// Group numbers have 32 bits, and a chunk may add as many groups as it has records.
constexpr std::uint64_t groups_most = 0xFFFFFFF0;
// What a worker holds at least before it spills: the memory divided by this for each worker and
// one.
constexpr std::uint64_t spill_share = 8;

tl::unexpected<error> too_many(std::size_t groups) {
  return failure("too-many-groups",
                 fmt::format("there are {} groups; at most {} can be told apart",
                             with_thousands(groups), with_thousands(groups_most)));
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
  for (auto& k : keys_)
    if (k.value_of) k.value_of->stop_by(in.aborted());
  for (auto& a : arguments_) a.value_of.stop_by(in.aborted());
  for (const auto& r : running_) kinds_.push_back(r.kind);
  states_ = new_states();
  return account();
}

// What another worker left is given back while the run's budget is there.
void aggregate::close() {
  meeting_.reset();
  states_.reset();
  merge_.reset();
  runs_ = {};
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
row_errors aggregate::evaluate_arguments(const chunk& records, std::vector<column_ptr>& keys) {
  row_errors errors;
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
void aggregate::keep_good_rows(const chunk& records, row_errors errors, outlet& out) {
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
  if (auto done = account(); !done) return failure(std::move(done.error()));
  return answer::wait;
}

// Tells what is held, and what it takes to go on with that; where it is too much, moves the groups
// to a file.
result<void> aggregate::account() {
  rows_most_ = std::max(rows_most_, rows_.size());
  std::size_t held = states_->bytes() + states_->bytes_to_go_on(rows_most_);
  for (const auto* array : {&rows_, &row_groups_})
    held += array->capacity() * sizeof(std::uint32_t);
  if (context_->account().hold({held})) return {};
  // Of a few groups it would make many runs: others hold the memory then, and those have bounds of
  // their own. One alone has to be in memory anyhow.
  const auto shares = spill_share * (meeting_ ? meeting_->workers() : 1) + spill_share;
  if (states_->groups.size() < 2 || states_->bytes() < memory_most().bytes / shares) return {};
  return spill();
}

byte_size aggregate::memory_most() { return context_->account().budget().most(); }

std::unique_ptr<group_states> aggregate::new_states() {
  return std::make_unique<group_states>(keys_.size(), kinds_, context_->random().next());
}

// Moves the groups to a file.
result<void> aggregate::spill() {
  const bool is_first = runs_.empty() && (!meeting_ || meeting_->is_first_to_spill());
  if (auto added = runs_.add(*states_, *context_); !added) return added;
  if (is_first)
    context_->tell(fmt::format("its groups do not fit into 'memory: {}' and go to a file in {}",
                               to_text(memory_most()), quoted(context_->temporary_folder())));
  auto next = new_states();
  next->seen = std::move(states_->seen);
  states_ = std::move(next);
  static_cast<void>(context_->account().hold({states_->bytes()}));
  return {};
}

// Adds what other workers have counted to what this one has; if all of it is not yet there, leaves
// that for another worker, and has no states any more.
result<void> aggregate::put_together() {
  group_meeting::share mine;
  mine.workers = 1;
  for (;;) {
    mine.states = std::move(states_);
    mine.runs = std::move(runs_);
    context_->account().hold({0});
    mine.account = std::make_unique<memory_account>(context_->account().budget());
    // What is too much is seen when it is added to another share.
    mine.account->hold({mine.states->bytes()});
    group_meeting::share other;
    const bool is_all = meeting_->bring(mine, other);
    if (!is_all && !other.states) return {};
    // The smaller is added to the larger.
    if (!is_all && mine.states->groups.size() < other.states->groups.size()) std::swap(mine, other);
    mine.account.reset();
    states_ = std::move(mine.states);
    runs_ = std::move(mine.runs);
    if (is_all) return {};
    mine.workers += other.workers;
    if (auto added = add_share(other); !added) return added;
  }
}

result<void> aggregate::add_share(group_meeting::share& other) {
  // Where some groups are in files all will have to go there: then one table after the other.
  if (!runs_.empty() || !other.runs.empty()) {
    if (auto done = spill(); !done) return done;
    runs_.add(other.runs);
    for (const auto& f : states_->seen.fields) add_types(other.states->seen, f);
    states_ = std::move(other.states);
  } else {
    const auto groups = states_->groups.size() + other.states->groups.size();
    if (groups > groups_most) return too_many(groups);
    states_->merge(*other.states);
  }
  other = {};
  return account();
}

stage_answer aggregate::finish(port_number, outlet& out) {
  if (meeting_)
    if (auto done = put_together(); !done) return failure(std::move(done.error()));
  if (!states_) return answer::wait;
  if (auto done = account(); !done) return failure(std::move(done.error()));
  if (runs_.empty()) {
    order_ = states_->groups.sorted();
  } else if (auto done = begin_merge(); !done) {
    return failure(std::move(done.error()));
  }
  return resume(out);
}

// Writes what is left in memory, and begins to read all runs side by side.
result<void> aggregate::begin_merge() {
  if (auto done = spill(); !done) return done;
  auto merge = runs_.merge(keys_.size(), kinds_, *context_);
  if (!merge) return failure(std::move(merge.error()));
  merge_.emplace(std::move(*merge));
  // It keeps to its share of the memory, whatever others hold.
  static_cast<void>(context_->account().hold({states_->bytes() + merge_->bytes()}));
  return {};
}

stage_answer aggregate::resume(outlet& out) {
  made_groups made(keys_.size());
  for (const auto& c : computed_) made.calls.emplace_back(c.calls.size());
  if (merge_) {
    if (auto taken = take_merged(made); !taken) return failure(std::move(taken.error()));
  } else if (states_) {
    take_sorted(made);
  }
  emit_groups(std::move(made), out);
  const bool has_more = merge_ ? !merge_->done() : next_ < order_.size();
  return has_more ? answer::more : answer::wait;
}

// The next groups of those in memory.
void aggregate::take_sorted(made_groups& made) {
  for (; next_ < order_.size() && made.bytes < chunk_bytes; ++next_) {
    const std::uint32_t group = order_[next_];
    for (std::size_t k = 0; k < keys_.size(); ++k)
      made.append_key(k, states_->groups.key(group, k));
    append_results(states_->running, group, made);
  }
}

// The next groups of those in files.
result<void> aggregate::take_merged(made_groups& made) {
  const group_states states(0, kinds_, 0);
  std::uint32_t count = 0;
  for (std::size_t bytes = 0; !merge_->done() && made.bytes + bytes < chunk_bytes; ++count) {
    for (std::size_t k = 0; k < keys_.size(); ++k) made.append_key(k, merge_->key(k));
    bytes += merge_->load(states.running, count, count + 1);
    if (auto next = merge_->advance(); !next) return next;
  }
  for (std::uint32_t group = 0; group < count; ++group) append_results(states.running, group, made);
  return {};
}

void aggregate::append_results(std::span<const std::unique_ptr<accumulator>> states,
                               std::uint32_t group, made_groups& made) const {
  for (std::size_t c = 0; c < computed_.size(); ++c)
    for (std::size_t i = 0; i < computed_[c].calls.size(); ++i) {
      const call& what = computed_[c].calls[i];
      made.bytes +=
          states[what.running]->append(what.function, what.parameter, group, made.calls[c][i]);
    }
  ++made.count;
}

void aggregate::made_groups::append_key(std::size_t number, const value_view& value) {
  keys[number].append(value);
  bytes += sizeof(string_ref) + value.text.size();
}

// Makes records of the keys and the results of the calls. Those whose arithmetic has no value are
// rejected, like any record that an expression has no value for.
void aggregate::emit_groups(made_groups from, outlet& out) {
  if (from.count == 0) return;
  chunk::parts made;
  made.rows = from.count;
  made.columns_schema =
      std::make_shared<const schema>(columns_made(options_.by, options_.compute, states_->seen));
  for (auto& k : from.keys) made.columns.push_back(k.finish());
  row_errors errors;
  for (std::size_t c = 0; c < computed_.size(); ++c) {
    chunk::parts results;
    results.rows = made.rows;
    std::vector<field> fields;
    for (std::size_t i = 0; i < from.calls[c].size(); ++i) {
      fields.push_back({fmt::format("#{}", i), column_type::dynamic});
      results.columns.push_back(from.calls[c][i].finish());
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
  out.emit(rows_.size() == from.count ? records : select(records, rows_));
}

stage_type aggregate_stage() {
  return describe_stage<aggregate, aggregate_options>("aggregate")
      .summary("Makes one record of each group of records, at the end of the stream.")
      .description(
          "A group is all records with equal values in the columns of 'by'; 1 and 1.0 are equal, "
          "lists and maps are however they are written, and records without a value are a group "
          "like any other. Without 'by' all records are one group, which gives a record even if "
          "there are none. Results do not depend on the order of the records, to the last "
          "digit.\n\n"
          "'count()' counts records. 'count(x)', 'sum(x)', 'mean(x)', 'min(x)', 'max(x)' and "
          "'quantile(x, 0.99)' skip nulls; of no values all but 'count' are null. 'sum' of ints "
          "is an int, or a double where 64 bits do not hold it; of doubles it is the exact sum, "
          "rounded once, and 'mean' is that sum, divided. A sum beyond all doubles is an "
          "infinity, a mean of finite values never; infinities of both signs, or what is not a "
          "number, make both not a number. 'min' and 'max' compare values of any type; 'sum', "
          "'mean' and 'quantile' take numbers, and a record with anything else is rejected and "
          "counts nowhere. 'quantile' is within 1 % of the true value. Results may be computed "
          "with: '100 * sum(int(status >= 500)) / count()'; '/' never cuts decimals there.\n\n"
          "Groups leave in the order of their keys: null, false, true, numbers, timestamps, "
          "durations, strings by their bytes, lists and maps by a form that does not depend on "
          "how they are written. Of equal values that are written differently an int stands for "
          "all, else the first text by its bytes: as a group's key, and as 'min' and 'max'. A "
          "column of 'by' is named by the last step of its path.\n\n"
          "Groups that do not fit into the pipeline's 'memory' are written, sorted, to a file "
          "without a name in the folder that TMPDIR names, or in '/tmp', and merged as they "
          "leave; the results are the same.\n\n"
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
