#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/config/option_set.hpp"
#include "runtime/data/known_columns.hpp"
#include "runtime/stage/column_demand.hpp"
#include "runtime/stage/kept_records.hpp"
#include "runtime/stage/stage.hpp"

namespace weir {

enum class stage_kind : std::uint8_t { source, transform, sink };

/// How a stage reads several input ports.
enum class input_order : std::uint8_t {
  any,     ///< whichever has a chunk
  all,     ///< the port `next_input()` names; the others wait: a zip
  chosen,  ///< the same, for stages that read one port first: a join's build side
};

/// How the records that a stage gives out follow from those it takes: the shape of its balance.
///
/// Per input: received = passed + filtered + absorbed + rejected + held; `passes` allows only
/// passed, rejected and (until its end) held; per output: sent = passed + created.
enum class ledger_kind : std::uint8_t {
  passes,   ///< each record goes on once, to one port, or is rejected
  filters,  ///< the same, but records may be left out: filtered
  creates,  ///< input is absorbed, output is created
};

/// How much a stage may hold back between an input and an output.
struct hold_bound {
  enum class kind : std::uint8_t { none, chunks, records, all };
  kind what = kind::none;
  std::uint64_t count = 0;  ///< of chunks or records

  static hold_bound chunks(std::uint64_t n) { return {kind::chunks, n}; }
  static hold_bound records(std::uint64_t n) { return {kind::records, n}; }
  static hold_bound everything() { return {kind::all, 0}; }
};

/// What is left of an instance whose call failed, and so whether the stage can go on.
enum class after_failure : std::uint8_t {
  loses_state,  ///< what it has kept is lost: a new instance begins anew
  goes_on,      ///< it keeps nothing from call to call: a new instance goes on in its place
  rolls_back,   ///< a sink that undoes the call (`sink::roll_back`) and is called again
};

/// Of a stage whose work any number of instances may share.
inline constexpr unsigned workers_without_bound = 1024;

/// The records that leave as `rejected`: fixed columns, the same everywhere.
const known_columns& rejected_columns();

/// A stage with its options read: asked by checks and the plan, and the maker of instances.
///
/// Threads: const calls from any thread.
class configured_stage {
 public:
  virtual ~configured_stage() = default;

  /// Ports, without `rejected`, which every stage has.
  virtual std::vector<std::string> inputs() const = 0;
  virtual std::vector<std::string> outputs() const = 0;
  virtual std::vector<expression_use> expressions() const = 0;
  /// The columns that options of type column name.
  virtual std::vector<column_path> columns() const = 0;
  /// Whether it may refuse records, by itself or because an expression fails.
  virtual bool rejects() const = 0;
  virtual hold_bound hold() const = 0;
  /// What is known of an output's columns, given what is known of each input's.
  virtual known_columns known(port_number output, const std::vector<known_columns>& in) const = 0;
  /// What it wants of an input's records, given what is wanted of each output's.
  virtual column_demand demand(port_number input,
                               const std::vector<column_demand>& below) const = 0;
  virtual std::vector<std::string> files_read() const = 0;
  virtual std::vector<std::string> files_written() const = 0;
  /// Those of them that begin anew, so that what they held before is gone.
  virtual std::vector<std::string> files_replaced() const { return {}; }

  using instance =
      std::variant<std::unique_ptr<source>, std::unique_ptr<transform>, std::unique_ptr<sink>>;
  virtual instance make() const = 0;

  /// Whether no call of it ever waits, sets a time or hands out a waker (but for a worker's to the
  /// others of a source): then it may share a thread's turn with the stage that it reads from.
  virtual bool never_waits() const { return false; }

  /// How many instances may share the stage's work, as things are now. 1: only one may see all
  /// records, in order.
  virtual unsigned workers_most() const { return 1; }
  /// Instances that share the work. Transforms are given a chunk each, and what comes of all of
  /// them does not depend on which; sources share the input and number what they take from it
  /// (`source::turn`).
  /// Requires: 0 < count <= workers_most().
  virtual std::vector<instance> make_workers(unsigned count) const;

  /// Of a sink: whether others can make ahead what it writes of a chunk (`chunk::parts::prepared`),
  /// in the threads that the chunk comes from.
  virtual bool prepares() const { return false; }
  /// The sink, and behind it `count` transforms that do so: each gives all records on, and with the
  /// text only what else the sink needs of them. What they have in common they share by themselves.
  /// Requires: prepares(), count > 0.
  virtual std::vector<instance> make_prepared(unsigned count) const;

  /// Why a run can't begin again with it as if the first try had not been: of a source, that it
  /// can't give its records again; of a sink, that it can't take back all that it wrote when it is
  /// settled as failed. None if it can.
  virtual std::optional<std::string> why_not_again() const { return "it can't begin again"; }

  /// Of a source: whether it can read once more what it refused.
  virtual bool rereads() const { return false; }
  /// A source that reads `from` as it would read its input, and nothing else.
  /// Requires: rereads().
  virtual instance make_rereading(std::shared_ptr<kept_records> from) const;
};

/// A kind of stage as it is declared once, in its own file: the single origin of parsing, checks,
/// manuals and the plan. Made by `describe_stage`.
struct stage_type {
  std::string name;
  stage_kind kind = stage_kind::transform;
  std::string summary;
  std::string description;  ///< paragraphs for the manual; may be empty
  std::vector<option_declaration> options;
  std::vector<std::string> inputs;  ///< `in` for one; empty for a source
  bool numbered_inputs = false;     ///< any number of inputs, in order: a zip
  std::vector<std::string>
      outputs;  ///< `out` for one; empty where options decide (a route), or a sink
  bool has_chosen_outputs = false;  ///< options decide the outputs
  input_order order = input_order::any;
  ledger_kind ledger = ledger_kind::passes;
  bool keeps_raw = false;  ///< records go on unchanged
  bool rejects = false;    ///< it may refuse records, whatever its options
  bool cheap = false;      ///< its calls cost less than handing a chunk from actor to actor
  /// Whether several instances may share its work; how many, `workers_most` of the configured one
  /// says.
  bool shares_work = false;
  hold_bound hold;
  after_failure failed = after_failure::loses_state;
  std::vector<std::string> examples;  ///< options in YAML's flow form

  /// Whether records may vanish or multiply, so that no count below can be known.
  bool selective() const { return ledger != ledger_kind::passes; }

  /// Reads the options; all that is wrong goes to `found`. `inputs` is the number of inputs that
  /// the pipeline gives it. Never null: what could not be read has its default.
  std::function<std::shared_ptr<const configured_stage>(const config_value&, std::size_t inputs,
                                                        problems&)>
      configure;
};

template <class Stage, class Options>
class stage_description;

/// Begins the declaration of a stage: `Stage` is constructed from `const Options&`.
template <class Stage, class Options>
stage_description<Stage, Options> describe_stage(const char* name) {
  return stage_description<Stage, Options>(name);
}

}  // namespace weir

#include "runtime/stage/stage_description.hpp"
