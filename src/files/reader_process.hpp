/// The processes that touch files for a running server.
///
/// A thread that waits for a file on a hung FUSE or NFS cannot be woken, and keeps its process from
/// ending, even by SIGKILL. So small processes open and read files: one that hangs is left behind,
/// and the server waits for none of them, not even at its end. They are forked from a process that
/// is forked before there are threads, and end with the sockets that they serve.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "core/result.hpp"
#include "files/file_reader.hpp"
#include "io/descriptor.hpp"

namespace rollcall::files {

/// One datagram to a reader process: this, and the path behind it.
struct ReaderRequest {
  enum class What : std::uint8_t { read, watch_folder, look_at_link };
  What what = What::read;
  ReadOptions options;           // to read
  std::uint32_t watch_mask = 0;  // of inotify_add_watch; its descriptor comes with the datagram
};

/// The datagrams back: the first octet says which, what is named here follows.
enum class ReaderReply : char {
  begin = 'b',   // std::uint64_t: the octets to expect; discard what came before
  text = 't',    // octets
  done = 'd',    // the rest of FileText as ReaderEnd
  whole = 'w',   // ReaderEnd, and all the octets: of a file that fits into one datagram
  number = 'n',  // int: the watch of the folder; 1 where the path is a link or has several names
  failed = 'f',  // why, in words
};

struct ReaderEnd {
  FileStamp stamp;
  mode_t mode = 0;
  bool unchanged = false;
  int problem = 0;
};

inline constexpr std::size_t kMaxReaderMessage = 64UL * 1024 + 1;  // a piece of text, and its octet

/// Forks reader processes. Any thread.
class ReaderSpawner {
 public:
  /// Readers run as the current user of this process. Call it at the start of a program: forking a
  /// large process takes long. The only lock that the new process needs is malloc's, which fork()
  /// handles.
  static Result<ReaderSpawner> start();
  ReaderSpawner(ReaderSpawner&& other) noexcept;
  ReaderSpawner& operator=(ReaderSpawner&&) = delete;
  ~ReaderSpawner();

  /// @return the server's end of a new reader's socket
  Result<io::Descriptor> open() const;

 private:
  ReaderSpawner(io::Descriptor socket, pid_t pid) : socket_(std::move(socket)), pid_(pid) {}

  io::Descriptor socket_;
  pid_t pid_ = 0;
};

/// Sends a datagram with a descriptor beside it, or without one (-1). @return false: see errno
bool send_with_descriptor(int socket, std::string_view octets, int descriptor);

}  // namespace rollcall::files
