#include "tests/processes/sample_pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "actors/codecs/gzip.hpp"
#include "tests/actors/codecs/packing.hpp"

namespace weir::testing {
namespace {

constexpr std::uint64_t groups = 7;

// Some text that differs from record to record, in length too.
std::string padding(std::uint64_t n) {
  return std::string(40 + n % 60, static_cast<char>('a' + n % 26));
}

std::string generated_line(std::uint64_t n) { return fmt::format(R"({{"n":{}}})", n); }

// With one more column behind the others.
std::string with_member(std::string line, const std::string& member) {
  line.back() = ',';
  return line + member + "}";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return lines;
}

std::string shortened(std::string_view text) { return std::string(text.substr(0, 120)); }

}  // namespace

std::uint64_t number_of_line(std::string_view line) {
  const auto digit = line.find_first_of("0123456789");
  std::uint64_t n = UINT64_MAX;
  if (digit != line.npos) std::from_chars(line.data() + digit, line.data() + line.size(), n);
  return n;
}

std::string sample_pipeline::input_line(std::uint64_t n) {
  return fmt::format(R"({{"n":{},"text":"{}"}})", n, padding(n));
}

sample_pipeline::sample_pipeline(random_source& random, sample_input input, std::uint64_t records)
    : random_(random),
      records_(records / 2 + random.below(static_cast<std::uint32_t>(records / 2)) + 1) {
  text_ = "weir: 1\npipeline: sample\ndrain: 10s\nstages:\n";
  trunk_records_.takes = [](std::uint64_t) { return true; };
  trunk_records_.line = input_line;
  add_source(input);
  add_trunk();
  add_branches();
}

void sample_pipeline::add(const std::string& name, const std::string& type,
                          const std::string& options) {
  text_ += fmt::format("  - {{name: {}, type: {}{}{}}}\n", name, type, options.empty() ? "" : ", ",
                       options);
}

std::string sample_pipeline::credit() {
  return !one_in(3) ? fmt::format(", credit: {{chunks: {}}}", 1 + random_.below(3)) : "";
}

void sample_pipeline::add_source(sample_input input) {
  trunk_ = source;
  if (input == sample_input::any) {
    if (one_in(4)) {
      trunk_records_.line = generated_line;
      return add(source, "generate",
                 fmt::format("count: {}, columns: {{n: {{counter: 0}}}}", records_));
    }
    input = one_in(2) ? sample_input::files : sample_input::gzip;
  }
  if (input == sample_input::standard) return add(source, "read_file", "path: '-', format: ndjson");
  if (input == sample_input::fifo) return add(source, "read_file", "path: in/1.ndjson");

  std::string workers;
  if (one_in(2)) {
    workers = fmt::format(", workers: {}", 1 + random_.below(3));
    if (one_in(3)) {
      workers += ", ordered: false";
      trunk_records_.in_order = false;
    }
  }
  const bool is_packed = input == sample_input::gzip || input == sample_input::one_gzip;
  const bool is_one = input == sample_input::one_file || input == sample_input::one_gzip;
  const char* ending = is_packed ? ".gz" : "";
  add(source, "read_file", fmt::format("path: 'in/*.ndjson{}'{}", ending, workers));
  const std::uint64_t files = is_one ? 1 : 1 + random_.below(3);
  for (std::uint64_t file = 0; file < files; ++file) {
    std::string all;
    for (auto n = file * records_ / files; n < (file + 1) * records_ / files; ++n)
      all += input_line(n) + "\n";
    inputs_.emplace_back(fmt::format("{}.ndjson{}", file + 1, ending), std::move(all));
  }
  if (is_packed) add_packed_files();
}

void sample_pipeline::add_packed_files() {
  for (auto& [name, text] : inputs_) {
    std::string packed;
    const std::size_t members = one_in(2) ? 1 : 2 + random_.below(8);
    for (std::size_t m = 0; m < members; ++m) {
      const auto from = m * text.size() / members;
      const auto to = (m + 1) * text.size() / members;
      codecs::gzip_packer packer(1);
      packer.pack(std::string_view(text).substr(from, to - from), packed);
      packer.finish(packed);
    }
    text = std::move(packed);
  }
}

std::string sample_pipeline::add_filter(const std::string& name, std::uint64_t of,
                                        std::uint64_t is) {
  add(name, "filter", fmt::format("from: {}, where: n % {} == {}{}", trunk_, of, is, credit()));
  return name;
}

void sample_pipeline::add_trunk() {
  if (one_in(3)) {
    const std::uint64_t of = 3 + random_.below(5);
    add("kept", "filter", fmt::format("from: {}, where: n % {} != 0{}", trunk_, of, credit()));
    trunk_ = "kept";
    trunk_records_.takes = [of](std::uint64_t n) { return n % of != 0; };
  }
  if (one_in(3)) {
    add("cut", "rechunk", fmt::format("from: {}, records: {}", trunk_, 50 + random_.below(2000)));
    trunk_ = "cut";
  }
  if (one_in(2)) {
    add("more", "map", fmt::format("from: {}, set: {{m: n * 3}}{}", trunk_, credit()));
    trunk_ = "more";
    trunk_records_.line = [before = trunk_records_.line](std::uint64_t n) {
      return with_member(before(n), fmt::format(R"("m":{})", n * 3));
    };
  }
}

void sample_pipeline::add_branches() {
  add("shown", "print", "from: " + trunk_ + credit());
  outputs_.push_back(trunk_records_);
  outputs_.back().stage = "shown";
  add_copy();
  if (one_in(2)) add_some();
  if (one_in(2)) add_groups();
  if (one_in(3)) add_first();
  if (one_in(3)) add_both();
}

void sample_pipeline::add_copy() {
  const char* file = one_in(4) ? "copy.ndjson.gz" : "copy.ndjson";
  add("copy", "write_file", fmt::format("from: {}, path: out/{}{}", trunk_, file, credit()));
  outputs_.push_back(trunk_records_);
  outputs_.back().stage = "copy";
  outputs_.back().file = file;
}

void sample_pipeline::add_some() {
  const std::uint64_t of = 2 + random_.below(4);
  const auto from = add_filter("some", of, 1);
  add("some-file", "write_file", fmt::format("from: {}, path: out/some.csv, columns: [n]", from));
  auto what = trunk_records_;
  what.stage = "some-file";
  what.file = "some.csv";
  what.header = "n";
  what.takes = [of, before = what.takes](std::uint64_t n) { return n % of == 1 && before(n); };
  what.line = [](std::uint64_t n) { return std::to_string(n); };
  outputs_.push_back(std::move(what));
}

void sample_pipeline::add_groups() {
  add("keyed", "map", fmt::format("from: {}, set: {{k: n % {}}}", trunk_, groups));
  add("groups", "aggregate", "by: [k], compute: {count: count(), sum: sum(n)}");
  add("groups-file", "write_file", "path: out/groups.ndjson");
  auto what = trunk_records_;
  what.stage = "groups-file";
  what.file = "groups.ndjson";
  what.groups = "groups";
  what.line = nullptr;
  outputs_.push_back(std::move(what));
}

void sample_pipeline::add_first() {
  auto what = trunk_records_;
  what.most = 1 + random_.below(static_cast<std::uint32_t>(records_));
  add("first", "head", fmt::format("from: {}, count: {}", trunk_, what.most));
  add("first-file", "write_file", "path: out/first.ndjson");
  what.stage = "first-file";
  what.file = "first.ndjson";
  outputs_.push_back(std::move(what));
}

void sample_pipeline::add_both() {
  const auto a = add_filter("left", 3, 0);
  const auto b = add_filter("right", 3, 2);
  add("both", "write_file", fmt::format("from: [{}, {}], path: out/both.ndjson", a, b));
  auto what = trunk_records_;
  what.stage = "both";
  what.file = "both.ndjson";
  what.in_order = false;
  what.takes = [before = what.takes](std::uint64_t n) { return n % 3 != 1 && before(n); };
  outputs_.push_back(std::move(what));
}

std::size_t sample_pipeline::printed_bytes() const {
  std::size_t bytes = 0;
  for (std::uint64_t n = 0; n < records_; ++n)
    if (outputs_[0].takes(n)) bytes += outputs_[0].line(n).size() + 1;
  return bytes;
}

namespace {

std::string check_groups(const sample_output& what, const std::vector<std::string_view>& lines,
                         bool whole, std::uint64_t records, std::uint64_t& counted) {
  struct group {
    std::uint64_t count = 0, sum = 0;
  };
  std::map<std::uint64_t, group> expected;
  for (std::uint64_t n = 0; n < records; ++n)
    if (what.takes(n)) {
      ++expected[n % groups].count;
      expected[n % groups].sum += n;
    }
  if (whole && lines.size() != expected.size())
    return fmt::format("{} groups, expected {}", lines.size(), expected.size());
  for (const auto line : lines) {
    const auto k = number_of_line(line);
    const auto mid = line.find("\"count\":");
    if (mid == line.npos) return fmt::format("not a group: {}", shortened(line));
    counted += number_of_line(line.substr(mid));
    const auto text =
        fmt::format(R"({{"k":{},"count":{},"sum":{}}})", k, expected[k].count, expected[k].sum);
    if (whole && line != text) return fmt::format("{}, expected {}", shortened(line), text);
  }
  return {};
}

// The numbers of the records that the lines are, each as it has to be.
std::string read_lines(const sample_output& what, const std::vector<std::string_view>& lines,
                       std::uint64_t records, std::vector<std::uint64_t>& numbers) {
  for (const auto line : lines) {
    const auto n = number_of_line(line);
    if (n >= records || !what.takes(n) || line != what.line(n))
      return fmt::format("line {} is not to be there: {}", numbers.size() + 1, shortened(line));
    numbers.push_back(n);
  }
  return {};
}

}  // namespace

std::string sample_pipeline::check(const sample_output& what, const std::string& text, bool whole,
                                   std::uint64_t records, std::uint64_t& counted) const {
  counted = 0;
  if (!text.empty() && text.back() != '\n') return "the last line has no end";
  auto lines = lines_of(text);
  if (!what.header.empty() && !lines.empty()) {
    if (lines.front() != what.header) return "the header is missing";
    lines.erase(lines.begin());
  }
  if (!what.line) return check_groups(what, lines, whole, records, counted);
  std::vector<std::uint64_t> numbers;
  if (auto wrong = read_lines(what, lines, records, numbers); !wrong.empty()) return wrong;
  counted = numbers.size();
  if (what.in_order && !std::ranges::is_sorted(numbers)) return "the order is not kept";
  std::ranges::sort(numbers);
  if (std::ranges::adjacent_find(numbers) != numbers.end()) return "a record stands there twice";
  // In order nothing may be left out, wherever it ends.
  const bool counts_all = whole || (what.in_order && !numbers.empty());
  if (!counts_all) return {};
  const std::uint64_t end = whole ? records : numbers.back() + 1;
  std::uint64_t expected = 0;
  for (std::uint64_t n = 0; n < end; ++n) expected += what.takes(n) ? 1 : 0;
  expected = std::min(expected, what.most);
  if (counted != expected) return fmt::format("{} records, expected {}", counted, expected);
  return {};
}

}  // namespace weir::testing
