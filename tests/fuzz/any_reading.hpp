#pragma once

#include "actors/codecs/record_writer.hpp"
#include "tests/actors/codecs/reading.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace weir::testing {

/// How readers are told to read, as an input chooses; without declared columns.
inline codecs::reader_options chosen_options(fuzz_input& from) {
  constexpr std::uint64_t sizes[] = {1 << 20, 1, 2, 5, 16, 40};
  return {.keep_raw = from.flip(), .record_max = byte_size{sizes[from.choose(std::size(sizes))]}};
}

/// Reads the text in one block, and again in blocks, pieces and chunks of chosen sizes; requires
/// the same of both, which it answers.
inline reading read_in_any_cut(const format_under_test& format, fuzz_input& from,
                               const codecs::reader_options& options) {
  codecs::reader_options other = options;
  other.rows_max = 1 + from.choose(20);
  codecs::cutter_options cut;
  cut.block.bytes = 1 + from.choose(100);
  const std::size_t piece = 1 + from.choose(40);
  const std::size_t take_every = 1 + from.choose(4);
  reading whole = read_all(format, from.text(), options);
  const reading again = read_all(format, from.text(), other, cut, piece, take_every);
  require_same(again.failure, whole.failure, "failure of a cut input");
  if (!whole.failure.empty()) return whole;
  require_same(again.records, whole.records, "record of a cut input");
  require_same(again.places, whole.places, "place in a cut input");
  require_same(again.raw, whole.raw, "raw text of a cut input");
  require_same(again.bad, whole.bad, "bad record of a cut input");
  return whole;
}

/// `offset:line code`, as far as a plain reader can tell of a bad record.
inline std::vector<std::string> without_reasons(const std::vector<std::string>& bad) {
  std::vector<std::string> out;
  for (const auto& b : bad) out.push_back(b.substr(0, b.find(": ", b.find(' '))));
  return out;
}

/// What a plain reader, which knows no blocks, makes of an input.
struct plain_reading {
  std::vector<std::string> records;
  std::vector<std::string> places;
  std::vector<std::string> bad;  ///< `offset:line code`

  void add_place(std::size_t offset, std::size_t line) {
    places.push_back(std::to_string(offset) + ":" + std::to_string(line));
  }
  void add_bad(std::size_t offset, std::size_t line, std::string_view code) {
    bad.push_back(std::to_string(offset) + ":" + std::to_string(line) + " " + std::string(code));
  }
};

inline void require_plain(const reading& found, const plain_reading& expected) {
  require_same(found.records, expected.records, "record");
  require_same(found.places, expected.places, "place");
  require_same(without_reasons(found.bad), expected.bad, "bad record");
}

/// Bytes of the byte order mark at the front of a text.
inline std::size_t mark_size(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

/// Calls `visit(offset, number, text)` for each line, without its line end (LF or CRLF).
template <class Visit>
void each_line(std::string_view text, std::size_t from, Visit visit) {
  std::size_t number = 1;
  for (std::size_t at = from; at < text.size(); ++number) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(at, number, line);
    at = end + 1;
  }
}

/// What a writer makes of all chunks that were read.
template <class Writer>
std::string written_by(Writer& writer, const reading& what) {
  text_buffer out;
  std::vector<codecs::refused_record> refused;
  for (const auto& records : what.chunks) writer.write(*records, out, refused);
  writer.finish(out);
  require(refused.empty(), "a record that was read can't be written");
  return std::string(out.view());
}

}  // namespace weir::testing
