#include "actors/support/file_feed.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <utility>

#include "actors/support/input_paths.hpp"
#include "actors/support/system_error.hpp"
#include "runtime/base/text.hpp"

namespace weir {
namespace {

// How long a record waits for others to share its chunk, and how long an input is quiet before
// those below are asked to hold nothing back.
constexpr std::chrono::milliseconds linger{20};

}  // namespace

result<void> file_feed::open(context& in) {
  const std::lock_guard held(lock_);
  if (!opened_) opened_ = open_all(in);
  return *opened_;
}

result<void> file_feed::open_all(context& in) {
  auto paths = expand_paths(options_.paths);
  if (!paths) return failure(std::move(paths.error()));
  paths_ = std::move(*paths);
  // A later file that is missing is told before the first record, not after an hour.
  for (const auto& path : paths_) {
    if (path != "-" && ::access(path.c_str(), R_OK) != 0)
      return system_failure("open-file", path, errno);
    if (auto why = options_.misfit(path)) return failure("mixed-formats", std::move(*why));
  }
  tell_doubles(in);
  if (options_.make_header_reader) header_reader_ = options_.make_header_reader();
  return open_next();
}

// Tells of files that are named twice, or are the same under two names.
void file_feed::tell_doubles(context& in) const {
  std::map<std::pair<dev_t, ino_t>, std::string> seen;
  for (const auto& path : paths_) {
    struct stat about = {};
    if (path == "-" || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const auto [first, added] = seen.try_emplace({about.st_dev, about.st_ino}, path);
    if (added) continue;
    in.tell(first->second == path
                ? fmt::format("{} is named twice, so its records come twice", quoted(path))
                : fmt::format("{} and {} are the same file, so its records come twice",
                              quoted(first->second), quoted(path)));
  }
}

result<void> file_feed::open_next() {
  const std::string& path = paths_[next_++];
  auto input = unpacked_input::open(path, options_.readers);
  if (!input) return failure(std::move(input.error()));
  input_.emplace(std::move(*input));
  const auto name = std::make_shared<const input_name>(input_name{path == "-" ? "stdin" : path});
  cutter_ = std::make_unique<codecs::block_cutter>(
      options_.make_splitter(), codecs::cutter_options{.record_max = options_.record_max}, name);
  if (header_reader_) header_reader_->begin_input();
  header_.reset();
  input_ended_ = false;
  return {};
}

result<file_feed::step> file_feed::next(context& in) {
  std::unique_lock held(lock_);
  const auto fail = [this](error cause) {
    failed_ = true;
    return failure(std::move(cause));
  };
  for (;;) {
    if (failed_) return step{news::end, {}};
    // Before a look at `stopping`: what was added makes way for others' parts.
    if (block_is_due(in)) {
      auto given = take_piece();
      if (!given) return fail(std::move(given.error()));
      if (*given) return step{news::piece, std::move(**given)};
    }
    if (in.stopping()) break;
    if (input_ended_) {
      if (next_ == paths_.size()) return step{news::end, {}};
      if (added_ < claimed_) {
        part_added_.wait(held);
        continue;
      }
      if (auto opened = open_next(); !opened) return fail(std::move(opened.error()));
      continue;
    }
    if (may_read_parts()) {
      if (auto good = read_part(in, held); !good) return fail(std::move(good.error()));
      continue;
    }
    const auto taken = read_some(in);
    if (!taken) return fail(taken.error());
    if (*taken == got::quiet) return step{news::quiet, {}};
    if (*taken == got::nothing) break;
    if (*taken == got::packed && !unpack_slice(in, held)) {
      waiting_.push_back(in.waker());
      return step{news::later, {}};
    }
  }
  return step{news::nothing, {}};
}

// Whether to read apart from others: once one does, all do, for what it reads is not there yet.
bool file_feed::may_read_parts() {
  return options_.readers > 1 && input_->parts() != nullptr &&
         (added_ < claimed_ || cutter_->takes_parts());
}

// Reads a part of the input without the lock, and adds it when its turn comes: all in front of it
// are being read, each within a call.
result<void> file_feed::read_part(context& in, std::unique_lock<std::mutex>& held) {
  input_file& file = *input_->parts();
  auto part = cutter_->make_part();
  const auto room = part.room;
  const auto begin = file.claim(room.size());
  const auto turn = claimed_++;
  held.unlock();
  const auto count = file.read_part(begin, room);
  held.lock();
  part_added_.wait(held, [&] { return added_ == turn; });
  ++added_;
  part_added_.notify_all();
  // What has been added to the file since its end was seen does not count.
  if (failed_ || input_ended_) return {};
  if (count < 0) return failure(file.part_error(count));
  cutter_->add(std::move(part), static_cast<std::size_t>(count));
  if (static_cast<std::size_t>(count) == room.size()) return {};
  file.end_at(begin + static_cast<std::uint64_t>(count));
  end_input(in);
  return {};
}

void file_feed::end_input(context& in) {
  cutter_->finish();
  input_ended_ = true;
  if (auto shrunk = input_->file().shrunk()) in.tell(std::move(*shrunk));
}

// Unpacks what can be unpacked now, without the lock; false if there is nothing: then another
// reader is at what comes next, and wakes those that wait as it gives it back. It does so before
// its call ends, whatever happens in it, so that none of them waits for a reader that is not at
// work.
bool file_feed::unpack_slice(const context& in, std::unique_lock<std::mutex>& held) {
  const auto slice = input_->take_slice();
  if (!slice) return false;
  struct giving_back {
    file_feed& feed;
    packed_slice& taken;
    std::unique_lock<std::mutex>& held;
    ~giving_back() {
      held.lock();
      packed_slices::give(taken);
      for (const auto& waiting : std::exchange(feed.waiting_, {})) waiting.wake();
    }
  };
  const giving_back at_end{*this, *slice, held};
  held.unlock();
  slice->unpack([&in] { return in.stopping(); });
  return true;
}

// Whether to take what the cutter has: it is full, has waited long enough, or is the last.
bool file_feed::block_is_due(const context& in) const {
  const bool due = first_byte_ && in.now() - *first_byte_ >= linger;
  return due || input_ended_ || cutter_->room().empty();
}

// What the cutter has, the header of its input taken off; none if it has nothing.
result<std::optional<file_feed::piece>> file_feed::take_piece() {
  first_byte_.reset();
  piece out{.input = cutter_->input()};
  out.too_long = cutter_->take_too_long();
  out.block = cutter_->take();
  if (out.block && header_reader_) {
    const std::uint64_t line = out.block->line;
    if (auto taken = header_reader_->take_header(*out.block); !taken) {
      auto cause = std::move(taken.error());
      cause.text = fmt::format("{}:{}: {}", quoted(out.input->text), line, cause.text);
      return failure(std::move(cause));
    }
    if (!header_)
      if (auto names = header_reader_->names())
        header_ = std::make_shared<const std::vector<std::string>>(std::move(*names));
    out.block->names = header_;
    if (out.block->empty()) out.block.reset();
  }
  if (!out.block && out.too_long.empty()) return std::nullopt;
  out.turn = ++turns_;
  told_quiet_ = false;
  return out;
}

// Reads once. Of an input that may be quiet it waits, but with what has been read only for as long
// as that may wait; and before it waits for longer it tells that the input is quiet.
result<file_feed::got> file_feed::read_some(context& in) {
  const bool may_wait = input_->file().may_block();
  const auto count = input_->read(cutter_->room());
  if (!count) return failure(count.error());
  if (!*count && !may_wait) return got::packed;
  if (*count) {
    if (may_wait && !first_byte_) first_byte_ = in.now();
    if (**count > 0) {
      cutter_->filled(**count);
      return got::bytes;
    }
    end_input(in);
    return got::bytes;
  }
  std::optional<time_point> until;
  if (first_byte_) {
    until = *first_byte_ + linger;
  } else if (!told_quiet_) {
    until = in.now() + linger;
  }
  const auto waited = in.wait(input_->file().fd(), context::direction::readable, until);
  if (waited == context::waited::timed_out && !first_byte_) {
    told_quiet_ = true;
    return got::quiet;
  }
  return waited == context::waited::stopping ? got::nothing : got::bytes;
}

std::vector<file_feed::piece> file_feed::rest() {
  const std::lock_guard held(lock_);
  std::vector<piece> all;
  if (failed_ || !input_ || !input_->file().may_block()) return all;
  const auto take_all = [&] {
    for (auto given = take_piece(); given && *given; given = take_piece())
      all.push_back(std::move(**given));
  };
  take_all();
  cutter_->finish();
  const auto whole = static_cast<std::ptrdiff_t>(all.size());
  take_all();
  for (auto part = all.begin() + whole; part != all.end(); ++part) {
    if (!part->block) continue;
    part->too_long.push_back({part->block->offset, part->block->line,
                              std::string(part->block->text()), "unfinished-record",
                              "the run was ended before the record's line end came"});
    part->block.reset();
  }
  return all;
}

std::optional<std::vector<std::string>> file_feed::leave(std::vector<std::string> columns) {
  const std::lock_guard held(lock_);
  seen_.insert(columns.begin(), columns.end());
  if (++left_ < options_.readers) return std::nullopt;
  return std::vector<std::string>(seen_.begin(), seen_.end());
}

void file_feed::tell_missing(context& in, const std::set<std::string>& named) {
  const std::lock_guard held(lock_);
  if (!header_ || header_ == header_told_) return;
  header_told_ = header_;
  for (const auto& name : named) {
    if (std::find(header_->begin(), header_->end(), name) != header_->end()) continue;
    if (!missing_.insert(name).second) continue;
    in.tell(fmt::format("no column {} in {}{}", quoted(name), quoted(cutter_->input()->text),
                        did_you_mean(name, *header_)));
  }
}

}  // namespace weir
