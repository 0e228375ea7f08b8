#include "pipelines/trial/trial_stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/codecs/ndjson_reader.hpp"
#include "actors/codecs/ndjson_writer.hpp"
#include "pipelines/assemble/stand_in.hpp"
#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"
#include "runtime/expression/evaluator.hpp"

namespace weir {
namespace {

class given_stage final : public source {
 public:
  explicit given_stage(std::shared_ptr<const given_records> what)
      : what_(std::move(what)),
        input_(std::make_shared<const input_name>(input_name{what_->name})) {}

  result<void> open(context& in) override {
    context_ = &in;
    const column_demand& demand = in.demand(0);
    codecs::reader_options options{.declared = what_->declared};
    options.keep_raw = demand.raw_formats.contains("ndjson");
    if (!demand.all && (options.keep_raw || demand.raw_formats.empty()))
      options.columns.emplace(demand.columns.begin(), demand.columns.end());
    reader_.emplace(std::move(options));
    return {};
  }

  stage_answer pull(outlet& out) override {
    const bool is_at_end = next_ == what_->lines.size() && block_.empty();
    if (is_at_end) return answer::end;
    if (context_->stopping()) return answer::more;
    if (block_.empty()) begin_block();
    auto read = reader_->read(block_);
    if (!read) return failure(std::move(read.error()));
    for (const auto& bad : read->bad)
      out.reject({bad.code, bad.reason, bad.bytes, {input_, bad.offset, bad.line}});
    out.emit(std::move(read->records));
    return answer::more;
  }

 private:
  void begin_block() {
    const std::size_t left = what_->lines.size() - next_;
    const std::size_t count = what_->chunk_records == 0 ? left : what_->chunk_records;
    const std::size_t end = next_ + std::min(left, count);
    std::string text;
    for (std::size_t i = next_; i < end; ++i) text += what_->lines[i] + '\n';
    block_ = {.data = copy_to_buffer(text),
              .end = static_cast<std::uint32_t>(text.size()),
              .offset = offset_,
              .line = next_ + 1,
              .input = input_};
    offset_ += text.size();
    next_ = end;
  }

  std::shared_ptr<const given_records> what_;
  std::shared_ptr<const input_name> input_;
  context* context_ = nullptr;
  std::optional<codecs::ndjson_reader> reader_;
  codecs::raw_block block_;
  std::size_t next_ = 0;  // of the lines, to be read
  std::uint64_t offset_ = 0;
};

class capture_stage final : public sink {
 public:
  capture_stage(const std::vector<test_condition>& conditions, std::shared_ptr<captured_records> to)
      : to_(std::move(to)) {
    for (const auto& condition : conditions) conditions_.emplace_back(condition.value);
    if (to_->is_void) *to_ = {};
    to_->failings.resize(conditions.size());
  }

  stage_answer consume(const chunk_ptr& records, outlet&) override {
    text_buffer written;
    std::vector<codecs::refused_record> refused;
    writer_.write(*records, written, refused);
    std::string_view text = written.view();
    bytes_.bytes += text.size();
    if (bytes_.bytes > captured_bytes_max.bytes)
      return failure(too_many_records, fmt::format("more than {} of records came, and a test keeps "
                                                   "no more",
                                                   to_text(captured_bytes_max)));
    text.remove_suffix(1);
    for (const auto line : split(text, '\n')) to_->lines.emplace_back(line);
    for (std::size_t i = 0; i < conditions_.size(); ++i)
      append_failings(conditions_[i], *records, to_->failings[i]);
    return answer::wait;
  }
  result<void> settle(outcome how) override {
    to_->is_void = how == outcome::failed;
    return {};
  }

 private:
  static void append_failings(evaluator& condition, const chunk& records,
                              std::vector<std::string>& to) {
    const auto found = condition.evaluate(records);
    auto without = found.errors.begin();
    records.each_row([&](std::uint32_t row) {
      std::string text;
      if (without != found.errors.end() && without->row == row)
        text = (without++)->text;
      else
        append_json(text, found.values->at(row));
      to.push_back(text == "true" ? std::string() : std::move(text));
    });
  }

  std::shared_ptr<captured_records> to_;
  std::vector<evaluator> conditions_;
  codecs::ndjson_writer writer_;
  byte_size bytes_;
};

}  // namespace

void put_given_records(graph_stage& in_place_of, given_records what) {
  put(in_place_of, {.type = "given",
                    .kind = stage_kind::source,
                    .make = [shared = std::make_shared<const given_records>(std::move(what))] {
                      return configured_stage::instance(
                          std::unique_ptr<source>(std::make_unique<given_stage>(shared)));
                    }});
}

void put_capture(graph_stage& in_place_of, column_demand wanted,
                 std::vector<test_condition> conditions, std::shared_ptr<captured_records> to) {
  put(in_place_of, {.type = "capture",
                    .kind = stage_kind::sink,
                    .wanted = std::move(wanted),
                    .make = [conditions = std::move(conditions), to = std::move(to)] {
                      return configured_stage::instance(
                          std::unique_ptr<sink>(std::make_unique<capture_stage>(conditions, to)));
                    }});
}

}  // namespace weir
