#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/inspect/column_flow.hpp"
#include "pipelines/inspect/sink_paths.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/graph/plan.hpp"

namespace weir {

/// What a stage reads through one `from`.
struct explained_input {
  std::string port;                     ///< of a stage with several inputs; else empty
  std::string from;                     ///< `access`, `access.rejected`
  std::optional<credit_limits> credit;  ///< none where chunks are handed on at once
  when_full full = when_full::block;
};

struct explained_stage {
  std::string name;
  std::string type;
  stage_kind kind = stage_kind::transform;
  unsigned workers = 1;
  bool ordered = true;      ///< what the workers give comes in the order of the input
  std::string runs_in;      ///< the stage above it that it is called as one with; empty: none
  std::string prepared_in;  ///< of a sink: whose workers make what it writes; empty: itself
  std::vector<explained_input> inputs;
  stage_columns columns;
  hold_bound hold;
  failure_policy on_failure;
  bool follows_restarts = false;  ///< begins anew with each stage above it that does
  /// A sink whose output may have a chunk twice where it was restarted.
  bool at_least_once = false;
};

/// Something that may be as it should be, or not.
struct explained_note {
  std::string code;
  source_place place;  ///< without a file: of the pipeline as a whole
  std::string text;
};

/// What will happen when a pipeline is run, as far as it is known before.
struct explanation {
  std::string pipeline;
  unsigned threads = 1;
  std::vector<explained_stage> stages;
  sink_paths paths;
  credit_limits usual_credit;  ///< of most edges
  byte_size queues;            ///< what all credit lets wait between stages
  byte_size memory;            ///< what queues and stages may hold together
  std::vector<explained_note> notes;
  std::vector<problem> warnings;
};

/// `found` is what the check of the pipeline's file has told; warnings of the plan are among it.
explanation explain(const plan& planned, unsigned threads, const std::vector<problem>& found);

/// For people, in lines of at most `width` columns where words allow it.
std::string explanation_text(const explanation& of, std::size_t width);

/// For programs: one JSON object.
std::string explanation_json(const explanation& of);

/// `block`, `drop_newest`, `drop_oldest`.
std::string_view name_of(when_full policy);
/// `fail`, `restart`, `skip`, `isolate`; `restart_run`, for `restart` under `one_for_all`.
std::string_view name_of(failure_action what);

}  // namespace weir
