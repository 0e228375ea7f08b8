#include "actors/support/unpacked_input.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"

namespace weir {
namespace {

constexpr std::size_t packed_bytes_at_once = 128 * 1024;
// Bytes that tell what is packed from anything else.
constexpr std::size_t magic_bytes = 4;

// What unpacks an input with this beginning; none if it is not packed.
std::unique_ptr<codecs::unpacker> unpacker_for(std::string_view head) {
  if (codecs::is_gzip(head)) return std::make_unique<codecs::gzip_unpacker>();
  if (codecs::is_zstd(head)) return std::make_unique<codecs::zstd_unpacker>();
  return nullptr;
}

// Whether more bytes are needed to tell: a short line that comes alone does not wait for the next.
bool may_be_packed(std::string_view head) {
  return codecs::may_become_gzip(head) || codecs::may_become_zstd(head);
}

}  // namespace

result<unpacked_input> unpacked_input::open(const std::string& path, unsigned readers) {
  auto file = input_file::open(path);
  if (!file) return failure(std::move(file.error()));
  return unpacked_input(std::move(*file), readers);
}

// Tells by what was read how the input is unpacked, if more can't tell it better.
void unpacked_input::find_kind(bool ended) {
  // Who reads ahead would wait for more than is wanted.
  if (readers_ > 1 && !file_.may_block() && codecs::is_gzip(packed_)) {
    slices_.emplace(std::move(packed_), readers_);
  } else {
    unpacker_ = unpacker_for(packed_);
  }
  kind_known_ = slices_ || unpacker_ || ended || !may_be_packed(packed_);
}

result<std::optional<std::size_t>> unpacked_input::read(std::span<char> room) {
  while (!kind_known_) {
    char head[magic_bytes];
    auto count = file_.read(std::span(head, magic_bytes - packed_.size()));
    if (!count || !*count) return count;
    packed_.append(head, **count);
    find_kind(**count == 0);
  }
  if (slices_) return slices_->read(file_, room);
  if (unpacker_) return read_packed(room);
  if (unpacked_ < packed_.size()) {
    const std::size_t count = std::min(room.size(), packed_.size() - unpacked_);
    std::memcpy(room.data(), packed_.data() + unpacked_, count);
    unpacked_ += count;
    return count;
  }
  return file_.read(room);
}

result<std::optional<std::size_t>> unpacked_input::read_packed(std::span<char> room) {
  for (;;) {
    std::string_view rest = std::string_view(packed_).substr(unpacked_);
    const auto made = unpacker_->unpack(rest, room);
    if (!made) return failure(file_.with_path(made.error()));
    unpacked_ = packed_.size() - rest.size();
    if (*made > 0) return *made;
    if (ended_) return std::size_t{0};
    packed_.resize(packed_bytes_at_once);
    unpacked_ = 0;
    auto count = file_.read(packed_);
    packed_.resize(count && *count ? **count : 0);
    if (!count || !*count) return count;
    if (**count > 0) continue;
    ended_ = true;
    if (const auto whole = unpacker_->finish(); !whole)
      return failure(file_.with_path(whole.error()));
  }
}

}  // namespace weir
