#include "tests/support/fake_outlet.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace weir::testing {

void fake_outlet::emit(port_number port, chunk_ptr records) {
  CHECK_MESSAGE(in_call_, "emit outside of a call");
  REQUIRE_MESSAGE(port < ports_.size(), "emit to a port that is not there");
  REQUIRE_MESSAGE(records != nullptr, "emit of no chunk");
  if (records->size() == 0) return;
  port_output& to = ports_[port];
  to.records += records->size();
  ++to.this_call;
  to.chunks.push_back(std::move(records));
}

void fake_outlet::pass(port_number port, mark what) {
  CHECK_MESSAGE(in_call_, "a mark passed outside of a call");
  REQUIRE_MESSAGE(port < ports_.size(), "a mark to a port that is not there");
  ports_[port].marks.push_back(what);
}

void fake_outlet::reject(const chunk& from, std::uint32_t row, std::string_view code,
                         std::string_view reason) {
  CHECK_MESSAGE(in_call_, "a record rejected outside of a call");
  CHECK_MESSAGE(!code.empty(), "a record rejected without a code");
  CHECK_MESSAGE(!reason.empty(), "a record rejected without a reason");
  REQUIRE_MESSAGE(row < from.rows(), "a row rejected that is not in its chunk");
  if (const auto& rows = from.selection())
    REQUIRE_MESSAGE(std::binary_search(rows->begin(), rows->end(), row),
                    "a row rejected that is no record");
  rejection refused{std::string(code), std::string(reason), {}, {}, 0};
  chunk::parts only = from.all();
  only.selection = std::make_shared<const std::vector<std::uint32_t>>(1, row);
  refused.record = records_of(*make_chunk(std::move(only))).front();
  if (const auto place = from.place(row)) refused.line = place->line;
  rejected_.push_back(std::move(refused));
}

void fake_outlet::reject(const unreadable_record& record) {
  CHECK_MESSAGE(in_call_, "a record rejected outside of a call");
  CHECK_MESSAGE(!record.code.empty(), "a record rejected without a code");
  CHECK_MESSAGE(!record.reason.empty(), "a record rejected without a reason");
  rejected_.push_back({std::string(record.code),
                       std::string(record.reason),
                       {},
                       std::string(record.bytes),
                       record.place.line});
}

bool fake_outlet::room(port_number port) const { return !tight_ || ports_.at(port).this_call == 0; }

std::uint64_t fake_outlet::records_sent() const {
  std::uint64_t sum = 0;
  for (const auto& p : ports_) sum += p.records;
  return sum;
}

void fake_outlet::begin_call() {
  in_call_ = true;
  for (auto& p : ports_) p.this_call = 0;
}

void fake_outlet::drop_chunks() {
  for (auto& p : ports_) p.chunks.clear();
}

}  // namespace weir::testing
