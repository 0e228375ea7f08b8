#pragma once

#include <vector>

#include "runtime/config/option_type.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `route`. What each means to a user is said once, in route.cpp.
struct route_options {
  named<expression_option> routes;
};

/// Sends each record through the port of the first condition that is true of it.
///
/// Order:  records of one port leave in the order they came.
/// Memory: shares the columns of its input; adds four bytes a record.
/// Errors: rejects the records for which a condition has no value; never fails the pipeline.
class route final : public transform {
 public:
  explicit route(const route_options& options);

  result<void> open(context& in) override {
    for (auto& condition : conditions_) condition.stop_by(in.aborted());
    return {};
  }
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;

 private:
  std::vector<evaluator> conditions_;
};

stage_type route_stage();

}  // namespace weir::transforms
