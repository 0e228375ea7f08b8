#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Answers quantiles of any number of values within 1 % of the true value, in bounded memory.
///
/// Counts values in buckets whose borders grow by 2 %. What it answers depends on the values alone:
/// not on their order, and not on how they were split among sketches that were merged.
/// Source: DDSketch; Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch
/// with relative-error guarantees", VLDB 2019. Written here because Debian ships no library of it.
/// Unlike there no buckets are ever joined to save memory: all doubles have 73,000, so that the
/// error holds for any values, however far apart.
///
/// The answer for `q` is within 1 % of the value number floor(q * (count - 1)), from 0, of all
/// values in ascending order; magnitudes below 2.3e-308 are rounded to what a double can hold.
/// Zero, the infinities, the least and the greatest value are exact; not a number counts as above
/// all others.
///
/// Memory:  128 bytes, 4 for each of the first 32 values of a sign, then 512 for each page of 64
///          neighbouring buckets (a factor of 3.6) that has a value, and 8 for each page between
///          the least and the greatest: a factor of 1000 takes 3.5 KiB, all doubles take 580 KiB a
///          sign.
/// Threads: one thread at a time.
class quantile_sketch {
 public:
  static constexpr double relative_error = 0.01;

  /// Adds one value; answers by how many bytes `bytes()` has changed.
  std::ptrdiff_t add(double value);
  /// Adds all values of another sketch.
  void merge(const quantile_sketch& other);

  /// Appends all there is to `to`; `load` adds what was saved, and takes it off `from`.
  void save(std::string& to) const;
  void load(std::string_view& from);

  std::uint64_t count() const { return count_; }
  /// Requires: 0 < count(); 0 <= q <= 1.
  double quantile(double q) const;
  /// Heap memory, without the object itself.
  std::size_t bytes() const;

  /// Whether both hold the same counts in the same buckets.
  bool operator==(const quantile_sketch& other) const;

 private:
  // Counts by bucket number, in pages, so that memory follows the buckets that have values.
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

    static constexpr std::int32_t page_buckets = 64;
    using page = std::array<std::uint64_t, page_buckets>;

    // The page that a bucket is on, also for negative numbers, and its place there.
    static std::int32_t page_of(std::int32_t number) { return number >> 6; }
    static std::size_t place_of(std::int32_t number) {
      return static_cast<std::size_t>(number & (page_buckets - 1));
    }
    void count_one_by_one();
    page& page_at(std::int32_t number);
    void cover(std::int32_t number);

    std::vector<std::int32_t> few_;             // one for each value, until there are too many
    std::vector<std::unique_ptr<page>> pages_;  // then counts, from first_page_ on
    std::int32_t first_page_ = 0;
    std::uint32_t pages_used_ = 0;
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
