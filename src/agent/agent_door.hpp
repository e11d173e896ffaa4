/// The agent's door: who gets in to try the key, and what becomes of a host without it.
///
/// A host that has shown the key lately has places kept for it. A connection that did not show the
/// key, or had to make room, is held for a while before it is closed, with nothing behind it:
/// coming again costs time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <deque>
#include <memory>
#include <string>

#include "core/ip_address.hpp"
#include "core/known_sources.hpp"
#include "core/places.hpp"
#include "io/async.hpp"
#include "io/stranger_log.hpp"

namespace rollcall::agent {

/// Connections without a watch. Each costs some 50 KiB for TLS.
inline constexpr PlaceLimits kAgentPlaces{
    .total = 64,
    .reserved = 16,  // for nameservers: each asks for one restart at a time
    .per_host = 16,
    .per_network = 32,
};
inline constexpr Duration kAgentDetention = std::chrono::seconds(1);
inline constexpr std::size_t kMaxAgentDetained = 256;  // a socket each

/// One thread.
class AgentDoor {
 public:
  /// One connection, from accept() on. Tied to its stream, which outlives it.
  class Guest final : public Place {
   public:
    Guest(std::shared_ptr<AgentDoor> door, Endpoint peer, boost::beast::tcp_stream& transport);
    ~Guest() override { leave(); }

    /// @return false where it gets no place
    bool enter();
    /// It has shown the key: it makes room for nobody, and its host is known from now on.
    void show_key();
    /// It has not shown the key. The socket is closed when it has been held for long enough.
    void turn_away(const std::string& why);
    void leave() noexcept;
    void make_room() noexcept override;

   private:
    std::shared_ptr<AgentDoor> door_;
    Endpoint peer_;
    boost::beast::tcp_stream& transport_;
    bool made_room_ = false;
  };

  /// To be called some times a second.
  void sweep(Instant now);
  /// Descriptors have run out.
  void take_one_back(Instant now);
  /// The key is another one now.
  void forget_known() { known_.clear(); }

 private:
  struct Detained {
    boost::asio::ip::tcp::socket socket;
    Instant until;
  };

  Places places_{kAgentPlaces};
  KnownSources known_;
  io::StrangerLog log_;
  std::deque<Detained> detained_;
};

}  // namespace rollcall::agent
