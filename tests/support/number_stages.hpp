#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "tests/support/graph_builder.hpp"

namespace weir::testing {

/// A chunk with the column `n`: `first`, `first + 1`, ...
chunk_ptr numbers_chunk(std::int64_t first, std::uint32_t count);
/// The values of the column `n`.
std::vector<std::int64_t> numbers_in(const chunk& from);

/// What a collecting sink got.
///
/// Threads: any.
class collected {
 public:
  void add(const chunk& records);
  std::vector<std::int64_t> numbers() const;
  void add_mark(mark what);
  /// Marks of that kind that it got.
  std::uint64_t marks(mark::kind what) const;
  /// Waits until it got that many numbers, at most as long as a test may; whether it did.
  bool wait_for(std::size_t numbers);

 private:
  mutable std::mutex lock_;
  std::condition_variable changed_;
  std::vector<std::int64_t> numbers_;
  std::vector<mark> marks_;
};

/// Numbers from 0 on, `count` of them (0: without end), `chunk` a chunk.
made_stage numbers_source(std::uint64_t count, std::uint32_t chunk,
                          std::shared_ptr<std::uint64_t> pulled = nullptr);
/// Passes everything on.
made_stage pass_stage(const char* name = "pass");
/// Lets the first `count` records through and then wants no more.
made_stage first_stage(std::uint64_t count);
/// Holds back `chunks` chunks, then lets them go. Tells its plan so, or (`told` false) not.
made_stage holding_stage(std::uint32_t chunks, bool told = true);
/// Pairs chunks of two inputs: gives the first input's, checks that the second's is the same.
made_stage pairing_stage();
/// Keeps the numbers and counts the marks that it gets.
made_stage collecting_sink(std::shared_ptr<collected> into, const char* name = "collect");
/// Keeps nothing of what it gets.
made_stage ignoring_sink(const char* name = "ignore");

}  // namespace weir::testing
