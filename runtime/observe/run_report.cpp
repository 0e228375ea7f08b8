#include "runtime/observe/run_report.hpp"

#include <algorithm>

#include "runtime/flow/stage_ledger.hpp"

namespace weir {

void stage_report::count(const stage_ledger& records) {
  received = records.received;
  passed = records.passed();
  created = records.created();
  filtered = records.filtered();
  absorbed = records.absorbed();
  rejected = records.rejected;
  held = records.held();
}

double stage_report::share_of(nanoseconds part, nanoseconds wall) const {
  const double whole = static_cast<double>(wall.count()) * std::max(instances, 1U);
  return whole <= 0 ? 0 : std::min(static_cast<double>(part.count()) / whole, 1.0);
}

void stage_report::add(const stage_report& other) {
  received += other.received;
  passed += other.passed;
  created += other.created;
  filtered += other.filtered;
  absorbed += other.absorbed;
  rejected += other.rejected;
  rejected_unread += other.rejected_unread;
  unread += other.unread;
  held += other.held;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  chunks_in += other.chunks_in;
  chunks_out += other.chunks_out;
  calls += other.calls;
  instances += other.instances;
  restarts += other.restarts;
  retries += other.retries;
  busy += other.busy;
  starved += other.starved;
  blocked += other.blocked;
  state.bytes += other.state.bytes;
}

}  // namespace weir
