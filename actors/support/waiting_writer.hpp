#pragma once

#include <string_view>

#include "runtime/base/result.hpp"
#include "runtime/stage/context.hpp"

namespace weir {

/// Writes to a descriptor that was inherited and so is never made non-blocking: a pipe, a terminal.
///
/// A pipe that is ready takes `PIPE_BUF` bytes without blocking; so it is asked before each piece
/// of that size, and a reader that does not read holds nobody beyond a stop.
///
/// Threads: one thread at a time.
class waiting_writer {
 public:
  /// `name` is what messages call the descriptor.
  waiting_writer(int descriptor, const char* name, context& in);

  enum class written { all, reader_gone, stopped };
  /// Errors: `write-file`, with errno's text as detail.
  /// Requires: the process ignores SIGPIPE.
  result<written> write(std::string_view bytes);

 private:
  int descriptor_;
  const char* name_;
  context& context_;
  bool regular_;
};

}  // namespace weir
