#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/support/group_meeting.hpp"
#include "actors/support/row_errors.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `aggregate`. What each means to a user is said once, in aggregate.cpp.
struct aggregate_options {
  std::vector<column_path> by;
  named<aggregate_option> compute;
};

/// Makes one record of each group of records, at the end of the stream.
///
/// Several workers each count the records they are given, in tables of their own, and put them
/// together when all have seen the end (`group_meeting`); one of them then makes the records.
///
/// A record counts in all aggregates or, if any value of it is refused, in none. A flush passes and
/// changes nothing here: what is held back is held for the end of the stream.
///
/// Order:  groups leave in the order of their keys (`compare_values`), whatever the input's order.
/// Memory: groups, aggregates and their texts, accounted after each chunk; nothing of the input.
///         Where they do not fit into the pipeline's memory, they are written to a file without a
///         name, sorted, and merged as they leave.
/// State:  lost on restart.
/// Errors: rejects records of the input whose values do not fit, and at the end the records of
///         groups whose arithmetic has no value; fails where neither memory nor disk suffice.
class aggregate final : public transform {
 public:
  explicit aggregate(const aggregate_options& options,
                     std::shared_ptr<group_meeting> meeting = nullptr)
      : options_(options), meeting_(std::move(meeting)) {}
  static std::vector<std::unique_ptr<aggregate>> make_workers(const aggregate_options& options,
                                                              unsigned count);

  result<void> open(context& in) override;
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;
  stage_answer resume(outlet& out) override;
  stage_answer finish(port_number port, outlet& out) override;
  void close() override;

 private:
  // A column to group by; `value_of` where it is not simply a column of the chunk.
  struct key {
    std::string column;
    std::optional<evaluator> value_of;
  };
  // What aggregates are taken of; one for all calls with the same text.
  struct argument {
    std::string text;
    evaluator value_of;
    column_ptr values;  // of one chunk
  };
  // What calls with one argument that share a state need of it.
  struct running {
    accumulator_kind kind;
    std::optional<std::size_t> argument;
    std::string refused_by;  // for messages: `'p99_ms': quantile`
  };
  struct call {
    std::size_t running;
    aggregate_function function;
    double parameter;
  };
  struct computed {
    std::vector<call> calls;
    std::optional<evaluator> outer;  // none where the value is that of the only call
  };
  // Groups on their way into a chunk.
  struct made_groups {
    explicit made_groups(std::size_t key_columns) : keys(key_columns) {}
    void append_key(std::size_t number, const value_view& value);

    std::vector<column_builder> keys;
    std::vector<std::vector<column_builder>> calls;  // as in computed_
    std::uint32_t count = 0;
    std::size_t bytes = 0;  // about
  };

  result<void> add_keys();
  void add_computed(const std::string& name, const aggregate_expression& what);
  std::size_t running_for(const std::string& name, const aggregate_call& what);
  void note_types(const chunk& records);
  row_errors evaluate_arguments(const chunk& records, std::vector<column_ptr>& keys);
  void keep_good_rows(const chunk& records, row_errors errors, outlet& out);
  result<void> account();
  byte_size memory_most();
  std::unique_ptr<group_states> new_states();
  result<void> spill();
  result<void> put_together();
  result<void> add_share(group_meeting::share& other);
  result<void> begin_merge();
  void take_sorted(made_groups& made);
  result<void> take_merged(made_groups& made);
  void append_results(std::span<const std::unique_ptr<accumulator>> states, std::uint32_t group,
                      made_groups& made) const;
  void emit_groups(made_groups from, outlet& out);

  aggregate_options options_;
  context* context_ = nullptr;
  std::vector<key> keys_;
  std::vector<argument> arguments_;
  std::vector<running> running_;
  std::vector<accumulator_kind> kinds_;  // of running_
  std::vector<computed> computed_;
  std::shared_ptr<group_meeting> meeting_;  // none: there is no other worker
  std::unique_ptr<group_states> states_;    // `running_` number i in `running` number i; none: left
  group_runs runs_;                         // of groups that did not fit into memory
  std::optional<group_merge> merge_;        // of runs_, at the end
  schema_ptr seen_last_;                    // the schema whose types are known already
  std::vector<std::uint32_t> rows_;         // of one chunk, as are their groups
  std::vector<std::uint32_t> row_groups_;
  std::size_t rows_most_ = 0;         // of the chunks so far
  std::vector<std::uint32_t> order_;  // of all groups, at the end
  std::size_t next_ = 0;              // of order_
};

}  // namespace weir::transforms
