#include "tests/support/trial_stages.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/codecs/ndjson_reader.hpp"
#include "actors/codecs/ndjson_writer.hpp"
#include "runtime/base/text.hpp"

namespace weir::testing {
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
  explicit capture_stage(std::shared_ptr<std::vector<std::string>> to) : to_(std::move(to)) {}

  stage_answer consume(const chunk_ptr& records, outlet&) override {
    std::string text;
    std::vector<codecs::refused_record> refused;
    writer_.write(*records, text, refused);
    text.pop_back();
    for (const auto line : split(text, '\n')) to_->emplace_back(line);
    return answer::wait;
  }

 private:
  std::shared_ptr<std::vector<std::string>> to_;
  codecs::ndjson_writer writer_;
};

}  // namespace

made_stage given_source(given_records what) {
  made_stage made{.name = what.name, .kind = stage_kind::source};
  made.make = [shared = std::make_shared<const given_records>(
                   std::move(what))]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<given_stage>(shared));
  };
  return made;
}

made_stage capture_sink(column_demand wanted, std::shared_ptr<std::vector<std::string>> to) {
  made_stage made{.name = "capture", .kind = stage_kind::sink};
  made.wants = [wanted = std::move(wanted)](const auto&) { return wanted; };
  made.make = [to = std::move(to)]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<capture_stage>(to));
  };
  return made;
}

}  // namespace weir::testing
