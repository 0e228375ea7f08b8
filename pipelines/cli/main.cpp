#include <malloc.h>

#include "pipelines/cli/launcher.hpp"

namespace {

// Chunks come and go: without this glibc gives their memory back to the system and takes it again,
// page by page. At most so much is kept in each of its arenas, of which there are a few a thread.
void keep_memory_of_chunks() {
  constexpr int kept_bytes = 4 << 20;
  constexpr int mapped_bytes = 2 << 20;  // what is larger is mapped alone, and given back at once
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread yet
  ::mallopt(M_TRIM_THRESHOLD, kept_bytes);
  ::mallopt(M_MMAP_THRESHOLD, mapped_bytes);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace

int main(int count, char** words) {
  keep_memory_of_chunks();
  const std::span<const char* const> all(words, static_cast<std::size_t>(count));
  return weir::launch(all.subspan(all.empty() ? 0 : 1));
}
