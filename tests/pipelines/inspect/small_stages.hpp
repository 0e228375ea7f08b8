#pragma once

// Stage types that do nothing, declared as real ones are: what manuals and drawings are made from.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/stage/registry.hpp"
#include "runtime/stage/stage_type.hpp"

namespace weir::testing {

struct no_options {};

template <class Options>
class idle_source final : public source {
 public:
  explicit idle_source(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer pull(outlet&) override { return answer::end; }
};

template <class Options>
class idle_transform final : public transform {
 public:
  explicit idle_transform(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer process(port_number, const chunk_ptr&, outlet&) override { return answer::wait; }
};

template <class Options>
class idle_sink final : public sink {
 public:
  explicit idle_sink(const Options&) {}
  result<void> open(context&) override { return {}; }
  stage_answer consume(const chunk_ptr&, outlet&) override { return answer::wait; }
};

struct listen_options {
  std::string token;
  std::uint32_t port = 7000;
  byte_size buffer = 64_KiB;
  std::chrono::nanoseconds idle = std::chrono::seconds(30);
};

enum class missing_key : std::uint8_t { pass, reject };

struct dedupe_options {
  std::vector<column_path> by;
  std::uint32_t keys_max = 10'000;
  missing_key on_missing = missing_key::pass;
};

inline stage_type listen_stage() {
  return describe_stage<idle_source<listen_options>, listen_options>("listen")
      .summary("Takes records from whoever connects.")
      .option("port", &listen_options::port, "Where to listen.", between{1, 65'535})
      .option("token", &listen_options::token, "What a client has to say first.", secret)
      .option("buffer", &listen_options::buffer, "Bytes read at once.", between{4_KiB, 1_MiB})
      .option("idle", &listen_options::idle, "After how long without bytes a client is left.");
}

inline stage_type dedupe_stage() {
  using choices = std::initializer_list<choice<missing_key>>;
  return describe_stage<idle_transform<dedupe_options>, dedupe_options>("dedupe")
      .summary("Lets the first record of each key through.")
      .description(
          "Two records have the same key when all columns of `by` are equal as values, whatever "
          "their text was. The keys that were seen are kept in memory, up to `keys_max` of them.\n"
          "\n"
          "What is forgotten may pass again:\n"
          "  a b c a   keys_max 2 lets the second a through\n")
      .option("by", &dedupe_options::by, "Columns that tell records apart.", required)
      .option("keys_max", &dedupe_options::keys_max,
              "Distinct keys remembered; the oldest is forgotten first.", between{1, 10'000'000})
      .option("on_missing", &dedupe_options::on_missing,
              "What becomes of a record without the key.",
              choices{{"pass", missing_key::pass, "it goes on unchanged"},
                      {"reject", missing_key::reject, "it leaves through the `rejected` port"}})
      .keeps_raw()
      .filters()
      .holds_nothing()
      .example("{by: [user_id], keys_max: 50000}")
      .example(
          "{by: [customer, order, \"the, comma\", position], keys_max: 1000000, on_missing: "
          "reject}");
}

inline stage_type zip_stage() {
  return describe_stage<idle_transform<no_options>, no_options>("zip")
      .summary("Makes one record of each two or more, in step.")
      .numbered_inputs()
      .reads(input_order::all)
      .creates()
      .holds(hold_bound::chunks(2));
}

inline stage_type route_stage() {
  return describe_stage<idle_transform<no_options>, no_options>("route")
      .summary("Sends each record to the first port whose condition holds.")
      .outputs([](const no_options&) {
        return std::vector<std::string>{"errors", "other"};
      })
      .keeps_raw()
      .shares_work();
}

inline stage_type join_stage() {
  return describe_stage<idle_transform<no_options>, no_options>("join")
      .summary("Puts records of two inputs together by a key.")
      .inputs({"left", "right"})
      .reads(input_order::chosen)
      .creates()
      .holds(hold_bound::everything())
      .example("{}");
}

inline stage_type write_stage() {
  return describe_stage<idle_sink<no_options>, no_options>("write").summary(
      "Writes records, somewhere, in a way that takes a sentence which is longer than "
      "one line of a terminal has room for.");
}

inline registry small_stages() {
  return registry(
      {listen_stage(), dedupe_stage(), zip_stage(), route_stage(), join_stage(), write_stage()});
}

}  // namespace weir::testing
