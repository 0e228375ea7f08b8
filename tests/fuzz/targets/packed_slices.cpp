// The slices of packed files, on any bytes. Holds: readers that unpack slices side by side, of any
// size and in any order, get the text that one unpacker gives, and the same error.

#include <sys/mman.h>
#include <unistd.h>

#include "actors/codecs/gzip.hpp"
#include "actors/codecs/zstd.hpp"
#include "actors/support/owned_fd.hpp"
#include "tests/actors/support/readers_by_chance.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/targets.hpp"

namespace weir::testing {
namespace {

// A regular file in memory.
class memory_file {
 public:
  explicit memory_file(std::string_view bytes) : fd_(::memfd_create("packed", MFD_CLOEXEC)) {
    WEIR_CHECK(fd_, "no memory for a file");
    while (!bytes.empty()) {
      const auto written = ::write(fd_.get(), bytes.data(), bytes.size());
      WEIR_CHECK(written > 0, "a file in memory that can't be written");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

 private:
  owned_fd fd_;
};

}  // namespace

void fuzz_packed_slices(std::string_view bytes) {
  fuzz_input from(bytes);
  const auto seed = from.choose(36);
  const unsigned readers = 2 + from.choose(6);
  packed_slice_sizes sizes;
  sizes.packed_least = 1 + from.choose(36) * std::size_t{from.flip() ? 50U : 1U};
  sizes.packed_max = sizes.packed_least + from.choose(36) * std::size_t{from.flip() ? 100U : 10U};
  sizes.piece = 1 + from.choose(36) * std::size_t{from.flip() ? 100U : 3U};
  sizes.text_max = sizes.piece * (1 + from.choose(20));
  for (const auto* kind : {&codecs::gzip_kind, &codecs::zstd_kind}) {
    if (!kind->is_kind(from.text())) continue;
    const memory_file file(from.text());
    const auto whole = unpacked_by_one(file.path());
    const auto got = readers_by_chance(*kind, file.path(), readers, sizes, seed).run();
    require_same(got.ended_by, whole.ended_by, "error of slices");
    require_same(got.text, whole.text, "text of slices");
  }
}

}  // namespace weir::testing
