#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"

namespace weir::codecs {

/// Unpacks one kind of packed data piece by piece: any number of parts, each packed on its own, one
/// after the other.
///
/// Errors:  data that is damaged or ends too early, with the place in the packed input.
/// Threads: one thread at a time.
class unpacker {
 public:
  unpacker() = default;
  unpacker(const unpacker&) = delete;
  unpacker& operator=(const unpacker&) = delete;
  virtual ~unpacker() = default;

  /// Unpacks from the front of `packed`, which it shortens, into `out`; answers the bytes written.
  /// As long as `out` is filled to its end there may be more: call again, also with nothing left
  /// packed. Where it is not and bytes are left, they are damaged, which the next call tells. What
  /// follows an error means nothing.
  virtual result<std::size_t> unpack(std::string_view& packed, std::span<char> out) = 0;

  /// Says that the packed input has ended.
  virtual result<void> finish() = 0;
};

/// Packs text as one part of one kind of packed data.
///
/// Threads: one thread at a time.
class packer {
 public:
  packer() = default;
  packer(const packer&) = delete;
  packer& operator=(const packer&) = delete;
  virtual ~packer() = default;

  /// Appends what `text` makes to `out`, as far as it is due.
  virtual void pack(std::string_view text, std::string& out) = 0;
  /// Appends all that is held back, so that a reader of `out` has everything so far.
  virtual void flush(std::string& out) = 0;
  /// Appends the rest and the part's end. Nothing may follow.
  virtual void finish(std::string& out) = 0;
};

}  // namespace weir::codecs
