#include "files/reader_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

namespace rollcall::files {
namespace {

constexpr int kOwnSocket = 3;  // of the spawner and of each reader: after the standard ones
constexpr std::size_t kMaxRequest = sizeof(ReaderRequest) + 4096;  // PATH_MAX

static_assert(std::is_trivially_copyable_v<ReaderRequest>);
static_assert(std::is_trivially_copyable_v<ReaderEnd>);

struct Received {
  std::size_t size = 0;  // 0: the other side has ended
  io::Descriptor descriptor;
};

Received receive(int socket, std::span<char> buffer) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec piece{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = 0;
  do {
    size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (size < 0 && errno == EINTR);
  Received received{.size = static_cast<std::size_t>(std::max<ssize_t>(size, 0)), .descriptor = {}};
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (size > 0 && header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    received.descriptor = io::Descriptor(descriptor);
  }
  return received;
}

/// The server's end is closed: this process ends, too.
void reply(ReaderReply what, std::string_view octets) {
  std::array<char, kMaxReaderMessage> message;
  message[0] = static_cast<char>(what);
  std::ranges::copy(octets, message.begin() + 1);
  ssize_t sent = 0;
  do {
    sent = ::send(kOwnSocket, message.data(), octets.size() + 1, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) ::_exit(0);
}

template <class Value>
void reply_value(ReaderReply what, const Value& value) {
  reply(what, {reinterpret_cast<const char*>(&value), sizeof value});
}

void reply_failure(const std::string& path) {
  reply(ReaderReply::failed, fmt::format("{}: {}", path, std::strerror(errno)));
}

/// Sends a file as it is read; one that fits into a datagram, in one.
class ReadReply {
 public:
  void begin(std::size_t size) {
    held_.clear();
    holds_ = size <= kMostHeld;
    if (!holds_) reply_value(ReaderReply::begin, std::uint64_t{size});
  }
  void add(std::string_view octets) {
    if (holds_ && held_.size() + octets.size() > kMostHeld) {  // the file grows while it is read
      holds_ = false;
      reply_value(ReaderReply::begin, std::uint64_t{held_.size()});
      reply(ReaderReply::text, held_);
    }
    if (holds_) {
      held_ += octets;
    } else {
      reply(ReaderReply::text, octets);
    }
  }
  void end(const ReaderEnd& end) {
    if (!holds_) return reply_value(ReaderReply::done, end);
    held_.insert(0, reinterpret_cast<const char*>(&end), sizeof end);
    reply(ReaderReply::whole, held_);
  }

 private:
  static constexpr std::size_t kMostHeld = kMaxReaderMessage - 1 - sizeof(ReaderEnd);

  std::string held_;
  bool holds_ = true;  // nothing has been sent
};

void read(const ReaderRequest& request, const std::string& path) {
  ReadReply out;
  const TextSink sink{.begin = [&out](std::size_t size) { out.begin(size); },
                      .add = [&out](std::string_view octets) { out.add(octets); }};
  const auto result = read_file_into(path, request.options, sink);
  if (!result) return reply(ReaderReply::failed, result.error().message);
  out.end({result->stamp, result->mode, result->unchanged, result->problem});
}

void watch_folder(const ReaderRequest& request, const std::string& path, int inotify) {
  const int watch = ::inotify_add_watch(inotify, path.c_str(), request.watch_mask);
  if (watch < 0) return reply_failure(path);
  reply_value(ReaderReply::number, watch);
}

void look_at_link(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return reply_failure(path);
  reply_value(ReaderReply::number, int{S_ISLNK(status.st_mode) || status.st_nlink > 1});
}

/// A reader: serves one request after the other.
[[noreturn]] void serve_requests() {
  std::array<char, kMaxRequest> buffer;
  for (;;) {
    const Received received = receive(kOwnSocket, buffer);
    if (received.size < sizeof(ReaderRequest)) ::_exit(0);
    ReaderRequest request;
    std::memcpy(static_cast<void*>(&request), buffer.data(), sizeof request);
    const std::string path(buffer.data() + sizeof request, received.size - sizeof request);
    switch (request.what) {
      case ReaderRequest::What::read:
        read(request, path);
        break;
      case ReaderRequest::What::watch_folder:
        watch_folder(request, path, received.descriptor.get());
        break;
      case ReaderRequest::What::look_at_link:
        look_at_link(path);
        break;
    }
  }
}

/// Closes everything that came from the server except the socket. The process ends when the socket
/// does, not by signals to the group.
void settle_in(int socket, const char* name) {
  if (socket != kOwnSocket) ::dup2(socket, kOwnSocket);
  ::fcntl(kOwnSocket, F_SETFD, 0);
  ::close_range(kOwnSocket + 1, ~0U, 0);
  ::prctl(PR_SET_NAME, name);
}

/// Each datagram brings the socket of a reader that is wanted.
[[noreturn]] void serve_spawner(int socket) {
  settle_in(socket, "rollcall-files");
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, standard);
  if (null > kOwnSocket) ::close(null);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGPIPE}) {
    std::signal(signal, SIG_IGN);  // children then end without becoming zombies
  }
  std::array<char, 1> word;
  for (;;) {
    const Received received = receive(kOwnSocket, word);
    if (received.size == 0) ::_exit(0);
    if (!received.descriptor || ::fork() != 0) continue;
    settle_in(received.descriptor.get(), "rollcall-reader");
    serve_requests();
  }
}

}  // namespace

bool send_with_descriptor(int socket, std::string_view octets, int descriptor) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec piece{const_cast<char*>(octets.data()), octets.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(octets.size());
}

Result<ReaderSpawner> ReaderSpawner::start() {
  std::array<int, 2> ends{};
  const auto failed = [] {
    return fail(fmt::format("cannot start the file readers: {}", std::strerror(errno)));
  };
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return failed();
  io::Descriptor ours(ends[0]);
  const io::Descriptor theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return failed();
  if (pid == 0) serve_spawner(theirs.get());
  return ReaderSpawner(std::move(ours), pid);
}

ReaderSpawner::ReaderSpawner(ReaderSpawner&& other) noexcept
    : socket_(std::move(other.socket_)), pid_(std::exchange(other.pid_, 0)) {}

ReaderSpawner::~ReaderSpawner() {
  if (pid_ == 0) return;
  socket_ = io::Descriptor();  // this ends the process, at once, because it touches no file
  ::waitpid(pid_, nullptr, 0);
}

Result<io::Descriptor> ReaderSpawner::open() const {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    io::Descriptor ours(ends[0]);
    const io::Descriptor theirs(ends[1]);
    if (send_with_descriptor(socket_.get(), "r", theirs.get())) return ours;
  }
  return fail(fmt::format("cannot start a file reader: {}", std::strerror(errno)));
}

}  // namespace rollcall::files
