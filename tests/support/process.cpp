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
  ::execve(plan.arguments[0], plan.arguments, plan.environment);
  ::_exit(127);
}

int open_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), path);
  return descriptor;
}

}  // namespace

process::process(process_setup setup) { spawn(setup); }

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
  const child_plan plan{{input, output, errors.write}, life.write,       setup.folder.c_str(),
                        &setup.ignored_signals,        arguments.data(), environment.data()};
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

void process::pump(const std::function<bool()>& done, std::string_view wanted) {
  const auto deadline = steady_clock::now() + patience;
  while (!done()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    std::array<pollfd, 3> ends{{{is_reading_output_ ? output_end_ : -1, POLLIN, 0},
                                {errors_end_, POLLIN, 0},
                                {life_end_, POLLIN, 0}}};
    const int ready =
        ::poll(ends.data(), ends.size(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == 0) {
      ::kill(id_, SIGKILL);
      throw std::runtime_error("waited in vain for " + std::string(wanted) +
                               "\n--- standard error so far:\n" + errors_ +
                               "\n--- standard output so far:\n" + output_.substr(0, 4096));
    }
    if (ends[0].revents != 0) take(output_end_, output_);
    if (ends[1].revents != 0) take(errors_end_, errors_);
    if (ends[2].revents != 0) close_end(life_end_);
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
