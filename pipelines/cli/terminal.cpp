#include "pipelines/cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace weir {
namespace {

bool is_ready(int descriptor, int timeout_ms) {
  pollfd ready{descriptor, POLLOUT, 0};
  return ::poll(&ready, 1, timeout_ms) == 1 && (ready.revents & POLLOUT) != 0;
}

}  // namespace

void fill_standard_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    // The lowest free number is taken: this one, as those below it are open by now. What is meant
    // to be read can't be, and what is meant to be written neither.
    ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // The descriptor was made non-blocking by whoever shares it.
      is_ready(descriptor, -1);
    } else if (errno == EPIPE) {
      return failure("reader-gone", "nobody reads the output any more",
                     std::generic_category().message(errno));
    } else if (errno != EINTR) {
      return failure("write-output", "the output can't be written",
                     std::generic_category().message(errno));
    }
  }
  return {};
}

void say(std::string_view text) {
  // A pipe that is ready takes PIPE_BUF bytes without waiting.
  while (!text.empty() && is_ready(STDERR_FILENO, 0)) {
    const auto part = text.substr(0, PIPE_BUF);
    const auto written = ::write(STDERR_FILENO, part.data(), part.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t terminal_columns(int descriptor) {
  winsize size{};
  if (::isatty(descriptor) == 0) return 0;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::size_t text_columns() {
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  return columns == 0 ? 80 : std::clamp<std::size_t>(columns, 40, 100);
}

}  // namespace weir
