#include "runtime/executor/call_thread.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace weir {

struct call_thread::shared {
  std::mutex lock;
  std::condition_variable changed;
  std::function<void()> job;
  std::function<void()> returned;
  bool busy = false;  // in a job, which may not return
  bool over = false;
};

call_thread::call_thread()
    : shared_(std::make_shared<shared>()), thread_([with = shared_] { work(with); }) {}

call_thread::~call_thread() {
  bool busy = false;
  {
    const std::lock_guard held(shared_->lock);
    shared_->over = true;
    busy = shared_->busy;
  }
  shared_->changed.notify_one();
  if (busy) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void call_thread::run(std::function<void()> job, std::function<void()> returned) {
  {
    const std::lock_guard held(shared_->lock);
    shared_->job = std::move(job);
    shared_->returned = std::move(returned);
    shared_->busy = true;
  }
  shared_->changed.notify_one();
}

void call_thread::work(const std::shared_ptr<shared>& with) {
  std::unique_lock held(with->lock);
  for (;;) {
    with->changed.wait(held, [&] { return with->job || with->over; });
    if (!with->job) return;
    auto job = std::exchange(with->job, nullptr);
    const auto returned = std::exchange(with->returned, nullptr);
    held.unlock();
    job();
    job = nullptr;
    // Told only when no longer busy: who hears of the last return may end this thread at once, and
    // then has to wait for it instead of leaving it behind.
    held.lock();
    with->busy = false;
    held.unlock();
    returned();
    held.lock();
  }
}

}  // namespace weir
