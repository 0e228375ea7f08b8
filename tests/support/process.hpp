#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

/// A bound that the system holds a process to, as `RLIMIT_FSIZE`.
struct process_limit {
  int what = 0;
  rlim_t most = 0;
};

/// How a process is started.
struct process_setup {
  std::vector<std::string> arguments;    ///< the program first
  std::vector<std::string> environment;  ///< `NAME=value`, beside what is inherited
  std::string folder;                    ///< to run in; empty: ours
  std::string output_path;               ///< a file to open as standard output; empty: a pipe to us
  std::string input_path = "/dev/null";  ///< the same for standard input
  std::vector<int> ignored_signals;      ///< as a job in a script's background has them
  std::vector<process_limit> limits;
  std::optional<uid_t> user;          ///< who it is to be, where we may say so; none: who we are
  std::chrono::seconds patience{60};  ///< how long each wait for it may take
};

/// A process under test, with its standard output and standard error on pipes to us. It is killed
/// when this ends, and when it takes longer than its `patience`: then the test fails.
///
/// No call sleeps: each waits for what the process writes or for its end.
/// Threads: one thread at a time.
class process {
 public:
  explicit process(process_setup setup);
  ~process();
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  /// Gives the process more standard input; at most 64 KiB that it has not read yet.
  void write_input(std::string_view text);
  void close_input();
  /// Stops reading its standard output: its next write there finds nobody.
  void close_output();
  /// Leaves what it writes there unread, so that the pipe fills; `wait` takes what is left.
  void stop_reading_output() { is_reading_output_ = false; }
  void send(int signal_number);

  /// Waits until standard output, or standard error, has `text` in it.
  void await_output(std::string_view text);
  void await_errors(std::string_view text);
  /// Waits until at least so many bytes have come on standard output, or it has ended.
  void await_output_bytes(std::size_t count);
  /// Sends a signal again and again, as people do who are in a hurry, until standard error has
  /// `text` in it.
  void send_until(int signal_number, std::string_view text);
  /// Waits until a signal has stopped it, or it has ended.
  void await_stop();
  /// Waits, without reading its standard output, until it uses less than a fifth of a processor
  /// over a while, or has ended: it waits for us.
  void await_rest();
  /// The most memory that it ever had resident, in bytes; 0 when it has ended.
  std::uint64_t resident_peak() const;

  /// Waits for its end. The exit code; of a process that a signal ended 128 and its number.
  int wait();

  /// All that came so far.
  const std::string& output() const { return output_; }
  const std::string& errors() const { return errors_; }

 private:
  void spawn(process_setup& setup);
  void pump(const std::function<bool()>& done, std::string_view wanted);
  bool pump_once(std::chrono::milliseconds longest);
  void await(const std::string& in, std::string_view text);
  void kill_and_reap();

  pid_t id_ = -1;
  std::chrono::seconds patience_{60};
  int input_ = -1;
  int output_end_ = -1;
  int errors_end_ = -1;
  int life_end_ = -1;  // at its end when the process is
  int status_ = 0;
  bool is_reading_output_ = true;
  std::string output_;
  std::string errors_;
};

/// `input_path` of a process whose standard input is a pipe from us.
inline constexpr const char* input_pipe = "";

/// What a process that runs to its end by itself leaves.
struct process_result {
  int code = 0;
  std::string output;
  std::string errors;
};

process_result run_process(process_setup setup);

}  // namespace weir::testing
