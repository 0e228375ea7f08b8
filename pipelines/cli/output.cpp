#include "pipelines/cli/output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "pipelines/cli/terminal.hpp"

namespace weir {

exit_code put(std::string_view text) {
  const auto written = write_all(STDOUT_FILENO, text);
  if (written || written.error().code == "reader-gone") return exit_handled;
  tell(written.error());
  return exit_failed;
}

void tell(const error& what) {
  say(fmt::format("weir: {}{}\n", what.text,
                  what.detail.empty() ? std::string() : fmt::format(" ({})", what.detail)));
}

}  // namespace weir
