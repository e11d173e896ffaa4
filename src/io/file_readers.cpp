#include "io/file_readers.hpp"

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

namespace rollcall::io {
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
  ReaderRequest request{.what = ReaderRequest::What::read, .options = options};
  const bool settles = options.settle && options.look_for == 0;
  if (settles && options.last_inode == 0) {
    const std::lock_guard lock(mutex_);
    const auto last = inodes_.find(path);
    if (last != inodes_.end()) request.options.last_inode = last->second;
  }
  auto answer = ask(request, path);
  if (!answer) return std::unexpected(answer.error());
  if (settles) {
    const std::lock_guard lock(mutex_);
    inodes_[path] = answer->file.stamp.inode;
  }
  return std::move(answer->file);
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
  std::string message(reinterpret_cast<const char*>(&request), sizeof request);
  message += path;
  if (!send_with_descriptor(reader->get(), message, descriptor)) {
    return fail(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  return await_answer(std::move(*reader), path);
}

Result<FileReaders::Answer> FileReaders::await_answer(Descriptor reader, const std::string& path) {
  const Instant end = monotonic_now() + kReadLimit;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kMaxReaderMessage);
  Answer answer;
  while (monotonic_now() < end) {
    std::array<pollfd, 2> waits{pollfd{reader.get(), POLLIN, 0}, pollfd{stopped_.get(), POLLIN, 0}};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(silence_);
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(limit.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (waits[1].revents != 0) return ending(path);
    if (ready <= 0) {
      give_up(absolute(path), std::move(reader));
      return fail(fmt::format("{}: its file system has not replied within {}", path,
                              format_duration(silence_)));
    }
    const ssize_t size = ::recv(reader.get(), buffer.get(), kMaxReaderMessage, 0);
    if (size <= 0) return fail(path + ": its reader process has exited");
    auto whole = take(answer, {buffer.get(), static_cast<std::size_t>(size)});
    if (whole && !*whole) continue;
    give_back(std::move(reader));
    if (!whole) return std::unexpected(whole.error());
    return answer;
  }
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
Result<Descriptor> FileReaders::take_reader(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return ending(path);
  if (auto fine = check_hung(path); !fine) return std::unexpected(fine.error());
  while (!idle_.empty()) {
    Descriptor reader = std::move(idle_.back());
    idle_.pop_back();
    if (!is_readable(reader.get())) return reader;
  }
  return spawner_->open();
}

void FileReaders::give_back(Descriptor reader) {
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
                            whole_seconds(monotonic_now() - hung.since)));
  }
  if (hung_.size() < kMaxHungPlaces) return {};
  return fail(fmt::format("{}: not read: {} other paths do not reply", path, hung_.size()));
}

void FileReaders::give_up(const std::string& path, Descriptor reader) {
  const std::lock_guard lock(mutex_);
  hung_.push_back({hang_place(mounts_.now(), path), std::move(reader), monotonic_now() - silence_});
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

}  // namespace rollcall::io
