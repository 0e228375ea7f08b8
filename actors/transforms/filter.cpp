#include "actors/transforms/filter.hpp"

namespace weir::transforms {

stage_answer filter::process(port_number, const chunk_ptr& records, outlet& out) {
  auto chosen = where_.choose(*records);
  for (const auto& e : chosen.errors) out.reject(*records, e.row, e.code, e.text);
  out.emit(select(records, std::move(chosen.rows)));
  return answer::wait;
}

stage_type filter_stage() {
  return describe_stage<filter, filter_options>("filter")
      .summary("Lets the records through for which an expression is true.")
      .description(
          "A record for which the expression is false or null is left out; so a record without "
          "the column that is asked for is left out too. A record for which the expression can't "
          "be computed, as in a comparison of a text with a number, leaves through `rejected`.")
      .option("where", &filter_options::where, "What must be true of a record to let it through.",
              required, yields{column_type::boolean})
      .keeps_raw()
      .filters()
      .shares_work()
      .keeps_nothing()
      .holds_nothing()
      .cheap()
      .example("{where: \"status >= 500 || duration_ms > 1000\"}")
      .example("{where: \"has(user) && user.name.startsWith('a')\"}");
}

}  // namespace weir::transforms
