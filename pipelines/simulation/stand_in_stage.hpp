#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir {

/// What takes the place of a configured stage and is like it in all that checks and the plan ask
/// for: only its instances are others.
class stand_in_stage : public configured_stage {
 public:
  explicit stand_in_stage(std::shared_ptr<const configured_stage> of) : of_(std::move(of)) {}

  std::vector<std::string> inputs() const override { return of_->inputs(); }
  std::vector<std::string> outputs() const override { return of_->outputs(); }
  std::vector<expression_use> expressions() const override { return of_->expressions(); }
  std::vector<column_path> columns() const override { return of_->columns(); }
  bool rejects() const override { return of_->rejects(); }
  hold_bound hold() const override { return of_->hold(); }
  known_columns known(port_number output, const std::vector<known_columns>& in) const override {
    return of_->known(output, in);
  }
  column_demand demand(port_number input, const std::vector<column_demand>& below) const override {
    return of_->demand(input, below);
  }
  std::vector<std::string> files_read() const override { return {}; }
  std::vector<std::string> files_written() const override { return {}; }
  std::optional<std::string> why_not_again() const override { return of_->why_not_again(); }
  bool never_waits() const override { return of_->never_waits(); }

 protected:
  const configured_stage& of() const { return *of_; }

 private:
  std::shared_ptr<const configured_stage> of_;
};

}  // namespace weir
