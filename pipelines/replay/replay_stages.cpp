#include "pipelines/replay/replay_stages.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "actors/codecs/ndjson_reader.hpp"
#include "actors/codecs/single_records.hpp"
#include "pipelines/assemble/stand_in.hpp"
#include "pipelines/replay/dead_letter.hpp"

namespace weir {
namespace {

// Of records that make a chunk, in bytes and by number.
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr std::size_t batch_records = 4096;

// The letters of one stage and form, in order. That each line can be read was seen before.
class letters_of final : public kept_records {
 public:
  letters_of(std::shared_ptr<const letter_file> of, std::string stage, dead_letter::form what)
      : name_(of->name()), lines_(std::move(of)), stage_(std::move(stage)), what_(what) {}

  result<std::optional<kept_record>> next() override {
    for (;;) {
      const auto line = lines_.next();
      if (!line) return failure(line.error());
      if (!*line) return std::nullopt;
      auto letter = read_dead_letter(**line);
      if (!letter)
        return failure(letter.error().code,
                       fmt::format("{}:{}: {}", name_, lines_.number(), letter.error().text));
      if (letter->stage != stage_ || letter->what != what_ || !letter->is_whole()) continue;
      return kept_record{std::move(letter->content),
                         {input_named(letter->file), letter->offset, letter->line}};
    }
  }

 private:
  std::shared_ptr<const input_name> input_named(const std::string& file) {
    if (file.empty()) return nullptr;
    if (!input_ || input_->text != file)
      input_ = std::make_shared<const input_name>(input_name{file});
    return input_;
  }

  std::string name_;
  letter_lines lines_;
  std::string stage_;
  dead_letter::form what_;
  std::shared_ptr<const input_name> input_;  // of the last
};

class letters_source final : public source {
 public:
  letters_source(std::unique_ptr<letters_of> letters, known_columns known)
      : letters_(std::move(letters)), known_(std::move(known)) {}

  result<void> open(context& in) override {
    context_ = &in;
    const column_demand& demand = in.demand(0);
    codecs::reader_options options;
    options.record_max = letter_bytes_max;
    options.keep_raw = demand.raw_formats.contains("ndjson");
    if (!demand.all && (options.keep_raw || demand.raw_formats.empty()))
      options.columns.emplace(demand.columns.begin(), demand.columns.end());
    untyped_.emplace(options);
    for (const auto& f : known_.fields)
      if (f.type != column_type::dynamic) options.declared.push_back(f);
    typed_.emplace(std::move(options));
    return {};
  }

  stage_answer pull(outlet& out) override {
    std::size_t bytes = 0;
    bool is_at_end = false;
    for (std::size_t count = 0; count < batch_records && bytes < batch_bytes; ++count) {
      if (context_->stopping()) break;
      auto kept = letters_->next();
      if (!kept) return failure(std::move(kept.error()));
      is_at_end = !*kept;
      if (is_at_end) break;
      bytes += (*kept)->bytes.size();
      if (auto read = read_one(**kept); !read) return failure(std::move(read.error()));
    }
    for (auto& records : batch_.take()) out.emit(std::move(records));
    return is_at_end ? answer::end : answer::more;
  }

 private:
  // A record of which a value has not the type that its column has by now is the stage's to reject.
  result<void> read_one(const kept_record& one) {
    auto read = codecs::single_records::read(*typed_, {one.bytes, one.place});
    if (read && !read->bad.empty())
      read = codecs::single_records::read(*untyped_, {one.bytes, one.place});
    if (!read) return failure(std::move(read.error()));
    if (!read->bad.empty())
      return failure(read->bad.front().code, fmt::format("a dead letter's record can't be read: {}",
                                                         read->bad.front().reason));
    batch_.add(std::move(read->records));
    return {};
  }

  std::unique_ptr<letters_of> letters_;
  known_columns known_;
  context* context_ = nullptr;
  std::optional<codecs::ndjson_reader> typed_;
  std::optional<codecs::ndjson_reader> untyped_;
  codecs::single_records batch_;
};

class empty_source final : public source {
 public:
  stage_answer pull(outlet&) override { return answer::end; }
};

}  // namespace

void put_letters(graph_stage& place, std::shared_ptr<const letter_file> of, std::string stage,
                 known_columns known) {
  put(place, {.type = "dead letters",
              .known = known,
              .make = [of = std::move(of), stage = std::move(stage), known] {
                auto letters = std::make_unique<letters_of>(of, stage, dead_letter::form::record);
                return configured_stage::instance(std::unique_ptr<source>(
                    std::make_unique<letters_source>(std::move(letters), known)));
              }});
}

void put_rereading(graph_stage& in_place_of, std::shared_ptr<const letter_file> of) {
  put(in_place_of,
      {.type = in_place_of.type->name,
       .known = in_place_of.configured->known(0, {}),
       .make = [of = std::move(of), stage = in_place_of.name, with = in_place_of.configured] {
         return with->make_rereading(
             std::make_shared<letters_of>(of, stage, dead_letter::form::raw));
       }});
}

void put_nothing(graph_stage& place) {
  put(place, {.type = "nothing", .make = [] {
                return configured_stage::instance(
                    std::unique_ptr<source>(std::make_unique<empty_source>()));
              }});
}

}  // namespace weir
