// Pipelines from files to files: however an input comes (in one file or many, packed or not,
// through a FIFO in small pieces), however many records share a chunk and whoever runs it, the
// files that are written are the same to the byte, and those that the records' maker expects.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "actors/support/owned_fd.hpp"
#include "runtime/base/random.hpp"
#include "runtime/data/records.hpp"
#include "tests/actors/codecs/packing.hpp"
#include "tests/actors/support/temporary_folder.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/load_graph.hpp"

namespace weir::testing {
namespace {

// Enough for several readers of one file, packed too, and for records that lie across the borders
// of what each of them gets.
constexpr std::size_t records_made = 8'000;

struct sample {
  std::int64_t n = 0;
  std::string host;
  std::string note;
};

using samples = std::vector<sample>;

samples make_samples(std::uint64_t seed) {
  random_source random(seed);
  const char* parts[] = {"a", " ",  ",", "\"", "long enough to lie in a buffer of its own",
                         "ü", "\\", "😀"};
  samples made(records_made);
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].n = static_cast<std::int64_t>(i) - 100;
    made[i].host = fmt::format("web-{:02}", random.below(40));
    for (auto left = random.below(12); left > 0; --left)
      made[i].note += parts[random.below(std::size(parts))];
    // What packing makes no smaller than half.
    for (int words = 0; words < 9; ++words)
      made[i].note += fmt::format("{:08x}", random.below(0xffff'ffff));
  }
  return made;
}

std::string json_string(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

using files = std::map<std::string, std::string>;

/// A pipeline, how its input is written, and what it writes.
struct whole_pipeline {
  std::string name;
  std::string extension;
  std::string header;  ///< of each file
  /// `@in` stands for the paths and what else is said of them, `@n` for a count of records.
  std::string stages;
  std::function<std::string(const sample&, random_source&)> record;  ///< with its line end
  std::function<files(const samples&, const std::vector<std::string>& records)> expected;
};

// Each record that is let through, as it was written.
template <class Chosen>
std::string chosen_records(const samples& all, const std::vector<std::string>& records,
                           Chosen chosen) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (chosen(all[i])) text += records[i];
  return text;
}

whole_pipeline copied_ndjson() {
  whole_pipeline made{.name = "a filter of ndjson", .extension = "ndjson"};
  made.stages =
      "  - {name: in, type: read_file, path: @in}\n"
      "  - {type: rechunk, records: @n}\n"
      "  - {type: filter, where: n % 3 == 0}\n"
      "  - {type: write_file, path: out.ndjson}\n"
      "  - {type: write_file, from: rechunk, path: all.ndjson.gz}\n"
      "  - {type: map, from: in.rejected, keep: [reason, raw]}\n"
      "  - {type: write_file, path: bad.ndjson}\n";
  made.record = [](const sample& of, random_source& random) -> std::string {
    if (of.n % 1'000 == 1) return "no record\n";
    const char* spaces[] = {"", " ", "\t", "  "};
    const auto space = [&] { return spaces[random.below(4)]; };
    const auto host = fmt::format("\"host\":{}{}", space(), json_string(of.host));
    const auto n = fmt::format("\"n\"{}:{}", space(), of.n);
    const bool n_first = random.below(2) == 0;
    return fmt::format("{}{{{},{}{}, \"note\": {}{}}}{}\n", space(), n_first ? n : host, space(),
                       n_first ? host : n, json_string(of.note), space(), space());
  };
  made.expected = [](const samples& all, const std::vector<std::string>& records) {
    const auto is_good = [](const sample& s) { return s.n % 1'000 != 1; };
    files out = {
        {"out.ndjson",
         chosen_records(all, records, [&](const sample& s) { return is_good(s) && s.n % 3 == 0; })},
        {"all.ndjson.gz", chosen_records(all, records, is_good)}};
    for (std::size_t i = 0; i < records_made / 1'000; ++i)
      out["bad.ndjson"] +=
          "{\"reason\":\"byte 1 of the record: 'no' is not a value of "
          "JSON\",\"raw\":\"bm8gcmVjb3Jk\"}\n";
    return out;
  };
  return made;
}

std::string csv_field(const std::string& text, bool quotes) {
  if (!quotes && text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string(2, c) : std::string(1, c);
  return out + '"';
}

whole_pipeline copied_csv() {
  whole_pipeline made{.name = "a filter of csv", .extension = "csv", .header = "n,host,note\n"};
  made.stages =
      "  - {name: in, type: read_file, path: @in, columns: {n: int}}\n"
      "  - {type: filter, where: \"host > 'web-20'\"}\n"
      "  - {type: rechunk, records: @n}\n"
      "  - {type: write_file, path: out.csv}\n"
      "  - {type: write_file, from: in, path: hosts.csv, columns: [host, n]}\n";
  made.record = [](const sample& of, random_source& random) {
    return fmt::format("{},{},{}\n", of.n, csv_field(of.host, random.below(2) == 0),
                       csv_field(of.n % 7 == 0 ? "two\nlines" + of.note : of.note, false));
  };
  made.expected = [](const samples& all, const std::vector<std::string>& records) {
    std::string hosts = "host,n\n";
    for (const auto& s : all) hosts += fmt::format("{},{}\n", s.host, s.n);
    return files{{"out.csv", "n,host,note\n" +
                                 chosen_records(all, records,
                                                [](const sample& s) { return s.host > "web-20"; })},
                 {"hosts.csv", hosts}};
  };
  return made;
}

whole_pipeline parsed_lines() {
  whole_pipeline made{.name = "lines that are parsed", .extension = "log"};
  made.stages =
      "  - {name: in, type: read_file, path: @in}\n"
      "  - {name: sized, type: rechunk, records: @n}\n"
      "  - {type: parse, regex: '^(?<host>[^ ]+) (?<n>[-0-9]+) (?<note>.*)$', types: {n: int}}\n"
      "  - {type: map, set: {twice: n * 2}}\n"
      "  - {type: write_file, path: out.ndjson}\n"
      "  - {type: write_file, from: sized, path: copy.log, format: lines}\n";
  made.record = [](const sample& of, random_source&) {
    return fmt::format("{} {} {}\n", of.host, of.n, of.note);
  };
  made.expected = [](const samples& all, const std::vector<std::string>& records) {
    std::string out;
    for (const auto& s : all)
      out += fmt::format("{{\"host\":{},\"n\":{},\"note\":{},\"twice\":{}}}\n", json_string(s.host),
                         s.n, json_string(s.note), 2 * s.n);
    return files{{"out.ndjson", out},
                 {"copy.log", chosen_records(all, records, [](const auto&) { return true; })}};
  };
  return made;
}

// The first record decides the columns, and one with another key is refused.
whole_pipeline converted_records() {
  whole_pipeline made{.name = "ndjson that becomes csv", .extension = "ndjson"};
  made.stages =
      "  - {name: in, type: read_file, path: @in}\n"
      "  - {type: filter, where: n % 2 == 0 || n > 500}\n"
      "  - {name: out, type: write_file, path: out.csv}\n"
      "  - {type: map, from: out.rejected, keep: [reason], set: {n: record.n}}\n"
      "  - {type: write_file, path: refused.ndjson}\n";
  made.record = [](const sample& of, random_source&) {
    const char* more = of.n % 1'500 == 2 ? ",\"late\":1" : "";
    return fmt::format("{{\"n\":{},\"note\":{}{}}}\n", of.n, json_string(of.note), more);
  };
  made.expected = [](const samples& all, const std::vector<std::string>&) {
    files out{{"out.csv", "n,note\n"}};
    for (const auto& s : all) {
      if (s.n % 2 != 0 && s.n <= 500) continue;
      if (s.n % 1'500 != 2) {
        const bool is_empty = s.note.empty();
        out["out.csv"] += fmt::format("{},{}\n", s.n, is_empty ? "\"\"" : csv_field(s.note, false));
      } else {
        out["refused.ndjson"] += fmt::format(
            "{{\"reason\":\"the key 'late' is none of the columns that the first record "
            "has\",\"n\":{}}}\n",
            s.n);
      }
    }
    return out;
  };
  return made;
}

whole_pipeline joined_ways() {
  whole_pipeline made{.name = "ways that part and meet", .extension = "ndjson"};
  made.stages =
      "  - {name: in, type: read_file, path: @in, columns: {n: int}}\n"
      "  - {name: plain, type: map, from: in, keep: [n]}\n"
      "  - {name: held, type: rechunk, from: in, records: @n}\n"
      "  - {name: halves, type: map, set: {half: n / 2}, keep: [note]}\n"
      "  - {name: pairs, type: zip, from: [plain, halves]}\n"
      "  - {type: write_file, path: pairs.ndjson}\n"
      "  - {type: route, from: in, routes: {even: n % 2 == 0}}\n"
      "  - {name: even, type: aggregate, from: route.even, by: [host], compute: {n: count(), "
      "sum: sum(n)}}\n"
      "  - {type: write_file, path: even.ndjson}\n"
      "  - {name: both, type: aggregate, from: [route.even, route.other], compute: {n: count(), "
      "least: min(n), most: max(n)}}\n"
      "  - {type: write_file, path: both.csv}\n";
  made.record = [](const sample& of, random_source&) {
    return fmt::format("{{\"n\":{},\"host\":{},\"note\":{}}}\n", of.n, json_string(of.host),
                       json_string(of.note));
  };
  made.expected = [](const samples& all, const std::vector<std::string>&) {
    files out;
    std::map<std::string, std::pair<std::size_t, std::int64_t>> even;
    for (const auto& s : all) {
      out["pairs.ndjson"] +=
          fmt::format("{{\"n\":{},\"note\":{},\"half\":{}}}\n", s.n, json_string(s.note), s.n / 2);
      if (s.n % 2 != 0) continue;
      ++even[s.host].first;
      even[s.host].second += s.n;
    }
    for (const auto& [host, sums] : even)
      out["even.ndjson"] +=
          fmt::format("{{\"host\":\"{}\",\"n\":{},\"sum\":{}}}\n", host, sums.first, sums.second);
    out["both.csv"] =
        fmt::format("n,least,most\n{},{},{}\n", all.size(), all.front().n, all.back().n);
    return out;
  };
  return made;
}

std::string packed(const std::string& text) { return packed_by<codecs::gzip_packer>(text); }

std::string unpacked(const std::string& bytes) {
  codecs::gzip_unpacker unpacker;
  std::string_view left = bytes;
  std::string out;
  std::vector<char> room(65'536);
  for (std::size_t got = 1; got > 0;) {
    got = unpacker.unpack(left, room).value();
    out.append(room.data(), got);
  }
  CHECK(unpacker.finish());
  return out;
}

// Writes to a FIFO in pieces of up to `piece` bytes, for as long as somebody reads. It is opened
// for both ways, so that neither end waits for the other; the text is larger than a pipe, so that
// when all is written the reader has come.
class fifo_writer {
 public:
  fifo_writer(const std::string& path, std::string text, std::uint32_t piece)
      : end_(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)),
        text_(std::move(text)),
        piece_(piece),
        thread_([this] { write_all(); }) {}
  ~fifo_writer() { thread_.join(); }
  fifo_writer(const fifo_writer&) = delete;
  fifo_writer& operator=(const fifo_writer&) = delete;

 private:
  void write_all() {
    random_source random(piece_);
    std::string_view left = text_;
    while (!left.empty()) {
      pollfd room{end_.get(), POLLOUT, 0};
      if (::poll(&room, 1, std::chrono::milliseconds(hang_limit).count()) != 1) break;
      const auto count = std::min<std::size_t>(left.size(), 1 + random.below(piece_));
      const auto written = ::write(end_.get(), left.data(), count);
      if (written > 0) left.remove_prefix(static_cast<std::size_t>(written));
    }
    end_ = owned_fd();
  }

  owned_fd end_;
  std::string text_;
  std::uint32_t piece_;
  std::thread thread_;
};

/// A way in which the same records come.
struct whole_input {
  std::string name;
  std::vector<std::string> paths;
  std::string through_fifo;  ///< what is written into the only path, a FIFO
};

std::string joined(const std::vector<std::string>& records, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += records[i];
  return text;
}

std::vector<whole_input> make_inputs(const temporary_folder& folder, const whole_pipeline& of,
                                     const std::vector<std::string>& records,
                                     random_source& random) {
  const std::size_t half = records.size() / 2;
  const auto first = of.header + joined(records, 0, half);
  const auto second = joined(records, half, records.size());
  const auto path = [&](const std::string& name) { return folder.path(name + "." + of.extension); };
  std::vector<whole_input> made;
  // The last record has no line end.
  made.push_back(
      {"one file",
       {folder.write("one." + of.extension, first + second.substr(0, second.size() - 1))},
       ""});
  // Two members, as `cat a.gz b.gz` makes them.
  made.push_back({"a packed file",
                  {folder.write("one." + of.extension + ".gz", packed(first) + packed(second))},
                  ""});
  // Members and frames of a few records, which lie across their borders too, as bgzip makes them.
  std::string members;
  std::string frames;
  const auto all = first + second;
  for (std::size_t at = 0; at < all.size();) {
    const auto size = std::min<std::size_t>(all.size() - at, random.below(20'000));
    members += packed(all.substr(at, size));
    frames += packed_by<codecs::zstd_packer>(all.substr(at, size));
    at += size;
  }
  made.push_back(
      {"a file of many members", {folder.write("many." + of.extension + ".gz", members)}, ""});
  made.push_back(
      {"a file of many frames", {folder.write("many." + of.extension + ".zst", frames)}, ""});
  whole_input pieces{"many files", {}, ""};
  for (std::size_t at = 0, number = 0; at < records.size(); ++number) {
    const auto end = std::min<std::size_t>(records.size(), at + random.below(2'000));
    auto text = of.header + joined(records, at, end);
    if (number % 3 == 0 && !text.empty()) text.pop_back();
    const auto name = fmt::format("{:03}.{}", number, of.extension);
    switch (number % 4) {
      case 1:
        pieces.paths.push_back(folder.write(name + ".gz", packed(text)));
        break;
      case 3:
        pieces.paths.push_back(folder.write(name + ".zst", packed_by<codecs::zstd_packer>(text)));
        break;
      default:
        pieces.paths.push_back(folder.write(name, text));
    }
    at = end;
  }
  made.push_back(std::move(pieces));
  const auto fifo = path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  made.push_back({"a fifo", {fifo}, first + second});
  return made;
}

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

// A text of many lines in a message: its first line that is not `other`'s.
std::string first_unlike(const std::string& text, const std::string& other) {
  const auto differs = std::mismatch(text.begin(), text.end(), other.begin(), other.end()).first;
  const auto at = static_cast<std::size_t>(differs - text.begin());
  const auto begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  return fmt::format("{} bytes, at {}: {}", text.size(), at, text.substr(begin, 200));
}

void check_run(executor& by, const whole_pipeline& of, const whole_input& input,
               const std::string& chunk_records, const files& expected) {
  const temporary_folder folder;
  std::string paths;
  for (const auto& path : input.paths) paths += fmt::format("\"{}\", ", path);
  // A pipe has one reader.
  const char* readers = input.through_fifo.empty() ? ", workers: 3" : "";
  std::string stages = replaced(of.stages, "@in", fmt::format("[{}]{}", paths, readers));
  stages = replaced(std::move(stages), "@n", chunk_records);
  for (const auto& [name, text] : expected)
    stages = replaced(std::move(stages), "path: " + name, "path: " + folder.path(name));
  std::optional<fifo_writer> writer;
  if (!input.through_fifo.empty()) writer.emplace(input.paths.front(), input.through_fifo, 5'000);
  const auto run = by.start(load_graph(stages), {});
  const auto report = run->wait(machine_clock().now() + hang_limit);
  REQUIRE(report);
  CHECK(report->outcome == run_outcome::complete);
  CHECK(report->imbalances.empty());
  CHECK(folder.files() == expected.size());
  for (const auto& [name, text] : expected) {
    const bool is_packed = name.ends_with(".gz");
    const auto got = is_packed ? unpacked(folder.read(name)) : folder.read(name);
    CHECK_MESSAGE(got == text, name, ": got ", first_unlike(got, text), ", expected ",
                  first_unlike(text, got));
  }
}

}  // namespace

TEST_CASE("files come out the same, however their input comes and whoever runs the pipeline") {
  const std::uint64_t seed = std::random_device()();
  CAPTURE(seed);
  const auto all = make_samples(seed);
  std::vector<std::pair<std::string, std::unique_ptr<executor>>> executors;
  for (const auto& e : all_executors()) executors.emplace_back(e.name, e.make());
  for (const auto& what :
       {copied_ndjson(), copied_csv(), parsed_lines(), converted_records(), joined_ways()}) {
    CAPTURE(what.name);
    random_source random(seed);
    std::vector<std::string> records;
    for (const auto& s : all) records.push_back(what.record(s, random));
    const auto expected = what.expected(all, records);
    const temporary_folder folder;
    for (const auto& input : make_inputs(folder, what, records, random))
      for (const auto& [name, by] : executors)
        for (const std::string chunk_records : {"1", "1000"}) {
          CAPTURE(input.name);
          CAPTURE(name);
          CAPTURE(chunk_records);
          check_run(*by, what, input, chunk_records, expected);
        }
  }
}

}  // namespace weir::testing
