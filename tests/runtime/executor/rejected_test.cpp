// The records that stages refuse: their one shape, who reads them, and what is told of them.

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "runtime/data/records.hpp"
#include "runtime/stage/stage_type.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/number_stages.hpp"
#include "tests/support/random_stages.hpp"

namespace weir {
namespace {

using namespace weir::testing;

// Keeps whole chunks.
class keeping_sink final : public sink {
 public:
  explicit keeping_sink(std::shared_ptr<std::vector<chunk_ptr>> into) : into_(std::move(into)) {}
  stage_answer consume(const chunk_ptr& records, outlet&) override {
    into_->push_back(records);
    return answer::wait;
  }

 private:
  std::shared_ptr<std::vector<chunk_ptr>> into_;
};

made_stage keep_in(std::shared_ptr<std::vector<chunk_ptr>> into) {
  made_stage made{.name = "keep", .kind = stage_kind::sink};
  made.make = [=]() -> configured_stage::instance {
    return std::unique_ptr<sink>(std::make_unique<keeping_sink>(into));
  };
  return made;
}

// Lines of NDJSON with their places and their text, and one that can't be read.
class reading final : public source {
 public:
  stage_answer pull(outlet& out) override {
    const auto input = std::make_shared<input_name>(input_name{"in.ndjson"});
    auto parts = chunk_of_json("{\"a\": 1}\n{\"b\":  2}\n{\"c\":   3}").value()->all();
    column_builder text;
    for (const char* line : {"{\"a\": 1}", "{\"b\":  2}", "{\"c\":   3}"}) text.append_text(line);
    auto raw = std::make_shared<raw_records>();
    raw->format = "ndjson";
    raw->text = text.finish();
    parts.raw = std::move(raw);
    parts.record_places = std::make_shared<const places>(
        places::run{0, input, 100, 7}, std::vector<places::position>{{0, 0}, {9, 1}, {19, 2}});
    out.emit(make_chunk(std::move(parts)));
    out.reject({"not-json", "no value begins here", "{oops", {input, 130, 10}});
    return answer::end;
  }
};

// Refuses the second record of a chunk, and makes a record of its own that it refuses as well.
class refusing_second final : public transform {
 public:
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    out.reject(*records, records->row_of(1), "second", "it is the second");
    const auto made = chunk_of_json("{\"made\": true}").value();
    out.reject(*made, 0, "made", "it was made");
    return answer::wait;
  }
};

template <class Kind, class Stage>
made_stage simple(const char* name, stage_kind kind, ledger_kind ledger) {
  made_stage made{.name = name, .kind = kind, .ledger = ledger};
  made.make = []() -> configured_stage::instance {
    return std::unique_ptr<Kind>(std::make_unique<Stage>());
  };
  return made;
}

// All records as JSON, but for the time.
std::vector<std::string> texts(const std::vector<chunk_ptr>& chunks) {
  std::vector<std::string> all;
  for (const auto& records : chunks)
    records->each_row([&](std::uint32_t row) {
      std::string text;
      append_json_record(text, *records, row);
      const auto begin = text.find(",\"time\":\"");
      const auto end = text.find('"', begin + 9);
      REQUIRE(begin != std::string::npos);
      all.push_back(text.erase(begin, end + 1 - begin));
    });
  return all;
}

TEST_CASE("a rejected record has its one shape, at whichever stage it is read") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<std::vector<chunk_ptr>>();
    graph_builder build;
    const auto a =
        build.add(simple<source, reading>("read", stage_kind::source, ledger_kind::creates));
    const auto b = build.add(
        simple<transform, refusing_second>("refuse", stage_kind::transform, ledger_kind::filters));
    const auto c = build.add(keep_in(got));
    // The transform's only output that anybody reads is what it refuses.
    build.connect(a, b).connect_rejected(b, c);
    const auto from_source = std::make_shared<std::vector<chunk_ptr>>();
    auto other = keep_in(from_source);
    other.name = "unreadable";
    build.connect_rejected(a, build.add(other));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(texts(*got) ==
          std::vector<std::string>{
              R"({"stage":"refuse","reason":"it is the second","code":"second","file":"in.ndjson",)"
              R"("offset":109,"line":8,"record":{"b":  2}})",
              R"({"stage":"refuse","reason":"it was made","code":"made","record":{"made":true}})"});
    CHECK(texts(*from_source) ==
          std::vector<std::string>{
              R"({"stage":"read","reason":"no value begins here","code":"not-json",)"
              R"("file":"in.ndjson","offset":130,"line":10,"raw":"e29vcHM="})"});
    for (const auto& chunks : {*got, *from_source})
      for (const auto& records : chunks)
        CHECK(records->schema().fields().size() == rejected_columns().fields.size());
    CHECK(report->stages[0].rejected == 1);
    CHECK(report->stages[1].rejected == 2);
    CHECK(report->rejected_unread() == 0);
  }
}

TEST_CASE("rejected records that nobody reads are counted, and those that are read are not") {
  for (const auto& by : all_executors())
    for (const bool read : {false, true}) {
      CAPTURE(by.name);
      CAPTURE(read);
      const auto got = std::make_shared<collected>();
      const auto kept = std::make_shared<std::vector<chunk_ptr>>();
      graph_builder build;
      const auto a = build.add(numbers_source(100, 7));
      const auto b = build.add(refusing_stage(4));
      const auto c = build.add(collecting_sink(got));
      build.connect(a, b).connect(b, c);
      if (read) build.connect_rejected(b, build.add(keep_in(kept)));
      const auto report = run_to_end(by, build.finish());
      REQUIRE(report);
      CHECK(report->outcome == run_outcome::complete);
      CHECK(report->imbalances.empty());
      CHECK(report->stages[1].rejected == 25);
      CHECK(report->rejected_unread() == (read ? 0 : 25));
      CHECK(got->numbers().size() == 75);
      CHECK(texts(*kept).size() == (read ? 25 : 0));
    }
}

TEST_CASE("records sent to a port that nobody reads are counted as unread") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<collected>();
    graph_builder build;
    const auto a = build.add(numbers_source(100, 7));
    const auto b = build.add(splitting_stage());
    const auto c = build.add(collecting_sink(got));
    build.connect(a, b).connect(b, c, 1);
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->imbalances.empty());
    CHECK(report->stages[1].passed == 100);
    CHECK(report->stages[1].unread == 50);
    CHECK(got->numbers().size() == 50);
  }
}

TEST_CASE("a source whose rejected records alone are read goes on until it has read all") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto got = std::make_shared<std::vector<chunk_ptr>>();
    graph_builder build;
    const auto a =
        build.add(simple<source, reading>("read", stage_kind::source, ledger_kind::creates));
    build.connect_rejected(a, build.add(keep_in(got)));
    const auto report = run_to_end(by, build.finish());
    REQUIRE(report);
    CHECK(report->outcome == run_outcome::complete);
    CHECK(report->stages[0].unread == 3);
    CHECK(texts(*got).size() == 1);
  }
}

// A clock that moves when told, from any thread.
class moved_clock final : public clock {
 public:
  time_point now() const override { return time_point(nanoseconds(since_.load())); }
  wall_time wall() const override { return wall_time(nanoseconds(since_.load())); }
  void advance(nanoseconds by) { since_ += by.count(); }

 private:
  std::atomic<std::int64_t> since_ = 0;
};

// Refuses every record, one chunk each 4 seconds.
class refusing_slowly final : public transform {
 public:
  explicit refusing_slowly(std::shared_ptr<moved_clock> time) : time_(std::move(time)) {}
  stage_answer process(port_number, const chunk_ptr& records, outlet& out) override {
    time_->advance(std::chrono::seconds(4));
    records->each_row([&](std::uint32_t row) {
      const bool odd = row % 2 != 0;
      out.reject(*records, row, odd ? "odd" : "even", odd ? "it is odd" : "it is even");
    });
    return answer::wait;
  }

 private:
  std::shared_ptr<moved_clock> time_;
};

TEST_CASE("the first rejection of a kind is told at once, and then how many in 10 seconds") {
  for (const auto& by : all_executors()) {
    CAPTURE(by.name);
    const auto time = std::make_shared<moved_clock>();
    made_stage refuse{.name = "refuse", .ledger = ledger_kind::filters};
    refuse.make = [=]() -> configured_stage::instance {
      return std::unique_ptr<transform>(std::make_unique<refusing_slowly>(time));
    };
    std::vector<std::string> told;
    run_options options;
    options.time = time.get();
    options.on_event = [&](const run_event& event) {
      if (event.what == run_event::kind::rejected) told.push_back(event.stage + ": " + event.text);
    };
    graph_builder build;
    const auto a = build.add(numbers_source(24, 4));  // at 4, 8, 12, 16, 20 and 24 s
    const auto b = build.add(refuse);
    build.connect(a, b);
    const auto executor = by.make();
    const auto run = executor->start(build.finish(), options);
    const auto report = run->wait();
    REQUIRE(report);
    CHECK(report->stages[1].rejected == 24);
    CHECK(told == std::vector<std::string>{
                      "refuse: record rejected: it is even", "refuse: record rejected: it is odd",
                      "refuse: 6 more records rejected (even), the last: it is even",
                      "refuse: 6 more records rejected (odd), the last: it is odd"});
  }
}

}  // namespace
}  // namespace weir
