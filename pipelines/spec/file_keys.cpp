#include "pipelines/spec/file_keys.hpp"

#include "pipelines/spec/failure_keys.hpp"

namespace weir {
namespace {

// What is read by code of its own is told here, the rest where it is bound.
std::vector<option_declaration> declared() {
  const auto bound = file_option_set().declarations();
  const auto one = [&](const char* name) {
    return *std::find_if(bound.begin(), bound.end(),
                         [&](const option_declaration& o) { return o.name == name; });
  };
  const auto of_all = [](option_declaration key, const char* documentation) {
    key.documentation = documentation;
    return key;
  };
  return {
      {.name = "weir",
       .type = "the number 1",
       .documentation = "The version of the file's format.",
       .is_required = true},
      {.name = "pipeline",
       .type = "name",
       .documentation = "What the pipeline is called; without it, what the file is called."},
      one("description"),
      {.name = "params",
       .type = "map of params",
       .documentation = "Values that are given from outside, see PARAMS."},
      {.name = "stages",
       .type = "list of stages",
       .documentation = "What the pipeline is made of.",
       .is_required = true},
      one("memory"),
      one("drain"),
      of_all(failure_keys().declarations().at(0),
             "What becomes of a stage whose call failed, where the stage "
             "does not say it and can do it."),
      of_all(failure_keys().declarations().at(1),
             "How often a stage may be restarted, where it does not say it."),
      of_all(
          failure_keys().declarations().at(2),
          "How long a call that failed for a temporary cause is made again, where the stage does "
          "not say it and can do it."),
      one("strategy"),
      {.name = "tests",
       .type = "list of tests",
       .documentation = "Records that are put in and what is to come out of them, see TESTS."},
      {.name = "x-...",
       .type = "anything",
       .documentation = "A key of your own, as a home for YAML's anchors."},
  };
}

}  // namespace

const option_set<file_options>& file_option_set() {
  static const option_set<file_options> keys = [] {
    option_set<file_options> set;
    set.add("memory", &file_options::memory, "What all queues and all state may hold together.",
            between{1_MiB, 1024_GiB});
    set.add("drain", &file_options::drain, "How long a drain may take before it is an abort.",
            between{std::chrono::nanoseconds(0), std::chrono::nanoseconds(std::chrono::hours(24))});
    set.add("description", &file_options::description, "What the pipeline is for.");
    set.add("strategy", &file_options::strategy, "Which stages begin anew where one does.",
            {choice{"one_for_one", restart_strategy::one_for_one, "it alone"},
             choice{"rest_for_one", restart_strategy::rest_for_one,
                    "all below it, too, but for sinks that take back what a call wrote: they stay "
                    "as they are"},
             choice{"one_for_all", restart_strategy::one_for_all,
                    "all: the run ends as one that failed, and begins again from the beginning of "
                    "its sources"}});
    return set;
  }();
  return keys;
}

const std::vector<option_declaration>& file_keys() {
  static const std::vector<option_declaration> keys = declared();
  return keys;
}

const std::vector<std::string>& file_key_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& key : file_keys())
      if (!is_extension(key.name)) all.push_back(key.name);
    return all;
  }();
  return names;
}

bool is_extension(const std::string& key) { return key.starts_with("x-"); }

}  // namespace weir
