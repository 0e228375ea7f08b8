#include "runtime/stage/stage.hpp"

namespace weir {

stage_answer transform::on_mark(port_number, mark what, outlet& out) {
  for (port_number port = 0; port < outputs_; ++port) out.pass(port, what);
  return answer::wait;
}

}  // namespace weir
