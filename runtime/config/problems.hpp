#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/config/config_value.hpp"

namespace weir {

/// One thing that is wrong, or odd, in a pipeline file.
struct problem {
  enum class level : std::uint8_t { error, warning };

  level severity = level::error;
  std::string code;  ///< stable, kebab-case: `unknown-option`, `wrong-type`, ...
  source_place place;
  std::string text;  ///< subjects and message: `stage 'filter', option 'where': ...`
};

/// Collects all problems of a pipeline file.
///
/// Each layer names only its own subject, by `enter`; the texts of the layers inside follow it.
/// Threads: one thread at a time.
class problems {
 public:
  /// Names the subject of what is added for as long as it lives.
  class subject {
   public:
    ~subject() { owner_.subjects_.pop_back(); }
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

   private:
    friend class problems;
    subject(problems& owner, std::string name) : owner_(owner) {
      owner_.subjects_.push_back(std::move(name));
    }
    problems& owner_;
  };

  [[nodiscard]] subject enter(std::string name) { return {*this, std::move(name)}; }

  void add(std::string code, source_place place, const std::string& text);
  void warn(std::string code, source_place place, const std::string& text);

  const std::vector<problem>& all() const { return all_; }
  bool any_errors() const { return errors() > 0; }
  /// How many of them are no mere warnings.
  std::size_t errors() const;
  /// In the order of file, line and column; of one place in the order they were found.
  void sort();

 private:
  std::string with_subjects(const std::string& text) const;

  std::vector<std::string> subjects_;
  std::vector<problem> all_;
};

/// `pipeline.yaml:7:12: ` and the text; a warning says so.
std::string to_text(const problem& what);

}  // namespace weir
