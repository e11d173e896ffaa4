/// Reads files for a running server. A path that hangs delays only the reading of that path.
///
/// The reading is done by processes (reader_process.hpp). When a reader is silent for
/// kReaderSilence, its path and the whole file system of that path are given up: until the reader
/// replies, every read there fails at once. So a hung file system holds one reader.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/instant.hpp"
#include "core/result.hpp"
#include "files/file_reader.hpp"
#include "files/mount_points.hpp"
#include "files/reader_process.hpp"
#include "io/async.hpp"
#include "io/descriptor.hpp"

namespace rollcall::files {

inline constexpr std::size_t kReaderThreads = 4;  // as many file systems may be slow at once
// Longer than a reader waits for a writer (kSettlingTime), shorter than operators wait for a reply.
inline constexpr Duration kReaderSilence = std::chrono::seconds(5);
inline constexpr Duration kReadLimit = std::chrono::minutes(2);  // kMaxTextFile from a slow disk
inline constexpr std::size_t kMaxHungPlaces = 64;                // a process each
// Of many files. Their requests, about 1 KiB each in the kernel, fit into a socket's buffer.
inline constexpr std::size_t kReadAhead = 64;
inline constexpr std::size_t kMaxWaitingReads = 10'000;  // files of checks are fewer

/// Any thread. Its destructor waits for no file, whatever hangs; no thread may wait for a read by
/// then.
class FileReaders {
 public:
  /// Call it at the start of a program, while a fork is cheap.
  static Result<std::unique_ptr<FileReaders>> start(Duration silence = kReaderSilence);
  ~FileReaders();
  FileReaders(const FileReaders&) = delete;
  FileReaders& operator=(const FileReaders&) = delete;

  // These wait for a reader: the control thread calls them through later().
  Result<FileText> read(const std::string& path, const ReadOptions& options);
  ReadText as_function();  // the same
  /// Many files: the reader reads the next ones while `take` is at work, which saves two changes of
  /// process for each file.
  void read_all(std::span<const WantedFile> files, const TakeFile& take);
  ReadTexts as_bulk_function();  // the same
  /// inotify_add_watch. @return the number of the watch
  Result<int> watch_folder(const std::string& folder, int inotify, std::uint32_t mask);
  /// Whether it is a symbolic link, or a file with several names.
  Result<bool> is_link(const std::string& path);

  /// Runs `work`, which reads `path`, on a thread of this object: one for each place that may hang.
  /// The coroutine may be cancelled meanwhile, so `work` must own what it needs.
  template <class T>
  asio::awaitable<Result<T>> later(std::string path, std::function<Result<T>()> work);

  /// Readers started from now on run as the current user of this process. Call it at the start of a
  /// program.
  Result<void> renew();

  /// Every read under way, and each later one, ends with an error. No executor is referred to from
  /// then on.
  void stop();

 private:
  struct Answer {
    FileText file;
    int number = 0;
  };
  struct Hung {
    std::string place;
    io::Descriptor reader;
    Instant since;
  };
  struct Job {
    std::string place;
    std::function<void()> work;
  };

  FileReaders(ReaderSpawner spawner, Duration silence);

  ReaderRequest read_request(const WantedFile& file);
  Result<FileText> text_of(Result<Answer> answer, const WantedFile& file);
  std::size_t read_run(io::Descriptor reader, std::span<const WantedFile> files, std::size_t first,
                       const TakeFile& take);
  std::size_t ask_ahead(const io::Descriptor& reader, std::span<const WantedFile> files,
                        std::size_t first, std::size_t next, std::size_t sent);
  bool may_ask(const std::string& path);
  Result<Answer> ask(const ReaderRequest& request, const std::string& path, int descriptor = -1);
  Result<Answer> await_answer(io::Descriptor& reader, const std::string& path);
  static Result<bool> take(Answer& answer, std::string_view message);
  Result<io::Descriptor> take_reader(const std::string& path);
  void give_back(io::Descriptor reader);
  Result<void> check_hung(const std::string& path);
  void give_up(const std::string& path, io::Descriptor reader);
  bool enqueue(const std::string& path, std::function<void()> job);
  void work();

  std::optional<ReaderSpawner> spawner_;
  const Duration silence_;
  const io::Descriptor stopped_;  // an eventfd: readable once stop() was called
  std::mutex mutex_;              // guards what follows
  MountPoints mounts_;
  std::vector<io::Descriptor> idle_;
  std::vector<Hung> hung_;
  // Of paths when they were last read, by the hash of the path: tens of thousands of paths are many
  // octets, and a collision only makes a file be waited for.
  std::unordered_map<std::size_t, std::uint64_t> inodes_;
  std::deque<Job> waiting_;
  std::set<std::string> busy_;  // places where a thread is reading
  bool stopping_ = false;
  std::condition_variable changed_;
  std::vector<std::jthread> threads_;  // started by the first call of later()
};

template <class T>
asio::awaitable<Result<T>> FileReaders::later(std::string path, std::function<Result<T>()> work) {
  struct Wait {
    explicit Wait(const asio::any_io_executor& executor)
        : timer(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer timer;
    std::optional<Result<T>> result;
  };
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto wait = std::make_shared<Wait>(executor);
  const bool queued = enqueue(path, [wait, executor, work = std::move(work)] {
    const auto result = std::make_shared<Result<T>>(work());
    asio::post(executor, [wait, result] {
      wait->result = std::move(*result);
      wait->timer.cancel();
    });
  });
  if (!queued) co_return fail(path + ": not read: too many files are waiting");
  co_await wait->timer.async_wait(as_value);
  if (!wait->result) co_return fail(path + ": not read in time");
  co_return std::move(*wait->result);
}

}  // namespace rollcall::files
