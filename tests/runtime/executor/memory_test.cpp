// What a run tells when its stages hold more than its memory.

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;
using namespace std::chrono_literals;

// Gives a record a second, without end.
class slow_source final : public source {
 public:
  result<void> open(context& in) override {
    context_ = &in;
    next_ = in.now();
    return {};
  }
  stage_answer pull(outlet& out) override {
    if (context_->stopping()) return answer::end;
    if (context_->now() >= next_) {
      out.emit(numbers_chunk(0, 1));
      next_ += 1s;
    }
    context_->wake_at(next_);
    return answer::wait;
  }

 private:
  context* context_ = nullptr;
  time_point next_{};
};

// Holds as much more with each chunk.
class hoarder final : public transform {
 public:
  explicit hoarder(byte_size each) : each_(each) {}

  result<void> open(context& in) override {
    context_ = &in;
    return {};
  }
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    held_.bytes += each_.bytes;
    if (auto fits = context_->account().hold(held_); !fits) return failure(fits.error());
    out.emit(records);
    return answer::wait;
  }

 private:
  context* context_ = nullptr;
  byte_size each_;
  byte_size held_;
};

made_stage hoarding_stage(const char* name, byte_size each) {
  made_stage made{.name = name};
  made.make = [each]() -> configured_stage::instance {
    return std::unique_ptr<transform>(std::make_unique<hoarder>(each));
  };
  return made;
}

}  // namespace

TEST_CASE("a run that holds more than its memory tells who holds how much, the most first") {
  const named_executor by{"inline", [] { return make_inline_executor_in_virtual_time(); }};
  graph_builder build;
  made_stage slow{.name = "slow", .kind = stage_kind::source, .inputs = {}};
  slow.make = []() -> configured_stage::instance {
    return std::unique_ptr<source>(std::make_unique<slow_source>());
  };
  const auto a = build.add(slow);
  const auto b = build.add(hoarding_stage("little", 64_KiB));
  const auto c = build.add(hoarding_stage("much", 256_KiB));
  const auto d = build.add(collecting_sink(std::make_shared<collected>()));
  build.connect(a, b).connect(b, c).connect(c, d).memory(1_MiB);
  const auto report = run_to_end(by, build.finish());
  REQUIRE(report);
  REQUIRE(report->failure);
  CHECK(report->failure->stage == "much");
  CHECK(report->failure->cause.code == "memory-exceeded");
  REQUIRE(report->failure->history.size() == 1);
  CHECK(report->failure->history[0] ==
        "held at the last look: stage 'much' 768KiB, stage 'little' 192KiB");
}

}  // namespace weir
