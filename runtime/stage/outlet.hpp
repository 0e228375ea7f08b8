#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/data/chunk.hpp"
#include "runtime/stage/mark.hpp"

namespace weir {

/// Number of an input or output port, in the order of the stage's declaration.
using port_number = std::uint32_t;

/// A record that could not even be read.
struct unreadable_record {
  std::string_view code;    ///< stable, kebab-case
  std::string_view reason;  ///< one line for the user
  std::string_view bytes;   ///< as they were found; may be cut
  record_place place;
};

/// Where a stage puts what a call made. Counts every record for the ledger.
///
/// Order:   what is emitted to one port arrives in that order.
/// Time:    no call blocks. What a call emits is visible to others when the call has returned.
/// Threads: only within the call it was given to.
class outlet {
 public:
  virtual ~outlet() = default;

  /// Sends records to an output port. An empty chunk is dropped. A chunk above the edge's room is
  /// taken all the same and parked; the stage is then not called with input until it has gone.
  virtual void emit(port_number port, chunk_ptr records) = 0;
  void emit(chunk_ptr records) { emit(0, std::move(records)); }

  /// Sends a mark to an output port.
  virtual void pass(port_number port, mark what) = 0;

  /// Refuses one record of a chunk, by its physical row: it leaves through the port `rejected`.
  virtual void reject(const chunk& from, std::uint32_t row, std::string_view code,
                      std::string_view reason) = 0;
  /// Refuses what could not be read as a record.
  virtual void reject(const unreadable_record& record) = 0;

  /// Whether what is emitted to the port now goes on at once: never after an emit to it in the same
  /// call, so that a loop while there is room ends. A port that nobody reads, or whose reader has
  /// stopped, has room when a call begins.
  virtual bool room(port_number port) const = 0;
};

}  // namespace weir
