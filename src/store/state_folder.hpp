/// The folder state_dir: the only way to read and write what survives a restart.
///
/// The user that the server runs as may write here, and must gain no rights by that: files are
/// opened relative to the folder's descriptor; links are never followed; a file is read only if it
/// is plain and has no other name; new files are made with O_EXCL; and an owner is changed only by
/// descriptor, and only where no user but root could have put the file there.
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

/// As root, before the server becomes `user`: makes the folder if it is missing, and gives it and
/// its plain files to `user` if only root could write there until now. A folder of another user
/// stays unchanged.
Result<void> give_state_folder(const std::string& path, uid_t user, gid_t group);

class StateFolder {
 public:
  /// Makes the folder if it is missing, and locks it: two servers would publish one serial twice.
  static Result<StateFolder> open(const std::string& path);

  /// The same folder, without its lock: for a part of this server that keeps files of its own.
  Result<StateFolder> beside() const;

  const std::string& path() const noexcept { return path_; }

  /// @return nothing if there is no such file; an error (without the name) if it is not a plain
  ///         file with one name, or cannot be read
  Result<std::optional<std::string>> read(const std::string& name) const;

  /// Returns when the text is on disk: after a crash the file has the old text or the new one,
  /// whole.
  Result<void> replace(const std::string& name, std::string_view text) const;

  /// Removes the file if there is a good file.
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
  io::Descriptor folder_;  // holds the lock, if the file system can lock folders
  io::Descriptor lock_;    // the file "lock", which holds the lock otherwise (NFS)
};

/// A text that is kept in two files, NAME and NAME.old, written one after the other: if one is
/// damaged, the other has the same text or that of the previous save.
class KeptTwice {
 public:
  explicit KeptTwice(std::string name) : name_(std::move(name)) {}

  struct Loaded {
    std::string body;                   // of the newest good file; empty if there is none
    bool good = false;                  // there is one
    bool first = false;                 // there is no file at all: a first start
    std::vector<std::string> damaged;   // the readable text of damaged files
    std::vector<std::string> problems;  // for people: what is damaged, and where it was moved
  };
  /// A file without a seal, of an older server, is accepted if there is no second file.
  Loaded load(const StateFolder& folder);
  /// On disk twice when it returns.
  Result<void> save(const StateFolder& folder, std::string_view body);

 private:
  std::string old_name() const { return name_ + ".old"; }

  std::string name_;
  std::uint64_t number_ = 0;  // of the last save
};

}  // namespace rollcall::store
