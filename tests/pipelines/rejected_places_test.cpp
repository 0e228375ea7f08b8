// Where a rejected record stood, told by `file`, `offset` and `line`: right and in the order of the
// input, however many workers read the files and whoever runs the pipeline.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

/// Files as they are written, and where in them stands what is refused.
struct placed_files {
  std::vector<std::string> paths;
  std::string bad;  ///< by the reader, a line of NDJSON each
  std::string odd;  ///< by a filter
};

// Writes a file record by record and notes where the wrong ones begin.
class file_maker {
 public:
  file_maker(std::string path, placed_files& into) : path_(std::move(path)), into_(into) {}

  void add(const std::string& text) { text_ += text; }
  void add_bad(const std::string& text) {
    note(into_.bad);
    add(text);
  }
  void add_odd(const std::string& text) {
    note(into_.odd);
    add(text);
  }
  std::string finish() {
    into_.paths.push_back(path_);
    return std::move(text_);
  }

 private:
  void note(std::string& to) const {
    const auto line = 1 + std::count(text_.begin(), text_.end(), '\n');
    to += fmt::format("{{\"file\":\"{}\",\"offset\":{},\"line\":{}}}\n", path_, text_.size(), line);
  }

  std::string path_;
  placed_files& into_;
  std::string text_;
};

// A text of its own for each record, which packing makes no smaller than half.
std::string filling(std::size_t record) {
  std::string text;
  std::uint64_t state = record + 1;
  for (int word = 0; word < 8; ++word) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    text += fmt::format("{:08x}", state >> 32);
  }
  return text;
}

constexpr std::size_t records_a_file = 9'000;
// More than `max_record` in the pipelines below.
const std::string long_text(3'000, 'x');

void make_csv(file_maker& file, std::size_t number) {
  file.add("n,note,more\n");
  for (std::size_t i = 0; i < records_a_file; ++i) {
    const auto note = filling(i + number * records_a_file);
    const bool has_lines = i % 11 == 0;
    const auto field = has_lines ? fmt::format("\"a\n\n\"\"{}\"", note) : "a" + note;
    if (i % 1'301 == 700)
      file.add_bad(fmt::format("none,{},\n", field));
    else if (i % 2'003 == 9)
      file.add_bad(fmt::format("{},{},1,2\n", i, field));
    else if (i % 4'001 == 3'000)
      file.add_bad(fmt::format("{},\"{}\n{}\",1\n", i, long_text, note));
    else if (i % 97 == 0)
      file.add_odd(fmt::format("{},{},-1\n", i, field));
    else
      file.add(fmt::format("{},{},1\n", i, field));
    if (i % 499 == 0) file.add("\n");
  }
}

void make_ndjson(file_maker& file, std::size_t number) {
  for (std::size_t i = 0; i < records_a_file; ++i) {
    const auto note = filling(i + number * records_a_file);
    if (i % 1'301 == 700)
      file.add_bad(fmt::format("{{\"n\": none, \"note\": \"a{}\"}}\n", note));
    else if (i % 2'003 == 9)
      file.add_bad(fmt::format("{{\"n\": {}, \"note\": \"a{}\n", i, note));
    else if (i % 4'001 == 3'000)
      file.add_bad(fmt::format("{{\"n\": {}, \"note\": \"{}\"}}\n", i, long_text));
    else if (i % 97 == 0)
      file.add_odd(fmt::format("{{\"more\": -1, \"n\": {}, \"note\": \"a{}\"}}\n", i, note));
    else
      file.add(fmt::format("{{\"n\": {}, \"note\": \"a{}\", \"more\": 1}}\n", i, note));
    if (i % 499 == 0) file.add("\n");
  }
}

// The first of three files as it is, the others packed.
placed_files make_files(const temporary_folder& folder, const std::string& extension,
                        void (*make)(file_maker&, std::size_t)) {
  placed_files made;
  for (std::size_t number = 0; number < 3; ++number) {
    constexpr const char* endings[] = {"", ".gz", ".zst"};
    const auto name = fmt::format("{}.{}{}", number, extension, endings[number]);
    file_maker file(folder.path(name), made);
    make(file, number);
    const auto text = file.finish();
    folder.write(name, number == 1   ? packed_by<codecs::gzip_packer>(text)
                       : number == 2 ? packed_by<codecs::zstd_packer>(text)
                                     : text);
    CHECK(folder.read(name).size() > 300'000);
  }
  return made;
}

void check_places(executor& by, const placed_files& in, const char* workers) {
  const temporary_folder folder;
  const auto run = by.start(
      load_graph(fmt::format(
          "  - {{name: in, type: read_file, path: [{}], columns: {{n: int}}, max_record: 2KiB{}}}\n"
          "  - {{type: filter, where: \"more != -1 || note > 1\"{}}}\n"
          "  - {{type: discard}}\n"
          "  - {{type: map, from: in.rejected, keep: [file, offset, line]}}\n"
          "  - {{type: write_file, path: {}}}\n"
          "  - {{type: map, from: filter.rejected, keep: [file, offset, line]}}\n"
          "  - {{type: write_file, path: {}}}\n",
          fmt::join(in.paths, ", "), workers, workers, folder.path("bad.ndjson"),
          folder.path("odd.ndjson"))),
      {});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->imbalances.empty());
  CHECK(folder.read("bad.ndjson") == in.bad);
  CHECK(folder.read("odd.ndjson") == in.odd);
}

}  // namespace

TEST_CASE("rejected records tell their places, in order, however many workers read them") {
  const temporary_folder folder;
  std::vector<std::pair<std::string, placed_files>> formats;
  formats.emplace_back("csv", make_files(folder, "csv", make_csv));
  formats.emplace_back("ndjson", make_files(folder, "ndjson", make_ndjson));
  for (const auto& e : all_executors()) {
    const auto by = e.make();
    for (const auto& [format, files] : formats)
      for (const char* workers : {"", ", workers: 1", ", workers: 2", ", workers: 5"}) {
        CAPTURE(e.name);
        CAPTURE(format);
        CAPTURE(workers);
        check_places(*by, files, workers);
      }
  }
}

}  // namespace weir::testing
