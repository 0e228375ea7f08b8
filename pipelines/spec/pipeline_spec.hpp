#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/spec/failure_keys.hpp"
#include "pipelines/spec/pipeline_test.hpp"
#include "runtime/base/byte_size.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// A stage's output as `from` names it: `access`, `access.rejected`.
struct stage_reference {
  std::string stage;
  std::string port;  ///< empty: the default output
  text_place place;
};

/// What stands behind `from`, in the form it was written.
struct from_spec {
  enum class form : std::uint8_t {
    none,  ///< the stage directly above
    one,   ///< `from: a`
    list,  ///< `from: [a, b.rejected]`
    map,   ///< `from: {left: a, right: [b, c]}`
  };
  struct named_input {
    std::string name;
    source_place place;
    std::vector<stage_reference> members;
  };

  form what = form::none;
  source_place place;
  std::vector<stage_reference> members;  ///< of one or a list
  std::vector<named_input> named;        ///< of a map
  bool is_complete = true;               ///< false: part of it could not be read, which was told
};

/// A stage as it stands in the file, before anybody asks what its type is.
struct stage_spec {
  std::string name;       ///< given, or by default its type (`filter`, `filter_2`)
  bool is_named = false;  ///< given
  source_place place;     ///< of the stage as a whole
  source_place name_place;
  std::string type;
  source_place type_place;
  from_spec from;
  credit_limits credit;
  when_full full = when_full::block;
  /// `workers_by_threads` where the file says `auto`.
  std::optional<unsigned> workers;
  source_place workers_place;
  bool ordered = true;
  source_place ordered_place;
  std::optional<std::chrono::nanoseconds> timeout;
  source_place timeout_place;
  failure_spec on_failure;  ///< with the pipeline's policy where it has none of its own
  std::optional<std::chrono::nanoseconds> max_duration;
  config_value options;  ///< the map without the keys that every stage has
  /// Whether all of it could be read: of a stage that could not, only some is known.
  bool is_complete = true;
};

/// A pipeline file as it was written, its `${...}` filled in.
struct pipeline_spec {
  std::string name;
  std::string description;
  source_place stages_place;
  std::vector<stage_spec> stages;
  byte_size memory = 1_GiB;
  std::chrono::nanoseconds drain = std::chrono::seconds(10);
  failure_spec on_failure;
  restart_strategy strategy = restart_strategy::one_for_one;
  source_place strategy_place;  ///< of the value; without a file: it says nothing
  std::vector<pipeline_test> tests;
};

/// Whether `text` can name a pipeline, stage, port or param: `[a-z][a-z0-9_-]*`.
bool is_name(std::string_view text);
/// What a name is, for messages.
inline constexpr const char* name_rule =
    "a name is made of lower-case letters, digits, '_' and '-', and begins with a letter";

}  // namespace weir
