#include "actors/support/system_error.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <system_error>

#include "runtime/base/text.hpp"

namespace weir {
namespace {

// What may pass although nobody mends anything here: space, a quota or memory that others free. Not
// so EIO: what was written before it may be lost, and a second try would hide that. Nor a limit of
// the file's size, or a file system that takes no writes.
bool is_temporary(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case ENOBUFS:
    case EAGAIN:
      return true;
    default:
      return false;
  }
}

}  // namespace

tl::unexpected<error> system_failure(std::string code, std::string_view path, int error_number) {
  const std::string detail = std::generic_category().message(error_number);
  std::string why = error_number == ENOENT ? "no such file" : detail;
  if (!why.empty())
    why.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(why.front())));
  return failure(error{std::move(code), fmt::format("{}: {}", quoted(path), why), detail,
                       is_temporary(error_number)});
}

}  // namespace weir
