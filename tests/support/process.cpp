#include "tests/support/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace weir::testing {
namespace {

using std::chrono::steady_clock;

void close_end(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

// A pipe whose ends no other process inherits.
struct pipe_ends {
  int read = -1;
  int write = -1;

  pipe_ends() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe2");
    read = ends[0];
    write = ends[1];
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Appends what there is to read; closes the end when there is no more.
void take(int& descriptor, std::string& into) {
  std::array<char, 65536> bytes;
  const auto count = ::read(descriptor, bytes.data(), bytes.size());
  if (count > 0)
    into.append(bytes.data(), static_cast<std::size_t>(count));
  else if (count == 0 || errno != EINTR)
    close_end(descriptor);
}

// What only calls that are safe between fork and exec do.
struct child_plan {
  std::array<int, 3> standard;  // becomes descriptors 0, 1, 2
  int life;
  const char* folder;
  const std::vector<int>* ignored_signals;
  const std::vector<process_limit>* limits;
  std::optional<uid_t> user;
  char** arguments;
  char** environment;
};

[[noreturn]] void become(const child_plan& plan) {
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  for (const int number : *plan.ignored_signals) std::signal(number, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int i = 0; i < 3; ++i) ::dup2(plan.standard[static_cast<std::size_t>(i)], i);
  ::fcntl(plan.life, F_SETFD, 0);
  if (*plan.folder != '\0' && ::chdir(plan.folder) != 0) ::_exit(127);
  for (const auto& [what, most] : *plan.limits) {
    const rlimit bound{most, most};
    if (::setrlimit(static_cast<__rlimit_resource_t>(what), &bound) != 0) ::_exit(127);
  }
  if (plan.user && (::setgid(*plan.user) != 0 || ::setuid(*plan.user) != 0)) ::_exit(127);
  ::execve(plan.arguments[0], plan.arguments, plan.environment);
  ::_exit(127);
}

int open_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), path);
  return descriptor;
}

}  // namespace

process::process(process_setup setup) : patience_(setup.patience) { spawn(setup); }

process::~process() {
  kill_and_reap();
  for (int* end : {&input_, &output_end_, &errors_end_, &life_end_}) close_end(*end);
}

void process::spawn(process_setup& setup) {
  pipe_ends errors, life;
  int input = -1, output = -1;
  if (setup.input_path.empty()) {
    const pipe_ends ends;
    input = ends.read;
    input_ = ends.write;
  } else {
    input = open_path(setup.input_path, O_RDONLY);
  }
  if (setup.output_path.empty()) {
    const pipe_ends ends;
    output = ends.write;
    output_end_ = ends.read;
  } else {
    output = open_path(setup.output_path, O_WRONLY | O_CREAT);
  }
  errors_end_ = errors.read;
  life_end_ = life.read;

  std::vector<char*> environment = pointers_to(setup.environment);
  environment.pop_back();
  for (char** inherited = environ; *inherited != nullptr; ++inherited)
    environment.push_back(*inherited);
  environment.push_back(nullptr);
  std::vector<char*> arguments = pointers_to(setup.arguments);
  const child_plan plan{.standard = {input, output, errors.write},
                        .life = life.write,
                        .folder = setup.folder.c_str(),
                        .ignored_signals = &setup.ignored_signals,
                        .limits = &setup.limits,
                        .user = setup.user,
                        .arguments = arguments.data(),
                        .environment = environment.data()};
  // A signal to the child must not meet handlers of ours before it has become the program.
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  id_ = ::fork();
  if (id_ == 0) become(plan);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  for (int* end : {&input, &output, &errors.write, &life.write}) close_end(*end);
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

void process::write_input(std::string_view text) {
  const auto written = ::write(input_, text.data(), text.size());
  REQUIRE(written == static_cast<ssize_t>(text.size()));
}

void process::close_input() { close_end(input_); }

void process::close_output() { close_end(output_end_); }

void process::send(int signal_number) {
  REQUIRE(id_ > 0);
  REQUIRE(::kill(id_, signal_number) == 0);
}

// Takes what comes first, within so long; false if nothing does.
bool process::pump_once(std::chrono::milliseconds longest) {
  std::array<pollfd, 3> ends{{{is_reading_output_ ? output_end_ : -1, POLLIN, 0},
                              {errors_end_, POLLIN, 0},
                              {life_end_, POLLIN, 0}}};
  const auto wait_ms = static_cast<int>(std::max<std::int64_t>(longest.count(), 0));
  if (::poll(ends.data(), ends.size(), wait_ms) == 0) return false;
  if (ends[0].revents != 0) take(output_end_, output_);
  if (ends[1].revents != 0) take(errors_end_, errors_);
  if (ends[2].revents != 0) close_end(life_end_);
  return true;
}

void process::pump(const std::function<bool()>& done, std::string_view wanted) {
  const auto deadline = steady_clock::now() + patience_;
  while (!done()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (pump_once(left)) continue;
    ::kill(id_, SIGKILL);
    throw std::runtime_error("waited in vain for " + std::string(wanted) +
                             "\n--- standard error so far:\n" + errors_ +
                             "\n--- standard output so far:\n" + output_.substr(0, 1024));
  }
}

void process::await(const std::string& in, std::string_view text) {
  bool ended = false;
  pump(
      [&] {
        ended = life_end_ < 0 && output_end_ < 0 && errors_end_ < 0;
        return ended || in.find(text) != std::string::npos;
      },
      text);
  INFO("standard error: ", errors_);
  REQUIRE(in.find(text) != std::string::npos);
}

void process::await_output(std::string_view text) { await(output_, text); }

void process::await_errors(std::string_view text) { await(errors_, text); }

void process::await_output_bytes(std::size_t count) {
  pump([&] { return output_end_ < 0 || life_end_ < 0 || output_.size() >= count; },
       std::to_string(count) + " bytes of output");
}

void process::send_until(int signal_number, std::string_view text) {
  constexpr std::chrono::milliseconds between{50};
  const auto deadline = steady_clock::now() + patience_;
  const auto came = [&] { return errors_.find(text) != std::string::npos; };
  while (!came() && life_end_ >= 0) {
    send(signal_number);
    const auto again = steady_clock::now() + between;
    for (auto now = again - between; now < again && !came() && life_end_ >= 0;
         now = steady_clock::now())
      pump_once(std::chrono::ceil<std::chrono::milliseconds>(again - now));
    REQUIRE(steady_clock::now() < deadline);
  }
}

void process::await_stop() {
  siginfo_t how{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(id_), &how, WSTOPPED | WEXITED | WNOWAIT) == 0);
}

namespace {

// What stands behind `name` in a file of the process; empty when it has ended.
std::string told_by_system(pid_t id, const char* file, const std::string& name) {
  std::ifstream in("/proc/" + std::to_string(id) + "/" + file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto at = text.find(name);
  return at == text.npos ? std::string() : text.substr(at + name.size());
}

// Processor time used so far, in ticks: the twelfth and thirteenth word behind the name.
std::uint64_t ticks_used(pid_t id) {
  std::istringstream words(told_by_system(id, "stat", ") "));
  std::string skipped;
  for (int i = 0; i < 11; ++i) words >> skipped;
  std::uint64_t in_program = 0, in_system = 0;
  words >> in_program >> in_system;
  return in_program + in_system;
}

}  // namespace

void process::await_rest() {
  constexpr std::chrono::milliseconds window{250};
  const auto most = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)) / 20;  // a fifth of it
  const auto deadline = steady_clock::now() + patience_;
  is_reading_output_ = false;
  for (auto before = ticks_used(id_); life_end_ >= 0;) {
    const auto over = steady_clock::now() + window;
    for (auto now = over - window; now < over && life_end_ >= 0; now = steady_clock::now())
      pump_once(std::chrono::ceil<std::chrono::milliseconds>(over - now));
    const auto used = ticks_used(id_);
    if (used <= before + most) break;
    before = used;
    REQUIRE(steady_clock::now() < deadline);
  }
  is_reading_output_ = true;
}

std::uint64_t process::resident_peak() const {
  return std::strtoull(told_by_system(id_, "status", "VmHWM:").c_str(), nullptr, 10) * 1024;
}

int process::wait() {
  pump([&] { return life_end_ < 0; }, "its end");
  is_reading_output_ = true;
  pump([&] { return output_end_ < 0 && errors_end_ < 0; }, "the end of its output");
  if (id_ > 0) ::waitpid(id_, &status_, 0);
  id_ = -1;
  return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
}

void process::kill_and_reap() {
  if (id_ <= 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, &status_, 0);
  id_ = -1;
}

process_result run_process(process_setup setup) {
  process under_test(std::move(setup));
  const int code = under_test.wait();
  return {code, under_test.output(), under_test.errors()};
}

}  // namespace weir::testing
