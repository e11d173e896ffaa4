/// Idle connections to members, whose end tells sooner than a probe that something has happened.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <unordered_map>

#include "core/ip_address.hpp"
#include "roster/event.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// All calls come from one thread: the control strand.
class Tripwires {
 public:
  enum class End : std::uint8_t {
    by_itself,
    dropped,
    unknown,  // our own host had nothing to hold it with
  };

  /// Connects, and reads what comes, for nobody, until the connection ends.
  asio::awaitable<End> hold(roster::HoldWire wanted);

  void drop(roster::ProbeId wire);

 private:
  std::unordered_map<roster::ProbeId, std::shared_ptr<asio::ip::tcp::socket>> held_;
};

}  // namespace rollcall::server
