#include "actors/support/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "actors/support/system_error.hpp"
#include "runtime/base/text.hpp"

namespace weir {

result<input_file> input_file::open(const std::string& path) {
  input_file file;
  file.path_ = path;
  file.standard_input_ = path == "-";
  if (!file.standard_input_) {
    // Without O_NONBLOCK the open of a FIFO waits for its writer; it means nothing to other files.
    file.own_ = owned_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.own_) return system_failure("open-file", path, errno);
  }
  struct stat about {};
  if (::fstat(file.fd(), &about) != 0) return system_failure("open-file", path, errno);
  if (S_ISDIR(about.st_mode)) return system_failure("open-file", path, EISDIR);
  file.kind_ = S_ISREG(about.st_mode)                               ? kind::regular
               : S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode) ? kind::pipe
                                                                    : kind::other;
  if (file.kind_ == kind::regular) {
    const auto at = file.standard_input_ ? ::lseek(file.fd(), 0, SEEK_CUR) : 0;
    file.seekable_ = at >= 0;
    file.begin_ = at > 0 ? static_cast<std::uint64_t>(at) : 0;
    file.size_ = static_cast<std::uint64_t>(about.st_size);
  }
  return file;
}

// Standard input is inherited and may be shared, so it is never made non-blocking: what is not
// ready is not read. A FIFO that has had no writer yet reads as one that has ended, and only a poll
// can tell the two apart.
bool input_file::is_ready() const {
  const bool may_wait_for_writer = kind_ == kind::pipe && offset_ == 0;
  if (kind_ == kind::regular || (!standard_input_ && !may_wait_for_writer)) return true;
  pollfd asked{fd(), POLLIN, 0};
  return ::poll(&asked, 1, 0) != 0;
}

error input_file::with_path(error cause) const {
  cause.text = fmt::format("{}: {}", quoted(path_), cause.text);
  return cause;
}

std::optional<std::string> input_file::shrunk() const {
  struct stat about {};
  if (!tells_size() || ::fstat(fd(), &about) != 0) return std::nullopt;
  const auto now = static_cast<std::uint64_t>(about.st_size);
  const std::uint64_t read = begin_ + offset_;
  if (read >= size_ && now >= read) return std::nullopt;
  return fmt::format(
      "{} became shorter while it was read: it had {} bytes, has {} now, and {} were read",
      quoted(path_), with_thousands(size_), with_thousands(now), with_thousands(offset_));
}

// How many of the bytes that were read there stand before the end of a file that was cut. While it
// is, what is cut off reads as zeros here and as it was there; its size is set before. A size that
// did not shrink says nothing: some file systems tell one that is smaller than what can be read.
std::size_t input_file::sound(std::uint64_t begin, std::size_t count) const noexcept {
  struct stat about {};
  if (!tells_size() || count == 0 || ::fstat(fd(), &about) != 0) return count;
  const auto now = static_cast<std::uint64_t>(about.st_size);
  if (now >= size_) return count;
  const std::uint64_t from = begin_ + begin;
  return now > from ? std::min<std::uint64_t>(count, now - from) : 0;
}

result<std::optional<std::size_t>> input_file::read(std::span<char> room) {
  for (;;) {
    if (!is_ready()) return std::nullopt;
    const auto got =
        seekable_ ? ::pread(fd(), room.data(), room.size(), static_cast<off_t>(begin_ + offset_))
                  : ::read(fd(), room.data(), room.size());
    if (got >= 0) {
      const auto count = sound(offset_, static_cast<std::size_t>(got));
      offset_ += count;
      return count;
    }
    if (errno == EAGAIN) return std::nullopt;
    if (errno != EINTR) return system_failure("read-file", path_, errno);
  }
}

std::uint64_t input_file::claim(std::size_t size) { return std::exchange(offset_, offset_ + size); }

std::ptrdiff_t input_file::read_part(std::uint64_t begin, std::span<char> room) const noexcept {
  std::size_t done = 0;
  while (done < room.size()) {
    const auto got = ::pread(fd(), room.data() + done, room.size() - done,
                             static_cast<off_t>(begin_ + begin + done));
    if (got < 0 && errno != EINTR) return -errno;
    if (got == 0) break;
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return static_cast<std::ptrdiff_t>(sound(begin, done));
}

error input_file::part_error(std::ptrdiff_t answer) const {
  return system_failure("read-file", path_, static_cast<int>(-answer)).value();
}

}  // namespace weir
