#include "actors/sinks/write_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "actors/codecs/csv_writer.hpp"
#include "actors/codecs/gzip.hpp"
#include "actors/codecs/lines_writer.hpp"
#include "actors/codecs/ndjson_writer.hpp"
#include "actors/codecs/zstd.hpp"
#include "runtime/base/text.hpp"

namespace weir::sinks {
namespace {

// Text that is gathered before it is written.
constexpr std::size_t text_bytes = 256 * 1024;
// How long it takes at most to see that somebody reads a FIFO now.
constexpr std::chrono::milliseconds reader_wait{50};

record_format format_for(const write_file_options& options) {
  return options.format == record_format::by_name
             ? format_of_name(options.path, record_format::ndjson)
             : options.format;
}

packing packing_for(const write_file_options& options) {
  if (options.compress != packing::by_name) return options.compress;
  if (options.path.ends_with(".gz")) return packing::gzip;
  return options.path.ends_with(".zst") ? packing::zstd : packing::none;
}

// What packs the file; none if it is written as it is.
std::unique_ptr<codecs::packer> packer_for(const write_file_options& options) {
  switch (packing_for(options)) {
    case packing::gzip:
      return std::make_unique<codecs::gzip_packer>();
    case packing::zstd:
      return std::make_unique<codecs::zstd_packer>();
    default:
      return nullptr;
  }
}

char delimiter_for(const write_file_options& options) {
  if (options.delimiter) return options.delimiter->front();
  return is_tab_separated(options.path) ? '\t' : ',';
}

void check_columns(const write_file_options& options, const config_value& from, problems& found) {
  if (!options.columns) return;
  const config_value& list = *from.find("columns");
  const auto& names = *options.columns;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i))
      found.add("duplicate-column", list.is_list() ? list.items[i].place.start : list.place.start,
                fmt::format("the column {} is named twice", quoted(names[i])));
}

void check(const write_file_options& options, const config_value& from, problems& found) {
  const auto place = [&](const char* option) {
    const config_value* value = from.find(option);
    return value != nullptr ? value->place.start : from.place.start;
  };
  const auto format = format_for(options);
  const auto belongs_to = [&](const char* option, record_format its) {
    if (from.find(option) == nullptr || format == its) return;
    found.add("not-for-format", place(option),
              fmt::format("option '{}' is for {}, and the format is {}", option, name_of(its),
                          name_of(format)));
  };
  belongs_to("columns", record_format::csv);
  belongs_to("delimiter", record_format::csv);
  belongs_to("column", record_format::lines);
  belongs_to("nulls", record_format::ndjson);
  if (options.delimiter && options.delimiter->size() != 1)
    found.add("out-of-bounds", place("delimiter"), "a delimiter is one byte, as in ';'");
  check_columns(options, from, found);
  if (options.path == "-")
    found.add("out-of-bounds", place("path"), "to write to standard output, use the stage 'print'");
  if (options.path.empty() && from.find("path") != nullptr)
    found.add("out-of-bounds", place("path"), "the path is empty");
  if (options.column && options.column->steps.size() > 1)
    found.add("out-of-bounds", place("column"),
              fmt::format("{} is a path; a line is made of a whole column",
                          quoted(to_text(*options.column))));
}

column_demand demand_of(const write_file_options& options) {
  column_demand wanted;
  switch (format_for(options)) {
    case record_format::csv:
      if (options.columns) {
        wanted.columns.insert(options.columns->begin(), options.columns->end());
      } else {
        wanted.raw_formats = {"csv"};
        wanted.all = true;  // the first record's keys are the header
      }
      break;
    case record_format::lines:
      wanted.columns.insert(options.column ? options.column->column() : "line");
      break;
    default:
      if (options.nulls == missing_values::write) {
        wanted.all = true;
      } else {
        wanted.raw_formats = {"ndjson"};
      }
  }
  return wanted;
}

}  // namespace

bool write_file::blocks() const {
  struct stat about = {};
  return ::stat(options_.path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
}

result<void> write_file::open(context& in) {
  context_ = &in;
  if (auto opened = open_file(); !opened) return opened;
  format_ = make_format();
  packer_ = packer_for(options_);
  text_.clear(file_->bytes_before());
  if (preparation_) preparation_->offer(*format_);
  return {};
}

// A FIFO can be opened once somebody reads it, and nothing tells when that is.
result<void> write_file::open_file() {
  const auto how = options_.append ? output_file::mode::append : output_file::mode::replace;
  auto file = output_file::open(options_.path, how);
  while (!file && file.error().code == "no-reader") {
    constexpr int nothing = -1;
    const auto waited =
        context_->wait(nothing, context::direction::writable, context_->now() + reader_wait);
    if (waited == context::waited::stopping) break;
    file = output_file::open(options_.path, how);
  }
  if (!file) return failure(std::move(file.error()));
  file_.emplace(std::move(*file));
  if (file_->is_fifo())
    fifo_.emplace(file_->fd(), options_.path, *context_, waiting_writer::owner::own_nonblocking);
  return {};
}

std::vector<configured_stage::instance> write_file::make_prepared(const write_file_options& options,
                                                                  unsigned count) {
  auto made = std::make_unique<write_file>(options);
  auto shared = made->preparation_ = std::make_shared<text_preparation>();
  return with_preparers(std::move(made), shared, count);
}

std::unique_ptr<codecs::record_writer> write_file::make_format() const {
  switch (format_for(options_)) {
    case record_format::csv: {
      codecs::csv_writer_options csv;
      csv.delimiter = delimiter_for(options_);
      csv.columns = options_.columns;
      csv.known = context_->known(0);
      csv.header = file_->bytes_before() == 0;
      return std::make_unique<codecs::csv_writer>(std::move(csv));
    }
    case record_format::lines:
      return std::make_unique<codecs::lines_writer>(options_.column ? options_.column->column()
                                                                    : "line");
    default:
      return std::make_unique<codecs::ndjson_writer>(
          options_.nulls == missing_values::write ? nulls_written::yes : nulls_written::no);
  }
}

// What was gathered is written first: where that fails, nothing of these records was touched.
stage_answer write_file::consume(const chunk_ptr& records, outlet& out) {
  if (const auto& text = records->prepared()) {
    if (const auto written = write_prepared(text->view()); !written)
      return failure(written.error());
    return answer::wait;
  }
  // What is packed waits only where a write failed.
  if (text_.size() >= text_bytes || !packed_.empty())
    if (const auto written = write_gathered(); !written) return failure(written.error());
  gather(*records, out);
  return answer::wait;
}

void write_file::gather(const chunk& records, outlet& out) {
  making_ = true;
  std::vector<codecs::refused_record> refused;
  format_->write(records, text_, refused);
  for (const auto& r : refused) out.reject(records, r.row, r.code, r.reason);
  if (preparation_) preparation_->offer(*format_);
  making_ = false;
}

stage_answer write_file::on_mark(mark what, outlet&) {
  if (what.what != mark::kind::flush) return answer::wait;
  if (const auto written = write_gathered(); !written) return failure(written.error());
  if (!packer_) return answer::wait;
  packer_->flush(packed_);
  if (const auto written = put_made(); !written) return failure(written.error());
  return answer::wait;
}

// Text that is large enough by itself is not gathered: it would only be copied. What is packed
// can't be taken back, so that the text of a call is never packed in the same.
result<void> write_file::write_prepared(std::string_view text) {
  if (text_.size() + text.size() >= text_bytes || !packed_.empty()) {
    if (auto written = write_gathered(); !written) return written;
    if (!packer_) return put(text);
  }
  text_ += text;
  return {};
}

result<void> write_file::write_gathered() {
  if (packer_) pack_gathered();
  return put_made();
}

void write_file::pack_gathered() {
  making_ = true;
  packer_->pack(text_.view(), packed_);
  text_.clear();
  making_ = false;
}

// What is made, text or packed text, stays until it is written.
result<void> write_file::put_made() {
  if (auto written = put(packer_ ? packed_ : text_.view()); !written) return written;
  packed_.clear();
  if (!packer_) text_.clear(file_->bytes_before() + file_->bytes_written());
  return {};
}

result<void> write_file::put(std::string_view bytes) {
  writing_from_ = file_->bytes_written();
  if (!fifo_) {
    if (auto written = file_->write(bytes); !written) return written;
  } else {
    auto written = fifo_->write(bytes);
    if (!written) return failure(std::move(written.error()));
    if (*written == waiting_writer::written::reader_gone)
      return failure("reader-gone", fmt::format("{}: its reader has gone", quoted(options_.path)));
  }
  writing_from_.reset();
  return {};
}

result<void> write_file::roll_back() {
  if (making_ || (fifo_ && writing_from_))
    return failure("not-undone", fmt::format("{}: what was made of the records before can't be "
                                             "taken back",
                                             quoted(options_.path)));
  if (!writing_from_) return {};
  auto undone = file_->roll_back(*writing_from_);
  if (undone) writing_from_.reset();
  return undone;
}

result<void> write_file::flush() {
  if (!finished_) {
    making_ = true;
    format_->finish(text_);
    if (packer_) pack_gathered();
    if (packer_) packer_->finish(packed_);
    making_ = false;
    finished_ = true;
  }
  return put_made();
}

result<void> write_file::settle(outcome how) {
  if (!file_) return {};
  switch (how) {
    case outcome::complete:
      return file_->publish();
    case outcome::partial: {
      auto name = file_->publish_partial();
      if (!name) return failure(std::move(name.error()));
      context_->tell(fmt::format("the input was not read to its end: what there is of it is in {}",
                                 quoted(*name)));
      return {};
    }
    case outcome::failed:
      file_->discard();
      break;
  }
  return {};
}

stage_type write_file_stage() {
  return describe_stage<write_file, write_file_options>("write_file")
      .summary("Writes records to a file.")
      .description(
          "The file is written under another name (`.NAME.weir-tmp`) and gets its own when the "
          "whole run has succeeded: nobody ever sees half a file. If the run is ended early, what "
          "was written is kept as `NAME.partial`; if it fails, it is removed and a file that was "
          "there before stays. With `append` records are added behind what is there, and what a "
          "failed run added is taken back.\n"
          "\n"
          "Records that no stage has changed are copied as they were read, where the format is the "
          "same.")
      .option("path", &write_file_options::path, "The file to write.", required)
      .option("format", &write_file_options::format, "How records are written.",
              {choice{"by_name", record_format::by_name,
                      "by the path's name: .ndjson .jsonl .json, .csv .tsv (and .gz or .zst behind "
                      "it); all others ndjson"},
               choice{"ndjson", record_format::ndjson, "a JSON object a line"},
               choice{"csv", record_format::csv, "comma-separated values by RFC 4180"},
               choice{"lines", record_format::lines, "the text of one column a line"}})
      .option("compress", &write_file_options::compress, "Whether the file is packed.",
              {choice{"by_name", packing::by_name,
                      "gzip if the path ends in .gz, zstd if it ends in .zst"},
               choice{"none", packing::none, "as it is"}, choice{"gzip", packing::gzip, "gzip"},
               choice{"zstd", packing::zstd, "zstd: smaller and faster than gzip"}})
      .option("append", &write_file_options::append,
              "Whether records are added to what is in the file already.")
      .option("nulls", &write_file_options::nulls,
              "What becomes of values that are null, in ndjson.",
              {choice{"omit", missing_values::omit, "their keys are left out"},
               choice{"write", missing_values::write, "they are written as null"}})
      .option("columns", &write_file_options::columns,
              "Columns of a csv file, in order; others are left out. Without them the first "
              "record's and all that are known before it (declared, computed, named by a csv "
              "file's header); a record with another one is rejected.")
      .option("delimiter", &write_file_options::delimiter,
              "What parts the fields of a csv file: one byte. Without it a comma, in .tsv a tab.")
      .option("column", &write_file_options::column,
              "The column whose text makes a line, in format lines. Without it `line`.")
      .checks(check)
      .wants([](const write_file_options& options, port_number, const std::vector<column_demand>&) {
        return demand_of(options);
      })
      .rejects([](const write_file_options& options) {
        const auto format = format_for(options);
        return format == record_format::lines || (format == record_format::csv && !options.columns);
      })
      .writes_files(
          [](const write_file_options& options) { return std::vector<std::string>{options.path}; })
      .replaces_files([](const write_file_options& options) {
        return options.append ? std::vector<std::string>() : std::vector<std::string>{options.path};
      })
      .holds_nothing()
      .rolls_back()
      .runs_again([](const write_file_options& options) -> std::optional<std::string> {
        if (!write_file(options).blocks()) return std::nullopt;
        return fmt::format("what was written to {} can't be taken back", quoted(options.path));
      })
      .never_waits([](const write_file_options& options) { return !write_file(options).blocks(); })
      .example("{path: slow.ndjson}")
      .example("{path: errors.csv.gz, columns: [ts, host, status]}")
      .example("{path: seen.log, format: lines, column: message, append: true}");
}

}  // namespace weir::sinks
