#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/support/key_order.hpp"
#include "runtime/config/option_type.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `map`. What each means to a user is said once, in map.cpp.
struct map_options {
  named<expression_option> set;
  std::vector<column_path> drop;
  std::optional<std::vector<column_path>> keep;
  named<std::string> rename;
};

/// Gives records new columns, takes columns away and renames them.
///
/// Order:  records leave in the order they came; keys as they came, new ones last.
/// Memory: columns that stay are shared with the input.
/// Errors: rejects, unchanged, the records for which an expression has no value.
class map final : public transform {
 public:
  explicit map(const map_options& options);

  result<void> open(context& in) override {
    for (auto& each : assignments_) each.value.stop_by(in.aborted());
    return {};
  }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;

 private:
  struct assignment {
    std::string name;
    evaluator value;
  };
  /// A column of the result: where it lies before the last step, and the column whose values stand
  /// where it has none.
  struct final_column {
    std::uint32_t from = 0;
    std::optional<std::uint32_t> otherwise = {};
  };
  /// All that depends on the schema of the input alone.
  struct layout {
    schema_ptr in = nullptr;
    std::vector<schema_ptr> after = {};      ///< by assignment
    std::vector<std::uint32_t> target = {};  ///< by assignment: the column's number
    std::vector<final_column> columns = {};
    schema_ptr out = nullptr;
    moved_columns moved = {};
  };
  void learn(const schema_ptr& in);

  map_options options_;
  std::vector<assignment> assignments_;
  std::optional<layout> layout_;
};

stage_type map_stage();

}  // namespace weir::transforms
