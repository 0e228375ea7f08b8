#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/graph/graph.hpp"

namespace weir {

/// Which calls of a stage are to fail.
struct fault_plan {
  enum class kind : std::uint8_t {
    never,
    once,          ///< the call on record number `at`; the next one goes well
    on_record,     ///< every call on the record `text`
    from_then_on,  ///< the call on record number `at`, and every one that follows
  };
  /// Among which of its calls.
  enum class call : std::uint8_t {
    records,  ///< on records, and at the end of its input
    mark,     ///< `on_mark`
    resume,   ///< `resume`
  };
  kind what = kind::never;
  call in = call::records;
  /// Of the records that come to the stage, from 0; as many as come: the call at its end. Of other
  /// calls, which of them.
  std::uint64_t at = 0;
  std::string text = {};
  bool after_work = false;  ///< the call has done all of its work when it fails
  /// The cause is temporary: the call fails `times` times in a row, and then goes well.
  bool temporary = false;
  std::uint64_t times = 1;
};

/// How many records of each text there are.
using record_counts = std::map<std::string, std::uint64_t>;

/// What is to go wrong at a stage of one run, and what came of it: shared by all its instances.
///
/// Records are known by their texts (`record_text`), with the number of the input port before them.
/// Threads: one at a time.
class stage_fault {
 public:
  /// `tell` is given what happens, for people, without the stage's name.
  stage_fault(fault_plan how, std::uint64_t records, std::function<void(std::string)> tell = {})
      : how_(std::move(how)), records_(records), tell_(std::move(tell)) {}

  /// A call on records begins. Answers whether it is to fail.
  bool begins_on(port_number port, const chunk_ptr& records);
  /// A call on records has done its work, and did not fail.
  void has_done(port_number port, const chunk_ptr& records);
  /// The call at the end of an input begins. Answers whether it is to fail.
  bool begins_end();
  /// A call on a mark, or to go on, begins. Answers whether it is to fail.
  bool begins(fault_plan::call which);
  /// A source that has given so many records is asked for more. Answers whether that is to fail.
  bool begins_pull(std::uint64_t given);

  /// The run begins again, and with it all that comes to the stage.
  void begin_again();

  bool fails_after_work() const { return how_.after_work; }
  /// What calls that fail answer.
  error cause() const;
  /// Whether the last call that was to fail has done so.
  bool is_over() const { return failed_ >= how_.times; }
  /// How many calls failed.
  std::uint64_t failed() const { return failed_; }
  /// Records in calls that failed, which no later call has handled: refused, or left behind.
  record_counts unhandled() const;
  /// Records in calls that failed, once for each, whatever became of them.
  const record_counts& touched() const { return touched_; }

 private:
  // Of a record: what its chunk shares with the parts that it is cut into, and its row.
  using identity = std::pair<const void*, std::uint32_t>;

  static identity identity_of(const chunk& records, std::uint32_t row);
  bool is_new(const chunk& records) const;
  bool is_due(port_number port, const chunk& records, std::uint64_t before, bool is_again) const;
  bool is_due_once(bool is_reached, bool is_again) const;
  bool fail(const std::string& on);

  fault_plan how_;
  std::uint64_t records_;
  std::function<void(std::string)> tell_;
  std::uint64_t seen_ = 0;
  std::uint64_t others_ = 0;  // calls that are not on records
  std::uint64_t failed_ = 0;
  record_counts touched_;
  std::map<identity, std::string> pending_;
  std::vector<chunk_ptr> failed_on_;  // so that no other record gets the identity of one of theirs
};

/// A record in the one spelling in which records are compared.
std::string record_text(const chunk& from, std::uint32_t row);

/// Lets calls of a transform or sink fail as `by` says.
void put_fault(graph_stage& at, std::shared_ptr<stage_fault> by);

/// What came to a transform or sink.
struct stage_traffic {
  std::vector<std::string> texts;  ///< of its records
  std::uint64_t marks = 0;
  std::uint64_t resumes = 0;
};

/// Tells what comes to a transform or sink.
void put_watch(graph_stage& at, std::shared_ptr<stage_traffic> to);

/// Refuses so many records of each text as they come to a transform or sink.
void put_refusal(graph_stage& at, std::shared_ptr<record_counts> of);

}  // namespace weir
