#pragma once

#include <set>
#include <string>
#include <vector>

#include "pipelines/inspect/graph_links.hpp"
#include "runtime/graph/graph.hpp"

namespace weir {

/// Some of a record's columns, as far as they are known before a run.
struct column_set {
  bool all = false;                ///< every column there is, `but` some
  std::vector<std::string> names;  ///< in order; of all columns those, if they are known
  std::vector<std::string> but;
  /// Formats in which the record's own text does instead of all columns.
  std::set<std::string> text_formats;

  bool none() const { return !all && names.empty() && text_formats.empty(); }
};

/// What a stage does with columns.
struct stage_columns {
  column_set reads;                 ///< itself, of what it is given; of a source none
  column_set makes;                 ///< `all`: and others, which its input names
  column_set passes;                ///< what goes on of what it is given; of a source what it gives
  std::vector<std::string> unread;  ///< computed by expressions, and wanted by nobody
};

/// Follows columns through a graph as the plan does: what is known of them downwards, what is
/// wanted of them upwards.
///
/// Requires: the graph has no cycle and outlives this.
class column_flow {
 public:
  explicit column_flow(const graph& of);

  /// What is known of a stage's inputs, by port.
  const std::vector<known_columns>& known(std::uint32_t stage) const { return known_[stage]; }
  stage_columns of(std::uint32_t stage) const;

 private:
  void learn(std::uint32_t stage);
  void want(std::uint32_t stage);
  column_set reads(std::uint32_t stage) const;
  column_set makes(std::uint32_t stage) const;
  column_set passes(std::uint32_t stage, const column_set& made) const;
  column_set given(std::uint32_t source) const;
  column_demand wanted(std::uint32_t stage) const;
  bool gives_text(const graph_edge& edge) const;

  const graph& of_;
  graph_links links_;
  std::vector<std::vector<known_columns>> known_;  // by stage and input port
  std::vector<bool> takes_text_;  // by stage: whether records may come with the text they had
  std::vector<std::vector<column_demand>> demand_;  // by stage and output port, `rejected` last
};

}  // namespace weir
