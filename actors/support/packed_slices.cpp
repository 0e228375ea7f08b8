#include "actors/support/packed_slices.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir {
namespace {

// What may be unpacked ahead, in slices with as much text as may be.
constexpr unsigned slices_ahead = 2;

}  // namespace

packed_slice::packed_slice(const codecs::packed_kind& kind, std::uint64_t offset,
                           std::string packed, bool stands_alone, std::size_t text_max,
                           std::shared_ptr<buffer_pool> pool, std::shared_ptr<idle_unpackers> idle)
    : kind_(kind),
      offset_(offset),
      packed_(std::move(packed)),
      stands_alone_(stands_alone),
      text_max_(text_max),
      pool_(std::move(pool)),
      idle_(std::move(idle)) {}

void packed_slice::unpack(const stop_question& stopping) {
  if (unpacker_) {
    unpacker_->go_on_at(offset_);
  } else {
    unpacker_ = kind_.make_unpacker(offset_);
  }
  unpacker_->allow_large_parts(false);
  rest_ = packed_;
  const std::size_t size = pool_->capacity();
  while ((text_.size() + 1) * size <= text_max_) {
    if (unwanted_.load(std::memory_order_relaxed) || stopping()) return;
    piece next{pool_->take()};
    const auto made = unpacker_->unpack(rest_, {next.bytes->data(), size});
    // Damage is told once more when the text before it was given.
    if (!made || *made == 0) break;
    next.size = *made;
    text_.push_back(std::move(next));
    if (text_.back().size < size) break;
  }
  unpacked_ = true;
}

// What it holds, or may come to hold.
std::uint64_t packed_slice::bytes() const {
  if (state_ == state::taken) return packed_.size() + text_max_;
  const auto unpacker_bytes = unpacker_ ? unpacker_->bytes() : 0;
  return packed_.size() + text_.size() * pool_->capacity() + unpacker_bytes;
}

void packed_slice::give_back() {
  if (state_ != state::taken) return;
  state_ = unpacked_ ? state::unpacked : state::waiting;
  if (!unpacked_) {
    text_.clear();
    unpacker_.reset();
  } else if (!unpacker_->in_part()) {
    idle_->push_back(std::move(unpacker_));
  }
}

packed_slices::packed_slices(const codecs::packed_kind& kind, std::string head, unsigned readers,
                             packed_slice_sizes sizes)
    : kind_(kind),
      sizes_(sizes),
      bytes_max_(std::uint64_t{sizes.text_max} * (readers + slices_ahead)),
      pool_(buffer_pool::of(sizes.piece)),
      idle_(std::make_shared<packed_slice::idle_unpackers>()),
      unpacker_(kind.make_unpacker(0)),
      ahead_(std::move(head)) {}

result<std::optional<std::size_t>> packed_slices::read(input_file& from, std::span<char> room) {
  for (;;) {
    if (slices_.empty() && !divide(from)) return end(from);
    if (!at_hand_ && !begin_slice()) return std::nullopt;
    packed_slice& slice = *slices_.front();
    if (const auto given = give_text(room); given > 0) return given;
    const auto made = unpacker_->unpack(slice.rest_, room);
    if (!made) return failure(from.with_path(made.error()));
    if (*made > 0) return *made;
    slices_.pop_front();
    at_hand_ = false;
  }
}

result<std::optional<std::size_t>> packed_slices::end(const input_file& from) const {
  if (read_error_) return failure(*read_error_);
  if (const auto whole = unpacker_->finish(); !whole) return failure(from.with_path(whole.error()));
  return std::size_t{0};
}

// Has the first slice at hand, as it was unpacked apart or to be unpacked in its turn; false if it
// has to be unpacked apart first.
bool packed_slices::begin_slice() {
  packed_slice& slice = *slices_.front();
  if (is_apart(slice)) {
    if (slice.state_ != packed_slice::state::unpacked) return false;
    take_over(slice);
  } else {
    pass_slice();
  }
  at_hand_ = true;
  return true;
}

// Has the unpacker at hand stand where the slice's own came to.
void packed_slices::take_over(packed_slice& slice) {
  if (slice.unpacker_) {
    unpacker_ = std::move(slice.unpacker_);
    unpacker_->allow_large_parts(true);
  } else {
    unpacker_->go_on_at(slice.end() - slice.rest_.size());
  }
}

// Has the first slice as if nobody had taken it. Who is at it has the old one to itself.
void packed_slices::pass_slice() {
  auto& slice = slices_.front();
  slice->unwanted_.store(true, std::memory_order_relaxed);
  if (std::exchange(slice->state_, packed_slice::state::passed) == packed_slice::state::taken) {
    slice = make_slice(slice->offset_, slice->packed_, false);
    slice->state_ = packed_slice::state::passed;
  }
  slice->text_.clear();
  slice->unpacker_.reset();
  slice->rest_ = slice->packed_;
}

std::shared_ptr<packed_slice> packed_slices::make_slice(std::uint64_t offset, std::string packed,
                                                        bool stands_alone) const {
  return std::shared_ptr<packed_slice>(new packed_slice(
      kind_, offset, std::move(packed), stands_alone, sizes_.text_max, pool_, idle_));
}

// Whether the first slice begins a part, and was, is or should be unpacked apart. The last of a
// file is not worth it, for nobody has anything else to do meanwhile.
bool packed_slices::is_apart(const packed_slice& slice) const {
  if (!slice.stands_alone_ || unpacker_->in_part()) return false;
  if (slice.state_ != packed_slice::state::waiting) return true;
  return (slices_.size() > 1 || !ahead_.empty()) && has_room_for(sizes_.text_max);
}

bool packed_slices::has_room_for(std::uint64_t bytes) const {
  for (const auto& slice : slices_) bytes += slice->bytes();
  return bytes <= bytes_max_;
}

std::size_t packed_slices::give_text(std::span<char> room) {
  auto& text = slices_.front()->text_;
  std::size_t given = 0;
  while (!text.empty() && given < room.size()) {
    packed_slice::piece& piece = text.front();
    const std::size_t count = std::min(room.size() - given, piece.size - piece.given);
    std::memcpy(room.data() + given, piece.bytes->data() + piece.given, count);
    given += count;
    piece.given += count;
    if (piece.given == piece.size) text.pop_front();
  }
  return given;
}

std::shared_ptr<packed_slice> packed_slices::take(input_file& from) {
  const auto is_waiting = [](const auto& slice) {
    return slice->state_ == packed_slice::state::waiting;
  };
  auto next = std::find_if(slices_.begin(), slices_.end(), is_waiting);
  if (next == slices_.end()) {
    // Behind a slice that does not end where a part may begin, none stands alone.
    if (!slices_.empty() && !slices_.back()->stands_alone_) return nullptr;
    if (!has_room_for(sizes_.packed_max + sizes_.text_max) || !divide(from)) return nullptr;
    next = std::prev(slices_.end());
  }
  if (!(*next)->stands_alone_ || !has_room_for(sizes_.text_max)) return nullptr;
  (*next)->state_ = packed_slice::state::taken;
  if (!idle_->empty()) {
    (*next)->unpacker_ = std::move(idle_->back());
    idle_->pop_back();
  }
  return *next;
}

// Cuts the next slice off the file; false if there is no more of it.
bool packed_slices::divide(input_file& from) {
  // Within a long part the next one is not looked for far ahead.
  const bool long_part = slices_.empty() && unpacker_->in_part();
  const std::size_t most = long_part ? sizes_.piece : sizes_.packed_max;
  std::size_t looked = sizes_.packed_least;
  std::size_t cut = ahead_.npos;
  for (;;) {
    cut = kind_.find_part(ahead_, looked);
    if (cut != ahead_.npos || ahead_.size() >= most || file_ended_) break;
    // A place can't be told by its first three bytes.
    if (ahead_.size() > looked + 3) looked = ahead_.size() - 3;
    read_more(from);
  }
  if (ahead_.empty()) return false;
  const bool ends_well = cut <= most || (file_ended_ && ahead_.size() <= most);
  const bool begins_well = kind_.find_part(std::string_view(ahead_).substr(0, 4), 0) == 0;
  cut = std::min({cut, most, ahead_.size()});
  std::string rest = ahead_.substr(cut);
  ahead_.resize(cut);
  slices_.push_back(make_slice(ahead_offset_, std::move(ahead_), begins_well && ends_well));
  ahead_ = std::move(rest);
  ahead_offset_ += cut;
  return true;
}

void packed_slices::read_more(input_file& from) {
  const std::size_t had = ahead_.size();
  ahead_.resize(had + sizes_.piece);
  const auto count = from.read({ahead_.data() + had, sizes_.piece});
  ahead_.resize(had + (count ? count->value_or(0) : 0));
  if (!count) read_error_ = count.error();
  file_ended_ = ahead_.size() == had;
}

}  // namespace weir
