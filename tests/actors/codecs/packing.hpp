#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "actors/codecs/packer.hpp"
#include "runtime/base/check.hpp"

namespace weir::testing {

/// `text` as one part that a `Packer` has packed.
template <class Packer>
std::string packed_by(std::string_view text) {
  Packer packer;
  std::string out;
  packer.pack(text, out);
  packer.finish(out);
  return out;
}

/// A copy of up to 1 MiB whose end is the end of the memory that may be read.
class guarded_bytes {
 public:
  explicit guarded_bytes(std::string_view bytes) : size_(bytes.size()) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    length_ = (size_ / page + 2) * page;
    void* memory =
        ::mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    WEIR_CHECK(memory != MAP_FAILED, "no memory for guarded bytes");
    memory_ = static_cast<char*>(memory);
    end_ = memory_ + length_ - page;
    WEIR_CHECK(::mprotect(end_, page, PROT_NONE) == 0, "a page that can't be guarded");
    std::copy(bytes.begin(), bytes.end(), end_ - size_);
  }
  guarded_bytes(const guarded_bytes&) = delete;
  guarded_bytes& operator=(const guarded_bytes&) = delete;
  ~guarded_bytes() { ::munmap(memory_, length_); }

  std::string_view text() const { return {end_ - size_, size_}; }

 private:
  std::size_t size_;
  std::size_t length_ = 0;
  char* memory_ = nullptr;
  char* end_ = nullptr;
};

/// All of `from` by an `Unpacker`, given in pieces of up to `piece()` bytes, taken in pieces of
/// `room` bytes, which is also what may be written.
template <class Unpacker, class Piece>
result<std::string> unpacked_by(std::string_view from, Piece piece, std::size_t room = 1000) {
  Unpacker unpacker;
  std::string out;
  std::string space(room, '\0');
  while (!from.empty()) {
    const std::string_view given = from.substr(0, piece());
    from.remove_prefix(given.size());
    const guarded_bytes bytes(given);
    std::string_view now = bytes.text();
    for (;;) {
      const auto got = unpacker.unpack(now, space);
      if (!got) return failure(got.error());
      out.append(space, 0, *got);
      if (*got == room) continue;
      if (now.empty()) break;
      // Damaged, which is told behind what stands before.
      const auto damage = unpacker.unpack(now, space);
      WEIR_CHECK(!damage, "an unpacker that left bytes although it had room");
      return failure(damage.error());
    }
  }
  if (auto end = unpacker.finish(); !end) return failure(end.error());
  return out;
}

/// The same by this unpacker, as far as it goes: the text, and behind it what it ended with.
template <class Piece>
std::string unpacked_to_end(codecs::unpacker& unpacker, std::string_view from, Piece piece,
                            std::size_t room) {
  std::string out;
  std::string space(room, '\0');
  for (;;) {
    std::string_view now = from.substr(0, piece());
    const auto size = now.size();
    const auto got = unpacker.unpack(now, space);
    from.remove_prefix(size - now.size());
    if (!got) return out + got.error().text + got.error().detail;
    out.append(space, 0, *got);
    if (from.empty() && *got < room) break;
  }
  const auto end = unpacker.finish();
  return end ? out : out + end.error().text + end.error().detail;
}

}  // namespace weir::testing
