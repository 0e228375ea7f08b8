// The reader of lines, on any bytes. Holds: each line is one record with that text, or one bad
// record because it is too long or no UTF-8, at its place; however the input is cut.

#include "runtime/base/text.hpp"
#include "runtime/data/json_text.hpp"
#include "tests/fuzz/any_reading.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {

void fuzz_lines(std::string_view bytes) {
  fuzz_input from(bytes);
  const auto options = chosen_options(from);
  const reading found = read_in_any_cut(lines(), from, options);
  plain_reading expected;
  each_line(from.text(), mark_size(from.text()),
            [&](std::size_t offset, std::size_t number, std::string_view line) {
              if (line.size() > options.record_max.bytes)
                return expected.add_bad(offset, number, "record-too-long");
              if (!is_utf8(line)) return expected.add_bad(offset, number, "not-utf8");
              expected.records.emplace_back("{\"line\":");
              append_json_string(expected.records.back(), line);
              expected.records.back() += '}';
              expected.add_place(offset, number);
            });
  require_plain(found, expected);
}

}  // namespace weir::testing
