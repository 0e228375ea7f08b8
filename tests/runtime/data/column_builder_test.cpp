#include "runtime/data/column_builder.hpp"

#include <doctest/doctest.h>

#include "tests/runtime/data/sample_value.hpp"

using namespace weir;
using namespace weir::testing;

namespace {
const std::string longer = "longer than twelve bytes";
}

TEST_CASE("a column's storage follows its values") {
  struct row {
    const char* name;
    std::vector<sample_value> values;
    storage_kind storage;
  };
  const row rows[] = {
      {"no row", {}, storage_kind::null},
      {"nulls alone", {sample_null(), sample_null()}, storage_kind::null},
      {"booleans", {sample_bool(true), sample_bool(false)}, storage_kind::boolean},
      {"whole numbers", {sample_int(1), sample_int(-2)}, storage_kind::int64},
      {"doubles", {sample_double(1.5), sample_double(2)}, storage_kind::float64},
      {"doubles with a text",
       {sample_double(1), sample_double(1.5, "1.50")},
       storage_kind::float64},
      {"timestamps", {sample_int(5, value_kind::timestamp)}, storage_kind::timestamp},
      {"durations", {sample_int(5, value_kind::duration)}, storage_kind::duration},
      {"strings", {sample_text("a"), sample_text(longer)}, storage_kind::string},
      {"bytes", {sample_text("\xFF", value_kind::bytes)}, storage_kind::bytes},
      {"nested values", {sample_text("[1]", value_kind::json)}, storage_kind::json},
      {"a null first", {sample_null(), sample_int(1)}, storage_kind::int64},
      {"a null first, then a string", {sample_null(), sample_text(longer)}, storage_kind::string},
      {"a null first, then a boolean", {sample_null(), sample_bool(true)}, storage_kind::boolean},
      {"a null last", {sample_double(1), sample_null()}, storage_kind::float64},
      {"a whole number among doubles", {sample_double(1.5), sample_int(1)}, storage_kind::tagged},
      {"all sorts",
       {sample_null(), sample_text(longer), sample_bool(true), sample_null(),
        sample_double(1.5, "1.5000000000000")},
       storage_kind::tagged},
  };
  for (const auto& row : rows) SUBCASE(row.name) {
      const auto made = column_of(row.values);
      CHECK(made->storage() == row.storage);
      CHECK(values_of(*made) == row.values);
    }
}

TEST_CASE("a column without nulls has no bitmap") {
  CHECK(column_of({sample_int(1)})->validity() == nullptr);
  CHECK(column_of({sample_int(1), sample_null()})->validity() != nullptr);
}

TEST_CASE("nulls are counted over more than one word of the bitmap") {
  column_builder builder;
  for (int i = 0; i < 200; ++i) builder.append_int64(i);
  builder.append_null();
  builder.append_int64(7);
  const auto made = builder.finish();
  CHECK(!made->is_null(0));
  CHECK(!made->is_null(199));
  CHECK(made->is_null(200));
  CHECK(!made->is_null(201));
}

TEST_CASE("a shared string is not copied") {
  const auto raw = copy_to_buffer("a text of more than twelve bytes");
  column_builder builder;
  const auto number = builder.share(raw);
  builder.append_shared({raw->data(), 32}, number, 0);
  const auto made = builder.finish();
  CHECK(made->string(0).data() == raw->data());
  CHECK(raw.use_count() == 2);
}

TEST_CASE("a shared buffer that no string lies in is let go") {
  const auto raw = copy_to_buffer("short");
  column_builder builder;
  builder.append_shared({raw->data(), 5}, builder.share(raw), 0);
  const auto made = builder.finish();
  CHECK(made->string(0) == "short");
  CHECK(raw.use_count() == 1);
}

TEST_CASE("a builder is empty again after its column was taken") {
  column_builder builder;
  builder.append_text(longer);
  builder.append_null();
  builder.finish();
  CHECK(builder.size() == 0);
  builder.append_int64(1);
  const auto second = builder.finish();
  CHECK(values_of(*second) == std::vector{sample_int(1)});
  CHECK(second->data().empty());
}

TEST_CASE("many long texts move to further buffers and stay whole") {
  column_builder builder;
  std::vector<sample_value> values;
  for (int i = 0; i < 3000; ++i)
    values.push_back(
        sample_text(std::string(static_cast<std::size_t>(i), 'x') + std::to_string(i)));
  for (const auto& value : values) append(builder, value);
  CHECK(values_of(*builder.finish()) == values);
}

TEST_CASE("what is taken back leaves nothing behind") {
  CHECK(rc::check([] {
    const auto kept = *any_values();
    const auto taken_back = *any_values();
    const auto behind = *any_values();
    column_builder builder;
    for (const auto& value : kept) append(builder, value);
    for (const auto& value : taken_back) append(builder, value);
    builder.truncate(kept.size());
    RC_ASSERT(builder.size() == kept.size());
    for (const auto& value : behind) append(builder, value);
    auto expected = kept;
    expected.insert(expected.end(), behind.begin(), behind.end());
    RC_ASSERT(values_of(*builder.finish()) == expected);
  }));
}

TEST_CASE("a bitmap can be cut within a word and at its end") {
  for (const std::size_t rows : {0U, 1U, 63U, 64U, 65U, 128U}) {
    CAPTURE(rows);
    column_builder builder;
    for (int i = 0; i < 130; ++i) i % 2 == 0 ? builder.append_null() : builder.append_boolean(true);
    builder.truncate(rows);
    builder.append_boolean(false);
    builder.append_null();
    const auto made = builder.finish();
    REQUIRE(made->size() == rows + 2);
    for (std::size_t row = 0; row < rows; ++row) CHECK(made->is_null(row) == (row % 2 == 0));
    CHECK(!made->is_null(rows));
    CHECK(!made->boolean(rows));
    CHECK(made->is_null(rows + 1));
  }
}

TEST_CASE("a column gives back what was appended") {
  CHECK(rc::check([] {
    const auto values = *any_values();
    RC_ASSERT(values_of(*column_of(values)) == values);
  }));
}

TEST_CASE("values written into a column's arrays count as those that are appended") {
  column_builder made;
  column_builder expected;
  SUBCASE("whole numbers behind nulls, over more than one word of the bitmap") {
    for (column_builder* each : {&made, &expected}) {
      each->append_null();
      each->append_int64(1);
    }
    const auto arrays = made.open(200);
    REQUIRE(arrays.rows >= 200);
    for (int i = 2; i < 150; ++i) {
      arrays.int64s[i] = i;
      expected.append_int64(i);
    }
    made.count(148, false);
    CHECK(made.open(0).strings == nullptr);
  }
  SUBCASE("strings that refer to a buffer") {
    const auto data = copy_to_buffer(longer);
    for (column_builder* each : {&made, &expected}) {
      CHECK(each->share(data) == 0);
      each->append_text("a");
    }
    made.open(2).strings[1] = string_ref(longer, 0, 0);
    made.count(1, true);
    expected.append_shared(longer, 0, 0);
  }
  SUBCASE("numbers with their texts") {
    for (column_builder* each : {&made, &expected}) each->append_float64(1.5, "1.50");
    const auto arrays = made.open(2);
    arrays.float64s[1] = 2;
    arrays.strings[1] = string_ref("2.0", 0, 0);
    made.count(1, false);
    expected.append_float64(2, "2.0");
  }
  for (column_builder* each : {&made, &expected}) each->append_null();
  CHECK(made.size() == expected.size());
  CHECK(values_of(*made.finish()) == values_of(*expected.finish()));
}

TEST_CASE("a column of other values has no arrays to write into") {
  column_builder builder;
  CHECK(builder.open(4).rows == 0);
  builder.append_boolean(true);
  CHECK(builder.open(4).rows == 0);
  builder.append_int64(1);
  CHECK(builder.open(4).rows == 0);
  CHECK(builder.finish()->storage() == storage_kind::tagged);
  builder.append_float64(1.5);
  CHECK(builder.open(4).rows == 0);
}
