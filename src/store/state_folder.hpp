/// state_dir as a folder: the one way to read and write what outlives a run.
///
/// The user that the server runs as may write here, and must gain nothing by it: files are named
/// relative to the folder's descriptor, a link is never followed, a file is read only where it is
/// plain and has no other name, a new one is made by O_EXCL, and an owner is changed by descriptor
/// alone, where nobody but root could have put the file there.
///
/// Threads may share one: a call changes nothing but the disk. No two write one file at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "io/descriptor.hpp"

namespace rollcall::store {

inline constexpr std::size_t kMaxStateText = std::size_t{256} << 20;  // octets; 5 million zones

/// As root, before the server becomes `user`: makes the folder where it is missing, and gives it
/// with the plain files in it to `user`, where root alone could write there until now. A folder
/// that belongs to anybody else stays as it is.
Result<void> give_state_folder(const std::string& path, uid_t user, gid_t group);

class StateFolder {
 public:
  /// Makes the folder where it is missing, and locks it: two servers would publish one serial
  /// twice.
  static Result<StateFolder> open(const std::string& path);

  /// The same folder, without its lock: for a part of this server that keeps files of its own.
  Result<StateFolder> beside() const;

  const std::string& path() const noexcept { return path_; }

  /// @return nothing where there is no such file; an error without its name where it is no plain
  ///         file of one name, or cannot be read
  Result<std::optional<std::string>> read(const std::string& name) const;

  /// Returns when it is on disk, whole: after a crash the file has the old text or the new one.
  Result<void> replace(const std::string& name, std::string_view text) const;

  /// Removes the file if there is one.
  Result<void> remove(const std::string& name) const;

  /// Opens a file that its owner reads and writes in pieces; makes it where it is missing.
  /// @return an error also where it is no plain file of one name
  Result<io::Descriptor> open_file(const std::string& name) const;

  /// The first half of replace(), for a text that is written in pieces: an empty file beside it.
  Result<io::Descriptor> begin_anew(const std::string& name) const;
  /// The second half: on disk in the place of NAME when it returns. Call drop_anew() where it
  /// cannot be written.
  Result<void> finish_anew(const std::string& name, const io::Descriptor& file) const;
  void drop_anew(const std::string& name) const;

  /// Writes all of `text` at the file's position.
  Result<void> write(const io::Descriptor& file, std::string_view text,
                     const std::string& name) const;

  /// "cannot WHAT PATH/NAME: REASON", by errno.
  std::unexpected<Error> failed(std::string_view what, const std::string& name) const;

  /// Renames it out of the way: NAME.damaged, or NAME.damaged.2 and so on. @return the new name
  Result<std::string> set_aside(const std::string& name) const;

 private:
  StateFolder(std::string path, io::Descriptor folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  Result<void> lock();
  Result<void> rename(const std::string& from, const std::string& to) const;
  Result<void> flush() const;

  std::string path_;
  io::Descriptor folder_;  // holds the lock, where the file system locks folders
  io::Descriptor lock_;    // the file "lock" does, where it does not (NFS)
};

/// A text of which two files are kept, NAME and NAME.old, written one after the other: where one of
/// them is damaged, the other has the same text, or the one of the save before.
class KeptTwice {
 public:
  explicit KeptTwice(std::string name) : name_(std::move(name)) {}

  struct Loaded {
    std::string body;                   // of the newest good file; empty: there is none
    bool good = false;                  // there is one
    bool first = false;                 // there is no file at all
    std::vector<std::string> damaged;   // what can be read of files that are no good
    std::vector<std::string> problems;  // for people: what is damaged, where it went
  };
  /// A file of the form without a seal is taken where it stands alone: an older server's.
  Loaded load(const StateFolder& folder);
  /// On disk twice when it returns.
  Result<void> save(const StateFolder& folder, std::string_view body);

 private:
  std::string old_name() const { return name_ + ".old"; }

  std::string name_;
  std::uint64_t number_ = 0;  // of the last save
};

}  // namespace rollcall::store
