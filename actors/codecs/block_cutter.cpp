#include "actors/codecs/block_cutter.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/check.hpp"

namespace weir::codecs {
namespace {

// Counts in bytes, so that the compiler makes wide loops of it.
std::uint64_t count_line_ends(std::string_view bytes) {
  constexpr std::size_t step = 255;
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    constexpr std::size_t lanes = 64;
    unsigned char counts[lanes] = {};
    std::size_t rounds = std::min((bytes.size() - at) / lanes, step);
    if (rounds == 0)
      return sum + static_cast<std::uint64_t>(std::count(
                       bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), '\n'));
    for (; rounds > 0; --rounds, at += lanes)
      for (std::size_t i = 0; i < lanes; ++i)
        counts[i] = static_cast<unsigned char>(counts[i] + (bytes[at + i] == '\n' ? 1 : 0));
    for (const auto count : counts) sum += count;
  }
  return sum;
}

}  // namespace

block_cutter::block_cutter(std::unique_ptr<record_splitter> splitter, cutter_options options,
                           std::shared_ptr<const input_name> input)
    : splitter_(std::move(splitter)),
      options_(options),
      input_(std::move(input)),
      pool_(buffer_pool::of(options.block.bytes)) {
  WEIR_CHECK(options.block.bytes > 0, "blocks without room");
  WEIR_CHECK(options.record_max < 1_GiB, "positions in a block have 32 bits");
}

std::span<char> block_cutter::room() {
  if (waiting_) return {};
  if (!buffer_) buffer_ = pool_->take();
  if (front_ + used_ == buffer_->capacity()) {
    if (whole_ > 0) return {};
    // A record longer than a block. It is at most two bytes longer than allowed: else it is
    // skipped.
    const std::size_t most = options_.record_max.bytes + 2 + mark_.value_or(0);
    auto larger = std::make_shared<buffer>(std::min(used_ * 2, most));
    std::memcpy(larger->data(), front(), used_);
    buffer_ = std::move(larger);
    front_ = 0;
  }
  return {front() + used_, buffer_->capacity() - front_ - used_};
}

block_cutter::part block_cutter::make_part() {
  auto data = pool_->take();
  const std::span<char> room(data->data() + front_room(), data->capacity() - front_room());
  return {std::move(data), room};
}

void block_cutter::add(part filled_apart, std::size_t count) {
  WEIR_CHECK(!waiting_, "what is whole is taken before more is added");
  auto begin = static_cast<std::size_t>(filled_apart.room.data() - filled_apart.data->data());
  if (used_ > begin) {
    auto larger = std::make_shared<buffer>(used_ + count);
    std::memcpy(larger->data() + used_, filled_apart.room.data(), count);
    filled_apart.data = std::move(larger);
    begin = used_;
  }
  if (used_ > 0) std::memcpy(filled_apart.data->data() + begin - used_, front(), used_);
  buffer_ = std::move(filled_apart.data);
  front_ = begin - used_;
  filled(count);
}

void block_cutter::filled(std::size_t count) {
  if (!skipping_) {
    const std::size_t from = used_;
    used_ += count;
    scan(from);
    return;
  }
  const std::string_view piece(front(), count);
  const auto end = splitter_->first_end(piece);
  if (!end) {
    skip(piece);
    return;
  }
  const char before = *end >= 2 ? piece[*end - 2] : skipped_last_;
  skip(piece.substr(0, *end));
  end_skip(before == '\r' ? 2 : 1);
  used_ = count - *end;
  std::memmove(front(), front() + *end, used_);
  scan(0);
}

void block_cutter::finish() {
  if (skipping_) {
    end_skip(skipped_last_ == '\r' ? 1 : 0);
  } else {
    whole_ = used_;
  }
}

// Whether it is known how long the mark is: of an input's first two bytes it may not be.
bool block_cutter::knows_mark() {
  const std::string_view bytes(front(), used_);
  const bool begins = bytes.starts_with(byte_order_mark.substr(0, used_));
  if (begins && used_ < byte_order_mark.size()) return false;
  mark_ = begins ? byte_order_mark.size() : 0;
  return true;
}

void block_cutter::scan(std::size_t from) {
  if (!mark_) {
    if (!knows_mark()) return;
    from = *mark_;
  }
  const auto end = splitter_->last_end({front() + from, used_ - from});
  if (end) whole_ = from + *end;
  // A record may have two more bytes for its line end, but then it has ended.
  if (used_ - std::max(whole_, *mark_) > options_.record_max.bytes + 1) begin_skip();
}

void block_cutter::begin_skip() {
  const std::size_t begin = std::max(whole_, *mark_);
  const std::string_view tail(front() + begin, used_ - begin);
  skipping_ = true;
  skipped_ = skipped_lines_ = 0;
  skipped_head_.clear();
  skip(tail);
  used_ = whole_;
  if (whole_ > 0) {
    waiting_ = cut();
  } else {
    offset_ += *mark_;
    mark_ = 0;
  }
}

void block_cutter::skip(std::string_view bytes) {
  if (bytes.empty()) return;
  skipped_head_ += bytes.substr(0, too_long_kept_bytes - skipped_head_.size());
  skipped_ += bytes.size();
  skipped_lines_ += count_line_ends(bytes);
  skipped_last_ = bytes.back();
}

void block_cutter::end_skip(std::uint64_t line_end_bytes) {
  too_long_.push_back(too_long_record(offset_, line_, skipped_ - line_end_bytes, skipped_head_,
                                      options_.record_max));
  offset_ += skipped_;
  line_ += skipped_lines_;
  skipping_ = false;
}

raw_block block_cutter::cut() {
  raw_block out{.begin = static_cast<std::uint32_t>(front_),
                .end = static_cast<std::uint32_t>(front_ + whole_),
                .offset = offset_,
                .line = line_,
                .input = input_};
  const std::size_t tail = used_ - whole_;
  if (whole_ < buffer_->capacity() / 4 && buffer_->capacity() == pool_->capacity()) {
    // Slow input: a few records must not keep a whole buffer alive.
    out.data = copy_to_buffer({front(), whole_});
    out.begin = 0;
    out.end = static_cast<std::uint32_t>(whole_);
    std::memmove(front(), front() + whole_, tail);
  } else {
    auto full = std::move(buffer_);
    buffer_.reset();
    if (tail > 0) {
      buffer_ = tail < pool_->capacity() ? pool_->take() : std::make_shared<buffer>(tail * 2);
      std::memcpy(buffer_->data(), full->data() + front_ + whole_, tail);
    }
    front_ = 0;
    out.data = std::move(full);
  }
  offset_ += whole_;
  line_ += count_line_ends(out.text());
  used_ = tail;
  whole_ = 0;
  mark_ = 0;
  return out;
}

std::optional<raw_block> block_cutter::take() {
  if (waiting_) return std::exchange(waiting_, std::nullopt);
  if (whole_ == 0) return std::nullopt;
  return cut();
}

std::vector<bad_record> block_cutter::take_too_long() { return std::exchange(too_long_, {}); }

}  // namespace weir::codecs
