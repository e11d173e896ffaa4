/// Reads files as text, whole and settled, and looks up the names of ports. The caller's thread
/// waits for the disk: in a running server that is a reader process (reader_process.hpp).
///
/// A file is opened without waiting and must be regular, so that a FIFO, a device or a folder is an
/// error and delays nothing. Its stamp is compared before and after reading: a file that changes
/// meanwhile is read again, and in the end refused. A file that was rewritten in place a moment ago
/// is waited for, because its writer may not be done. A new file that came by rename is whole, and
/// is read at once.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/instant.hpp"
#include "core/result.hpp"

namespace rollcall::files {

inline constexpr std::size_t kMaxTextFile = std::size_t{1} << 30;  // octets; 20 million records
inline constexpr std::size_t kMaxSecretFile = 4096;                // octets; a key is some lines

/// A file that was written in place counts as settled after this time: writers pause for less.
inline constexpr Duration kSettlingTime = std::chrono::seconds(1);

/// Tells one content of a file from another without reading it.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  // since 1970
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

/// Whether the file was modified less than kSettlingTime ago by the calendar's clock.
bool may_be_written(const FileStamp& stamp);

struct ReadOptions {
  std::size_t limit = kMaxTextFile;  // octets; a larger file is an error
  bool pipes = false;        // true for command-line tools: pipes and devices are read to their end
  bool follow_links = true;  // false: a symbolic link as the last part of the path is an error
  bool settle = true;        // wait for a file that was rewritten in place
  std::uint64_t last_inode = 0;    // that the file had when it was last read; 0: never read
  std::optional<FileStamp> known;  // a file that still has this stamp is not read
  bool only_settled = false;       // a file that may still be written is not read either
  int look_for = 0;          // R_OK or X_OK of access(2): only ask for permission, read nothing
  bool list_folder = false;  // the path is a folder: its names, one a line, sorted
};

struct FileText {
  std::string text;
  FileStamp stamp;
  mode_t mode = 0;
  bool unchanged = false;  // not read, because of `known` or `only_settled`
  int problem = 0;         // with `look_for`: an errno, EISDIR for a folder; 0: none
};

/// Reads a file. Only a slow disk can keep the caller for longer than a few seconds.
/// @return the content, or "PATH: No such file or directory" and the like
Result<FileText> read_file(const std::string& path, const ReadOptions& options);

/// Where the octets of a file go as they are read.
struct TextSink {
  std::function<void(std::size_t expected)> begin;  // called again if the file is read again
  std::function<void(std::string_view octets)> add;
};
/// The same in pieces; the text of the result is empty.
Result<FileText> read_file_into(const std::string& path, const ReadOptions& options,
                                const TextSink& sink);

/// The text alone, of a regular file that no other program writes.
Result<std::string> read_text_file(const std::string& path, std::size_t limit = kMaxTextFile);

/// How a program reads its files: read_file() for a command-line tool, FileReaders in a server.
using ReadText = std::function<Result<FileText>(const std::string& path, const ReadOptions&)>;

/// A file to be read, and how.
struct WantedFile {
  std::string path;
  ReadOptions options;
};

/// Takes one of several files.
/// @param place its index among them
/// @return false: the others are no longer wanted
using TakeFile = std::function<bool(std::size_t place, Result<FileText> file)>;

/// Reads several files and hands them over in their order, each once.
using ReadTexts = std::function<void(std::span<const WantedFile> files, const TakeFile& take)>;

/// One file after the other.
ReadTexts one_by_one(ReadText read);

/// For command-line tools: pipes are read, too.
ReadText read_directly();

/// Resolves a path in a zone file: $INCLUDE is relative to that file's folder.
std::string place_beside(const std::string& zone_file, const std::string& path);

/// For zone::load_zone (a zone::ReadFile): `zone_file` is read where it is named, a relative path
/// of $INCLUDE from the folder of `zone_file`.
std::function<Result<std::string>(const std::string& path)> reader_beside(
    const std::string& zone_file, ReadText read);

/// The TCP port of a service name by /etc/services: "smtp" -> 25.
std::optional<std::uint16_t> find_service_port(const std::string& name);

}  // namespace rollcall::files
