#include "actors/support/waiting_writer.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "actors/support/system_error.hpp"

namespace weir {
namespace {

bool is_regular(int descriptor) {
  struct stat about = {};
  return ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

}  // namespace

waiting_writer::waiting_writer(int descriptor, std::string name, context& in, owner whose)
    : descriptor_(descriptor),
      name_(std::move(name)),
      context_(in),
      regular_(is_regular(descriptor)),
      piece_max_(whose == owner::inherited ? PIPE_BUF : SSIZE_MAX) {}

result<waiting_writer::written> waiting_writer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t piece = bytes.size();
    if (!regular_) {
      const auto waited = context_.wait(descriptor_, context::direction::writable, std::nullopt);
      if (waited == context::waited::stopping) return written::stopped;
      piece = std::min(piece, piece_max_);
    }
    const ssize_t count = ::write(descriptor_, bytes.data(), piece);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      return written::reader_gone;
    } else if (errno != EINTR && errno != EAGAIN) {
      return system_failure("write-file", name_, errno);
    }
  }
  return written::all;
}

}  // namespace weir
