#pragma once

#include <optional>
#include <vector>

#include "runtime/config/option_type.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// Options of `rechunk`. What each means to a user is said once, in rechunk.cpp.
struct rechunk_options {
  std::optional<std::uint32_t> records;
  byte_size bytes = 256_KiB;
  std::chrono::nanoseconds linger = std::chrono::seconds(1);
};

/// Cuts chunks that are too large and joins chunks that are too small.
///
/// Order:  records leave in the order they came.
/// Memory: holds copies of less than `bytes`, accounted.
/// Time:   no record is held for longer than `linger`.
class rechunk final : public transform {
 public:
  explicit rechunk(const rechunk_options& options) : options_(options) {}

  result<void> open(context& in) override;
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;
  stage_answer resume(outlet& out) override;
  stage_answer on_mark(port_number port, mark what, outlet& out) override;
  stage_answer finish(port_number port, outlet& out) override;

 private:
  std::uint32_t room_for(const chunk& records) const;
  void emit_held(outlet& out, chunk_ptr last = nullptr);
  /// Emits full chunks of what is at hand while there is room; then holds what is left.
  stage_answer work_off(outlet& out);
  void hold(const chunk_ptr& records);

  rechunk_options options_;
  context* context_ = nullptr;
  chunk_ptr at_hand_;  ///< from `at_` on not yet handled; null between inputs
  std::uint32_t at_ = 0;
  std::vector<chunk_ptr> held_;
  std::uint64_t held_records_ = 0;
  byte_size held_bytes_;
  time_point due_;
  bool flush_follows_ = false;
};

stage_type rechunk_stage();

}  // namespace weir::transforms
