// The reader of NDJSON, on any bytes. Holds: each line is blank, a record, or a bad record with the
// reason that a check of the line alone gives; a record's values are those that the plain checker
// of JSON finds in the line; that does not depend on cuts; and records that are written and read
// again are the same.

#include <set>

#include "actors/codecs/ndjson_writer.hpp"
#include "pipelines/trial/json_line.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/fuzz/any_reading.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

// The object in the spelling of records: of a key that comes twice the first counts.
std::string record_in(std::string_view line) {
  std::string out;
  std::set<std::string> seen;
  each_json_member(line, [&](std::string_view key, std::string_view value) {
    std::string name;
    append_unescaped(name, key);
    if (!seen.insert(name).second) return;
    const auto meant = respelled(value);
    if (meant == "null") return;
    out += out.empty() ? '{' : ',';
    append_json_string(out, name);
    out += ':' + meant;
  });
  return out.empty() ? "{}" : out + "}";
}

plain_reading read_plainly(std::string_view text, const codecs::reader_options& options) {
  plain_reading out;
  each_line(text, mark_size(text),
            [&](std::size_t offset, std::size_t number, std::string_view line) {
              if (line.size() > options.record_max.bytes)
                return out.add_bad(offset, number, "record-too-long");
              const auto first = line.find_first_not_of(" \t\r");
              if (first == std::string_view::npos) return;
              if (!is_utf8(line)) return out.add_bad(offset, number, "not-utf8");
              if (check_json(line) || line[first] != '{')
                return out.add_bad(offset, number, "not-json");
              out.records.push_back(record_in(line));
              out.add_place(offset, number);
            });
  return out;
}

}  // namespace

void fuzz_ndjson(std::string_view bytes) {
  fuzz_input from(bytes);
  auto options = chosen_options(from);
  const bool declares = from.flip();
  if (declares) options.declared = {{"a", column_type::int64}, {"b", column_type::string}};
  reading found = read_in_any_cut(ndjson(), from, options);

  codecs::ndjson_writer writer;
  options.record_max = 1_MiB;
  const reading again = read_all(ndjson(), written_by(writer, found), options);
  require(again.bad.empty(), "what was written is a bad record: " + again.failure);
  require_same(again.records, found.records, "record written and read again");

  // What becomes of a declared column's values is no matter of JSON alone.
  if (declares) return;
  for (auto& record : found.records) record = respelled(record);
  options = chosen_options(from = fuzz_input(bytes));
  require_plain(found, read_plainly(from.text(), options));
}

}  // namespace weir::testing
