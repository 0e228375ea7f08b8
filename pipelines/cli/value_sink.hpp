#pragma once

#include <string>

#include "runtime/config/option_type.hpp"
#include "runtime/expression/evaluator.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir {

struct value_sink_options {
  expression_option value;
};

/// Writes an expression's value for each record to standard output, as JSON, a line each.
///
/// Errors: rejects the records for which it has no value; a reader of standard output that has gone
///         ends it without failure.
class value_sink final : public sink {
 public:
  explicit value_sink(const value_sink_options& options) : value_(*options.value.value) {}

  bool blocks() const override { return true; }
  result<void> open(context& in) override {
    context_ = &in;
    return {};
  }
  stage_answer consume(const chunk_ptr& records, outlet& out) override;

 private:
  enum class written { all, ended };
  result<written> write(std::string_view bytes);

  evaluator value_;
  context* context_ = nullptr;
  std::string text_;
};

/// The stage `eval`, of the command of that name alone.
stage_type value_sink_type();

}  // namespace weir
