#include "pipelines/cli/dead_letters.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/base/text.hpp"
#include "runtime/data/records.hpp"

namespace weir {
namespace {

constexpr mode_t new_file_mode = 0666;

tl::unexpected<error> refused(const std::string& text) {
  return failure("usage", "option '--dead-letters': " + text);
}

tl::unexpected<error> not_opened(const std::string& path, int code) {
  return failure("open-file",
                 fmt::format("option '--dead-letters': {} can't be written", quoted(path)),
                 std::generic_category().message(code));
}

error not_kept(const std::string& path, std::string detail) {
  return {"write-file", fmt::format("what it rejected can't be kept in {}", quoted(path)),
          std::move(detail)};
}

// Why the file is not one to keep records in; none if it is.
std::optional<std::string> unfit(const std::string& path) {
  if (path.empty()) return std::string("the path is empty");
  if (path == "-")
    return std::string(
        "standard output is for the pipeline's data; dead letters have a file of their own");
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  if (!S_ISREG(about.st_mode))
    return fmt::format("{} is no regular file, which keeps what nobody reads at once",
                       quoted(path));
  if (about.st_size > 0)
    return fmt::format(
        "there are records in {} already, which a replay would take for this run's; name another "
        "file, or remove it",
        quoted(path));
  return std::nullopt;
}

}  // namespace

result<std::shared_ptr<dead_letters>> dead_letters::open(const std::string& path) {
  if (auto why = unfit(path)) return refused(*why);
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, new_file_mode);
  if (fd < 0) return not_opened(path, errno);
  auto made = std::make_shared<dead_letters>(fd, path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return not_opened(path, errno);
    return failure("file-locked",
                   fmt::format("option '--dead-letters': another run writes {} now", quoted(path)));
  }
  // Another run may have written it between the look and the lock.
  if (auto why = unfit(path)) return refused(*why);
  return made;
}

dead_letters::dead_letters(int descriptor, std::string path)
    : descriptor_(descriptor), path_(std::move(path)) {}

dead_letters::~dead_letters() { ::close(descriptor_); }

result<void> dead_letters::keep(const chunk& rejected) {
  std::string lines;
  rejected.each_row([&](std::uint32_t row) {
    append_json_record(lines, rejected, row);
    lines += '\n';
  });
  const std::lock_guard held(lock_);
  if (!failed_) failed_ = write(lines);
  if (failed_) {
    lost_ += rejected.size();
    return failure(*failed_);
  }
  bytes_ += lines.size();
  kept_ += rejected.size();
  return {};
}

result<void> dead_letters::begin_again() {
  const std::lock_guard held(lock_);
  if (::ftruncate(descriptor_, 0) != 0) {
    failed_ = not_kept(path_, std::generic_category().message(errno));
    return failure(*failed_);
  }
  bytes_ = 0;
  kept_ = 0;
  lost_ = 0;
  return {};
}

std::optional<error> dead_letters::write(std::string_view lines) const {
  while (!lines.empty()) {
    const auto put = ::write(descriptor_, lines.data(), lines.size());
    if (put >= 0) {
      lines.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      auto detail = std::generic_category().message(errno);
      // Half a line would be no record. Where it can't be taken back, a replay tells of it.
      [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(bytes_));
      return not_kept(path_, std::move(detail));
    }
  }
  return std::nullopt;
}

result<void> dead_letters::finish() const {
  const int again = ::dup(descriptor_);
  if (again < 0 || ::close(again) == 0 || errno == EINTR) return {};
  return failure("write-file", fmt::format("dead letters can't be kept in {}", quoted(path_)),
                 std::generic_category().message(errno));
}

std::uint64_t dead_letters::kept() const {
  const std::lock_guard held(lock_);
  return kept_;
}

std::uint64_t dead_letters::lost() const {
  const std::lock_guard held(lock_);
  return lost_;
}

}  // namespace weir
