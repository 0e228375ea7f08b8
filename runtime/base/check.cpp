#include "runtime/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace weir {

void check_violated(const char* file, int line, const char* text) {
  std::fprintf(stderr, "%s:%d: a bug in weir: %s\n", file, line, text);
  std::abort();
}

}  // namespace weir
