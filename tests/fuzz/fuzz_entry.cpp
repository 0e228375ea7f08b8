// Between libFuzzer and the target that CMake names.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  weir::testing::WEIR_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
