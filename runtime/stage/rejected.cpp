#include "runtime/stage/stage_type.hpp"

namespace weir {

const known_columns& rejected_columns() {
  static const known_columns columns{.fields = {{"stage", column_type::string, true},
                                                {"reason", column_type::string, true},
                                                {"code", column_type::string, true},
                                                {"file", column_type::string, true},
                                                {"offset", column_type::int64, true},
                                                {"line", column_type::int64, true},
                                                {"time", column_type::timestamp, true},
                                                {"record", column_type::json, true},
                                                {"raw", column_type::bytes, true}},
                                     .complete = true};
  return columns;
}

}  // namespace weir
