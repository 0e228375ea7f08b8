#pragma once

#include "runtime/stage/stage.hpp"

namespace weir {

/// Gives each chunk and mark to one of its outputs: the plan puts one in front of a stage with
/// workers. Its shell numbers what it gives, and behind the workers a merge restores the order.
///
/// The workers take turns, and one without room loses its own to the next that has some.
class dispatch final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.emit(next_worker(out), records);
    return answer::wait;
  }
  stage_answer on_mark(port_number, mark what, outlet& out) override {
    out.pass(next_worker(out), what);
    return answer::wait;
  }

 private:
  port_number next_worker(const outlet& out) {
    for (port_number tried = 0; tried < outputs(); ++tried) {
      const port_number worker = next_++ % outputs();
      if (out.room(worker)) return worker;
    }
    return next_++ % outputs();
  }

  port_number next_ = 0;
};

}  // namespace weir
