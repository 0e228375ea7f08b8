#pragma once

#include "runtime/stage/stage.hpp"

namespace weir {

/// Gives everything to each of its outputs: the plan puts one where a port has several readers.
///
/// It is called only when no blocking reader has anything parked, so the slowest of them governs; a
/// reader with a policy of its own has a ring at its edge instead.
class fork final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    for (port_number port = 0; port < outputs(); ++port) out.emit(port, records);
    return answer::wait;
  }
};

/// Gives everything from its inputs to one output, each input's order kept: the plan puts one where
/// an input has several writers.
class merge final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(records);
    return answer::wait;
  }
};

}  // namespace weir
