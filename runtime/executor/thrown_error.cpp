#include "runtime/executor/thrown_error.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>

namespace weir {

error thrown_error() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {"no-memory", "the system gives no more memory", {}};
  } catch (const std::exception& thrown) {
    return {"exception", fmt::format("the stage threw: {}", thrown.what()), {}};
  } catch (...) {
    return {"exception", "the stage threw something that is no std::exception", {}};
  }
}

}  // namespace weir
