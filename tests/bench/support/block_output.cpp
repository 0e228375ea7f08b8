#include "tests/bench/support/block_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace weir::testing {

block_output::block_output(const std::string& path)
    : block_(new char[2 * room_bytes + 64]),
      at_(block_.get()),
      descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), path);
}

block_output::~block_output() { ::close(descriptor_); }

void block_output::write() {
  const char* from = block_.get();
  while (from < at_) {
    const auto count = ::write(descriptor_, from, static_cast<std::size_t>(at_ - from));
    if (count < 0) throw std::system_error(errno, std::generic_category(), "write");
    from += count;
  }
  at_ = block_.get();
}

}  // namespace weir::testing
