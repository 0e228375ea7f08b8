#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/stage/stage_type.hpp"
#include "tests/support/fake_context.hpp"
#include "tests/support/fake_outlet.hpp"

namespace weir::testing {

/// What surrounds one run of a stage.
struct run_setup {
  std::vector<column_demand> demands;  ///< by output port; everything where there is none
  std::vector<known_columns> known;    ///< by input port; nothing where there is none
  std::uint64_t seed = 0;
  byte_size memory = 1_GiB;
  bool tight = false;  ///< ports have room for one chunk a call
};

/// One instance of a stage between fakes, called step by step. Destroying it closes the stage.
///
/// Each call goes on with `resume` for as long as the stage answers `more`, and answers what it
/// said last.
class stage_run {
 public:
  stage_run(const stage_type& type, const configured_stage& configured, run_setup setup = {});
  ~stage_run();
  stage_run(const stage_run&) = delete;
  stage_run& operator=(const stage_run&) = delete;

  result<void> open();
  /// One chunk to an input port of a transform or sink.
  stage_answer give(chunk_ptr records, port_number port = 0);
  stage_answer give(mark what, port_number port = 0);
  /// The end of an input port; of a sink, `flush`.
  stage_answer finish(port_number port = 0);
  /// One call of a source.
  stage_answer pull();
  /// Lets time go by; the stage is called whenever it asked for it.
  stage_answer advance(nanoseconds by);
  result<void> settle(outcome how);
  void close();

  /// Whether the stage answered `end`, or failed.
  bool ended() const { return ended_; }
  bool blocks() const;
  port_number next_input() const;
  std::uint64_t received(port_number port) const { return received_.at(port); }

  /// The records sent to a port so far.
  record_list sent(port_number port = 0) const;
  const fake_outlet& out() const { return out_; }
  fake_outlet& out() { return out_; }
  fake_context& in() { return context_; }

  /// Checks that what came out adds up with what went in, by the ledger that the type declares.
  void check_ledger() const;

 private:
  stage_answer call(const std::function<stage_answer()>& what);
  stage_answer call_again();
  stage_answer go_on(stage_answer said);
  stage_answer note(stage_answer said);
  stage& any() const;

  const stage_type& type_;
  configured_stage::instance instance_;
  fake_outlet out_;
  fake_context context_;
  std::vector<std::uint64_t> received_;
  bool is_open_ = false;
  bool ended_ = false;
};

}  // namespace weir::testing
