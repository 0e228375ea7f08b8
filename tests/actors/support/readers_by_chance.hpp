#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/support/packed_slices.hpp"
#include "actors/support/unpacked_input.hpp"
#include "runtime/base/check.hpp"
#include "runtime/base/random.hpp"

namespace weir::testing {

/// What came of a file: its text, of which more than `text_max` bytes tell nothing new, and what it
/// ended with.
struct unpacked_file {
  static constexpr std::size_t text_max = 8 << 20;

  std::string text;
  std::string ended_by;

  /// False if that is enough of it.
  bool add(const std::string& room, std::size_t count) {
    text.append(room, 0, std::min(count, text_max - text.size()));
    return text.size() < text_max;
  }
  void end_with(const error& cause) {
    ended_by = cause.code + ": " + cause.text + "; " + cause.detail;
  }
};

/// By one unpacker, as a single reader has it.
inline unpacked_file unpacked_by_one(const std::string& path) {
  auto input = unpacked_input::open(path);
  WEIR_CHECK(input, "a file that can't be opened");
  unpacked_file out;
  std::string room(10'000, '\0');
  for (;;) {
    const auto got = input->read(room);
    if (!got) out.end_with(got.error());
    if (!got) return out;
    WEIR_CHECK(*got, "a file that lets its reader wait");
    if (**got == 0 || !out.add(room, **got)) return out;
  }
}

/// Readers that do all that readers with threads may do, in an order made up by chance: one reads
/// while another is in the middle of a slice, which may be given back in any order or left as it
/// was.
class readers_by_chance {
 public:
  readers_by_chance(const codecs::packed_kind& kind, const std::string& path, unsigned readers,
                    packed_slice_sizes sizes, std::uint64_t seed)
      : file_(*input_file::open(path)),
        slices_(kind, {}, readers, sizes),
        readers_(readers),
        random_(seed) {}

  unpacked_file run() {
    while (!ended_) act();
    return out_;
  }
  /// Slices that were unpacked to where their text ends or may be held.
  std::size_t unpacked() const { return unpacked_; }

 private:
  void act() {
    if (random_.below(3) > 0 && busy_ < readers_) {
      read();
    } else if (!at_work_.empty()) {
      finish(random_.below(static_cast<std::uint32_t>(at_work_.size())));
    }
  }

  void read() {
    std::string room(1 + random_.below(3001), '\0');
    const auto got = slices_.read(file_, room);
    if (!got) {
      out_.end_with(got.error());
      ended_ = true;
    } else if (!*got) {
      take();
    } else {
      ended_ = **got == 0 || !out_.add(room, **got);
    }
  }

  void take() {
    auto slice = slices_.take(file_);
    WEIR_CHECK(slice || busy_ > 0, "a reader that waits, and none at work who wakes it");
    if (!slice) return;
    ++busy_;
    at_work_.push_back(std::move(slice));
  }

  void finish(std::size_t which) {
    const auto slice = at_work_[which];
    at_work_.erase(at_work_.begin() + static_cast<std::ptrdiff_t>(which));
    bool left = false;
    slice->unpack([&] {
      if (random_.below(4) == 0 && !ended_) act();
      left = random_.below(20) == 0;
      return left;
    });
    if (!left) ++unpacked_;
    packed_slices::give(*slice);
    --busy_;
  }

  input_file file_;
  packed_slices slices_;
  unsigned readers_;
  random_source random_;
  std::vector<std::shared_ptr<packed_slice>> at_work_;
  unsigned busy_ = 0;
  unpacked_file out_;
  bool ended_ = false;
  std::size_t unpacked_ = 0;
};

}  // namespace weir::testing
