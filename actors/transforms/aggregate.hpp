#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/support/accumulator.hpp"
#include "actors/support/group_table.hpp"
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
/// A record counts in all aggregates or, if any value of it is refused, in none. A flush passes and
/// changes nothing here: what is held back is held for the end of the stream.
///
/// Order:  groups leave in the order of their keys (`compare_values`), whatever the input's order.
/// Memory: groups, aggregates and their texts, accounted after each chunk; nothing of the input.
/// State:  lost on restart.
/// Errors: rejects records of the input whose values do not fit, and at the end the records of
///         groups whose arithmetic has no value; fails where memory does not suffice.
class aggregate final : public transform {
 public:
  explicit aggregate(const aggregate_options& options) : options_(options) {}

  result<void> open(context& in) override;
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;
  stage_answer resume(outlet& out) override;
  stage_answer finish(port_number port, outlet& out) override;

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
  // The state of calls with one argument that share it.
  struct running {
    accumulator_kind kind;
    std::optional<std::size_t> argument;
    std::unique_ptr<accumulator> state;
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
  using record_errors = std::vector<evaluated::record_error>;

  result<void> add_keys();
  void add_computed(const std::string& name, const aggregate_expression& what);
  std::size_t running_for(const std::string& name, const aggregate_call& what);
  void note_types(const chunk& records);
  record_errors evaluate_arguments(const chunk& records, std::vector<column_ptr>& keys);
  void keep_good_rows(const chunk& records, record_errors errors, outlet& out);
  result<void> account(std::size_t beside) const;
  void emit_groups(std::size_t count, std::vector<column_builder> keys,
                   std::vector<std::vector<column_builder>> calls, outlet& out);

  aggregate_options options_;
  context* context_ = nullptr;
  std::vector<key> keys_;
  std::vector<argument> arguments_;
  std::vector<running> running_;
  std::vector<computed> computed_;
  std::optional<group_table> groups_;
  known_columns seen_;               // declared types of the columns it reads
  schema_ptr seen_last_;             // the schema that seen_ knows already
  std::vector<std::uint32_t> rows_;  // of one chunk, as are their groups
  std::vector<std::uint32_t> row_groups_;
  std::vector<std::uint32_t> order_;  // of all groups, at the end
  std::size_t next_ = 0;              // of order_
};

}  // namespace weir::transforms
