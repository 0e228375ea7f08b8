#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"

namespace weir {

/// Puts values in for `${NAME}`, `${NAME:-default}` and `${NAME:?message}`; `$${` stands for `${`.
///
/// A scalar that anything was put into is typed like the plain text that comes out, whatever its
/// quotes: `"${COUNT}"` may be a number. What was put in stands, for problems, at its `${`.
class substitution {
 public:
  enum class missing : std::uint8_t {
    unknown,  ///< nobody knows the name: told as a problem
    told,     ///< known, has no value, and that was told elsewhere
  };
  struct answer {
    std::optional<std::string> value;
    missing why = missing::unknown;
  };
  /// `is_needed` where nothing else will do: not for `${NAME:-default}`.
  using lookup = std::function<answer(const std::string& name, bool is_needed)>;

  /// `known` are the names that messages may offer.
  substitution(lookup values, std::vector<std::string> known, problems& found)
      : values_(std::move(values)), known_(std::move(known)), found_(found) {}

  /// Fills in a value with all its parts, not its keys; answers false where something is missing.
  bool fill(config_value& value);

 private:
  struct reference;
  struct spliced;

  bool fill_scalar(config_value& value);
  std::optional<std::string> value_of(const reference& what, const source_place& place);

  lookup values_;
  std::vector<std::string> known_;
  problems& found_;
};

}  // namespace weir
