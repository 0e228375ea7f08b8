#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/graph/rejected_keeper.hpp"

namespace weir {

/// The file of `--dead-letters`: the rejected records that nobody reads, a JSON object a line.
///
/// It is no output of the run, which would go with it: each line is there as soon as the call that
/// rejected the record has ended, and stays however the run ends.
///
/// Order:   those of one instance of a stage as it rejected them.
/// Memory:  the lines of one call.
/// Errors:  as of `rejected_keeper`. Where the disk is full the file still ends with a whole line,
///          and what has no place any more is counted.
/// Threads: any, as of `rejected_keeper`.
class dead_letters final : public rejected_keeper {
 public:
  /// Begins the file, and keeps other runs from doing so meanwhile.
  /// Errors: `usage` where it is not for this: there are records in it, or it is no regular file;
  ///         `open-file`, `file-locked`.
  static result<std::shared_ptr<dead_letters>> open(const std::string& path);

  explicit dead_letters(int descriptor, std::string path);
  ~dead_letters() override;
  dead_letters(const dead_letters&) = delete;
  dead_letters& operator=(const dead_letters&) = delete;

  result<void> keep(const chunk& rejected) override;
  result<void> begin_again() override;

  /// Called when the run has ended: some file systems tell only now that there was no space.
  result<void> finish() const;

  const std::string& path() const { return path_; }
  std::uint64_t kept() const;
  /// What could not be written.
  std::uint64_t lost() const;

 private:
  std::optional<error> write(std::string_view lines) const;

  int descriptor_;
  std::string path_;
  mutable std::mutex lock_;
  std::uint64_t bytes_ = 0;  // of whole lines
  std::uint64_t kept_ = 0;
  std::uint64_t lost_ = 0;
  std::optional<error> failed_;
};

}  // namespace weir
