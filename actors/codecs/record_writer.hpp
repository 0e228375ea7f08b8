#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/data/chunk.hpp"
#include "runtime/data/text_buffer.hpp"

namespace weir::codecs {

/// A record that a format can't hold.
struct refused_record {
  std::uint32_t row = 0;  ///< physical
  std::string code;
  std::string reason;  ///< one line for the user
};

/// Writes chunks as text, one record after the other.
///
/// Where a chunk carries the text its records were read from, in the writer's own format, that text
/// is copied.
///
/// Threads: one thread at a time.
class record_writer {
 public:
  virtual ~record_writer() = default;

  /// Appends the records of `from` to `out`, but for those it adds to `refused`, in order.
  virtual void write(const chunk& from, text_buffer& out, std::vector<refused_record>& refused) = 0;

  /// Another writer, for another thread: what it writes of a chunk is what this one would write of
  /// it now. Null as long as that depends on records still to come.
  virtual std::unique_ptr<record_writer> beside() const { return nullptr; }

  /// Appends what is due even when there was no record, such as a header. Once, after all records.
  virtual void finish(text_buffer& out) { static_cast<void>(out); }
};

}  // namespace weir::codecs
