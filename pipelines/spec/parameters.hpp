#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/spec/substitution.hpp"
#include "runtime/config/config_value.hpp"
#include "runtime/config/option_set.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// The keys of a param, as the manual tells them.
const std::vector<option_declaration>& param_keys();

/// The params of a pipeline file with the values they were given.
///
/// ```yaml
/// params:
///   threshold: {type: int, default: 500, documentation: The least status that counts.}
///   input: {type: string}
/// ```
///
/// A param without `default` must be given where it is used. Without `type` any value does.
class parameters {
 public:
  using environment = std::function<std::optional<std::string>(const std::string&)>;

  /// Reads what stands behind `params`, null where there is nothing, and `given`, each
  /// `name=value`. Problems with what was given stand at the argument, not in the file.
  parameters(const config_value* declared, const std::vector<std::string>& given,
             environment variables, problems& found);

  /// A param's value or, for another name, the environment's. Tells once, at the declaration, of a
  /// param that is needed and has none.
  substitution::answer value(const std::string& name, bool is_needed);
  std::vector<std::string> names() const;
  /// Warns of params that nothing asked for, not even by a name that is nearly theirs.
  void tell_unused();

 private:
  struct parameter {
    std::string name;
    source_place place;
    std::string type;
    std::optional<std::string> value;
    bool is_used = false;
    bool is_broken = false;  // told already
  };

  void declare(const config_entry& entry);
  void give(const std::string& argument);
  parameter* find(std::string_view name);

  std::vector<parameter> all_;
  std::vector<std::string> asked_in_vain_;
  environment variables_;
  problems& found_;
};

}  // namespace weir
