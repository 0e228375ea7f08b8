#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/codecs/block_cutter.hpp"
#include "actors/codecs/csv_reader.hpp"
#include "actors/codecs/lines_reader.hpp"
#include "actors/codecs/ndjson_reader.hpp"
#include "runtime/base/check.hpp"
#include "runtime/data/records.hpp"

namespace weir::testing {

/// All that came of an input, as texts that can be compared.
struct reading {
  std::vector<std::string> records;  ///< as JSON
  std::vector<std::string> places;   ///< `offset:line` of each record
  std::vector<std::string> raw;      ///< of each record, where it was kept
  std::vector<std::string> bad;      ///< `offset:line code: reason <bytes>`
  std::vector<chunk_ptr> chunks;
  std::string failure;  ///< code and text of what ended the reading

  bool same_as(const reading& other) const {
    return records == other.records && places == other.places && raw == other.raw &&
           bad == other.bad && failure == other.failure;
  }
};

struct format_under_test {
  std::string name;
  std::function<std::unique_ptr<codecs::record_reader>(codecs::reader_options)> reader;
  std::function<std::unique_ptr<codecs::record_splitter>()> splitter;
};

inline format_under_test ndjson() {
  return {"ndjson",
          [](codecs::reader_options o) {
            return std::make_unique<codecs::ndjson_reader>(std::move(o));
          },
          [] { return std::make_unique<codecs::line_splitter>(); }};
}

inline format_under_test csv(const codecs::csv_options& format = {}) {
  return {"csv",
          [format](codecs::reader_options o) {
            return std::make_unique<codecs::csv_reader>(std::move(o), format);
          },
          [format] { return std::make_unique<codecs::csv_splitter>(format.delimiter); }};
}

inline format_under_test lines() {
  return {
      "lines",
      [](codecs::reader_options o) { return std::make_unique<codecs::lines_reader>(std::move(o)); },
      [] { return std::make_unique<codecs::line_splitter>(); }};
}

inline void add_bad(reading& out, const std::vector<codecs::bad_record>& bad) {
  for (const auto& b : bad)
    out.bad.push_back(std::to_string(b.offset) + ":" + std::to_string(b.line) + " " + b.code +
                      ": " + b.reason + " <" + b.bytes + ">");
}

inline void add_chunk(reading& out, const chunk_ptr& records) {
  out.chunks.push_back(records);
  records->each_row([&](std::uint32_t row) {
    append_json_record(out.records.emplace_back(), *records, row);
    const auto place = records->place(row);
    WEIR_CHECK(place.has_value(), "a record that was read without a place");
    out.places.push_back(std::to_string(place->offset) + ":" + std::to_string(place->line));
    if (records->raw()) out.raw.emplace_back(records->raw()->text->string(row));
  });
}

/// Reads `text` as it comes in pieces of `piece` bytes each (0: as much as there is room for),
/// taking blocks after every `take_every` pieces.
inline reading read_all(const format_under_test& format, std::string_view text,
                        codecs::reader_options options = {}, codecs::cutter_options cut = {},
                        std::size_t piece = 0, std::size_t take_every = 1) {
  reading out;
  cut.record_max = options.record_max;
  const auto reader = format.reader(std::move(options));
  reader->begin_input();
  codecs::block_cutter cutter(format.splitter(), cut,
                              std::make_shared<const input_name>(input_name{"in"}));
  const auto take = [&] {
    add_bad(out, cutter.take_too_long());
    while (auto block = cutter.take())
      while (!block->empty() && out.failure.empty()) {
        auto read = reader->read(*block);
        if (!read) {
          out.failure = read.error().code + ": " + read.error().text;
          return;
        }
        add_bad(out, read->bad);
        add_chunk(out, read->records);
      }
  };
  std::size_t pieces = 0;
  while (!text.empty()) {
    auto room = cutter.room();
    if (room.empty()) {
      take();
      room = cutter.room();
      WEIR_CHECK(!room.empty(), "a cutter without room although all was taken");
    }
    const std::size_t count =
        std::min({text.size(), room.size(), piece == 0 ? text.size() : piece});
    std::copy_n(text.begin(), count, room.begin());
    cutter.filled(count);
    text.remove_prefix(count);
    if (++pieces % take_every == 0) take();
  }
  take();
  cutter.finish();
  take();
  return out;
}

}  // namespace weir::testing
