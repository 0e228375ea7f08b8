// The harness itself: stages that break a rule, each of which it must find. A case here is right
// when its checks fail.

#include "tests/support/stage_harness.hpp"

#include <doctest/doctest.h>

#include "runtime/data/column_builder.hpp"

namespace weir::testing {
namespace {

struct no_options {};

enum class sin {
  none,
  loses_records,
  doubles_records,
  counts_chunks,
  looks_at_other_rows,
  keeps_raw_of_changed_records,
  changes_what_it_keeps_raw,
  emits_a_type_it_does_not_hold,
  makes_an_untold_column,
  asks_for_too_little,
  rejects_a_row_that_is_no_record,
  never_stops_saying_more,
};

// A chunk with one column more, the same number in each row.
chunk_ptr with_column(const chunk_ptr& from, field about, std::int64_t value, bool keep_raw) {
  chunk::parts parts = from->all();
  column_builder column;
  for (std::uint32_t row = 0; row < from->rows(); ++row) column.append_int64(value);
  auto fields = from->schema().fields();
  fields.push_back(std::move(about));
  parts.columns_schema = std::make_shared<const schema>(std::move(fields));
  parts.columns.push_back(column.finish());
  if (!keep_raw) parts.raw = nullptr;
  return make_chunk(std::move(parts));
}

template <sin Sin>
class sinner final : public transform {
 public:
  explicit sinner(const no_options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer process(port_number, const chunk_ptr& in, outlet& out) override {
    ++calls_;
    switch (Sin) {
      case sin::none:
      case sin::asks_for_too_little:
        out.emit(in->find("a") == nullptr ? slice(in, 0, 0) : in);
        break;
      case sin::loses_records:
        out.emit(slice(in, 0, in->size() / 2));
        break;
      case sin::doubles_records:
        out.emit(in);
        out.emit(in);
        break;
      case sin::counts_chunks:
        out.emit(with_column(in, {"calls", column_type::dynamic}, calls_, false));
        break;
      case sin::looks_at_other_rows:
        out.emit(with_column(in, {"rows", column_type::dynamic}, in->rows() > in->size(), false));
        break;
      case sin::keeps_raw_of_changed_records:
        out.emit(with_column(in, {"new", column_type::dynamic}, 1, true));
        break;
      case sin::changes_what_it_keeps_raw:
        out.emit(with_column(in, {"new", column_type::dynamic}, 1, false));
        break;
      case sin::emits_a_type_it_does_not_hold:
        out.emit(with_column(in, {"new", column_type::string}, 1, false));
        break;
      case sin::makes_an_untold_column:
        out.emit(with_column(in, {"new", column_type::int64}, 1, false));
        break;
      case sin::rejects_a_row_that_is_no_record:
        out.reject(*in, in->rows() - 1, "code", "reason");
        out.emit(slice(in, 0, in->size() - 1));
        break;
      case sin::never_stops_saying_more:
        out.emit(in);
        return answer::more;
    }
    return answer::wait;
  }
  stage_answer resume(outlet&) override { return answer::more; }

 private:
  std::int64_t calls_ = 0;
};

template <sin Sin>
void run_it() {
  auto about = describe_stage<sinner<Sin>, no_options>("sinner");
  if (Sin == sin::changes_what_it_keeps_raw) about.keeps_raw();
  if (Sin == sin::makes_an_untold_column)
    about.makes([](const no_options&, port_number, const std::vector<known_columns>& in) {
      return in.front();
    });
  if (Sin == sin::asks_for_too_little)
    about.wants([](const no_options&, port_number, const std::vector<column_demand>& below) {
      return below.front();
    });
  const stage_type type = about;
  stage_harness stage(type);
  const auto in = records("[{a: 1, b: 2}, {a: 2, b: 3}, {a: 3, b: 4}, {a: 4, b: 5}]");
  CHECK(stage.run(in).size() <= 8);
}

TEST_CASE("the harness finds nothing wrong with a stage that does nothing wrong") {
  run_it<sin::none>();
}

TEST_CASE("the harness finds records that are lost" * doctest::should_fail()) {
  run_it<sin::loses_records>();
}
TEST_CASE("the harness finds records that are doubled" * doctest::should_fail()) {
  run_it<sin::doubles_records>();
}
TEST_CASE("the harness finds results that depend on the cut" * doctest::should_fail()) {
  run_it<sin::counts_chunks>();
}
TEST_CASE("the harness finds a look at rows that are no records" * doctest::should_fail()) {
  run_it<sin::looks_at_other_rows>();
}
TEST_CASE("the harness finds raw text that is no longer true" * doctest::should_fail()) {
  run_it<sin::keeps_raw_of_changed_records>();
}
TEST_CASE("the harness finds a declaration of kept raw that is not kept" * doctest::should_fail()) {
  run_it<sin::changes_what_it_keeps_raw>();
}
TEST_CASE("the harness finds values of another type than declared" * doctest::should_fail()) {
  run_it<sin::emits_a_type_it_does_not_hold>();
}
TEST_CASE("the harness finds columns that nobody told of" * doctest::should_fail()) {
  run_it<sin::makes_an_untold_column>();
}
TEST_CASE("the harness finds columns that should have been asked for" * doctest::should_fail()) {
  run_it<sin::asks_for_too_little>();
}
TEST_CASE("the harness finds a rejected row that is no record" * doctest::should_fail()) {
  // The last row of a chunk is a record; a row beyond the selection is not.
  const stage_type type =
      describe_stage<sinner<sin::rejects_a_row_that_is_no_record>, no_options>("sinner");
  const stage_harness stage(type);
  const auto run = stage.start();
  REQUIRE(run->open());
  const auto in = chunk_of(records("[{a: 1}, {a: 2}, {a: 3}]"));
  CHECK(run->give(slice(in, 0, 2)));
}
TEST_CASE("the harness finds a stage that never stops saying 'more'" * doctest::should_fail()) {
  run_it<sin::never_stops_saying_more>();
}

}  // namespace
}  // namespace weir::testing
