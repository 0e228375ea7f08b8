#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/stage/registry.hpp"
#include "tests/support/record_value.hpp"
#include "tests/support/stage_run.hpp"

namespace weir::testing {

/// What came out of a stage: a list of records for each output port, and what it refused.
struct stage_outcome {
  std::vector<record_list> ports;
  std::vector<rejection> rejected;  ///< as refused; of several inputs in order of line
};

/// A stage made by name through the registry, with options as a pipeline file gives them, run
/// without any executor.
///
/// `run` gives the input many times over, in chunks of 1, 2, 7 and all records, with and without
/// rows that are not selected, with room for many chunks and for one, and checks that the records
/// that come out are the same each time. It also checks what holds for every stage: the ledger of
/// the declared kind, raw text that agrees with its record, types and known columns as declared,
/// and that a column comes out the same when it alone is wanted.
class stage_harness {
 public:
  /// Errors: throws std::invalid_argument for an unknown stage, and where the options have
  /// problems.
  explicit stage_harness(const std::string& name, std::string_view options = "{}",
                         std::size_t inputs = 1);
  /// The same for a type that is not built in; it must outlive the harness.
  explicit stage_harness(const stage_type& type, std::string_view options = "{}",
                         std::size_t inputs = 1);

  /// Gives columns of the input declared types; the others are dynamic.
  stage_harness& declare(std::vector<field> fields);

  /// The records that leave through the first output.
  record_list run(const record_list& in);
  /// The same, with a list of records for each input.
  record_list run_inputs(const std::vector<record_list>& in);
  /// Of a source: pulls to its end; time moves on whenever it waits. Errors: fails the test case
  /// when it goes on beyond `records_max` records.
  record_list run_source(std::size_t records_max = 100'000);

  /// Of the last run: what a port sent.
  const record_list& sent(std::string_view port) const;
  /// Of the last run: `code: reason` of each refused record, in the order of `rejected`.
  std::vector<std::string> refusals() const;
  const std::vector<rejection>& rejected() const { return last_.rejected; }

  /// An instance to call step by step; not opened yet.
  std::unique_ptr<stage_run> start(run_setup setup = {}) const;
  /// The columns that `declare` gave types, then those of `list`.
  chunk_ptr chunk(const record_list& list) const { return chunk_of(list, declared_); }

  const stage_type& type() const { return *type_; }
  const configured_stage& configured() const { return *configured_; }

 private:
  struct cut {
    std::size_t records;
    layout form;
    bool tight;
  };
  stage_outcome run_once(const std::vector<record_list>& in, const cut& how,
                         std::vector<column_demand> demands) const;
  void check_demands(const std::vector<record_list>& in, const stage_outcome& all) const;
  void check_output(const std::vector<record_list>& in, const stage_run& done) const;

  const stage_type* type_;
  std::shared_ptr<const configured_stage> configured_;
  std::vector<field> declared_;
  stage_outcome last_;
};

/// All built-in stages.
const registry& all_stages();

/// The problems of a stage's options, as `line:column: text`, sorted by place.
std::vector<std::string> option_problems(const std::string& stage, std::string_view options,
                                         std::size_t inputs = 1);
/// The same, one a line.
std::string problem_text(const std::string& stage, std::string_view options,
                         std::size_t inputs = 1);

}  // namespace weir::testing
