#include "actors/transforms/rechunk.hpp"

#include <algorithm>
#include <limits>

namespace weir::transforms {
namespace {

// A chunk without columns weighs this much: so `bytes` bounds how many are held.
constexpr std::uint64_t chunk_bytes_least = 256;

// What one record weighs: an equal share of all that its chunk keeps alive.
std::uint64_t bytes_each(const chunk& records) {
  return std::max<std::uint64_t>(1, records.bytes().bytes / std::max(1U, records.rows()));
}

}  // namespace

result<void> rechunk::open(context& in) {
  context_ = &in;
  return {};
}

// How many records of the chunk fit to those held; at least one if nothing is held.
std::uint32_t rechunk::room_for(const chunk& records) const {
  const std::uint64_t by_count =
      options_.records ? *options_.records - held_records_ : std::uint64_t{records.size()};
  const std::uint64_t bytes_left =
      options_.bytes.bytes - std::min(options_.bytes.bytes, held_bytes_.bytes);
  const std::uint64_t by_bytes =
      std::max<std::uint64_t>(bytes_left / bytes_each(records), held_.empty() ? 1 : 0);
  return static_cast<std::uint32_t>(
      std::min({by_count, by_bytes, std::uint64_t{std::numeric_limits<std::uint32_t>::max()}}));
}

void rechunk::emit_held(outlet& out, chunk_ptr last) {
  if (last) held_.push_back(std::move(last));
  if (!held_.empty()) out.emit(held_.size() == 1 ? held_.front() : concatenate(held_));
  held_.clear();
  held_records_ = 0;
  held_bytes_ = {};
  if (flush_follows_) out.pass(0, {mark::kind::flush});
  flush_follows_ = false;
}

void rechunk::hold(const chunk_ptr& records) {
  if (held_.empty()) due_ = context_->now() + options_.linger;
  // A copy: a few records must not keep alive all the bytes they were read from.
  held_.push_back(compact(records));
  held_records_ += held_.back()->size();
  held_bytes_.bytes += held_.back()->bytes().bytes;
}

stage_answer rechunk::work_off(outlet& out) {
  while (at_hand_) {
    if (!out.room(0)) return answer::more;
    const std::uint32_t left = at_hand_->size() - at_;
    const std::uint32_t fits = room_for(*at_hand_);
    if (fits > left || left == 0) {
      if (left > 0) hold(slice(at_hand_, at_, left));
      at_hand_ = nullptr;
    } else if (fits == 0) {
      emit_held(out);
    } else {
      emit_held(out, slice(at_hand_, at_, fits));
      at_ += fits;
    }
  }
  if (!held_.empty()) {
    if (context_->now() >= due_) {
      emit_held(out);
    } else {
      context_->wake_at(due_);
    }
  }
  if (const auto fits = context_->account().hold(held_bytes_); !fits) return failure(fits.error());
  return answer::wait;
}

stage_answer rechunk::process(port_number, const chunk_ptr& records, outlet& out) {
  at_hand_ = records;
  at_ = 0;
  return work_off(out);
}

stage_answer rechunk::resume(outlet& out) { return work_off(out); }

stage_answer rechunk::on_mark(port_number, mark what, outlet& out) {
  // What is held leaves when it is due, so a mark must not overtake it; progress is told by chunks.
  if (held_.empty()) {
    out.pass(0, what);
  } else {
    flush_follows_ = flush_follows_ || what.what == mark::kind::flush;
    context_->wake_at(due_);
  }
  return answer::wait;
}

stage_answer rechunk::finish(port_number, outlet& out) {
  emit_held(out);
  return answer::wait;
}

stage_type rechunk_stage() {
  return describe_stage<rechunk, rechunk_options>("rechunk")
      .summary("Cuts chunks that are too large and joins chunks that are too small.")
      .description(
          "Records cross a pipeline in chunks, and most stages do best with chunks of about 256 "
          "KiB. Put this stage where many small chunks come, or where a sink should get so many "
          "records at once. Records are never changed, and none waits longer than `linger` for "
          "others to join it.")
      .option("records", &rechunk_options::records,
              "Records a chunk; without it only `bytes` counts.", between{1U, 100'000'000U})
      .option("bytes", &rechunk_options::bytes,
              "Bytes a chunk keeps in memory, at most; a larger record goes alone.",
              between{1_KiB, 64_MiB})
      .option("linger", &rechunk_options::linger,
              "How long the first record of a chunk waits for others.",
              between{std::chrono::nanoseconds(0), std::chrono::nanoseconds(std::chrono::hours(1))})
      .keeps_raw()
      .holds([](const rechunk_options& options) {
        if (options.records) return hold_bound::records(*options.records);
        return hold_bound::chunks(options.bytes.bytes / chunk_bytes_least + 1);
      })
      .example("{records: 1000, linger: 250ms}")
      .example("{bytes: 1MiB}");
}

}  // namespace weir::transforms
