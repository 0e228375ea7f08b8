#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/data/column_builder.hpp"
#include "runtime/flow/item.hpp"
#include "runtime/stage/outlet.hpp"

namespace weir {

/// Collects what one call gives out, so that it becomes visible when the call returns, or not at
/// all when it fails.
///
/// Rejected records get their one shape here; where nobody takes them they are only counted.
/// Threads: the thread of the call; between calls the shell's.
class call_outlet final : public outlet {
 public:
  /// `rejected` is the number of the port behind the last output; `rejected_taken`, whether anybody
  /// reads it or keeps what comes of it.
  call_outlet(std::string stage, port_number rejected, bool rejected_taken, const clock& time);

  using outlet::emit;
  void emit(port_number port, chunk_ptr records) override;
  void pass(port_number port, mark what) override;
  void reject(const chunk& from, std::uint32_t row, std::string_view code,
              std::string_view reason) override;
  void reject(const unreadable_record& record) override;
  bool room(port_number port) const override;

  /// Begins a call: forgets what the last one gave. `has_room(port)` is asked for each port.
  template <class HasRoom>
  void begin(const HasRoom& has_room) {
    for (std::size_t port = 0; port < rooms_.size(); ++port)
      rooms_[port] = has_room(static_cast<port_number>(port)) ? 1 : 0;
    forget();
  }

  struct given {
    port_number port = 0;
    edge_item item;
  };
  /// What the call gave, in order; the chunk of rejected records last. It is the caller's to take
  /// from until the next call begins: a list of its own would be an allocation a call.
  std::span<given> take();
  /// The chunk of what the call rejected; null where there is none, or nobody takes it. Then `take`
  /// has it no more.
  chunk_ptr take_rejected();
  /// Whether the call gave that port anything, taken or not.
  bool gave(port_number port) const;
  std::uint64_t emitted() const { return emitted_; }
  std::uint64_t rejected() const { return rejected_; }

  /// The reasons of this call's rejections: how many, and an example with its place.
  struct reason {
    std::uint64_t count = 0;
    std::string example;
  };
  const std::map<std::string, reason>& reasons() const { return reasons_; }

 private:
  void forget();
  void note(std::string_view code, std::string_view text, const record_place& place);
  void append_common(std::string_view code, std::string_view text, const record_place& place);

  std::string stage_;
  port_number rejected_port_;
  bool rejected_taken_;
  const clock& time_;
  std::vector<std::uint8_t> rooms_;  // whether each port has room; bytes are set faster than bits
  std::vector<given> given_;
  std::uint64_t emitted_ = 0;
  std::uint64_t rejected_ = 0;
  std::map<std::string, reason> reasons_;
  std::vector<column_builder> columns_;
};

}  // namespace weir
