#include "actors/sources/read_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "actors/codecs/csv_reader.hpp"
#include "actors/codecs/lines_reader.hpp"
#include "actors/codecs/ndjson_reader.hpp"
#include "actors/support/input_paths.hpp"
#include "actors/support/reread_source.hpp"
#include "runtime/base/text.hpp"

namespace weir::sources {
namespace {

bool is_regular(const std::string& path) {
  struct stat about = {};
  return path != "-" && (::stat(path.c_str(), &about) != 0 || S_ISREG(about.st_mode));
}

bool has_pattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

record_format format_for(const read_file_options& options) {
  if (options.format != record_format::by_name) return options.format;
  if (options.path.empty()) return record_format::lines;
  return format_of_name(options.path.front(), record_format::lines);
}

// What has been read of a stream is gone.
std::optional<std::string> why_not_again(const read_file_options& options) {
  for (const auto& path : options.path) {
    if (path == "-") return "standard input can be read only once";
    struct stat about = {};
    if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode))
      return fmt::format("{} can be read only once", quoted(path));
  }
  return std::nullopt;
}

// Why a file would be read as its name does not say; none where that is not so.
std::optional<std::string> misread(const read_file_options& options, const std::string& path) {
  const std::string& first = options.path.front();
  const auto format = format_for(options);
  if (options.format == record_format::by_name &&
      format_of_name(path, record_format::lines) != format)
    return fmt::format("{} would be read as {}, as {} is; write 'format'", quoted(path),
                       name_of(format), quoted(first));
  if (format == record_format::csv && !options.delimiter &&
      is_tab_separated(path) != is_tab_separated(first))
    return fmt::format(
        "the fields of {} would be parted by {}, as those of {} are; write "
        "'delimiter'",
        quoted(path), is_tab_separated(first) ? "tabs" : "commas", quoted(first));
  return std::nullopt;
}

void check_names(const read_file_options& options, const config_value& from, problems& found) {
  const config_value* paths = from.find("path");
  if (paths == nullptr || !paths->is_list()) return;
  // What a pattern stands for is known when it is opened.
  for (std::size_t i = 0; i < std::min(options.path.size(), paths->items.size()); ++i)
    if (!options.path[i].empty() && !has_pattern(options.path[i]))
      if (const auto why = misread(options, options.path[i]))
        found.add("mixed-formats", paths->items[i].place.start, *why);
}

known_columns columns_of(const read_file_options& options) {
  known_columns known;
  switch (format_for(options)) {
    case record_format::lines:
      known.fields = {{"line", column_type::string}};
      known.complete = true;
      return known;
    case record_format::csv:
      known.complete = options.names.has_value();
      if (options.names)
        for (const auto& name : *options.names) known.fields.push_back({name});
      break;
    default:
      break;
  }
  for (const auto& [name, type] : options.columns) {
    bool found = false;
    for (auto& f : known.fields)
      if (f.name == name) {
        f.type = type;
        found = true;
      }
    if (!found) known.fields.push_back({name, type});
  }
  return known;
}

void check(const read_file_options& options, const config_value& from, problems& found) {
  const auto place = [&](const char* option) {
    const config_value* value = from.find(option);
    return value != nullptr ? value->place.start : from.place.start;
  };
  const auto format = format_for(options);
  for (const char* option : {"names", "delimiter"})
    if (from.find(option) != nullptr && format != record_format::csv)
      found.add(
          "not-for-format", place(option),
          fmt::format("option '{}' is for csv, and the format is {}", option, name_of(format)));
  if (from.find("columns") != nullptr && format == record_format::lines)
    found.add("not-for-format", place("columns"),
              "option 'columns' is for ndjson and csv; a line is always one string, 'line'");
  if (options.delimiter && options.delimiter->size() != 1)
    found.add("out-of-bounds", place("delimiter"), "a delimiter is one byte, as in ';'");
  for (const auto& path : options.path)
    if (path.empty()) found.add("out-of-bounds", place("path"), "a path is empty");
  if (options.path.empty() && from.find("path") != nullptr)
    found.add("out-of-bounds", place("path"), "the list of paths is empty");
  check_names(options, from, found);
}

// As many readers as there is input for: a file of a few blocks is not worth a second.
unsigned readers_for(const read_file_options& options) {
  constexpr std::uint64_t input_a_reader = 256 * 1024;
  if (read_file(options, nullptr).blocks()) return 1;
  const auto paths = expand_paths(options.path);
  if (!paths) return 1;
  std::uint64_t bytes = 0;
  for (const auto& path : *paths) {
    struct stat about = {};
    if (::stat(path.c_str(), &about) == 0) bytes += static_cast<std::uint64_t>(about.st_size);
  }
  return static_cast<unsigned>(
      std::clamp<std::uint64_t>(bytes / input_a_reader, 1, workers_without_bound));
}

char delimiter_for(const read_file_options& options) {
  if (options.delimiter) return options.delimiter->front();
  return is_tab_separated(options.path.front()) ? '\t' : ',';
}

std::unique_ptr<codecs::record_splitter> make_splitter(const read_file_options& options) {
  if (format_for(options) == record_format::csv)
    return std::make_unique<codecs::csv_splitter>(delimiter_for(options));
  return std::make_unique<codecs::line_splitter>();
}

std::unique_ptr<codecs::record_reader> make_reader(const read_file_options& options,
                                                   codecs::reader_options reader) {
  switch (format_for(options)) {
    case record_format::csv:
      return std::make_unique<codecs::csv_reader>(
          std::move(reader), codecs::csv_options{delimiter_for(options), options.names});
    case record_format::ndjson:
      return std::make_unique<codecs::ndjson_reader>(std::move(reader));
    default:
      return std::make_unique<codecs::lines_reader>(std::move(reader));
  }
}

codecs::reader_options reader_options_for(const read_file_options& options,
                                          const column_demand& demand) {
  codecs::reader_options reader;
  for (const auto& [name, type] : options.columns) reader.declared.push_back({name, type});
  reader.record_max = options.max_record;
  reader.keep_raw = demand.raw_formats.contains(std::string(name_of(format_for(options))));
  const bool raw_will_do = reader.keep_raw || demand.raw_formats.empty();
  if (!demand.all && raw_will_do)
    reader.columns = std::vector<std::string>(demand.columns.begin(), demand.columns.end());
  return reader;
}

std::shared_ptr<file_feed> make_feed(const read_file_options& options, unsigned readers) {
  feed_options feed{.paths = options.path, .record_max = options.max_record, .readers = readers};
  feed.misfit = [options](const std::string& path) { return misread(options, path); };
  feed.make_splitter = [options] { return make_splitter(options); };
  if (format_for(options) == record_format::csv)
    feed.make_header_reader = [options] {
      return make_reader(options, {.record_max = options.max_record});
    };
  return std::make_shared<file_feed>(std::move(feed));
}

// The names of the columns, as the header of the file has them now.
result<reread_format::header> read_header(read_file_options options, context& in,
                                          const std::string& path) {
  const auto unknown = [&](const std::string& why) {
    return failure("no-header",
                   fmt::format("the names of the columns stand in the header of {}, {}; write "
                               "'names'",
                               quoted(path), why));
  };
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return unknown("which is not there any more");
  options.format = format_for(options);
  options.delimiter = std::string(1, delimiter_for(options));
  options.path = {path};
  const auto feed = make_feed(options, 1);
  if (auto opened = feed->open(in); !opened) return failure(std::move(opened.error()));
  for (;;) {
    auto step = feed->next(in);
    if (!step) return failure(std::move(step.error()));
    if (step->what != file_feed::news::piece) return unknown("which has none");
    if (step->given.block && step->given.block->names) return step->given.block->names;
  }
}

}  // namespace

read_file::read_file(const read_file_options& options)
    : read_file(options, make_feed(options, 1)) {}

read_file::read_file(const read_file_options& options, std::shared_ptr<file_feed> feed)
    : options_(options), feed_(std::move(feed)) {}

std::vector<std::unique_ptr<read_file>> read_file::make_workers(const read_file_options& options,
                                                                unsigned count) {
  const auto feed = make_feed(options, count);
  std::vector<std::unique_ptr<read_file>> all;
  for (unsigned worker = 0; worker < count; ++worker)
    all.push_back(std::make_unique<read_file>(options, feed));
  return all;
}

std::unique_ptr<source> read_file::make_rereading(const read_file_options& options,
                                                  std::shared_ptr<kept_records> from) {
  reread_format format;
  format.make_reader = [options](const column_demand& demand) {
    return make_reader(options, reader_options_for(options, demand));
  };
  if (format_for(options) == record_format::csv && !options.names)
    format.read_header = [options](context& in, const std::string& path) {
      return read_header(options, in, path);
    };
  return std::make_unique<reread_source>(std::move(format), std::move(from));
}

bool read_file::blocks() const {
  // A pattern may stand for a FIFO among files; one that stands for nothing fails when it is
  // opened.
  const auto paths = expand_paths(options_.path);
  const auto& all = paths ? *paths : options_.path;
  return std::any_of(all.begin(), all.end(), [](const auto& path) { return !is_regular(path); });
}

result<void> read_file::open(context& in) {
  context_ = &in;
  const column_demand& demand = in.demand(0);
  reader_ = make_reader(options_, reader_options_for(options_, demand));
  for (const auto& name : demand.columns)
    if (demand.needs(name)) named_.insert(name);
  for (const auto& [name, type] : options_.columns) named_.insert(name);
  for (const char* place : {"_file", "_offset", "_line"}) named_.erase(place);
  return feed_->open(in);
}

stage_answer read_file::pull(outlet& out) {
  turn_ = {};
  if (!piece_.block) {
    auto step = feed_->next(*context_);
    if (!step) return failure(std::move(step.error()));
    switch (step->what) {
      case file_feed::news::end:
        tell_missing();
        return answer::end;
      case file_feed::news::quiet:
        out.pass(0, {mark::kind::flush});
        return answer::more;
      case file_feed::news::later:
        return answer::wait;
      case file_feed::news::nothing:
        return context_->stopping() ? give_rest(out) : answer::more;
      case file_feed::news::piece:
        piece_ = std::move(step->given);
        if (piece_.block && piece_.block->names) feed_->tell_missing(*context_, named_);
    }
  }
  // A turn that was begun is ended, also when stopping.
  do {
    if (auto given = give_piece(out); !given) return failure(std::move(given.error()));
  } while (piece_.block && context_->stopping());
  turn_ = {piece_.turn, !piece_.block.has_value()};
  return answer::more;
}

stage_turn read_file::turn() const { return turn_; }

result<void> read_file::give_piece(outlet& out) {
  const auto reject = [&](const codecs::bad_record& bad) {
    out.reject({bad.code, bad.reason, bad.bytes, {piece_.input, bad.offset, bad.line}});
  };
  for (const auto& bad : std::exchange(piece_.too_long, {})) reject(bad);
  if (!piece_.block) return {};
  const std::uint64_t line = piece_.block->line;
  auto read = reader_->read(*piece_.block);
  if (!read) {
    auto cause = std::move(read.error());
    cause.text = fmt::format("{}:{}: {}", quoted(piece_.input->text), line, cause.text);
    return failure(std::move(cause));
  }
  for (const auto& bad : read->bad) reject(bad);
  out.emit(std::move(read->records));
  if (piece_.block->empty()) piece_.block.reset();
  return {};
}

// Gives what was read of an input that can't be read again: the stage is stopping.
stage_answer read_file::give_rest(outlet& out) {
  for (auto& piece : feed_->rest()) {
    piece_ = std::move(piece);
    do {
      if (auto given = give_piece(out); !given) return failure(std::move(given.error()));
    } while (piece_.block);
  }
  return answer::more;
}

// Tells, at the end of the last input, of columns that somebody named and no record had: where each
// record has its own keys such a column may just not have occurred, and only what looks like a slip
// of the pen is told.
void read_file::tell_missing() {
  if (format_for(options_) == record_format::csv) return;
  const auto there = feed_->leave(reader_->names().value_or(std::vector<std::string>()));
  if (!there || there->empty()) return;
  for (const auto& name : named_) {
    if (std::find(there->begin(), there->end(), name) != there->end()) continue;
    if (const auto advice = did_you_mean(name, *there); !advice.empty())
      context_->tell(fmt::format("no record had a column {}{}", quoted(name), advice));
  }
}

void read_file::close() {
  piece_ = {};
  feed_.reset();
}

stage_type read_file_stage() {
  return describe_stage<read_file, read_file_options>("read_file")
      .summary("Reads records from files or standard input.")
      .description(
          "Files are read one after the other, in the order given. Gzip and zstd are recognised by "
          "their content and unpacked. A line that can't be read as a record leaves through "
          "`rejected`, "
          "with its file, offset and line, and does not disturb its neighbours.\n"
          "\n"
          "A column that is not declared takes the type that each of its values has by its own "
          "text: in csv a number where it reads as a JSON number, else a string, and null where "
          "the field is empty. A value that does not fit its declared type makes the record a "
          "rejected one.\n"
          "\n"
          "Standard input and named pipes are read as data comes: records go on at most 20 ms "
          "after they came.")
      .option("path", &read_file_options::path,
              "Files, patterns with `*`, `?` and `[...]` (in order of name), or `-` for standard "
              "input; one or a list.",
              required)
      .option("format", &read_file_options::format, "How records are written in the files.",
              {choice{"by_name", record_format::by_name,
                      "by the paths' names: .ndjson .jsonl .json, .csv .tsv (and .gz or .zst "
                      "behind them); all others, standard input too, are lines"},
               choice{"ndjson", record_format::ndjson, "a JSON object a line"},
               choice{"csv", record_format::csv, "comma-separated values by RFC 4180"},
               choice{"lines", record_format::lines, "each line a record with one column, `line`"}})
      .option("columns", &read_file_options::columns,
              "Types of columns by name, as in `{status: int, ts: timestamp}`.")
      .option("names", &read_file_options::names,
              "Names of a csv file's columns; without them the first line names them.")
      .option("delimiter", &read_file_options::delimiter,
              "What parts the fields of a csv file: one byte. Without it a comma, in .tsv a tab.")
      .option("max_record", &read_file_options::max_record,
              "A longer record is rejected, without being kept in memory.", between{1_KiB, 512_MiB})
      .checks(check)
      .makes([](const read_file_options& options, port_number, const std::vector<known_columns>&) {
        return columns_of(options);
      })
      .reads_files([](const read_file_options& options) { return options.path; })
      .rejects()
      .runs_again(why_not_again)
      .shares_work(readers_for)
      .holds_nothing()
      .never_waits(
          [](const read_file_options& options) { return !read_file(options, nullptr).blocks(); })
      .example("{path: access.ndjson}")
      .example("{path: [\"logs/*.csv.gz\", extra.csv], columns: {status: int, ts: timestamp}}")
      .example("{path: \"-\", format: ndjson}");
}

}  // namespace weir::sources
