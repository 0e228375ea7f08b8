#include "actors/support/system_error.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cerrno>
#include <system_error>

#include "runtime/base/text.hpp"

namespace weir {

tl::unexpected<error> system_failure(std::string code, std::string_view path, int error_number) {
  const std::string detail = std::generic_category().message(error_number);
  std::string why = error_number == ENOENT ? "no such file" : detail;
  if (!why.empty())
    why.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(why.front())));
  return failure(std::move(code), fmt::format("{}: {}", quoted(path), why), detail);
}

}  // namespace weir
