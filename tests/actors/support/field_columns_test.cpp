#include "actors/support/field_columns.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "runtime/data/records.hpp"

namespace weir {
namespace {

const std::vector<field> fields = {
    {"t", column_type::string}, {"n", column_type::int64}, {"d", column_type::float64}};

// One text for all rows, in a buffer as a column has it.
struct row_text {
  explicit row_text(const std::string& what) {
    builder.append_text(what);
    whole = builder.finish();
  }
  std::string_view text() const { return whole->string(0); }

  column_builder builder;
  column_ptr whole;
};

TEST_CASE("rows hold what was set last, and rows that were not added leave nothing") {
  CHECK(rc::check("as a column builder makes them", [] {
    const row_text from(*rc::gen::arbitrary<bool>() ? "short" : std::string(100, 'x') + "end");
    const auto rows = *rc::gen::inRange<std::size_t>(0, 200);
    field_columns columns(fields, std::nullopt);
    std::vector<column_builder> expected(fields.size());
    columns.begin(from.whole->data(), rows);
    for (std::size_t row = 0; row < rows; ++row) {
      const bool kept = *rc::gen::arbitrary<bool>();
      const auto part = from.text().substr(*rc::gen::inRange<std::size_t>(0, 5),
                                           *rc::gen::inRange<std::size_t>(0, 30));
      const auto to = columns.begin_row(from.text(), from.whole->strings()[0]);
      value_view values[3];
      values[0].kind = value_kind::string;
      values[0].text = part;
      values[1].kind = value_kind::int64;
      values[1].int64 = *rc::gen::arbitrary<std::int64_t>();
      values[2].kind = value_kind::float64;
      values[2].float64 = 0.5;
      values[2].text = part;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (*rc::gen::inRange(0, 4) == 0) values[i] = {};
        to.set(i, values[i]);
        if (kept) expected[i].append(values[i]);
      }
      kept ? columns.add_row(to) : columns.drop_row();
    }
    const auto made = columns.finish();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto right = expected[i].finish();
      const auto& found = *made->columns()[i];
      RC_ASSERT(found.size() == right->size());
      RC_ASSERT(found.storage() == right->storage());
      RC_ASSERT(found.may_have_nulls() == right->may_have_nulls());
      for (std::size_t row = 0; row < found.size(); ++row) {
        RC_ASSERT(found.is_null(row) == right->is_null(row));
        if (found.is_null(row)) continue;
        RC_ASSERT(found.at(row).int64 == right->at(row).int64);
        RC_ASSERT(found.at(row).text == right->at(row).text);
      }
    }
  }));
}

TEST_CASE("rows that are begun together hold what each would alone") {
  const row_text shorter("short");
  const row_text longer(std::string(100, 'x') + "end");
  column_builder all;
  const auto number = all.share(longer.whole->data()[0]);
  all.append_text(shorter.text());
  all.append_shared(longer.text(), number, 0);
  all.append_shared(longer.text().substr(10), number, 10);
  const auto texts = all.finish();
  field_columns columns(fields, std::nullopt);
  columns.begin(texts->data(), 4);
  REQUIRE(columns.has_one_buffer());
  const auto alone = columns.begin_row(texts->string(1), texts->strings()[1]);
  alone.set_text(0, texts->string(1).substr(80));
  alone.set_number(1, 0);
  alone.set_null(2);
  columns.add_row(alone);
  std::array<std::string_view, 3> parts;
  for (std::size_t i = 0; i < 3; ++i) parts[i] = texts->string(i).substr(2);
  columns.begin_rows<3>().set_texts(0, parts);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto row = columns.begin_row(texts->string(i), texts->strings()[i]);
    row.set_number(1, static_cast<std::int64_t>(i) + 1);
    row.set(2, {.kind = value_kind::float64, .float64 = 0.5, .text = parts[i].substr(1)});
    columns.add_row(row);
  }
  const auto made = columns.finish();
  REQUIRE(made->rows() == 4);
  CHECK(made->columns()[0]->string(0) == texts->string(1).substr(80));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(made->columns()[0]->string(i + 1) == parts[i]);
    CHECK(made->columns()[1]->int64s()[i + 1] == static_cast<std::int64_t>(i) + 1);
    CHECK(made->columns()[2]->at(i + 1).text == parts[i].substr(1));
  }
}

TEST_CASE("rows of strings alone are added together") {
  const row_text from(std::string(40, 'x') + "end");
  field_columns columns({{"a", column_type::string, true}, {"b", column_type::string, true}},
                        std::nullopt);
  columns.begin(from.whole->data(), 2);
  const auto rows = columns.begin_rows<2>();
  const std::array<std::string_view, 2> first = {from.text().substr(30), from.text().substr(1, 3)};
  const std::array<std::string_view, 2> second = {from.text(), from.text().substr(43)};
  rows.set_texts(0, first);
  rows.set_texts(1, second);
  columns.add_rows(rows);
  const auto made = columns.finish();
  REQUIRE(made->rows() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(made->columns()[0]->string(i) == first[i]);
    CHECK(made->columns()[1]->string(i) == second[i]);
  }
}

TEST_CASE("columns that nobody wants are not made, and their fields may be set") {
  const row_text from("a text");
  field_columns columns(fields, std::vector<std::string>{"n"});
  columns.begin(from.whole->data(), 1);
  const auto row = columns.begin_row(from.text(), from.whole->strings()[0]);
  row.set_text(0, from.text());
  row.set_number(1, 7);
  row.set_null(2);
  columns.add_row(row);
  const auto made = columns.finish();
  REQUIRE(made->columns().size() == 1);
  CHECK(made->schema()[0].name == "n");
  CHECK(made->columns()[0]->int64s()[0] == 7);
}

TEST_CASE("a column of short texts keeps the buffer of the long ones from nobody") {
  const row_text from(std::string(1000, 'x'));
  field_columns columns(fields, std::nullopt);
  columns.begin(from.whole->data(), 1);
  const auto row = columns.begin_row(from.text(), from.whole->strings()[0]);
  row.set_text(0, from.text().substr(500, string_ref::inline_max));
  row.set_null(1);
  row.set_null(2);
  columns.add_row(row);
  CHECK(columns.finish()->columns()[0]->data().empty());
}

}  // namespace
}  // namespace weir
