#include "actors/support/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "actors/support/system_error.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr mode_t new_file_mode = 0666;  // what the process's umask leaves of it

std::optional<struct stat> look_at(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return about;
}

// A rename would replace the link, not what it leads to.
std::string behind_links(const std::string& path) {
  struct stat about {};
  if (::lstat(path.c_str(), &about) != 0 || !S_ISLNK(about.st_mode)) return path;
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

std::string temporary_name(const std::string& target) {
  const auto slash = target.rfind('/');
  const auto folder = slash == std::string::npos ? 0 : slash + 1;
  return target.substr(0, folder) + "." + target.substr(folder) + ".weir-tmp";
}

bool is_same_file(int fd, const std::string& path) {
  struct stat about {};
  const auto there = look_at(path);
  return ::fstat(fd, &about) == 0 && there && there->st_ino == about.st_ino &&
         there->st_dev == about.st_dev;
}

result<void> lock(int fd, const std::string& path) {
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return system_failure("open-file", path, errno);
  return failure("file-locked",
                 fmt::format("{}: another stage or run is writing it now", quoted(path)));
}

}  // namespace

output_file::output_file(output_file&&) noexcept = default;

output_file& output_file::operator=(output_file&& other) noexcept {
  if (this != &other) {
    discard();
    path_ = std::move(other.path_);
    target_ = std::move(other.target_);
    temporary_ = std::move(other.temporary_);
    place_ = other.place_;
    created_ = other.created_;
    is_fifo_ = other.is_fifo_;
    fd_ = std::move(other.fd_);
    bytes_before_ = other.bytes_before_;
    bytes_written_ = other.bytes_written_;
  }
  return *this;
}

output_file::~output_file() { discard(); }

result<output_file> output_file::open(const std::string& path, mode how) {
  output_file file;
  file.path_ = path;
  file.target_ = behind_links(path);
  const auto there = look_at(file.target_);
  if (there && S_ISDIR(there->st_mode)) return system_failure("open-file", path, EISDIR);
  if (there && !S_ISREG(there->st_mode))
    return open_in_place(std::move(file), S_ISFIFO(there->st_mode));
  return how == mode::append ? open_appended(std::move(file)) : open_temporary(std::move(file));
}

result<output_file> output_file::open_in_place(output_file file, bool is_fifo) {
  file.place_ = place::in_place;
  file.is_fifo_ = is_fifo;
  // Without O_NONBLOCK the open of a FIFO waits for its reader, and nothing would end that.
  const int how = O_WRONLY | O_CLOEXEC | O_NOCTTY | (is_fifo ? O_NONBLOCK : 0);
  file.fd_ = owned_fd(::open(file.target_.c_str(), how));
  if (!file.fd_ && is_fifo && errno == ENXIO)
    return failure("no-reader", fmt::format("{}: nobody reads it", quoted(file.path_)));
  if (!file.fd_) return system_failure("open-file", file.path_, errno);
  return file;
}

result<output_file> output_file::open_appended(output_file file) {
  file.place_ = place::appended;
  file.created_ = !look_at(file.target_);
  owned_fd fd(
      ::open(file.target_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, new_file_mode));
  if (!fd) return system_failure("open-file", file.path_, errno);
  if (auto locked = lock(fd.get(), file.path_); !locked) return failure(locked.error());
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return system_failure("open-file", file.path_, errno);
  file.bytes_before_ = static_cast<std::uint64_t>(about.st_size);
  file.fd_ = std::move(fd);
  return file;
}

result<output_file> output_file::open_temporary(output_file file) {
  file.place_ = place::temporary;
  const std::string name = temporary_name(file.target_);
  for (;;) {
    owned_fd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, new_file_mode));
    if (!fd) return system_failure("open-file", file.path_, errno);
    if (auto locked = lock(fd.get(), file.path_); !locked) return failure(locked.error());
    // Another run may have renamed or removed the file between the open and the lock.
    if (!is_same_file(fd.get(), name)) continue;
    if (::ftruncate(fd.get(), 0) != 0) return system_failure("open-file", file.path_, errno);
    // Who may read the file that is replaced may read its successor.
    if (const auto there = look_at(file.target_); there)
      if (::fchmod(fd.get(), there->st_mode & 07777) != 0)
        return system_failure("open-file", file.path_, errno);
    file.fd_ = std::move(fd);
    file.temporary_ = name;
    return file;
  }
}

result<void> output_file::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(fd_.get(), bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      return system_failure("write-file", path_, errno);
    }
    bytes_written_ += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

result<void> output_file::roll_back(std::uint64_t bytes_written) {
  if (bytes_written_ == bytes_written) return {};
  if (place_ == place::in_place)
    return failure("not-undone",
                   fmt::format("{}: what was written to it can't be taken back", quoted(path_)));
  const auto length = static_cast<off_t>(bytes_before_ + bytes_written);
  if (::ftruncate(fd_.get(), length) != 0 || ::lseek(fd_.get(), length, SEEK_SET) < 0)
    return system_failure("write-file", path_, errno);
  bytes_written_ = bytes_written;
  return {};
}

// Some file systems tell only now that there was no space: then the file does not get its name.
result<void> output_file::rename_to(const std::string& name) {
  owned_fd again(::dup(fd_.get()));
  if (again && ::close(again.release()) != 0 && errno != EINTR)
    return system_failure("write-file", path_, errno);
  if (::rename(temporary_.c_str(), name.c_str()) != 0)
    return system_failure("write-file", name, errno);
  temporary_.clear();
  fd_.reset();
  return {};
}

result<void> output_file::publish() {
  if (place_ == place::temporary) return rename_to(target_);
  fd_.reset();
  return {};
}

result<std::string> output_file::publish_partial() {
  if (place_ != place::temporary) {
    fd_.reset();
    return path_;
  }
  if (auto renamed = rename_to(target_ + ".partial"); !renamed) return failure(renamed.error());
  return path_ + ".partial";
}

void output_file::discard() {
  if (!fd_) return;
  if (place_ == place::temporary) ::unlink(temporary_.c_str());
  if (place_ == place::appended) {
    if (created_) {
      ::unlink(target_.c_str());
    } else if (::ftruncate(fd_.get(), static_cast<off_t>(bytes_before_)) != 0) {
      // Nothing more can be done here: the file's own length tells what was appended.
      bytes_before_ += bytes_written_;
    }
  }
  fd_.reset();
}

}  // namespace weir
