#include "tests/bench/support/line_pieces.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace weir::testing {

line_pieces::line_pieces(const std::string& path)
    : buffer_(new char[piece_bytes + 64]), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), path);
}

line_pieces::~line_pieces() { ::close(descriptor_); }

std::string_view line_pieces::next() {
  filled_ -= given_;
  std::memmove(buffer_.get(), buffer_.get() + given_, filled_);
  given_ = 0;
  while (filled_ < piece_bytes) {
    const auto count = ::pread(descriptor_, buffer_.get() + filled_, piece_bytes - filled_,
                               static_cast<off_t>(file_offset_));
    if (count < 0) throw std::system_error(errno, std::generic_category(), "pread");
    if (count == 0) {
      given_ = filled_;
      return {buffer_.get(), given_};
    }
    filled_ += static_cast<std::size_t>(count);
    file_offset_ += static_cast<std::size_t>(count);
  }
  given_ = std::string_view(buffer_.get(), filled_).rfind('\n') + 1;
  if (given_ == 0) throw std::runtime_error("a line is longer than a piece");
  return {buffer_.get(), given_};
}

}  // namespace weir::testing
