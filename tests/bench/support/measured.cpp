#include "tests/bench/support/measured.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace weir::testing {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

pid_t begin(const std::function<void()>& work) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child > 0) return child;
  try {
    work();
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

cost& cost::operator+=(const cost& next) {
  wall_s += next.wall_s;
  cpu_s += next.cpu_s;
  peak = std::max(peak, next.peak);
  return *this;
}

cost measure(const std::vector<std::function<void()>>& side_by_side) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<pid_t> children;
  for (const auto& work : side_by_side) children.push_back(begin(work));
  cost sum;
  bool all_ended_well = true;
  for (const pid_t child : children) {
    int status = 0;
    rusage used{};
    if (::wait4(child, &status, 0, &used) != child)
      throw std::system_error(errno, std::generic_category(), "wait4");
    all_ended_well = all_ended_well && status == 0;
    sum.cpu_s += seconds(used.ru_utime) + seconds(used.ru_stime);
    sum.peak = std::max(sum.peak, byte_size{static_cast<std::uint64_t>(used.ru_maxrss) * 1024});
  }
  sum.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!all_ended_well) throw std::runtime_error("a process under measurement did not end with 0");
  return sum;
}

std::function<void()> program(std::vector<std::string> arguments) {
  return [arguments = std::move(arguments)]() mutable {
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    if (std::freopen("/dev/null", "w", stdout) == nullptr)
      throw std::system_error(errno, std::generic_category(), "/dev/null");
    ::execv(pointers[0], pointers.data());
    throw std::system_error(errno, std::generic_category(), arguments[0]);
  };
}

spread spread_of(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  return {figures[figures.size() / 2], figures.front(), figures.back()};
}

std::string machine_load() {
  double load = 0;
  if (::getloadavg(&load, 1) != 1) return "load unknown";
  return fmt::format("load {:.2f}, {} cores", load, std::thread::hardware_concurrency());
}

}  // namespace weir::testing
