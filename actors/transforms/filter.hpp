#pragma once

#include <optional>

#include "runtime/config/option_type.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `filter`. What each means to a user is said once, in filter.cpp.
struct filter_options {
  expression_option where;
};

/// Lets the records through for which an expression is true.
///
/// Order:  records leave in the order they came.
/// Memory: shares the columns of its input; adds four bytes a record.
/// Errors: rejects the records whose expression has no value; never fails the pipeline.
class filter final : public transform {
 public:
  explicit filter(const filter_options& options) : where_(*options.where.value) {}

  result<void> open(context& in) override {
    where_.stop_by(in.aborted());
    return {};
  }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;

 private:
  evaluator where_;
};

stage_type filter_stage();

}  // namespace weir::transforms
