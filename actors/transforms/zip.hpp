#pragma once

#include <vector>

#include "runtime/stage/stage_type.hpp"

namespace weir::transforms {

/// What becomes of a pair whose records have different values in columns of one name.
enum class zip_conflict : std::uint8_t { reject, first, last };

/// Options of `zip`. What each means to a user is said once, in zip.cpp.
struct zip_options {
  zip_conflict on_conflict = zip_conflict::reject;
};

/// Makes one record of the n-th records of all its inputs.
///
/// Order:  records leave in the order of their inputs.
/// Memory: holds copies of what waits for its partners, accounted: at most a chunk of each input.
/// State:  lost on restart, and the pairs after it would be others.
/// Errors: rejects records in conflict, and those without partners when an input ends early.
class zip final : public transform {
 public:
  explicit zip(const zip_options& options) : options_(options) {}

  result<void> open(context& in) override;
  stage_answer process(port_number port, const chunk_ptr& records, outlet& out) override;
  stage_answer finish(port_number port, outlet& out) override;
  /// The first of those that have nothing waiting.
  port_number next_input() const override;

 private:
  struct input {
    chunk_ptr waiting;  ///< records from `at` on; null where there are none
    std::uint32_t at = 0;
    bool copied = false;  ///< `waiting` keeps nothing of the input alive
    bool ended = false;
  };
  void pair_up(outlet& out);
  void reject_lonely(outlet& out);
  result<void> keep_copies();

  zip_options options_;
  context* context_ = nullptr;
  std::vector<input> inputs_;
};

stage_type zip_stage();

}  // namespace weir::transforms
