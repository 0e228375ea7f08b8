#include "runtime/data/chunk.hpp"

#include <doctest/doctest.h>

#include "runtime/data/records.hpp"
#include "tests/runtime/data/sample_value.hpp"

using namespace weir;
using namespace weir::testing;

namespace {

chunk_ptr read(std::string_view lines) {
  auto made = chunk_of_json(lines);
  REQUIRE(made);
  return *made;
}

std::vector<std::string> written(const chunk& from) {
  std::vector<std::string> out;
  from.each_row([&](std::uint32_t row) { append_json_record(out.emplace_back(), from, row); });
  return out;
}

chunk_ptr joined(const std::vector<chunk_ptr>& chunks) { return concatenate(chunks); }

// Records with places and raw text, as a reader makes them.
chunk_ptr read_with_raw(std::string_view lines, std::string format = "ndjson") {
  chunk::parts out = read(lines)->all();
  std::vector<sample_value> raw;
  std::vector<places::position> positions;
  std::size_t offset = 0;
  while (offset < lines.size()) {
    const auto line = lines.substr(offset, lines.find('\n', offset) - offset);
    positions.push_back(
        {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(raw.size())});
    raw.push_back(sample_text(std::string(line)));
    offset += line.size() + 1;
  }
  const auto input = std::make_shared<const input_name>(input_name{"in"});
  out.record_places = std::make_shared<const places>(places({0, input, 0, 1}, positions));
  out.raw = std::make_shared<const raw_records>(raw_records{std::move(format), "", column_of(raw)});
  return make_chunk(std::move(out));
}

std::vector<std::string> raw_of(const chunk& from) {
  std::vector<std::string> out;
  if (from.raw())
    from.each_row([&](std::uint32_t row) { out.emplace_back(from.raw()->text->string(row)); });
  return out;
}

std::vector<std::uint64_t> lines_of(const chunk& from) {
  std::vector<std::uint64_t> out;
  from.each_row([&](std::uint32_t row) { out.push_back(from.place(row)->line); });
  return out;
}

const char* four = "{\"a\":1}\n{\"b\":\"two, longer than twelve\"}\n{\"b\":3,\"a\":0}\n{\"a\":4}";

chunk_ptr with_prepared(const chunk_ptr& from, std::string_view text) {
  auto prepared = std::make_shared<text_buffer>();
  *prepared += text;
  chunk::parts out = from->all();
  out.prepared = std::move(prepared);
  return make_chunk(std::move(out));
}

}  // namespace

TEST_CASE("selected records share their columns") {
  const auto all = read(four);
  const auto some = select(all, {0, 2});
  CHECK(some->size() == 2);
  CHECK(some->rows() == 4);
  CHECK(some->columns() == all->columns());
  CHECK(written(*some) == std::vector<std::string>{"{\"a\":1}", "{\"b\":3,\"a\":0}"});
  CHECK(select(all, {0, 1, 2, 3}) == all);
}

TEST_CASE("a slice counts records, not rows") {
  const auto some = select(read(four), {1, 2, 3});
  CHECK(written(*slice(some, 1, 2)) == std::vector<std::string>{"{\"b\":3,\"a\":0}", "{\"a\":4}"});
  CHECK(slice(some, 3, 0)->size() == 0);
  CHECK(slice(some, 0, 3) == some);
}

TEST_CASE("a compact chunk has the same records and nothing else") {
  const auto all = read(four);
  const auto small = compact(select(all, {2}));
  CHECK(small->rows() == 1);
  CHECK(!small->selection());
  CHECK(written(*small) == std::vector<std::string>{"{\"b\":3,\"a\":0}"});
  CHECK(small->bytes() < all->bytes());
  CHECK(!compact(select(all, {0, 1}))->orders());
}

TEST_CASE("only a sparse chunk is compacted") {
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "{\"a\":" + std::to_string(i) + "}\n";
  const auto all = read(lines);
  std::vector<std::uint32_t> rows(25);
  for (std::uint32_t i = 0; i < 25; ++i) rows[i] = i * 4;
  const auto quarter = select(all, rows);
  CHECK(compact_if_sparse(quarter) == quarter);
  rows.pop_back();
  const auto fewer = compact_if_sparse(select(all, rows));
  CHECK(fewer->rows() == 24);
  CHECK(compact_if_sparse(all) == all);
}

TEST_CASE("joined chunks have the union of columns and the records in order") {
  const auto out = joined({read("{\"a\":1}"), read("{\"b\":2}\n{\"c\":3,\"a\":4}"), read("{}")});
  CHECK(written(*out) ==
        std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3,\"a\":4}", "{}"});
  CHECK(out->schema().size() == 3);
  CHECK(joined({})->size() == 0);
  CHECK(joined({})->schema().size() == 0);
}

TEST_CASE("what the first record always has is what it had alone, whatever was joined to it") {
  const auto always = [](const chunk_ptr& from) {
    auto parts = from->all();
    auto fields = from->schema().fields();
    for (auto& f : fields) f.always = true;
    parts.columns_schema = std::make_shared<const schema>(fields);
    return make_chunk(std::move(parts));
  };
  const auto out = joined(
      {always(read("{\"a\":1,\"b\":null}")), read("{\"a\":1}"), always(read("{\"a\":1,\"c\":2}"))});
  CHECK(out->schema().fields() == std::vector<field>{{"a", column_type::dynamic, true},
                                                     {"b", column_type::dynamic, true},
                                                     {"c", column_type::dynamic, false}});
  const auto other = joined({read("{\"a\":1}"), always(read("{\"a\":1}"))});
  CHECK(other->schema().fields() == std::vector<field>{{"a"}});
}

TEST_CASE("a record is written in the key order it came in, alone or joined with others") {
  const std::vector<const char*> lines = {"{\"a\":1,\"b\":2}", "{\"b\":3,\"a\":4}",
                                          "{\"c\":5,\"a\":6}", "{\"b\":7,\"c\":8,\"a\":9}",
                                          "{\"a\":1,\"c\":2,\"b\":3}"};
  std::vector<chunk_ptr> alone;
  std::string together;
  for (const char* line : lines) {
    alone.push_back(read(line));
    CHECK(written(*alone.back()) == std::vector<std::string>{line});
    together += line + std::string("\n");
  }
  const std::vector<std::string> expected(lines.begin(), lines.end());
  CHECK(written(*read(together)) == expected);
  CHECK(written(*joined(alone)) == expected);
  CHECK(written(*joined({joined({alone[4], alone[3]}), joined({alone[2], alone[1], alone[0]})})) ==
        std::vector<std::string>(expected.rbegin(), expected.rend()));
}

TEST_CASE("raw text and places are kept by select, slice, compact and join") {
  const auto all = read_with_raw(four);
  const auto some = select(all, {1, 3});
  const std::vector<std::string> expected = {"{\"b\":\"two, longer than twelve\"}", "{\"a\":4}"};
  const std::vector<std::uint64_t> expected_lines = {2, 4};
  for (const auto& c : {some, compact(some), joined({slice(some, 0, 1), slice(some, 1, 1)})}) {
    CHECK(raw_of(*c) == expected);
    CHECK(lines_of(*c) == expected_lines);
  }
}

TEST_CASE("raw text of different formats is dropped by a join") {
  const auto out = joined({read_with_raw("{\"a\":1}"), read_with_raw("{\"a\":2}", "other")});
  CHECK(!out->raw());
  CHECK(written(*out).size() == 2);
  CHECK(!joined({read_with_raw("{\"a\":1}"), read("{\"a\":2}")})->raw());
  CHECK(!joined({read_with_raw("{\"a\":1}"), read("{\"a\":2}")})->record_places());
}

TEST_CASE("a column declared with different types becomes dynamic in a join") {
  const auto typed = [](column_type type, const sample_value& value) {
    return make_chunk(
        {.columns_schema = std::make_shared<const schema>(std::vector{field{"x", type}}),
         .columns = {column_of({value})},
         .rows = 1});
  };
  const auto out = joined(
      {typed(column_type::int64, sample_int(1)), typed(column_type::float64, sample_double(2))});
  CHECK(out->schema()[0].type == column_type::dynamic);
  const auto same =
      joined({typed(column_type::int64, sample_int(1)), typed(column_type::int64, sample_int(2))});
  CHECK(same->schema()[0].type == column_type::int64);
}

TEST_CASE("shared buffers are counted once in a chunk's bytes") {
  const auto raw = copy_to_buffer(std::string(100'000, 'x'));
  const auto make = [&] {
    column_builder builder;
    builder.append_shared({raw->data(), 100}, builder.share(raw), 0);
    return builder.finish();
  };
  const auto c = make_chunk(
      {.columns_schema = std::make_shared<const schema>(std::vector<field>{{"a"}, {"b"}}),
       .columns = {make(), make()},
       .rows = 1});
  CHECK(c->bytes().bytes > 100'000);
  CHECK(c->bytes().bytes < 101'000);
}

namespace {

// Small records over few keys, so that orders, absent keys and kinds meet.
rc::Gen<std::string> any_record() {
  using namespace rc;
  const auto value = gen::element<std::string>("1", "2.50", "null", "true", "\"s\"",
                                               "\"longer than twelve\"", "[1]");
  return gen::map(gen::container<std::vector<std::pair<std::string, std::string>>>(
                      gen::pair(gen::element<std::string>("a", "b", "c", "d"), value)),
                  [](const std::vector<std::pair<std::string, std::string>>& members) {
                    std::string text = "{";
                    std::string seen;
                    for (const auto& [key, v] : members) {
                      if (seen.find(key) != std::string::npos || v == "null") continue;
                      seen += key;
                      text += (text.size() > 1 ? ",\"" : "\"") + key + "\":" + v;
                    }
                    return text + "}";
                  });
}

}  // namespace

TEST_CASE("cutting and joining gives the same records") {
  CHECK(rc::check([] {
    const auto lines = *rc::gen::container<std::vector<std::string>>(any_record());
    std::string together;
    for (const auto& line : lines) together += line + "\n";
    const auto all = together.empty() ? empty_chunk() : read_with_raw(together);
    RC_ASSERT(written(*all) == lines);
    std::vector<chunk_ptr> pieces;
    std::uint32_t at = 0;
    while (at < all->size()) {
      const auto count = *rc::gen::inRange<std::uint32_t>(1, all->size() - at + 1);
      const auto piece = slice(all, at, count);
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          pieces.push_back(piece);
          break;
        case 1:
          pieces.push_back(compact(piece));
          break;
        default:
          pieces.push_back(compact_if_sparse(piece));
      }
      at += count;
    }
    const auto again = joined(pieces);
    RC_ASSERT(written(*again) == lines);
    RC_ASSERT(raw_of(*again) == lines);
    if (!lines.empty()) RC_ASSERT(lines_of(*again) == lines_of(*all));
  }));
}

TEST_CASE("text that was prepared stays with exactly the records that it is of") {
  const auto plain = read("{\"n\":1}\n{\"n\":2}\n{\"n\":3}");
  const auto prepared = with_prepared(plain, "1\n2\n3\n");
  CHECK(prepared->bytes().bytes >= plain->bytes().bytes + 6);
  CHECK(select(prepared, {0, 1, 2})->prepared() != nullptr);
  CHECK(select(prepared, {0, 2})->prepared() == nullptr);
  CHECK(slice(prepared, 1, 2)->prepared() == nullptr);
  CHECK(joined({prepared, plain})->prepared() == nullptr);
  const auto some = with_prepared(select(plain, {2}), "3\n");
  REQUIRE(compact(some)->prepared() != nullptr);
  CHECK(compact(some)->prepared()->view() == "3\n");
}
