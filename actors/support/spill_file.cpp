#include "actors/support/spill_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "actors/support/system_error.hpp"
#include "runtime/base/byte_size.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t waiting_most = 64 * 1024;
constexpr mode_t own_mode = 0600;

// Not every file system makes files without names.
int open_and_unlink(const std::string& folder) {
  // mkostemp replaces six X.
  std::string name = folder + "/weir-" + std::string(6, 'X');
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(name.c_str());
  return fd;
}

}  // namespace

result<std::shared_ptr<spill_file>> spill_file::open(const std::string& folder) {
  owned_fd fd(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, own_mode));
  if (!fd) fd = owned_fd(open_and_unlink(folder));
  if (!fd) return system_failure("spill-file", folder, errno);
  return std::shared_ptr<spill_file>(new spill_file(folder, std::move(fd)));
}

tl::unexpected<error> spill_file::failed(int error_number) const {
  auto why = system_failure("spill-file", folder_, error_number);
  why.value().text += fmt::format(", after {} were written", to_text(byte_size{written_}));
  return why;
}

result<void> spill_file::append(std::string_view bytes) {
  waiting_ += bytes;
  return waiting_.size() < waiting_most ? result<void>() : flush();
}

result<void> spill_file::flush() {
  std::string_view left = waiting_;
  while (!left.empty()) {
    const auto count = ::pwrite(fd_.get(), left.data(), left.size(), static_cast<off_t>(written_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    written_ += static_cast<std::uint64_t>(count);
    left.remove_prefix(static_cast<std::size_t>(count));
  }
  waiting_ = std::string();
  return {};
}

result<std::size_t> spill_file::read(std::uint64_t offset, char* to, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const auto count =
        ::pread(fd_.get(), to + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace weir
