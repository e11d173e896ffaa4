#include "setup/reach.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "io/descriptor.hpp"
#include "io/endpoints.hpp"
#include "probe/ping_socket.hpp"
#include "setup/as_user.hpp"

namespace rollcall::setup {
namespace {

constexpr std::array kFamilies{IpFamily::v4, IpFamily::v6};
constexpr std::uint16_t kAnyPort = 9;  // connect() needs a port, but nothing is sent

const char* name_of(std::size_t family) {
  return family == 0 ? "IPv4" : "IPv6";
}

/// A datagram socket of one family, for one target after the other: connect() of it sends nothing,
/// but looks up a route and an address of our own.
class Way {
 public:
  /// @return 0, or an errno
  int to(const IpAddress& address) {
    const auto target = io::to_udp({address, kAnyPort});
    if (!socket_) {
      socket_ = io::Descriptor(::socket(target.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
      if (!socket_) return errno;
    }
    const auto size = static_cast<socklen_t>(target.size());
    const int error = ::connect(socket_.get(), target.data(), size) == 0 ? 0 : errno;
    // Otherwise the next target would be looked up from the source address of this one.
    const sockaddr nowhere{.sa_family = AF_UNSPEC, .sa_data = {}};
    static_cast<void>(::connect(socket_.get(), &nowhere, sizeof nowhere));
    return error;
  }

 private:
  io::Descriptor socket_;
};

std::string words(int error) {
  return std::system_category().message(error);
}

}  // namespace

void Reach::add(const health::CheckSpec& check, const IpAddress& target,
                const SourcePosition& where) {
  const bool by_us = !std::holds_alternative<health::ExecCheck>(check.how) &&
                     !std::holds_alternative<health::FileCheck>(check.how);
  if (!by_us) return;
  Family& its = family(target);
  if (its.known.insert(target).second) its.probed.push_back({target, where});
  if (!its.pinged && std::holds_alternative<health::IcmpCheck>(check.how)) {
    its.pinged = Pinged{check.name, where};
  }
}

Diagnostics Reach::find(const std::string& user) const {
  // For each family: how many targets have no route, the first of them, its errno, and that of a
  // ping socket.
  const std::vector<int> seen = as_user(user, [this] {
    std::vector<int> found;
    for (std::size_t i = 0; i < families_.size(); ++i) {
      int count = 0, first = 0, why = 0;
      Way way;
      for (std::size_t place = 0; place < families_[i].probed.size(); ++place) {
        const int error = way.to(families_[i].probed[place].address);
        if (error == 0 || ++count > 1) continue;
        first = static_cast<int>(place);
        why = error;
      }
      const auto ping =
          families_[i].pinged ? probe::open_ping(kFamilies[i]) : Result<probe::PingSocket, int>();
      found.insert(found.end(), {count, first, why, ping ? 0 : ping.error()});
    }
    return found;
  });
  Diagnostics said;
  for (std::size_t i = 0; i < families_.size() && seen.size() >= 4 * (i + 1); ++i) {
    const int count = seen[4 * i], why = seen[4 * i + 2], ping = seen[4 * i + 3];
    if (count > 0) {
      const Probed& first = families_[i].probed.at(static_cast<std::size_t>(seen[4 * i + 1]));
      said.push_back(
          {Severity::warning, first.where,
           fmt::format(
               "{} cannot be probed from this host now: {}; {} of {} {} {} affected; {} unchanged",
               first.address.to_string(), words(why), count, families_[i].probed.size(), name_of(i),
               families_[i].probed.size() == 1 ? "address" : "addresses",
               count == 1 ? "its state stays" : "their states stay")});
    }
    if (ping != 0) {
      const Pinged& pinged = *families_[i].pinged;
      said.push_back(
          {Severity::warning, pinged.where,
           fmt::format("check \"{}\" needs a ping socket for {}, which {} may not open: {}; run: "
                       "sysctl -w net.ipv4.ping_group_range=\"0 "
                       "2147483647\"",
                       pinged.check, name_of(i), user.empty() ? "this user" : user, words(ping))});
    }
  }
  return said;
}

}  // namespace rollcall::setup
