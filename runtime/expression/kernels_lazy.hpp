#pragma once

#include <string>
#include <vector>

#include "runtime/expression/json_path.hpp"
#include "runtime/expression/kernel.hpp"

namespace weir {

/// `a && b`, `a || b`: computes `b` only where `a` does not decide.
class logical_kernel final : public kernel {
 public:
  logical_kernel(syntax::operation op, kernel_ptr left, kernel_ptr right);
  series run(batch& over, const row_set& rows) override;
  bool costly() const override { return left_->costly() || right_->costly(); }

 private:
  syntax::operation op_;
  kernel_ptr left_, right_;
};

/// `c ? a : b`: computes each side only where it is chosen; null chooses `b`.
class conditional_kernel final : public kernel {
 public:
  conditional_kernel(kernel_ptr condition, kernel_ptr chosen, kernel_ptr other);
  series run(batch& over, const row_set& rows) override;

 private:
  kernel_ptr condition_, chosen_, other_;
};

/// One of several places in which the same part stands: computes it once for a row.
class shared_kernel final : public kernel {
 public:
  shared_kernel(std::shared_ptr<kernel> what, std::size_t number);
  series run(batch& over, const row_set& rows) override;
  bool costly() const override { return what_->costly(); }

 private:
  std::shared_ptr<kernel> what_;
  std::size_t number_;
};

/// `a.b.c`, `a["b"][0]`: one look-up for each row and path, whatever the path's length.
class path_kernel final : public kernel {
 public:
  path_kernel(kernel_ptr from, std::vector<json_step> path);
  series run(batch& over, const row_set& rows) override;

 private:
  kernel_ptr from_;
  std::vector<json_step> path_;
  json_reader reader_;
};

}  // namespace weir
