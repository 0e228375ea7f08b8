#include "pipelines/cli/stage_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "pipelines/cli/short_numbers.hpp"
#include "pipelines/inspect/text_layout.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// How much room a table may take: each step gives up something of the one before it.
enum class room : std::uint8_t {
  ample,        // everything
  one_size,     // bytes in and out become one column
  shares,       // waiting times become shares of the run's time
  no_sizes,     // no bytes
  short_counts  // counts with three digits, names cut
};

constexpr std::size_t name_columns_max = 16;  // where names are cut

struct table_column {
  std::string heading;
  std::vector<std::string> cells;
};

class table_builder {
 public:
  table_builder(const run_report& run, room step) : run_(run), step_(step) {}

  std::vector<table_column> columns() {
    add("stage", [this](const stage_report& s) { return name(s); });
    add("in", [this](const stage_report& s) { return count(s.received); });
    add("out", [this](const stage_report& s) { return count(s.sent()); });
    add("filtered", [this](const stage_report& s) { return count(s.filtered); });
    add("rejected", [this](const stage_report& s) { return count(s.rejected); });
    if (step_ == room::ample) {
      add("bytes in", [](const stage_report& s) { return size(s.bytes_in); });
      add("bytes out", [](const stage_report& s) { return size(s.bytes_out); });
    } else if (step_ < room::no_sizes) {
      add("bytes", [](const stage_report& s) { return size(std::max(s.bytes_in, s.bytes_out)); });
    }
    add("busy", [](const stage_report& s) { return short_duration(s.busy); });
    add("share", [this](const stage_report& s) { return share(s, s.busy); });
    add("starved", [this](const stage_report& s) { return waited(s, s.starved); });
    add("blocked", [this](const stage_report& s) { return waited(s, s.blocked); });
    return std::move(columns_);
  }

 private:
  void add(const char* heading, const std::function<std::string(const stage_report&)>& cell) {
    table_column c{heading, {}};
    for (const auto& s : run_.stages) c.cells.push_back(cell(s));
    columns_.push_back(std::move(c));
  }

  std::string name(const stage_report& s) const {
    if (step_ < room::short_counts || s.name.size() <= name_columns_max) return s.name;
    return s.name.substr(0, name_columns_max - 3) + "...";
  }
  std::string count(std::uint64_t number) const {
    return step_ < room::short_counts ? with_thousands(number) : short_count(number);
  }
  static std::string size(std::uint64_t bytes) {
    return bytes == 0 ? "0" : to_text(byte_size{bytes});
  }
  std::string share(const stage_report& s, nanoseconds part) const {
    return fmt::format("{:.0f} %", s.share_of(part, run_.wall) * 100);
  }
  std::string waited(const stage_report& s, nanoseconds part) const {
    return step_ < room::shares ? short_duration(part) : share(s, part);
  }

  const run_report& run_;
  room step_;
  std::vector<table_column> columns_;
};

std::size_t width_of(const table_column& c) {
  std::size_t most = columns_of(c.heading);
  for (const auto& cell : c.cells) most = std::max(most, columns_of(cell));
  return most;
}

constexpr std::size_t gap = 2;

std::size_t line_columns(const std::vector<table_column>& columns) {
  std::size_t sum = 0;
  for (const auto& c : columns) sum += width_of(c) + gap;
  return sum - gap;
}

// The first column is text, all others are numbers.
std::string line_of(const std::vector<table_column>& columns,
                    const std::function<const std::string&(const table_column&)>& cell) {
  std::string line;
  for (const auto& c : columns) {
    if (&c == &columns.front())
      line += padded(cell(c), width_of(c));
    else
      line += std::string(gap, ' ') + padded_left(cell(c), width_of(c));
  }
  return line + '\n';
}

}  // namespace

std::string stage_table(const run_report& run, std::size_t width) {
  std::vector<table_column> columns;
  for (const auto step :
       {room::ample, room::one_size, room::shares, room::no_sizes, room::short_counts}) {
    columns = table_builder(run, step).columns();
    if (width == 0 || line_columns(columns) <= width) break;
  }
  std::string out =
      line_of(columns, [](const table_column& c) -> const std::string& { return c.heading; });
  for (std::size_t i = 0; i < run.stages.size(); ++i)
    out +=
        line_of(columns, [i](const table_column& c) -> const std::string& { return c.cells[i]; });
  return out;
}

}  // namespace weir
