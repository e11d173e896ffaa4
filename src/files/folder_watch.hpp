/// What happens to the names in folders, by inotify(7). FileReaders does what touches the disk.
///
/// Where inotify sees nothing (behind a symbolic link, over NFS, under a bind mount), nothing is
/// told: whoever has to know looks at the files' times as well.
#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "core/result.hpp"
#include "files/file_readers.hpp"
#include "io/async.hpp"

namespace rollcall::files {

/// The folder's part of a path, with the slash at its end.
std::string folder_of(const std::string& path);

struct FolderEvent {
  std::string path;
  bool writing = false;  // a writer has it open and has written; else it is whole, new, or gone
  bool made = false;     // the name is new: a link is whole, a file is empty until it is closed
  bool gone = false;     // the name leads nowhere now
};

/// One thread.
class FolderWatch {
 public:
  using Happened = std::function<void(const FolderEvent&)>;
  /// Events were lost: the files have to be looked at. A folder that is named was removed, and is
  /// no longer watched; where none is named, every folder's events may be among them.
  using Lost = std::function<void(const std::string& folder)>;

  /// @param readers must outlive it
  FolderWatch(const asio::any_io_executor& executor, FileReaders& readers, Happened happened,
              Lost lost);

  /// @param folder with a slash at its end; one that is watched already costs a system call
  asio::awaitable<Result<void>> watch(std::string folder);

 private:
  void await_events();
  void take_events(std::size_t size);

  FileReaders& readers_;
  Happened happened_;
  Lost lost_;
  asio::posix::stream_descriptor inotify_;
  std::unordered_map<int, std::string> folders_;  // by watch descriptor
  alignas(8) std::array<char, 4096> events_;      // room for many: one has at most 272 octets
};

}  // namespace rollcall::files
