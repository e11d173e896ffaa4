/// The fastest that a nameserver with ordinary UDP sockets could be: receives packets in batches,
/// sets QR, lengthens them as an answer would, and sends them back. One thread.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <vector>

#include "core/bytes.hpp"
#include "dns/message.hpp"
#include "io/descriptor.hpp"
#include "loopback.hpp"

namespace rollcall::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kRequestSize = 1024;
constexpr unsigned kMostPadding = 1024;
constexpr int kReceiveBuffer = 4 * 1024 * 1024;  // octets, as Rollcall asks for
constexpr timeval kWakeInterval{0, 200'000};     // how often it checks whether its time is over

struct Options {
  std::string listen;
  double seconds = 600;
  unsigned batch = 32;
  unsigned padding = 48;  // octets: three records of type A
};

io::Descriptor bind_socket(const std::string& text) {
  const Result<SocketAddress> address = loopback_address(text);
  if (!address) throw std::runtime_error(address.error().message);
  io::Descriptor socket(::socket(address->storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int fd = socket.get();
  for (const int option : {SO_RCVBUF, SO_RCVBUFFORCE}) {
    ::setsockopt(fd, SOL_SOCKET, option, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kWakeInterval, sizeof kWakeInterval);
  if (::bind(fd, address->get(), address->size) != 0) {
    throw std::system_error(errno, std::system_category(), "cannot listen on " + text);
  }
  return socket;
}

class Echo {
 public:
  explicit Echo(const Options& options)
      : padding_(options.padding), slots_(options.batch), messages_(options.batch) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      msghdr& message = messages_[i].msg_hdr;
      message.msg_iov = &slots_[i].part;
      message.msg_iovlen = 1;
      message.msg_name = &slots_[i].peer;
    }
  }

  void serve_once(int socket) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i].part = {slots_[i].octets.data(), kRequestSize};
      messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    }
    const int received = ::recvmmsg(
        socket, messages_.data(), static_cast<unsigned>(messages_.size()), MSG_WAITFORONE, nullptr);
    if (received <= 0) return;
    const auto count = static_cast<unsigned>(received);
    for (unsigned i = 0; i < count; ++i) {
      slots_[i].octets[dns::header::kFlags] |= dns::flag::kQr >> 8;
      slots_[i].part.iov_len = messages_[i].msg_len + padding_;
    }
    for (unsigned sent = 0; sent < count;) {
      const int more = ::sendmmsg(socket, messages_.data() + sent, count - sent, 0);
      sent += more > 0 ? static_cast<unsigned>(more) : 1;  // skips the first, which cannot be sent
    }
  }

 private:
  struct Slot {
    sockaddr_storage peer;
    iovec part;
    std::array<std::uint8_t, kRequestSize + kMostPadding> octets{};
  };

  unsigned padding_;
  std::vector<Slot> slots_;
  std::vector<mmsghdr> messages_;
};

}  // namespace
}  // namespace rollcall::bench

int main(int argc, char** argv) {
  using namespace rollcall::bench;
  Options options;
  CLI::App app("Sends every packet back, longer: what UDP itself costs");
  app.add_option("--listen", options.listen, "ADDRESS:PORT in 127.0.0.0/8 or ::1")->required();
  app.add_option("--batch", options.batch, "packets a system call")->check(CLI::Range(1, 1024));
  app.add_option("--padding", options.padding, "octets that an answer is longer than its query")
      ->check(CLI::Range(0U, kMostPadding));
  app.add_option("--seconds", options.seconds, "end after that time")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  try {
    const rollcall::io::Descriptor socket = bind_socket(options.listen);
    Echo echo(options);
    const auto end = steady_clock::now() + std::chrono::duration<double>(options.seconds);
    while (steady_clock::now() < end) echo.serve_once(socket.get());
  } catch (const std::exception& error) {
    fmt::print(stderr, "echo: {}\n", error.what());
    return 1;
  }
}
