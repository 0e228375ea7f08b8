#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/base/result.hpp"
#include "runtime/stage/context.hpp"

namespace weir {

/// Writes to a pipe or a terminal so that a reader that does not read holds nobody beyond a stop.
///
/// A descriptor that was inherited is never made non-blocking. A pipe that is ready takes
/// `PIPE_BUF` bytes without blocking, so it is asked before each piece of that size. One of our own
/// that does not block takes what it has room for.
///
/// Threads: one thread at a time.
class waiting_writer {
 public:
  enum class owner { inherited, own_nonblocking };
  /// `name` is what messages call the descriptor.
  waiting_writer(int descriptor, std::string name, context& in, owner whose = owner::inherited);

  enum class written { all, reader_gone, stopped };
  /// Errors: `write-file`, with errno's text as detail.
  /// Requires: the process ignores SIGPIPE.
  result<written> write(std::string_view bytes);

 private:
  int descriptor_;
  std::string name_;
  context& context_;
  bool regular_;
  std::size_t piece_max_;
};

}  // namespace weir
