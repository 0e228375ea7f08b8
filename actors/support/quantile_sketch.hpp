#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace weir {

/// Answers quantiles of any number of values within 1 % of the true value, in bounded memory.
///
/// Counts values in buckets whose borders grow by 2 %. What it answers depends on the values alone:
/// not on their order, and not on how they were split among sketches that were merged.
/// Source: DDSketch; Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch
/// with relative-error guarantees", VLDB 2019. Written here because Debian ships no library of it.
///
/// The answer for `q` is within 1 % of the value number floor(q * (count - 1)), from 0, of all
/// values in ascending order. Zero, the infinities, the least and the greatest value are exact; not
/// a number counts as above all others. Each sign keeps at most `buckets_max` buckets: values more
/// than 17 orders of magnitude nearer to zero than the greatest of their sign (by magnitude) are
/// answered as the smallest magnitude kept.
///
/// Memory:  128 bytes, 4 for each of the first 32 values of a sign, then 8 a bucket between
///          the least and greatest (346 in a factor of 1000), at most 17 KiB a sign.
/// Threads: one thread at a time.
class quantile_sketch {
 public:
  static constexpr double relative_error = 0.01;
  static constexpr std::int32_t buckets_max = 2048;

  /// Adds one value; answers by how many bytes `bytes()` has changed.
  std::ptrdiff_t add(double value);
  /// Adds all values of another sketch.
  void merge(const quantile_sketch& other);

  std::uint64_t count() const { return count_; }
  /// Requires: 0 < count(); 0 <= q <= 1.
  double quantile(double q) const;
  /// Heap memory, without the object itself.
  std::size_t bytes() const;

  /// Whether both hold the same counts in the same buckets.
  bool operator==(const quantile_sketch& other) const;

 private:
  // Counts by bucket number. Where there would be too many buckets the lowest are one; which those
  // are depends on the highest bucket alone, so that order does not matter.
  class bucket_counts {
   public:
    struct bucket {
      std::int32_t number;
      std::uint64_t count;
      bool operator==(const bucket&) const = default;
    };

    void add(std::int32_t number, std::uint64_t count);
    void merge(const bucket_counts& other);
    // Those that are not empty, ascending.
    std::vector<bucket> all() const;
    std::size_t bytes() const;

   private:
    static constexpr std::size_t few_max = 32;

    std::int32_t lowest_kept() const { return highest_ - (buckets_max - 1); }
    void count_one_by_one();
    void cover(std::int32_t number);

    std::vector<std::int32_t> few_;      // one for each value, until there are too many
    std::vector<std::uint64_t> counts_;  // then a count for each bucket from first_ on
    std::int32_t first_ = 0;
    std::int32_t highest_ = std::numeric_limits<std::int32_t>::min() / 2;
  };

  std::uint64_t count_ = 0;
  std::uint64_t zeros_ = 0;
  std::uint64_t negative_infinities_ = 0;
  std::uint64_t positive_infinities_ = 0;
  std::uint64_t not_numbers_ = 0;
  double least_ = 0;  // of the finite values, as is the greatest
  double greatest_ = 0;
  std::uint64_t finite_ = 0;
  bucket_counts positive_;
  std::unique_ptr<bucket_counts> negative_;  // by magnitude; most data has none
};

}  // namespace weir
