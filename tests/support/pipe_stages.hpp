#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "runtime/base/check.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/happening.hpp"
#include "tests/support/number_stages.hpp"

namespace weir::testing {

/// A pipe whose ends are closed when it goes, if they were not before.
class pipe_pair {
 public:
  pipe_pair() {
    int ends[2] = {-1, -1};
    WEIR_CHECK(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0, "no pipe to be had");
    read_ = ends[0];
    write_ = ends[1];
  }
  ~pipe_pair() {
    close_reader();
    close_writer();
  }
  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;

  int reader() const { return read_; }
  int writer() const { return write_; }
  void close_reader() { close(read_); }
  void close_writer() { close(write_); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  int read_ = -1;
  int write_ = -1;
};

/// Reads a pipe: each byte becomes its number. Tells when it is about to wait.
inline made_stage pipe_source(int from, const std::shared_ptr<happening>& waits) {
  class stage final : public source {
   public:
    stage(int from, std::shared_ptr<happening> waits) : from_(from), waits_(std::move(waits)) {}
    bool blocks() const override { return true; }
    result<void> open(context& of) override {
      context_ = &of;
      return {};
    }
    stage_answer pull(outlet& out) override {
      waits_->happen();
      const auto how = context_->wait(from_, context::direction::readable, std::nullopt);
      if (how == context::waited::stopping) return answer::more;
      unsigned char byte = 0;
      const auto got = ::read(from_, &byte, 1);
      if (got < 0) return failure("read", "the pipe can't be read");
      if (got == 0) return answer::end;
      out.emit(numbers_chunk(byte, 1));
      return answer::more;
    }

   private:
    int from_;
    std::shared_ptr<happening> waits_;
    context* context_ = nullptr;
  };
  made_stage made{.name = "pipe", .kind = stage_kind::source};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<stage>(from, waits));
  };
  return made;
}

/// Writes 4 KiB to a pipe for every record. Tells when the pipe is full for the first time.
inline made_stage pipe_sink(int to, const std::shared_ptr<happening>& full) {
  class stage final : public sink {
   public:
    stage(int to, std::shared_ptr<happening> full) : to_(to), full_(std::move(full)) {}
    bool blocks() const override { return true; }
    result<void> open(context& of) override {
      context_ = &of;
      return {};
    }
    stage_answer consume(const chunk_ptr& records, outlet&) override {
      for (std::uint32_t n = 0; n < records->size(); ++n)
        if (!write_one()) return failure("stopped", "the pipe stayed full until the end");
      return answer::wait;
    }

   private:
    bool write_one() {
      static constexpr std::array<char, 4096> block{};
      // A pipe takes a block of that size whole or not at all.
      while (::write(to_, block.data(), block.size()) < 0) {
        if (errno != EAGAIN) return false;
        full_->happen();
        const auto how = context_->wait(to_, context::direction::writable, std::nullopt);
        if (how == context::waited::stopping) return false;
      }
      return true;
    }
    int to_;
    std::shared_ptr<happening> full_;
    context* context_ = nullptr;
  };
  made_stage made{.name = "writer", .kind = stage_kind::sink};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<stage>(to, full));
  };
  return made;
}

}  // namespace weir::testing
