#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/graph_builder.hpp"

namespace weir::testing {

/// The ways in which a stage can fail.
enum class failing : std::uint8_t {
  with_an_error,
  with_an_exception,
  with_something_else,
  for_lack_of_memory,
};

/// What the watched stages of one run did, and which of their calls is to fail.
///
/// Threads: any.
class watch {
 public:
  /// The call number `at` (from 1) of that name of that stage fails.
  struct fault {
    std::string stage;
    std::string call;
    unsigned at = 1;
    failing how = failing::with_an_error;
  };
  watch() = default;
  explicit watch(fault to_happen) : fault_(std::move(to_happen)) {}

  /// A stage tells each call when it begins; the one that is to fail fails.
  result<void> begins(const std::string& stage, const std::string& call);
  /// A stage made a chunk.
  void made(const chunk_ptr& what);

  /// The calls of a stage, in order.
  std::vector<std::string> calls(const std::string& stage) const;
  /// How often a stage had a call.
  std::size_t count(const std::string& stage, const std::string& call) const;
  /// Whether no stage was called `after` before the last was called `before`.
  bool all_before(const std::string& before, const std::string& after) const;
  /// How many of the chunks that were made still exist.
  std::size_t chunks_alive() const;

 private:
  struct entry {
    std::string stage;
    std::string call;
  };

  fault fault_;
  mutable std::mutex lock_;
  std::vector<entry> entries_;
  std::vector<std::weak_ptr<const chunk>> chunks_;
};

/// Stages that tell a watch every call. All answer `more` where they may, and keep the last chunk
/// they saw. One that is closed after it was told to stop throws: a cause that came second.
///
/// The source makes `chunks` chunks of three numbers, with a flush mark behind each.
made_stage watched_source(std::shared_ptr<watch> by, bool blocking, unsigned chunks);
made_stage watched_transform(std::shared_ptr<watch> by, bool blocking);
made_stage watched_sink(std::shared_ptr<watch> by, bool blocking, const char* name = "sink");

}  // namespace weir::testing
