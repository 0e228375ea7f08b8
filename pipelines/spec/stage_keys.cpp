#include "pipelines/spec/stage_keys.hpp"

#include <fmt/format.h>

#include "pipelines/spec/failure_keys.hpp"
#include "pipelines/spec/kept_keys.hpp"
#include "runtime/base/clock.hpp"

namespace weir {

const option_set<credit_limits>& credit_keys() {
  static const option_set<credit_limits> keys = [] {
    option_set<credit_limits> set;
    set.add("chunks", &credit_limits::chunks, "Chunks in flight.", between{1, 65'536});
    set.add("bytes", &credit_limits::bytes, "Bytes in flight.", between{4_KiB, 1024_GiB});
    return set;
  }();
  return keys;
}

const option_set<flow_options>& when_full_key() {
  static const option_set<flow_options> keys = [] {
    option_set<flow_options> set;
    set.add(
        "when_full", &flow_options::full, "What happens to chunks that have no room.",
        {choice{"block", when_full::block, "the producer waits"},
         choice{"drop_newest", when_full::drop_newest, "the chunk that does not fit is dropped"},
         choice{"drop_oldest", when_full::drop_oldest,
                "the chunk that has waited longest is dropped"}});
    return set;
  }();
  return keys;
}

const option_set<worker_options>& ordered_key() {
  static const option_set<worker_options> keys = [] {
    option_set<worker_options> set;
    set.add("ordered", &worker_options::ordered,
            "Whether what several workers give stays in the order of their input; without, each "
            "chunk goes on as soon as it is done.");
    return set;
  }();
  return keys;
}

const option_set<call_options>& max_duration_key() {
  static const option_set<call_options> keys = [] {
    option_set<call_options> set;
    set.add(
        "max_duration", &call_options::max_duration,
        "How long one call of the stage may take, at most a chunk's work; what it spends waiting "
        "for input or for room does not count. A call that takes longer has failed, as "
        "'on_failure' says; one that does not return for 5s beyond ends the run, which names it: "
        "nothing can end it from outside.",
        between{std::chrono::nanoseconds(std::chrono::milliseconds(1)),
                std::chrono::nanoseconds(std::chrono::hours(24))});
    return set;
  }();
  return keys;
}

const option_set<timeout_options>& timeout_key() {
  static const option_set<timeout_options> keys = [] {
    option_set<timeout_options> set;
    set.add("timeout", &timeout_options::timeout,
            "Of a source: how long it may give nothing while those below would take it. A longer "
            "silence is told, once, and is no failure.",
            between{nanoseconds(std::chrono::milliseconds(100)), longest_wait});
    return set;
  }();
  return keys;
}

const std::vector<option_declaration>& stage_keys() {
  static const std::vector<option_declaration> keys{
      {.name = "type",
       .type = "type of stage",
       .documentation = "What the stage does, as 'weir list' names it.",
       .is_required = true},
      {.name = "name",
       .type = "name",
       .documentation = "What others call it. Without it a stage is called by its type, from the "
                        "second of that type on 'filter_2', 'filter_3'."},
      {.name = "description", .type = "string", .documentation = "What the stage is for."},
      {.name = "from",
       .type = "stage, list or map",
       .documentation = "What the stage reads, see FROM. A source reads nothing."},
      {.name = "credit",
       .type = "map",
       .documentation = "How much may be under way to each input of the stage, so that those above "
                        "it wait when it is slow.",
       .default_text = "{chunks: 8, bytes: 8MiB}"},
      when_full_key().declarations().front(),
      {.name = "workers",
       .type = "integer or 'auto'",
       .documentation =
           "How many instances share the stage's work, at most, of a type that can: 'weir "
           "inspect TYPE' tells. Without it a transform has one, or as many as the stage above "
           "it whose only reader it is, and a source as many as its input and the threads make "
           "useful; 'auto' gives a transform one a thread.",
       .bounds = fmt::format("between 1 and {}", workers_without_bound)},
      ordered_key().declarations().front(),
      failure_keys().declarations().at(0),
      failure_keys().declarations().at(1),
      failure_keys().declarations().at(2),
      max_duration_key().declarations().front(),
      timeout_key().declarations().front(),
  };
  return keys;
}

const std::vector<std::string>& stage_key_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"by"};
    for (const auto& key : stage_keys()) all.push_back(key.name);
    for (auto& kept : kept_stage_keys()) all.push_back(std::move(kept));
    return all;
  }();
  return names;
}

}  // namespace weir
