#include "files/file_readers.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "io/clock.hpp"

namespace rollcall::files {
namespace {

constexpr std::size_t kMaxIdleReaders = kReaderThreads + 1;  // and the loader's

std::string absolute(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::absolute(path, ignored).lexically_normal().string();
}

bool is_readable(int descriptor) {
  pollfd wait{descriptor, POLLIN, 0};
  return ::poll(&wait, 1, 0) > 0;
}

std::string whole_seconds(Duration duration) {
  return format_duration(std::chrono::floor<std::chrono::seconds>(duration));
}

std::unexpected<Error> ending(const std::string& path) {
  return fail(path + ": not read: the program is stopping");
}

bool send_request(const io::Descriptor& reader, const ReaderRequest& request,
                  const std::string& path, int descriptor = -1) {
  std::string message(reinterpret_cast<const char*>(&request), sizeof request);
  message += path;
  return send_with_descriptor(reader.get(), message, descriptor);
}

/// Whether the reader remembers by the file's number that it is the one that was there before.
bool settles(const WantedFile& file) {
  return file.options.settle && file.options.look_for == 0;
}

template <class Value>
Value value_of(std::string_view octets) {
  Value value{};
  if (octets.size() == sizeof value) std::memcpy(&value, octets.data(), octets.size());
  return value;
}

/// @param octets a ReaderEnd
void take_end(FileText& file, std::string_view octets) {
  const auto end = value_of<ReaderEnd>(octets);
  file.stamp = end.stamp;
  file.mode = end.mode;
  file.unchanged = end.unchanged;
  file.problem = end.problem;
}

}  // namespace

Result<std::unique_ptr<FileReaders>> FileReaders::start(Duration silence) {
  auto spawner = ReaderSpawner::start();
  if (!spawner) return std::unexpected(spawner.error());
  return std::unique_ptr<FileReaders>(new FileReaders(std::move(*spawner), silence));
}

FileReaders::FileReaders(ReaderSpawner spawner, Duration silence)
    : spawner_(std::move(spawner)),
      silence_(silence),
      stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

FileReaders::~FileReaders() {
  stop();
}

void FileReaders::stop() {
  const std::uint64_t one = 1;
  // An eventfd takes a number at once, unless it is at its highest, and then it is readable as
  // well.
  static_cast<void>(::write(stopped_.get(), &one, sizeof one) == sizeof one);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  threads_.clear();
  waiting_.clear();
}

Result<void> FileReaders::renew() {
  idle_.clear();
  spawner_.reset();
  auto spawner = ReaderSpawner::start();
  if (!spawner) return std::unexpected(spawner.error());
  spawner_.emplace(std::move(*spawner));
  return {};
}

Result<FileText> FileReaders::read(const std::string& path, const ReadOptions& options) {
  const WantedFile file{path, options};
  return text_of(ask(read_request(file), path), file);
}

ReaderRequest FileReaders::read_request(const WantedFile& file) {
  ReaderRequest request{.what = ReaderRequest::What::read, .options = file.options};
  if (settles(file) && file.options.last_inode == 0) {
    const std::lock_guard lock(mutex_);
    const auto last = inodes_.find(std::hash<std::string>{}(file.path));
    if (last != inodes_.end()) request.options.last_inode = last->second;
  }
  return request;
}

Result<FileText> FileReaders::text_of(Result<Answer> answer, const WantedFile& file) {
  if (!answer) return std::unexpected(answer.error());
  if (settles(file)) {
    const std::lock_guard lock(mutex_);
    inodes_[std::hash<std::string>{}(file.path)] = answer->file.stamp.inode;
  }
  return std::move(answer->file);
}

void FileReaders::read_all(std::span<const WantedFile> files, const TakeFile& take) {
  for (std::size_t next = 0; next < files.size();) {
    auto reader = take_reader(absolute(files[next].path));
    if (reader) {
      next = read_run(std::move(*reader), files, next, take);
    } else {
      next = take(next, std::unexpected(reader.error())) ? next + 1 : files.size();
    }
  }
}

/// Many requests in one go, so that a reader that has done its work is woken for many.
/// @param sent up to which file the reader has been asked
/// @return the same from now on
std::size_t FileReaders::ask_ahead(const io::Descriptor& reader, std::span<const WantedFile> files,
                                   std::size_t first, std::size_t next, std::size_t sent) {
  if (sent - next > kReadAhead / 2) return sent;
  const std::size_t end = std::min(files.size(), next + kReadAhead);
  for (; sent < end; ++sent) {
    const WantedFile& file = files[sent];
    if (sent > first && !may_ask(file.path)) break;  // the first one has been looked at
    if (!send_request(reader, read_request(file), file.path)) break;
  }
  return sent;
}

/// Asks one reader for files ahead of what has been taken, up to a file that it may not be asked
/// for. A reader that is lost takes the requests behind the first one with it: another reader gets
/// them.
/// @return the first file that was not taken; the number of files where no more are wanted
std::size_t FileReaders::read_run(io::Descriptor reader, std::span<const WantedFile> files,
                                  std::size_t first, const TakeFile& take) {
  std::size_t sent = first;
  std::size_t next = first;
  do {
    sent = ask_ahead(reader, files, first, next, sent);
    const WantedFile& file = files[next];
    auto answer = sent > next ? await_answer(reader, file.path)
                              : fail(fmt::format("{}: {}", file.path, std::strerror(errno)));
    const bool more = take(next, text_of(std::move(answer), file));
    ++next;
    if (!more) return files.size();
  } while (reader && next < sent);
  if (reader) give_back(std::move(reader));
  return next;
}

/// Whether a reader may be asked for the file: its place does not hang.
bool FileReaders::may_ask(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return hung_.empty() || check_hung(absolute(path));
}

ReadTexts FileReaders::as_bulk_function() {
  return [this](std::span<const WantedFile> files, const TakeFile& take) { read_all(files, take); };
}

ReadText FileReaders::as_function() {
  return
      [this](const std::string& path, const ReadOptions& options) { return read(path, options); };
}

Result<int> FileReaders::watch_folder(const std::string& folder, int inotify, std::uint32_t mask) {
  const auto answer =
      ask({.what = ReaderRequest::What::watch_folder, .options = {}, .watch_mask = mask}, folder,
          inotify);
  if (!answer) return std::unexpected(answer.error());
  return answer->number;
}

Result<bool> FileReaders::is_link(const std::string& path) {
  const auto answer = ask({.what = ReaderRequest::What::look_at_link, .options = {}}, path);
  if (!answer) return std::unexpected(answer.error());
  return answer->number != 0;
}

Result<FileReaders::Answer> FileReaders::ask(const ReaderRequest& request, const std::string& path,
                                             int descriptor) {
  auto reader = take_reader(absolute(path));
  if (!reader) return std::unexpected(reader.error());
  if (!send_request(*reader, request, path, descriptor)) {
    return fail(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  auto answer = await_answer(*reader, path);
  if (*reader) give_back(std::move(*reader));
  return answer;
}

/// @param reader none any more where it is lost
Result<FileReaders::Answer> FileReaders::await_answer(io::Descriptor& reader,
                                                      const std::string& path) {
  const Instant end = io::monotonic_now() + kReadLimit;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kMaxReaderMessage);
  Answer answer;
  while (io::monotonic_now() < end) {
    std::array<pollfd, 2> waits{pollfd{reader.get(), POLLIN, 0}, pollfd{stopped_.get(), POLLIN, 0}};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(silence_);
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(limit.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (waits[1].revents != 0) {
      reader = {};
      return ending(path);
    }
    if (ready <= 0) {
      give_up(absolute(path), std::move(reader));
      return fail(fmt::format("{}: its file system has not replied within {}", path,
                              format_duration(silence_)));
    }
    const ssize_t size = ::recv(reader.get(), buffer.get(), kMaxReaderMessage, 0);
    if (size <= 0) {
      reader = {};
      return fail(path + ": its reader process has exited");
    }
    auto whole = take(answer, {buffer.get(), static_cast<std::size_t>(size)});
    if (whole && !*whole) continue;
    if (!whole) return std::unexpected(whole.error());
    return answer;
  }
  reader = {};
  return fail(fmt::format("{}: not read within {}", path, format_duration(kReadLimit)));
}

/// @return whether the answer is whole; an error where the reader sent one
Result<bool> FileReaders::take(Answer& answer, std::string_view message) {
  const std::string_view octets = message.substr(1);
  switch (static_cast<ReaderReply>(message[0])) {
    case ReaderReply::begin:
      answer.file.text.clear();
      answer.file.text.reserve(value_of<std::uint64_t>(octets));
      return false;
    case ReaderReply::text:
      answer.file.text += octets;
      return false;
    case ReaderReply::done:
      take_end(answer.file, octets);
      return true;
    case ReaderReply::whole:
      take_end(answer.file, octets.substr(0, sizeof(ReaderEnd)));
      answer.file.text = octets.substr(sizeof(ReaderEnd));
      return true;
    case ReaderReply::number:
      answer.number = value_of<int>(octets);
      return true;
    case ReaderReply::failed:
      break;
  }
  return fail(std::string(octets));
}

/// An idle reader, or a new one. The socket of an idle reader that has ended is readable.
Result<io::Descriptor> FileReaders::take_reader(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return ending(path);
  if (auto fine = check_hung(path); !fine) return std::unexpected(fine.error());
  while (!idle_.empty()) {
    io::Descriptor reader = std::move(idle_.back());
    idle_.pop_back();
    if (!is_readable(reader.get())) return reader;
  }
  return spawner_->open();
}

void FileReaders::give_back(io::Descriptor reader) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdleReaders) idle_.push_back(std::move(reader));
}

/// Call it under the lock. A hung reader that becomes readable hangs no more; what it sends is
/// discarded.
Result<void> FileReaders::check_hung(const std::string& path) {
  std::erase_if(hung_, [](const Hung& hung) { return is_readable(hung.reader.get()); });
  for (const Hung& hung : hung_) {
    if (!lies_in(path, hung.place)) continue;
    return fail(fmt::format("{}: not read: {} has not replied for {}", path, hung.place,
                            whole_seconds(io::monotonic_now() - hung.since)));
  }
  if (hung_.size() < kMaxHungPlaces) return {};
  return fail(fmt::format("{}: not read: {} other paths do not reply", path, hung_.size()));
}

void FileReaders::give_up(const std::string& path, io::Descriptor reader) {
  const std::lock_guard lock(mutex_);
  hung_.push_back(
      {hang_place(mounts_.now(), path), std::move(reader), io::monotonic_now() - silence_});
}

/// @return false if too many jobs wait
bool FileReaders::enqueue(const std::string& path, std::function<void()> job) {
  const std::string whole = absolute(path);
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting_.size() >= kMaxWaitingReads) return false;
  while (threads_.size() < kReaderThreads) threads_.emplace_back([this] { work(); });
  waiting_.push_back({hang_place(mounts_.now(), whole), std::move(job)});
  changed_.notify_one();
  return true;
}

/// The loop of a thread: one job after the other, always of a place where no other thread reads.
void FileReaders::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    std::deque<Job>::iterator next;
    changed_.wait(lock, [&] {
      next = std::ranges::find_if(waiting_,
                                  [&](const Job& job) { return !busy_.contains(job.place); });
      return stopping_ || next != waiting_.end();
    });
    if (stopping_) return;
    const Job job = std::move(*next);
    waiting_.erase(next);
    busy_.insert(job.place);
    lock.unlock();
    job.work();
    lock.lock();
    busy_.erase(job.place);
    changed_.notify_all();
  }
}

}  // namespace rollcall::files
