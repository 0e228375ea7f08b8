#include "pipelines/cli/launcher.hpp"

int main(int count, char** words) {
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  return weir::launch(all.subspan(all.empty() ? 0 : 1));
}
