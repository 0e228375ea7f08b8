#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/processes/faults.hpp"
#include "tests/support/hang_limit.hpp"

// What may happen to files and FIFOs while they are read.

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* source = sample_pipeline::source;

// Waits for the first records. What comes then fills the pipe, and holds the run up, until somebody
// waits for more.
void await_first_output(process& running) { running.await_output_bytes(1); }

void with_unopenable(treated_run& run, const std::string& name, const std::string& says) {
  auto setup = run.setup();
  process running(setup);
  run.end(running);
  run.check_failure(source, "open-file", fmt::format("'in/{}': {}", name, says));
  run.check_outputs(running.output());
}

// It is told before the first record, wherever it stands among the others.
void dangling_link(treated_run& run) {
  run.prepare(sample_input::files);
  const auto* name = run.one_in(2) ? "0.ndjson" : "9.ndjson";
  fs::create_symlink("nowhere", run.path(std::string("in/") + name));
  with_unopenable(run, name, "no such file");
}

void forbidden_file(treated_run& run) {
  run.prepare(sample_input::files);
  const auto* name = run.one_in(2) ? "0.ndjson" : "9.ndjson";
  const auto path = run.folder().write(std::string("in/") + name, "{}\n");
  fs::permissions(path, fs::perms::none);
  if (::geteuid() != 0) return with_unopenable(run, name, "permission denied");
  // Root may read everything, so the run is somebody else's.
  constexpr uid_t nobody = 65534;
  for (const char* folder : {"", "in", "out", "tmp"})
    fs::permissions(run.path(folder), fs::perms::all);
  auto setup = run.setup();
  setup.user = nobody;
  process running(setup);
  run.end(running);
  run.check_failure(source, "open-file", fmt::format("'in/{}': permission denied", name));
  run.check_outputs(running.output());
}

// A pattern means files.
void folder_among_files(treated_run& run) {
  run.prepare(sample_input::files);
  fs::create_directory(run.path("in/0.ndjson"));
  process running(run.setup());
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  run.check_outputs(running.output());
}

// The last of the files goes while the first is read: it is either read already, or missed.
void file_removed(treated_run& run) {
  run.prepare(sample_input::files);
  const auto last = run.sample().inputs().back().first;
  process running(run.setup());
  await_first_output(running);
  fs::remove(run.path("in/" + last));
  run.end(running);
  if (!run.ended_as("complete"))
    run.check_failure(source, "open-file", fmt::format("'in/{}': no such file", last));
  run.check_outputs(running.output());
}

// What was read before stays; what is gone is told. A record may be cut in two, and is rejected.
void file_truncated(treated_run& run) {
  run.prepare(sample_input::one_file);
  const auto& [last, text] = run.sample().inputs().back();
  process running(run.setup());
  await_first_output(running);
  const auto left = run.random().below(static_cast<std::uint32_t>(text.size()));
  fs::resize_file(run.path("in/" + last), left);
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  const bool was_told = run.figures().told(source, "became shorter while it was read");
  const auto read = run.figures().of(source, "sent");
  const auto rejected = run.figures().of(source, "rejected");
  // All was read before it became shorter, or it is told.
  run.expect(
      was_told || read == run.sample().records(),
      fmt::format("{} of {} records were read, and nothing is told", read, run.sample().records()));
  run.expect(rejected <= 1, fmt::format("{} records were rejected", rejected));
  // No block is cut where there is no record's end, so that what was read are the first ones.
  run.set_records(read);
  run.check_outputs(running.output());
}

// A packed file that is cut is damaged, if its end had not been read.
void packed_file_truncated(treated_run& run) {
  run.prepare(sample_input::one_gzip);
  const auto& [last, text] = run.sample().inputs().back();
  process running(run.setup());
  await_first_output(running);
  const auto left = run.random().below(static_cast<std::uint32_t>(text.size()));
  fs::resize_file(run.path("in/" + last), left);
  run.end(running);
  if (run.ended_as("failed")) {
    run.expect(run.figures().failure("stage") == source, "it failed elsewhere");
    run.expect(run.figures().failure("text").find(last) != std::string::npos,
               "it does not name the file: " + run.figures().failure("text"));
  } else {
    const auto read = run.figures().of(source, "sent");
    const bool was_told = run.figures().told(source, "became shorter while it was read");
    run.expect(was_told || read == run.sample().records(),
               fmt::format("{} of {} records were read, and nothing is told", read,
                           run.sample().records()));
    run.set_records(read);
  }
  run.check_outputs(running.output());
}

// A file ends where it ends when its end is read.
void file_grown(treated_run& run) {
  run.prepare(sample_input::files);
  const auto last = run.sample().inputs().back().first;
  process running(run.setup());
  await_first_output(running);
  const std::uint64_t more = 1 + run.random().below(2000);
  std::string added;
  for (std::uint64_t n = 0; n < more; ++n)
    added += sample_pipeline::input_line(run.sample().records() + n) + "\n";
  std::ofstream(run.path("in/" + last), std::ios::binary | std::ios::app) << added;
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  const auto read = run.figures().of(source, "sent");
  run.expect(read == run.sample().records() || read == run.sample().records() + more,
             fmt::format("{} records were read of {} and {}", read, run.sample().records(), more));
  run.set_records(read);
  run.check_outputs(running.output());
}

// A process that writes `text` to a FIFO and then waits to be killed.
class fifo_writer {
 public:
  fifo_writer(const std::string& path, const std::string& text) : id_(::fork()) {
    if (id_ == 0) write_and_wait(path.c_str(), text);
  }
  fifo_writer(const fifo_writer&) = delete;
  fifo_writer& operator=(const fifo_writer&) = delete;
  ~fifo_writer() { die(); }

  void die() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
    id_ = -1;
  }

 private:
  // Makes only calls that are safe behind a fork.
  [[noreturn]] static void write_and_wait(const char* path, std::string_view text) {
    const int end = ::open(path, O_WRONLY | O_CLOEXEC);
    while (end >= 0 && !text.empty()) {
      const auto count = ::write(end, text.data(), text.size());
      if (count <= 0) ::_exit(1);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    for (;;) ::pause();
  }

  pid_t id_;
};

std::string fifo_text(const treated_run& run, std::uint64_t records) {
  std::string text;
  for (std::uint64_t n = 0; n < records; ++n) text += sample_pipeline::input_line(n) + "\n";
  // The beginning of one more.
  return text + sample_pipeline::input_line(run.sample().records()).substr(0, 20);
}

// All whole records have come when the last of them has been printed.
void await_all_printed(const treated_run& run, process& running) {
  running.await_output_bytes(run.sample().printed_bytes());
}

void fifo_writer_dies(treated_run& run) {
  run.prepare(sample_input::fifo, 10'000);
  const auto path = run.path("in/1.ndjson");
  run.expect(::mkfifo(path.c_str(), 0600) == 0, "mkfifo");
  fifo_writer writer(path, fifo_text(run, run.sample().records()));
  process running(run.setup());
  await_all_printed(run, running);
  writer.die();
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  run.expect(run.figures().of(source, "rejected_unread") == 1, "the half record was not rejected");
  run.expect(run.figures().told(source, fmt::format("1.ndjson:{}", run.sample().records() + 1)),
             "the place of the half record is not told");
  run.check_outputs(running.output());
}

// The writer lives on and is silent.
void fifo_drained(treated_run& run) {
  run.prepare(sample_input::fifo, 10'000);
  const auto path = run.path("in/1.ndjson");
  run.expect(::mkfifo(path.c_str(), 0600) == 0, "mkfifo");
  fifo_writer writer(path, fifo_text(run, run.sample().records()));
  process running(run.setup());
  await_all_printed(run, running);
  running.send(SIGTERM);
  run.end(running);
  run.expect(run.ended_as("drained"), "it ended as " + run.figures().outcome());
  const auto read = run.figures().of(source, "sent");
  run.expect(read == run.sample().records(), fmt::format("{} records were sent", read));
  // The beginning of a record was read before the signal or was not.
  run.expect(run.figures().of(source, "rejected_unread") <= 1, "more than one was rejected");
  run.check_outputs(running.output());
}

// Tells when somebody has opened a file.
class opening {
 public:
  explicit opening(const std::string& path) : watch_(::inotify_init1(IN_CLOEXEC)) {
    REQUIRE(::inotify_add_watch(watch_, path.c_str(), IN_OPEN) >= 0);
  }
  opening(const opening&) = delete;
  opening& operator=(const opening&) = delete;
  ~opening() { ::close(watch_); }

  bool await() const {
    pollfd asked{watch_, POLLIN, 0};
    constexpr std::chrono::milliseconds longest = hang_limit;
    return ::poll(&asked, 1, static_cast<int>(longest.count())) == 1;
  }

 private:
  int watch_;
};

// Nobody ever opens the other end.
void fifo_without_writer(treated_run& run) {
  run.prepare(sample_input::fifo, 1'000);
  const auto path = run.path("in/1.ndjson");
  run.expect(::mkfifo(path.c_str(), 0600) == 0, "mkfifo");
  const opening opened(path);
  process running(run.setup());
  run.expect(opened.await(), "the FIFO was not opened");
  running.send(SIGTERM);
  run.end(running);
  run.expect(run.ended_as("drained"), "it ended as " + run.figures().outcome());
  run.check_outputs(running.output());
}

}  // namespace

std::vector<fault> faults_of_inputs() {
  return {{"a dangling link among the inputs", dangling_link},
          {"a file that must not be read", forbidden_file},
          {"a folder among the inputs", folder_among_files},
          {"a later file is removed", file_removed},
          {"a file is truncated", file_truncated},
          {"a packed file is truncated", packed_file_truncated},
          {"a file grows", file_grown},
          {"a FIFO's writer dies within a record", fifo_writer_dies},
          {"SIGTERM while a FIFO is silent", fifo_drained},
          {"SIGTERM while a FIFO has no writer", fifo_without_writer}};
}

}  // namespace weir::testing
