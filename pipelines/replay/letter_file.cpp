#include "pipelines/replay/letter_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;

tl::unexpected<error> unreadable(const std::string& name, int code) {
  return failure("open-file", fmt::format("the dead letters {} can't be read", quoted(name)),
                 std::generic_category().message(code));
}

bool write_whole(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::write(to, bytes.data(), bytes.size());
    if (put >= 0)
      bytes.remove_prefix(static_cast<std::size_t>(put));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

// Copies what can be read but once.
result<void> copy(const letter_file& to, int to_descriptor, int from, const std::string& folder) {
  std::array<char, 65536> bytes{};
  for (;;) {
    const auto count = ::read(from, bytes.data(), bytes.size());
    if (count == 0) return {};
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(to.name(), errno);
    if (!write_whole(to_descriptor, {bytes.data(), static_cast<std::size_t>(count)}))
      return failure("write-file",
                     fmt::format("{} is read twice, and its copy in {} can't be written",
                                 quoted(to.name()), quoted(folder)),
                     std::generic_category().message(errno));
  }
}

}  // namespace

result<std::shared_ptr<const letter_file>> letter_file::open(const std::string& path,
                                                             const std::string& temporary_folder) {
  const bool is_input = path == "-";
  const int fd = is_input ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                          : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return unreadable(path, errno);
  auto given = std::make_shared<const letter_file>(fd, is_input ? "stdin" : path);
  struct stat about = {};
  if (::fstat(fd, &about) != 0) return unreadable(path, errno);
  if (S_ISDIR(about.st_mode)) return unreadable(path, EISDIR);
  const bool at_start = !is_input || ::lseek(fd, 0, SEEK_CUR) == 0;
  if (S_ISREG(about.st_mode) && at_start) return given;
  // mkostemp replaces six X.
  std::string name = temporary_folder + "/weir-" + std::string(6, 'X');
  const int spool = ::mkostemp(name.data(), O_CLOEXEC);
  if (spool < 0)
    return failure("write-file",
                   fmt::format("{} is read twice, and there is no room for a copy in {}",
                               quoted(given->name()), quoted(temporary_folder)),
                   std::generic_category().message(errno));
  auto copied = std::make_shared<const letter_file>(spool, given->name());
  ::unlink(name.c_str());
  if (auto done = copy(*copied, spool, fd, temporary_folder); !done)
    return failure(std::move(done.error()));
  return copied;
}

letter_file::~letter_file() { ::close(descriptor_); }

bool letter_file::is(const std::string& path) const {
  struct stat mine = {};
  struct stat other = {};
  return ::fstat(descriptor_, &mine) == 0 && ::stat(path.c_str(), &other) == 0 &&
         mine.st_dev == other.st_dev && mine.st_ino == other.st_ino;
}

result<std::size_t> letter_file::read(std::uint64_t offset, char* into, std::size_t size) const {
  for (;;) {
    const auto count = ::pread(descriptor_, into, size, static_cast<off_t>(offset));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR)
      return failure("read-file", fmt::format("the dead letters {} can't be read", quoted(name_)),
                     std::generic_category().message(errno));
  }
}

result<bool> letter_lines::read_more() {
  bytes_.erase(0, at_);
  at_ = 0;
  const std::size_t before = bytes_.size();
  if (before > letter_bytes_max.bytes)
    return failure("line-too-long", fmt::format("{}:{}: the line is longer than {}", of_->name(),
                                                number_ + 1, to_text(letter_bytes_max)));
  bytes_.resize(before + std::max(read_bytes, before));
  const auto count = of_->read(offset_, bytes_.data() + before, bytes_.size() - before);
  bytes_.resize(before + count.value_or(0));
  if (!count) return failure(count.error());
  offset_ += *count;
  return *count > 0;
}

result<std::optional<std::string_view>> letter_lines::next() {
  std::size_t searched = at_;
  for (;;) {
    const auto end = bytes_.find('\n', searched);
    if (end == std::string::npos) {
      searched = bytes_.size() - at_;
      const auto more = read_more();
      if (!more) return failure(more.error());
      if (*more) continue;
      if (bytes_.empty()) return std::nullopt;
      bytes_ += '\n';  // the last line lacks its end
      continue;
    }
    std::string_view line(bytes_.data() + at_, end - at_);
    at_ = searched = end + 1;
    ++number_;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) return line;
  }
}

}  // namespace weir
