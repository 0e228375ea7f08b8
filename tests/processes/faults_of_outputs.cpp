#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "tests/processes/faults.hpp"
#include "tests/support/hang_limit.hpp"

// What may happen to files, pipes and disks while they are written.

namespace weir::testing {
namespace {

namespace fs = std::filesystem;

// A small disk of memory below a folder, for as long as it lives.
class small_disk {
 public:
  small_disk(std::string folder, std::uint64_t bytes) : folder_(std::move(folder)) {
    const auto options = fmt::format("size={}", bytes);
    mounted_ = ::mount("none", folder_.c_str(), "tmpfs", 0, options.c_str()) == 0;
    if (!mounted_) why_not_ = std::strerror(errno);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  ~small_disk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  bool is_there() const { return mounted_; }
  const std::string& why_not() const { return why_not_; }

 private:
  std::string folder_;
  std::string why_not_;
  bool mounted_ = false;
};

// Which of the stages found it out first is a matter of speed.
bool is_a_sink(const treated_run& run, const std::string& stage) {
  for (const auto& what : run.sample().outputs())
    if (what.stage == stage) return true;
  return false;
}

void check_disk_failure(treated_run& run, process& running, const std::string& says) {
  run.end(running);
  if (run.ended_as("failed")) {
    const auto stage = run.figures().failure("stage");
    run.expect(is_a_sink(run, stage), "it failed at stage '" + stage + "'");
    run.check_failure(stage, "write-file", says);
  } else {
    run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  }
  run.check_outputs(running.output());
}

void disk_full(treated_run& run) {
  run.prepare();
  const small_disk disk(run.path("out"), 4096 * (2 + run.random().below(1500)));
  if (!disk.is_there()) return run.skip("mounting is refused: " + disk.why_not());
  run.write_old_file();
  process running(run.setup());
  check_disk_failure(run, running, "no space left on device");
}

void file_too_large(treated_run& run) {
  run.prepare();
  auto setup = run.setup();
  setup.limits = {{RLIMIT_FSIZE, 1 + run.any_progress()}};
  process running(setup);
  check_disk_failure(run, running, "file too large");
}

void full_device(treated_run& run) {
  run.prepare();
  auto setup = run.setup();
  setup.output_path = "/dev/full";
  process running(setup);
  run.end(running);
  run.check_failure("shown", "write-file", "no space left on device");
  run.set_reader_gone();
  run.check_outputs("");
}

// The pipeline ends without failure, and everything else is as without print.
void reader_gone(treated_run& run, bool at_once) {
  run.prepare();
  process running(run.setup());
  if (!at_once) running.await_output_bytes(run.any_progress());
  running.close_output();
  run.set_reader_gone();
  run.end(running);
  run.expect(run.ended_as("complete"), "it ended as " + run.figures().outcome());
  run.check_outputs("");
}

void reader_gone_at_once(treated_run& run) { reader_gone(run, true); }

void reader_gone_later(treated_run& run) { reader_gone(run, false); }

// A run can't do without the reader of a FIFO that it writes.
void fifo_reader_gone(treated_run& run) {
  run.prepare();
  const auto& copy = run.sample().outputs()[1].file;
  const auto path = run.path("out/" + copy);
  fs::remove(path);
  run.expect(::mkfifo(path.c_str(), 0600) == 0, "mkfifo");
  const int reader = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  auto setup = run.setup();
  setup.output_path = "/dev/null";  // nobody reads it while we wait for the FIFO
  process running(setup);
  // Something has come.
  pollfd asked{reader, POLLIN, 0};
  constexpr std::chrono::milliseconds longest = hang_limit;
  const bool has_come = ::poll(&asked, 1, static_cast<int>(longest.count())) == 1;
  ::close(reader);
  run.expect(has_come, "nothing came");
  run.end(running);
  // All that is packed may fit into the FIFO.
  if (copy.ends_with(".ndjson") || !run.ended_as("complete"))
    run.check_failure("copy", "reader-gone", "its reader has gone");
  fs::remove(path);
  run.check_nothing_left();
}

// The folder goes, and the files in it can't get their names.
void folder_removed(treated_run& run) {
  run.prepare();
  process running(run.setup());
  running.await_output_bytes(1);
  fs::remove_all(run.path("out"));
  run.end(running);
  // Where all was printed before, the files had their names.
  if (!run.ended_as("complete")) {
    const auto stage = run.figures().failure("stage");
    run.expect(is_a_sink(run, stage), "it failed at stage '" + stage + "'");
    run.check_failure(stage, "write-file", "no such file");
  }
  run.expect(fs::is_empty(run.path("tmp")), "files are left in 'tmp'");
}

// The second run finds the files taken, and the first one does not notice.
void second_run(treated_run& run) {
  run.prepare(sample_input::standard, 4'000);
  auto setup = run.setup();
  setup.input_path = input_pipe;
  process first(setup);
  const auto line = sample_pipeline::input_line(1) + "\n";
  std::string all;
  for (std::uint64_t n = 0; n < 300; ++n) all += sample_pipeline::input_line(n) + "\n";
  first.write_input(all);
  first.await_output_bytes(1);
  process second(run.setup());
  run.end(second);
  const auto stage = run.figures().failure("stage");
  run.check_failure(stage, "file-locked", "another stage or run is writing it now");
  first.close_input();
  run.end(first);
  run.expect(run.ended_as("complete"), "the first run ended as " + run.figures().outcome());
  run.came_out("file-locked, 1; the first " + run.figures().outcome());
  run.set_records(300);
  run.check_outputs(first.output());
}

}  // namespace

std::vector<fault> faults_of_outputs() {
  return {{"a full disk", disk_full},
          {"a file that grows too large", file_too_large},
          {"a full device as standard output", full_device},
          {"the reader goes at once", reader_gone_at_once},
          {"the reader goes later", reader_gone_later},
          {"the reader of a FIFO goes", fifo_reader_gone},
          {"the folder is removed", folder_removed},
          {"a second run to the same files", second_run}};
}

}  // namespace weir::testing
