#include "actors/sources/read_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <utility>

#include "actors/codecs/csv_reader.hpp"
#include "actors/codecs/lines_reader.hpp"
#include "actors/codecs/ndjson_reader.hpp"
#include "actors/support/input_paths.hpp"
#include "actors/support/system_error.hpp"
#include "runtime/base/text.hpp"

namespace weir::sources {
namespace {

// How long a record waits for others to share its chunk, and how long an input is quiet before
// those below are asked to hold nothing back.
constexpr std::chrono::milliseconds linger{20};

bool is_regular(const std::string& path) {
  struct stat about = {};
  return path != "-" && (::stat(path.c_str(), &about) != 0 || S_ISREG(about.st_mode));
}

bool has_pattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

void reject(const codecs::bad_record& bad, const std::shared_ptr<const input_name>& input,
            outlet& out) {
  out.reject({bad.code, bad.reason, bad.bytes, {input, bad.offset, bad.line}});
}

record_format format_for(const read_file_options& options) {
  if (options.format != record_format::by_name) return options.format;
  if (options.path.empty()) return record_format::lines;
  return format_of_name(options.path.front(), record_format::lines);
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

}  // namespace

bool read_file::blocks() const {
  for (const auto& path : options_.path)
    if (!has_pattern(path) && !is_regular(path)) return true;
  return false;
}

result<void> read_file::open(context& in) {
  context_ = &in;
  auto paths = expand_paths(options_.path);
  if (!paths) return failure(std::move(paths.error()));
  paths_ = std::move(*paths);
  // A later file that is missing is told before the first record, not after an hour.
  for (const auto& path : paths_) {
    if (path != "-" && ::access(path.c_str(), R_OK) != 0)
      return system_failure("open-file", path, errno);
    if (auto why = misread(options_, path)) return failure("mixed-formats", std::move(*why));
  }
  tell_doubles();
  return open_next();
}

// Tells of files that are named twice, or are the same under two names.
void read_file::tell_doubles() {
  std::map<std::pair<dev_t, ino_t>, std::string> seen;
  for (const auto& path : paths_) {
    struct stat about = {};
    if (path == "-" || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const auto [first, added] = seen.try_emplace({about.st_dev, about.st_ino}, path);
    if (added) continue;
    context_->tell(first->second == path
                       ? fmt::format("{} is named twice, so its records come twice", quoted(path))
                       : fmt::format("{} and {} are the same file, so its records come twice",
                                     quoted(first->second), quoted(path)));
  }
}

result<void> read_file::open_next() {
  const std::string& path = paths_[next_++];
  auto input = unpacked_input::open(path);
  if (!input) return failure(std::move(input.error()));
  input_.emplace(std::move(*input));
  const record_format format = format_for(options_);
  if (!reader_) reader_ = make_reader(format);
  reader_->begin_input();
  const auto name = std::make_shared<const input_name>(input_name{path == "-" ? "stdin" : path});
  cutter_ = std::make_unique<codecs::block_cutter>(
      make_splitter(format), codecs::cutter_options{.record_max = options_.max_record}, name);
  input_ended_ = false;
  header_seen_ = false;
  return {};
}

std::unique_ptr<codecs::record_reader> read_file::make_reader(record_format format) const {
  const column_demand& demand = context_->demand(0);
  codecs::reader_options reader;
  for (const auto& [name, type] : options_.columns) reader.declared.push_back({name, type});
  reader.record_max = options_.max_record;
  reader.keep_raw = demand.raw_formats.contains(std::string(name_of(format)));
  const bool raw_will_do = reader.keep_raw || demand.raw_formats.empty();
  if (!demand.all && raw_will_do)
    reader.columns = std::vector<std::string>(demand.columns.begin(), demand.columns.end());
  switch (format) {
    case record_format::csv:
      return std::make_unique<codecs::csv_reader>(
          std::move(reader),
          codecs::csv_options{delimiter_for(options_.path.front()), options_.names});
    case record_format::ndjson:
      return std::make_unique<codecs::ndjson_reader>(std::move(reader));
    default:
      return std::make_unique<codecs::lines_reader>(std::move(reader));
  }
}

std::unique_ptr<codecs::record_splitter> read_file::make_splitter(record_format format) const {
  if (format == record_format::csv)
    return std::make_unique<codecs::csv_splitter>(delimiter_for(options_.path.front()));
  return std::make_unique<codecs::line_splitter>();
}

char read_file::delimiter_for(const std::string& path) const {
  if (options_.delimiter) return options_.delimiter->front();
  return is_tab_separated(path) ? '\t' : ',';
}

stage_answer read_file::pull(outlet& out) {
  if (block_ && !block_->empty()) return give_records(out);
  const bool waits = input_->file().may_block();
  if (context_->stopping()) {
    if (waits) give_unfinished(out);
    return answer::more;
  }
  for (;;) {
    if (give_block(out)) return give_records(out);
    if (input_ended_) {
      if (next_ == paths_.size()) {
        tell_missing(false);
        return answer::end;
      }
      if (auto opened = open_next(); !opened) return failure(std::move(opened.error()));
      return answer::more;
    }
    const auto taken = read_some(waits, out);
    if (!taken) return failure(taken.error());
    if (*taken == got::nothing_yet) return answer::more;
  }
}

// Takes what the cutter has for a block, once it is full, or has waited long enough, or is the
// last.
bool read_file::give_block(outlet& out) {
  const bool full = cutter_->room().empty();
  const bool due = first_byte_ && context_->now() - *first_byte_ >= linger;
  if (!full && !due && !input_ended_) return false;
  first_byte_.reset();
  for (const auto& bad : cutter_->take_too_long()) reject(bad, cutter_->input(), out);
  block_ = cutter_->take();
  return block_.has_value();
}

stage_answer read_file::give_records(outlet& out) {
  const std::uint64_t line = block_->line;
  auto read = reader_->read(*block_);
  if (!read) {
    auto cause = std::move(read.error());
    cause.text = fmt::format("{}:{}: {}", quoted(block_->input->text), line, cause.text);
    return failure(std::move(cause));
  }
  if (!header_seen_) tell_missing(true);
  for (const auto& bad : read->bad) reject(bad, block_->input, out);
  out.emit(std::move(read->records));
  flushed_ = false;
  if (block_->empty()) block_.reset();
  return answer::more;
}

// Reads once. Of an input that may be quiet it waits, but with what has been read only for as long
// as that may wait; and before it waits for longer it asks those below to hold nothing back.
result<read_file::got> read_file::read_some(bool may_wait, outlet& out) {
  const auto room = cutter_->room();
  const auto count = input_->read(room);
  if (!count) return failure(count.error());
  if (*count) {
    if (may_wait && !first_byte_) first_byte_ = context_->now();
    if (**count > 0) {
      cutter_->filled(**count);
      return got::bytes;
    }
    cutter_->finish();
    input_ended_ = true;
    if (auto shrunk = input_->file().shrunk()) context_->tell(std::move(*shrunk));
    return got::end;
  }
  std::optional<time_point> until;
  if (first_byte_) {
    until = *first_byte_ + linger;
  } else if (!flushed_) {
    until = context_->now() + linger;
  }
  const auto waited = context_->wait(input_->file().fd(), context::direction::readable, until);
  if (waited == context::waited::timed_out && !first_byte_) {
    flushed_ = true;
    out.pass(0, {mark::kind::flush});
    return got::nothing_yet;
  }
  return waited == context::waited::stopping ? got::nothing_yet : got::bytes;
}

// Gives what was read of an input that can't be read again: whole records, and the beginning of one
// as rejected.
void read_file::give_unfinished(outlet& out) {
  const auto give_all = [&](auto&& give) {
    for (const auto& bad : cutter_->take_too_long()) reject(bad, cutter_->input(), out);
    for (block_ = cutter_->take(); block_; block_ = cutter_->take()) give();
  };
  give_all([&] {
    while (!block_->empty()) {
      auto read = reader_->read(*block_);
      if (!read) return;
      for (const auto& bad : read->bad) reject(bad, block_->input, out);
      out.emit(std::move(read->records));
    }
  });
  cutter_->finish();
  give_all([&] {
    reject({block_->offset, block_->line, std::string(block_->text()), "unfinished-record",
            "the run was ended before the record's line end came"},
           block_->input, out);
  });
}

// The columns that somebody named: a stage below, or `columns`.
std::vector<std::string> read_file::columns_named() const {
  const auto& wanted = context_->demand(0).columns;
  std::vector<std::string> names(wanted.begin(), wanted.end());
  for (const auto& [name, type] : options_.columns)
    if (!wanted.contains(name)) names.push_back(name);
  std::erase_if(names, [](const std::string& name) {
    return name == "_file" || name == "_offset" || name == "_line";
  });
  return names;
}

// Tells, once each, of columns that somebody named and that are not there. A header says so for
// sure. Where each record has its own keys, one that none of them has may just not have occurred:
// there only what looks like a slip of the pen is told, at the end.
void read_file::tell_missing(bool by_header) {
  const bool has_header = format_for(options_) == record_format::csv;
  const auto there = has_header == by_header ? reader_->names() : std::nullopt;
  if (!there || there->empty()) return;
  header_seen_ = true;
  for (const auto& name : columns_named()) {
    if (missing_.contains(name) || std::find(there->begin(), there->end(), name) != there->end())
      continue;
    const auto advice = did_you_mean(name, *there);
    if (!has_header && advice.empty()) continue;
    missing_.insert(name);
    context_->tell(has_header ? fmt::format("no column {} in {}{}", quoted(name),
                                            quoted(cutter_->input()->text), advice)
                              : fmt::format("no record had a column {}{}", quoted(name), advice));
  }
}

void read_file::close() {
  input_.reset();
  cutter_.reset();
  block_.reset();
}

stage_type read_file_stage() {
  return describe_stage<read_file, read_file_options>("read_file")
      .summary("Reads records from files or standard input.")
      .description(
          "Files are read one after the other, in the order given. Gzip is recognised by its "
          "content and unpacked. A line that can't be read as a record leaves through `rejected`, "
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
                      "by the paths' names: .ndjson .jsonl .json, .csv .tsv (and .gz behind "
                      "them); all others, standard input too, are lines"},
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
      .holds_nothing()
      .example("{path: access.ndjson}")
      .example("{path: [\"logs/*.csv.gz\", extra.csv], columns: {status: int, ts: timestamp}}")
      .example("{path: \"-\", format: ndjson}");
}

}  // namespace weir::sources
