#include "actors/support/unpacked_input.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"

namespace weir {
namespace {

constexpr std::size_t packed_bytes_at_once = 128 * 1024;
// Bytes that tell what is packed from anything else.
constexpr std::size_t magic_bytes = 4;

constexpr const codecs::packed_kind* kinds[] = {&codecs::gzip_kind, &codecs::zstd_kind};

// The kind of an input with this beginning; none if it is not packed.
const codecs::packed_kind* kind_of(std::string_view head) {
  for (const auto* kind : kinds)
    if (kind->is_kind(head)) return kind;
  return nullptr;
}

// Whether more bytes are needed to tell: a short line that comes alone does not wait for the next.
bool may_be_packed(std::string_view head) {
  return std::any_of(std::begin(kinds), std::end(kinds),
                     [&](const auto* kind) { return kind->may_become(head); });
}

}  // namespace

result<unpacked_input> unpacked_input::open(const std::string& path, unsigned readers) {
  auto file = input_file::open(path);
  if (!file) return failure(std::move(file.error()));
  return unpacked_input(std::move(*file), readers);
}

// Tells by what was read how the input is unpacked, if more can't tell it better.
void unpacked_input::find_kind(bool ended) {
  const auto* kind = kind_of(packed_);
  // Who reads ahead would wait for more than is wanted.
  if (kind != nullptr && readers_ > 1 && !file_.may_block()) {
    slices_.emplace(*kind, std::move(packed_), readers_);
  } else if (kind != nullptr) {
    unpacker_ = kind->make_unpacker(0);
  }
  kind_known_ = slices_ || unpacker_ || ended || !may_be_packed(packed_);
}

input_file* unpacked_input::parts() {
  const bool as_it_lies = kind_known_ && !slices_ && !unpacker_ && unpacked_ == packed_.size();
  return as_it_lies && file_.has_parts() ? &file_ : nullptr;
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
