#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/config/config_value.hpp"
#include "runtime/config/problems.hpp"
#include "runtime/expression/expression.hpp"

namespace weir {

/// What an expression has to be for the records at a stage.
struct test_condition {
  enum class kind : std::uint8_t {
    each,  ///< true for every record
    any,   ///< true for at least one
    none,  ///< true for no record
  };
  kind what = kind::each;
  expression value;
  text_place place;
};

/// The word for it in a file.
const char* name_of(test_condition::kind what);

/// A file of records, read by the format of its name.
struct test_record_file {
  std::string path;  ///< as it was written: from the folder of the file that names it
  source_place place;
};

/// Records at a stage: what is put in there, or what is expected to come out.
struct test_records {
  std::string stage;
  std::string port;  ///< of expected records; empty: the default output
  source_place place;
  std::vector<std::string> lines;                       ///< a JSON object each
  std::optional<test_record_file> file = std::nullopt;  ///< where the lines are to be found instead

  /// Of expected records: no lines, but what holds for those that come.
  bool has_conditions = false;
  std::optional<std::uint64_t> count = std::nullopt;
  std::vector<test_condition> conditions = {};
};

/// Reads the records at a stage in any of their forms: a list of maps, a text with a JSON object on
/// each line, `{file: PATH}`, and where `conditions` are allowed `{count: N, each: CEL, any: CEL,
/// none: CEL}`, each of the last three also a list.
void read_test_records(const config_value& from, bool conditions, test_records& into,
                       problems& found);

}  // namespace weir
