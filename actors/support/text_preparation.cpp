#include "actors/support/text_preparation.hpp"

#include <utility>

namespace weir {
namespace {

// A text with more room than this is not kept: one huge record would hold it for the whole run.
constexpr std::size_t text_kept_max = 1 << 20;

// Gives all records on: as their text alone where that can be made now. So what they were read into
// is let go by the thread that has it at hand, and serves it for the next chunk.
class text_preparer final : public transform {
 public:
  explicit text_preparer(std::shared_ptr<text_preparation> shared) : shared_(std::move(shared)) {}

  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(0, with_text(records));
    return answer::wait;
  }

 private:
  chunk_ptr with_text(const chunk_ptr& records) {
    if (!writer_) writer_ = shared_->writer();
    if (!writer_ || records->size() == 0) return records;
    auto text = shared_->take_text();
    refused_.clear();
    writer_->write(*records, *text, refused_);
    if (!refused_.empty()) return records;
    return make_chunk({.columns_schema = no_columns_,
                       .rows = records->rows(),
                       .selection = records->selection(),
                       .record_places = records->all().record_places,
                       .prepared = std::move(text)});
  }

  std::shared_ptr<text_preparation> shared_;
  std::unique_ptr<codecs::record_writer> writer_;
  std::vector<codecs::refused_record> refused_;
  schema_ptr no_columns_ = std::make_shared<const schema>(std::vector<field>());
};

}  // namespace

void text_preparation::offer(const codecs::record_writer& by) {
  const std::lock_guard held(guard_);
  if (!offered_) offered_ = by.beside();
}

std::unique_ptr<codecs::record_writer> text_preparation::writer() const {
  const std::lock_guard held(guard_);
  return offered_ ? offered_->beside() : nullptr;
}

std::shared_ptr<text_buffer> text_preparation::take_text() {
  std::unique_ptr<text_buffer> text;
  {
    const std::lock_guard held(guard_);
    if (!idle_.empty()) {
      text = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!text) text = std::make_unique<text_buffer>();
  const auto let_go = [shared = weak_from_this()](text_buffer* used) {
    std::unique_ptr<text_buffer> idle(used);
    if (const auto still = shared.lock()) still->give_back(std::move(idle));
  };
  return {text.release(), let_go};
}

void text_preparation::give_back(std::unique_ptr<text_buffer> text) {
  if (text->capacity() > text_kept_max) return;
  text->clear();
  const std::lock_guard held(guard_);
  if (idle_.size() < kept_max) idle_.push_back(std::move(text));
}

std::vector<configured_stage::instance> with_preparers(
    std::unique_ptr<sink> of, const std::shared_ptr<text_preparation>& shared, unsigned count) {
  std::vector<configured_stage::instance> made;
  made.emplace_back(std::move(of));
  for (unsigned n = 0; n < count; ++n)
    made.emplace_back(std::unique_ptr<transform>(std::make_unique<text_preparer>(shared)));
  return made;
}

}  // namespace weir
