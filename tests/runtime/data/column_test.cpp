#include "runtime/data/column.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <set>

#include "tests/runtime/data/sample_value.hpp"

using namespace weir;
using namespace weir::testing;

namespace {
const std::string longer = "longer than twelve bytes";
}

TEST_CASE("a column of nulls has no value") {
  const auto nulls = column::nulls(3);
  CHECK(nulls->size() == 3);
  CHECK(nulls->may_have_nulls());
  CHECK(values_of(*nulls) == std::vector<sample_value>(3));
}

TEST_CASE("gathered rows share no buffer with where they came from") {
  const auto raw = copy_to_buffer("a text of more than twelve bytes, and another one as long");
  column_builder builder;
  const auto number = builder.share(raw);
  builder.append_shared({raw->data(), 32}, number, 0);
  builder.append_shared({raw->data() + 34, 23}, number, 34);
  const auto from = builder.finish();
  const std::uint32_t rows[] = {1};
  const auto out = gather(*from, rows);
  CHECK(out->string(0) == "and another one as long");
  std::set<const buffer*> before, after;
  from->each_buffer([&](const buffer_ptr& b) { before.insert(b.get()); });
  out->each_buffer([&](const buffer_ptr& b) {
    CHECK(!before.contains(b.get()));
    after.insert(b.get());
  });
  CHECK(after.size() == 2);
}

TEST_CASE("rows may be gathered in any order and more than once") {
  const auto from = column_of({sample_text(longer), sample_null(), sample_text("b")});
  const std::uint32_t rows[] = {2, 0, 0, 1};
  CHECK(values_of(*gather(*from, rows)) ==
        std::vector{sample_text("b"), sample_text(longer), sample_text(longer), sample_null()});
}

TEST_CASE("joined columns are dense where their values agree") {
  const auto join = [](const std::vector<column_ptr>& columns) { return concatenate(columns); };
  CHECK(join({column_of({sample_int(1)}), column_of({sample_int(2)})})->storage() ==
        storage_kind::int64);
  CHECK(join({column::nulls(2), column_of({sample_text("x")})})->storage() == storage_kind::string);
  CHECK(join({column_of({sample_int(1)}), column_of({sample_double(2)})})->storage() ==
        storage_kind::tagged);
  const auto tagged = column_of({sample_int(1), sample_text("x")});
  const std::uint32_t second[] = {1};
  CHECK(join({gather(*tagged, second), column_of({sample_text("y")})})->storage() ==
        storage_kind::string);
  CHECK(join({})->size() == 0);
}

TEST_CASE("joined columns keep a buffer that they share once") {
  const auto raw = copy_to_buffer("a text of more than twelve bytes");
  std::vector<column_ptr> pieces;
  for (int i = 0; i < 5; ++i) {
    column_builder builder;
    builder.append_shared({raw->data(), 32}, builder.share(raw), 0);
    pieces.push_back(builder.finish());
  }
  const auto joined = concatenate(pieces);
  CHECK(joined->data().size() == 1);
  CHECK(joined->string(4).data() == raw->data());
}

TEST_CASE("gather gives row by row what at gives, for every storage") {
  CHECK(rc::check([] {
    const auto values = *any_values();
    const auto from = column_of(values);
    std::vector<std::uint32_t> rows;
    if (!values.empty())
      rows = *rc::gen::container<std::vector<std::uint32_t>>(
          rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(values.size())));
    std::vector<sample_value> expected;
    for (const auto row : rows) expected.push_back(values[row]);
    RC_ASSERT(values_of(*gather(*from, rows)) == expected);
  }));
}

TEST_CASE("joined columns give the values of all, in order") {
  CHECK(rc::check([] {
    const auto lists = *rc::gen::container<std::vector<std::vector<sample_value>>>(any_values());
    std::vector<column_ptr> columns;
    std::vector<sample_value> expected;
    for (const auto& list : lists) {
      columns.push_back(column_of(list));
      expected.insert(expected.end(), list.begin(), list.end());
    }
    RC_ASSERT(values_of(*concatenate(columns)) == expected);
  }));
}

TEST_CASE("a text in a buffer gives the reference that its copy gives, also at the buffer's end") {
  const std::string_view all = "0123456789abcdefghijklmnopqrstuvwxyz";
  const auto data = copy_to_buffer(all);
  for (std::uint32_t length = 0; length <= 20; ++length)
    for (const std::uint32_t offset : {3U, static_cast<std::uint32_t>(all.size()) - length}) {
      const std::string_view text(data->data() + offset, length);
      const string_ref copied(text, 7, offset);
      const auto found = string_ref::in_buffer(text, 7, offset);
      CAPTURE(length);
      CAPTURE(offset);
      CHECK(std::memcmp(&copied, &found, sizeof copied) == 0);
    }
}
