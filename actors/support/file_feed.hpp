#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/codecs/block_cutter.hpp"
#include "actors/codecs/record_reader.hpp"
#include "actors/support/unpacked_input.hpp"
#include "runtime/stage/context.hpp"

namespace weir {

/// How the inputs of a feed are opened and cut.
struct feed_options {
  std::vector<std::string> paths;  ///< patterns allowed, `-` is standard input
  byte_size record_max = 16_MiB;
  unsigned readers = 1;
  /// Why a path can't be read like the others; none if it can.
  std::function<std::optional<std::string>(const std::string& path)> misfit;
  std::function<std::unique_ptr<codecs::record_splitter>()> make_splitter;
  /// Of a format whose inputs begin with a header: what reads it.
  std::function<std::unique_ptr<codecs::record_reader>()> make_header_reader;
};

/// The inputs of a stage, one after the other, as blocks of whole records: for one reader, or for
/// several that share the work. Cutting goes on under a lock, a block at a time, so that each
/// reader gets the block that it has just read, still warm; what is made of the blocks, which is
/// most of the work, goes on side by side. So does reading where several read a regular file, and
/// the unpacking of a file with several gzip members or zstd frames (`packed_slices`).
///
/// Order:   blocks carry the number of their turn, in the order of the inputs.
/// Memory:  a block of 256 KiB, or one record, and one for each reader, beside what was given, and
///          what the input needs.
/// Errors:  what can't be opened, unpacked or has no header that can be read. The feed then has
///          nothing more to give.
/// Threads: any; of inputs that may be quiet, one reader.
class file_feed {
 public:
  explicit file_feed(feed_options options) : options_(std::move(options)) {}

  /// Finds the inputs and opens the first; all but the first call answer what the first did.
  result<void> open(context& in);

  struct piece {
    std::uint64_t turn = 0;  ///< from 1
    std::shared_ptr<const input_name> input;
    /// Records that were too long to be kept; they stand before the block.
    std::vector<codecs::bad_record> too_long;
    std::optional<codecs::raw_block> block;
  };
  enum class news : std::uint8_t {
    piece,
    quiet,    ///< the input has been quiet for a while: those below should hold nothing back
    later,    ///< other readers unpack what comes next, and wake this one by its waker
    nothing,  ///< nothing has come yet, or the stage is stopping
    end,      ///< of the last input
  };
  struct step {
    news what = news::nothing;
    piece given;
  };
  /// The next block. Of an input that may be quiet it waits for as long as what has come may wait,
  /// 20 ms, and for ever where there is nothing to give and `quiet` was told.
  result<step> next(context& in);

  /// What was read of an input that can't be read again: whole records, and as a bad record the
  /// beginning of one. Nothing of others.
  std::vector<piece> rest();

  /// A reader has come to the end, and has seen these columns: the last one to do so gets those of
  /// all readers.
  std::optional<std::vector<std::string>> leave(std::vector<std::string> columns);

  /// Tells `in`, once each, of those that are not among the columns of the input at hand, as its
  /// header has them.
  void tell_missing(context& in, const std::set<std::string>& named);

 private:
  result<void> open_all(context& in);
  result<void> open_next();
  void tell_doubles(context& in) const;
  bool block_is_due(const context& in) const;
  result<std::optional<piece>> take_piece();
  bool unpack_slice(const context& in, std::unique_lock<std::mutex>& held);
  enum class got : std::uint8_t { bytes, packed, quiet, nothing };
  result<got> read_some(context& in);
  bool may_read_parts();
  result<void> read_part(context& in, std::unique_lock<std::mutex>& held);
  void end_input(context& in);

  feed_options options_;
  std::mutex lock_;
  std::optional<result<void>> opened_;
  std::vector<std::string> paths_;
  std::size_t next_ = 0;  // of `paths_`, to be opened
  std::optional<unpacked_input> input_;
  std::unique_ptr<codecs::block_cutter> cutter_;
  std::unique_ptr<codecs::record_reader> header_reader_;
  std::shared_ptr<const std::vector<std::string>>
      header_;  // of the input at hand, once it is there
  std::shared_ptr<const std::vector<std::string>> header_told_;
  std::set<std::string> missing_;  // columns of which it was told that there are none
  std::set<std::string> seen_;     // columns, by the readers that have left
  std::vector<waker> waiting_;     // readers that were told `later`
  unsigned left_ = 0;
  std::uint64_t turns_ = 0;
  // Parts of the input at hand that readers have claimed and, of them, those that were added. A
  // reader waits here, within its call, for those that are reading what stands in front of its own.
  std::uint64_t claimed_ = 0;
  std::uint64_t added_ = 0;
  std::condition_variable part_added_;
  bool input_ended_ = false;
  bool failed_ = false;
  bool told_quiet_ = true;                // nothing was given since
  std::optional<time_point> first_byte_;  // of what waits in the cutter
};

}  // namespace weir
