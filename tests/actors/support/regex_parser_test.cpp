// Many texts by one call against each alone.

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "actors/support/text_parser.hpp"
#include "tests/actors/support/parse_text.hpp"

namespace weir {
namespace {

using testing::parse_text;

constexpr const char* patterns[] = {
    R"re(^(?<word>[^ ]*) "(?<quoted>(?:[^"\\]|\\.)*)" (?<number>[0-9]*)$)re",
    R"re((?<word>[a-z]+)?.*"(?<quoted>.*)" (?<number>\d+))re"};

std::string some_text() {
  const auto word = [] {
    return std::string(*rc::gen::inRange<std::size_t>(0, 90), 'w') +
           *rc::gen::element<std::string>("", "", "", "\xC3\xA9", "-");
  };
  return word() + " \"" + word() + *rc::gen::element<std::string>("", "\\\"", " ") + "\" " +
         *rc::gen::element<std::string>("1", "200", "", "99999999999999999999", "200", "7", "x");
}

// A chunk of the one column `line`, whose texts lie in a few buffers, or in one; a few values may
// be no texts.
chunk_ptr lines(const std::vector<std::string>& texts, bool with_others,
                std::vector<bool>& is_text) {
  const auto buffers = *rc::gen::inRange<std::size_t>(1, 4);
  std::vector<std::string> joined(buffers);
  for (std::size_t i = 0; i < texts.size(); ++i) joined[i % buffers] += texts[i];
  column_builder values;
  std::vector<std::uint32_t> numbers;
  std::vector<buffer_ptr> data;
  for (const auto& text : joined)
    numbers.push_back(values.share(data.emplace_back(copy_to_buffer(text))));
  std::vector<std::uint32_t> at(buffers);
  is_text.clear();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto in = i % buffers;
    const auto size = static_cast<std::uint32_t>(texts[i].size());
    const int kind = with_others ? *rc::gen::inRange(0, 6) : 2;
    if (kind == 0) values.append_null();
    if (kind == 1) values.append_int64(1);
    if (kind > 1) values.append_shared({data[in]->data() + at[in], size}, numbers[in], at[in]);
    at[in] += size;
    is_text.push_back(kind > 1);
  }
  chunk::parts parts;
  parts.columns_schema =
      std::make_shared<const schema>(std::vector<field>{{"line", column_type::dynamic, true}});
  parts.columns.push_back(values.finish());
  parts.rows = static_cast<std::uint32_t>(texts.size());
  return make_chunk(std::move(parts));
}

parsed_texts parse_all(text_parser& parser, const chunk& in) {
  const text_rows rows(in, "line");
  field_columns into(parser.fields(), std::nullopt);
  parsed_texts out;
  into.begin(rows.data(), rows.size());
  parser.parse(rows, into, out);
  out.records = into.finish();
  return out;
}

bool same_value(const value_view& a, const value_view& b) {
  return a.kind == b.kind && (a.kind == value_kind::int64 ? a.int64 == b.int64 : a.text == b.text);
}

TEST_CASE("texts of one chunk are parsed as each alone") {
  int parsed = 0;
  int refused = 0;
  CHECK(rc::check([&] {
    const char* pattern = *rc::gen::elementOf(std::vector<const char*>(patterns, patterns + 2));
    std::vector<field> types;
    if (*rc::gen::arbitrary<bool>()) types.push_back({"number", column_type::int64});
    const auto parser = make_regex_parser(pattern, types);
    RC_ASSERT(parser.has_value());
    std::vector<std::string> texts;
    for (int count = *rc::gen::inRange(0, 40); count > 0; --count) texts.push_back(some_text());
    std::vector<bool> is_text;
    const auto in = lines(texts, *rc::gen::arbitrary<bool>(), is_text);
    const auto found = parse_all(**parser, *in);
    std::size_t next_row = 0;
    std::size_t next_refused = 0;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      if (!is_text[i]) {
        RC_ASSERT(found.refused.at(next_refused).row == i);
        RC_ASSERT(found.refused[next_refused++].cause.code == "not-a-text");
        continue;
      }
      const auto alone = parse_text(**parser, texts[i]);
      if (alone.rows.empty()) {
        ++refused;
        RC_ASSERT(found.refused.at(next_refused).row == i);
        RC_ASSERT(found.refused[next_refused++].cause.text == alone.refused.at(0).cause.text);
        continue;
      }
      ++parsed;
      RC_ASSERT(found.rows.at(next_row) == i);
      for (std::size_t field = 0; field < (*parser)->fields().size(); ++field)
        RC_ASSERT(same_value(found.records->columns()[field]->at(next_row),
                             alone.records->columns()[field]->at(0)));
      ++next_row;
    }
    RC_ASSERT(next_row == found.rows.size());
    RC_ASSERT(next_refused == found.refused.size());
  }));
  CHECK(parsed > 100);
  CHECK(refused > 100);
}

}  // namespace
}  // namespace weir
