#include "runtime/expression/evaluator.hpp"

#include "runtime/expression/compile.hpp"

namespace weir {

struct evaluator::compiled {
  expression what;
  schema_ptr columns;
  kernel_ptr run;
  std::stop_token aborted;

  series values_of(const chunk& over, const row_set& rows) {
    if (run == nullptr || (columns != over.shared_schema() && *columns != over.schema())) {
      columns = over.shared_schema();
      run = compile(what.root(), *columns);
    }
    batch from(over, aborted);
    return run->run(from, rows);
  }
};

evaluator::evaluator(expression what)
    : compiled_(std::make_unique<compiled>(compiled{std::move(what), nullptr, nullptr, {}})) {}
evaluator::~evaluator() = default;
evaluator::evaluator(evaluator&&) noexcept = default;
evaluator& evaluator::operator=(evaluator&&) noexcept = default;

void evaluator::stop_by(std::stop_token aborted) { compiled_->aborted = std::move(aborted); }

evaluated evaluator::evaluate(const chunk& over) {
  const row_set rows(over.rows(), over.selection());
  series found = compiled_->values_of(over, rows);
  evaluated out;
  out.values = to_column(found, rows);
  out.errors = std::move(found.errors);
  return out;
}

evaluator::chosen evaluator::choose(const chunk& over) {
  const row_set rows(over.rows(), over.selection());
  series found = as_whole_condition(compiled_->what.text(), compiled_->values_of(over, rows), rows);
  chosen out;
  if (found.storage == storage_kind::boolean) {
    const auto* values = found.array<std::uint8_t>();
    const std::size_t step = found.constant ? 0 : 1;
    // Written without a branch: which rows are chosen is what nobody can predict.
    out.rows.resize(rows.size() + 1);
    std::size_t count = 0;
    const auto loop = [&](auto holds) {
      rows.each([&](std::uint32_t row) {
        out.rows[count] = row;
        count += holds(row) ? 1 : 0;
      });
    };
    if (found.states == nullptr) {
      loop([&](std::uint32_t row) { return values[row * step] != 0; });
    } else {
      loop([&](std::uint32_t row) { return values[row] != 0 && found.states[row] == 0; });
    }
    out.rows.resize(count);
  }
  out.errors = std::move(found.errors);
  return out;
}

}  // namespace weir
