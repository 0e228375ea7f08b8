#include "runtime/stage/stage_type.hpp"

namespace weir {

const known_columns& rejected_columns() {
  static const known_columns columns{.fields = {{"stage", column_type::string},
                                                {"reason", column_type::string},
                                                {"code", column_type::string},
                                                {"file", column_type::string},
                                                {"offset", column_type::int64},
                                                {"line", column_type::int64},
                                                {"time", column_type::timestamp},
                                                {"record", column_type::json},
                                                {"raw", column_type::bytes}},
                                     .complete = true};
  return columns;
}

}  // namespace weir
