#include "runtime/data/known_columns.hpp"

namespace weir {

known_columns united(const known_columns& a, const known_columns& b) {
  known_columns both = a;
  both.complete = a.complete && b.complete;
  for (auto& f : both.fields) {
    const field* other = b.find(f.name);
    if (other == nullptr || other->type != f.type) f.type = column_type::dynamic;
  }
  for (const auto& f : b.fields)
    if (a.find(f.name) == nullptr) both.fields.push_back({f.name, column_type::dynamic});
  return both;
}

}  // namespace weir
