#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/record_value.hpp"

namespace weir::testing {

/// What `weir run --report json` told of a run.
class run_figures {
 public:
  /// Requires: `report` is what a run wrote to standard error, nothing beside it.
  explicit run_figures(const std::string& report);

  std::string outcome() const { return all_["outcome"].text; }
  int exit_code() const { return static_cast<int>(number(all_["exit_code"])); }
  bool failed() const { return all_["failure"].what == record_value::kind::map; }
  /// Of the failure: `stage`, `place`, `call`, `code`, `text`, `detail`; empty where it has none.
  std::string failure(const std::string& key) const { return all_["failure"][key].text; }
  /// A figure of a stage; 0 if there is no such stage.
  std::uint64_t of(const std::string& stage, const std::string& figure) const;
  /// Whether an event of the stage has `part` in its text.
  bool told(const std::string& stage, const std::string& part) const;

  /// What does not add up, by the report's own word and by what stands in it: a line each.
  std::vector<std::string> imbalances() const;

 private:
  static std::uint64_t number(const record_value& value);
  void add_unbalanced_edges(std::vector<std::string>& found) const;
  void add_unbalanced_stages(std::vector<std::string>& found) const;

  record_value all_;
};

}  // namespace weir::testing
