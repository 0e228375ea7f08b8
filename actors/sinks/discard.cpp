#include "actors/sinks/discard.hpp"

namespace weir::sinks {

stage_type discard_stage() {
  return describe_stage<discard, discard_options>("discard")
      .summary("Takes records and keeps nothing of them.")
      .description(
          "For measuring a pipeline without its output, and for ports whose records nobody wants: "
          "they are counted, and no warning says that nobody reads them.")
      .wants([](const discard_options&, port_number, const std::vector<column_demand>&) {
        return column_demand();
      })
      .holds_nothing()
      .keeps_nothing()
      .runs_again()
      .cheap()
      .example("{}");
}

}  // namespace weir::sinks
