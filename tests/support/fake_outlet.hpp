#pragma once

#include <string>
#include <vector>

#include "runtime/stage/outlet.hpp"
#include "tests/support/record_value.hpp"

namespace weir::testing {

/// A record that a stage refused.
struct rejection {
  std::string code;
  std::string reason;
  record_value record;  ///< null for what could not be read
  std::string bytes;    ///< of what could not be read
  std::uint64_t line = 0;

  bool operator==(const rejection&) const = default;
};

/// Keeps what a stage emits and counts it, as the outlets of executors do. What no stage may do is
/// a failed check of the running test case.
class fake_outlet final : public outlet {
 public:
  /// With `tight` a port has room for one chunk a call.
  fake_outlet(port_number ports, bool tight) : ports_(ports), tight_(tight) {}

  void emit(port_number port, chunk_ptr records) override;
  void pass(port_number port, mark what) override;
  void reject(const chunk& from, std::uint32_t row, std::string_view code,
              std::string_view reason) override;
  void reject(const unreadable_record& record) override;
  bool room(port_number port) const override;

  struct port_output {
    std::vector<chunk_ptr> chunks;
    std::vector<mark> marks;
    std::uint64_t records = 0;
    std::uint32_t this_call = 0;
  };
  const port_output& port(port_number number) const { return ports_.at(number); }
  const std::vector<rejection>& rejected() const { return rejected_; }
  std::uint64_t records_sent() const;

  /// A call of the stage lies between these two.
  void begin_call();
  void end_call() { in_call_ = false; }
  /// Forgets the chunks, not the counts.
  void drop_chunks();

 private:
  std::vector<port_output> ports_;
  std::vector<rejection> rejected_;
  bool tight_;
  bool in_call_ = false;
};

}  // namespace weir::testing
