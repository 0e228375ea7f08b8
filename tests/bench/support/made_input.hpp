#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/byte_size.hpp"

namespace weir::testing {

/// A folder in the temporary one, removed with all that is in it when this ends.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Writes the log of a web server as NDJSON, the same for the same size: ten keys and 300 bytes a
/// record, 64 hosts of unequal weight, three of a hundred requests with status 500 and above.
void write_events(const std::string& path, byte_size size);

/// Writes an access log in the combined format, of the same events.
void write_access_log(const std::string& path, byte_size size);

/// Writes CSV with the columns `id ts_ms sensor x y z temp count`, numbers all, 58 bytes a record.
void write_readings(const std::string& path, byte_size size);

}  // namespace weir::testing
